"""Publishing: how a new index comes into service, and the upkeep of the data folder."""
