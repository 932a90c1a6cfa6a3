"""Cells of CSV files that spreadsheets open: none of them is run. Pure."""

import re

_FORMULA = re.compile(r"[\s\x00-\x1f]*[=+\-@\uff1d\uff0b\uff0d\uff20|%\t\r\n]")


def inert(text: str) -> str:
    """A text that spreadsheets show as it is: what they would run stands behind an apostrophe."""
    return f"'{text}" if _FORMULA.match(text) else text
