"""Activity: what the recorded answers of a period add up to, and what the texts do not answer."""
