"""The law in time: hierarchy, validity, changes, contradictions, and what a change touches."""
