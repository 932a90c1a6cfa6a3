"""Purchases: what was bought of whom, against thresholds, and what could be pooled."""
