"""Calculations asked in words: one reader of questions for each calculator."""
