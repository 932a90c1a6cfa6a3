"""Calculators: procedures, time limits, amounts and dates computed on the law of a day.

A calculation is code over the constants that the indexed texts in force that day state; a constant
that they no longer state stops its calculators.
"""
