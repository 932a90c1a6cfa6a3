"""The buyer's pages: the conversation, evidence, dossiers and the law in time."""
