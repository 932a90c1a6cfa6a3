"""The board: figures of the answers, for the référent's pages and for the report to management."""
