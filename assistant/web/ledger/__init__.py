"""The pages of invoices and purchases: what is computed of them, beside the conversation."""
