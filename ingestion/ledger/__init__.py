"""Files of invoices and purchases, checked and stored in one ledger that is queried with SQL."""
