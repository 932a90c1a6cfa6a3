"""Questions about invoices and purchases, answered by computation on the ledger's rows."""
