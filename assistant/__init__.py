"""From a question to a checked answer: retrieval, reading, checks, journal, page."""
