"""Administrative case law: decisions of DILA's JADE archives, those that apply procurement law."""
