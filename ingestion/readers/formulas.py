"""Formulas and signs of a DOCX in the characters of Unicode. Pure."""

import re
from collections.abc import Callable, Mapping

from ingestion.french import raised
from ingestion.readers.markup import Element, local_name
from ingestion.readers.word_styles import child_of, value_of

# Formulas (OMML) on one line: "P=Po×(0,15+0,85×I/Io)".

_SIMPLE = re.compile(r"[\w.,]*")


def formula(element: Element) -> str:
    """The text of a formula, or of a part of one; what is not known is what stands in it."""
    name = local_name(element)
    if name == "t":
        return element.text or ""
    if name.endswith("pr"):
        return ""
    write = _WRITTEN.get(name)
    return write(element) if write else "".join(map(formula, element))


def _part(element: Element, name: str) -> str:
    child = child_of(element, name)
    return formula(child) if child is not None else ""


def _operand(text: str) -> str:
    return text if _SIMPLE.fullmatch(text) else f"({text})"


def _fraction(element: Element) -> str:
    return f"{_operand(_part(element, 'num'))}/{_operand(_part(element, 'den'))}"


def _scripts(element: Element) -> str:
    """What stands below and above the line, after its base or its sign."""
    below, above = _part(element, "sub"), _part(element, "sup")
    power = raised(above)
    if above == power:
        power = above and f"^{_operand(above)}"
    return (below and f"_{_operand(below)}") + power


def _based(element: Element) -> str:
    return _part(element, "e") + _scripts(element)


def _in_brackets(element: Element) -> str:
    opening, closing, between = (
        _sign(element, "dpr", name, usual)
        for name, usual in (("begchr", "("), ("endchr", ")"), ("sepchr", "|"))
    )
    inside = between.join(formula(each) for each in element if local_name(each) == "e")
    return f"{opening}{inside}{closing}"


def _root(element: Element) -> str:
    return f"{raised(_part(element, 'deg'))}√{_operand(_part(element, 'e'))}"


def _repeated(element: Element) -> str:
    """A sum, a product, an integral."""
    sign = _sign(element, "narypr", "chr", "∫")
    return f"{sign}{_scripts(element)} {_part(element, 'e')}"


def _sign(element: Element, properties: str, name: str, usual: str) -> str:
    said = child_of(element, properties)
    sign = value_of(said, name) if said is not None else None
    return usual if sign is None else sign


_WRITTEN: Mapping[str, Callable[[Element], str]] = {
    "f": _fraction,
    "d": _in_brackets,
    "rad": _root,
    "nary": _repeated,
    **dict.fromkeys(("ssup", "ssub", "ssubsup"), _based),
}


# Fonts that draw signs in the place of letters.

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
