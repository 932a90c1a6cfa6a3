"""Publishing: how a new index comes into service, the official texts, the data folder."""
