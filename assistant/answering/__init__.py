"""One turn: its state, what is extracted, composed or computed, its answer and its record."""
