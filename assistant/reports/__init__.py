"""Reports: markup, charts and papers that people are handed to read away from the page."""
