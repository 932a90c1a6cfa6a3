"""Counts as lists write them. Pure."""

_ROMAN = {
    **{1000: "m", 900: "cm", 500: "d", 400: "cd", 100: "c", 90: "xc"},
    **{50: "l", 40: "xl", 10: "x", 9: "ix", 5: "v", 4: "iv", 1: "i"},
}


def numeral(count: int, kind: str) -> str:
    """A count in letters ("a", "A") or Roman numerals ("i", "I"), in digits by any other kind."""
    if kind.lower() == "a" and count > 0:
        times, letter = divmod(count - 1, 26)
        written = chr(ord("a") + letter) * (times + 1)
    elif kind.lower() == "i" and count > 0:
        written = _roman(count)
    else:
        return str(count)
    return written.upper() if kind.isupper() else written


def _roman(count: int) -> str:
    written = ""
    for value, letters in _ROMAN.items():
        written += letters * (count // value)
        count %= value
    return written
