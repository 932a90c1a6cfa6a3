"""Calculators: procedures, time limits, amounts and dates computed on the law of a day."""
