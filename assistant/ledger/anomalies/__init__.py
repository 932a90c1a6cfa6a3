"""Anomalies of invoices, each by a rule that says its source and what to check."""
