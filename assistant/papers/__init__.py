"""Papers: what people are handed to read away from the page, in the format they ask for."""
