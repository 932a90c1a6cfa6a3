"""Questions about the ledger in French, read by rules into plans."""
