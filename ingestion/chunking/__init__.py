"""Documents cut into the passages that are indexed, shown and cited."""
