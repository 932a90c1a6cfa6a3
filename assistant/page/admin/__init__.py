"""The administrator's page: the index, its sources, and the upkeep of the data folder."""
