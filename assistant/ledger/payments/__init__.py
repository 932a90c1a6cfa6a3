"""Payments: last days, what lateness costs, stages of invoices and their forecast."""
