"""The administrator's pages: the index, its sources, and the upkeep of the data folder."""
