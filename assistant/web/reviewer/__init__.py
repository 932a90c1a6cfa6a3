"""The référent's pages: past answers, opened as they were, judged, asked again."""
