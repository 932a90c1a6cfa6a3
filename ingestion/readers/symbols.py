"""Fonts that draw signs in the place of letters, told in the characters of Unicode. Pure."""

_WINGDINGS = {
    **dict.fromkeys((111, 113, 114, 168), "☐"),
    **{0x78: "☒", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☒"},
}
_WINGDINGS_2 = {0x50: "✓", 0x4F: "✗", 0x52: "☒", 0x53: "☒", 0x54: "☒", 0xA3: "☐"}
_SIGNS = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2}
_PRIVATE = 0xF000


def drawn(text: str, font: str) -> str:
    """A text as this font draws it; what is not known of it is left as it is written."""
    signs = _SIGNS.get(font.lower(), {})
    return text.translate({**signs, **{code + _PRIVATE: sign for code, sign in signs.items()}})
