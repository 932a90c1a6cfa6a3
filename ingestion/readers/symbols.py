"""Fonts that draw signs in the place of letters, told in the characters of Unicode. Pure."""

_WINGDINGS = {
    **dict.fromkeys((111, 113, 114, 168), "☐"),
    **{0x78: "☒", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☒"},
    **{0x28: "☎", 0x2A: "✉", 0x6C: "●", 0x6E: "■", 0xA7: "▪", 0xD8: "➢", 0xE0: "→", 0xE8: "→"},
}
_WINGDINGS_2 = {0x4F: "✗", 0x50: "✓", 0x52: "☒", 0x53: "☒", 0x54: "☒", 0xA3: "☐"}
_SYMBOL = {
    **dict(enumerate(" !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", 0x20)),
    **dict(enumerate("αβχδεφγηιϕκλμνοπθρστυϖωξψζ", 0x61)),
    **dict(enumerate("€ϒ′≤⁄∞", 0xA0)),
    **dict(enumerate("↔←↑→↓°±″≥×∝∂•÷≠≡≈…", 0xAB)),
    **{0xD5: "∏", 0xD6: "√", 0xE5: "∑", 0xF2: "∫"},
}
_SIGNS = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "symbol": _SYMBOL}
PRIVATE = 0xF000
"""Where Unicode keeps the characters of such fonts: 0xF0FE is the 0xFE of one of them."""


def drawn(text: str, font: str) -> str:
    """A text as this font draws it; what is not known of it is left as it is written.

    Plain letters said to be in Symbol are mostly words that a list left in the font of its bullets.
    """
    signs = _SIGNS.get(font.lower(), {})
    private = {code + PRIVATE: sign for code, sign in signs.items()}
    return text.translate(private if signs is _SYMBOL else signs | private)
