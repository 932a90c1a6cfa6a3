"""Numbers of paragraphs, which a DOCX describes but does not contain. Pure."""

import re
from collections import defaultdict

from ingestion.readers.markup import Element, attribute, local_name
from ingestion.readers.word_styles import child_of, value_of

_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


class Numbering:
    """Counts list levels as paragraphs go by."""

    def __init__(self, root: Element | None) -> None:
        elements = list(root) if root is not None else []
        abstract = {
            attribute(e, "abstractNumId"): e for e in elements if local_name(e) == "abstractnum"
        }
        self._levels: dict[str, dict[int, Element]] = {}
        self._list_of: dict[str, str] = {}
        self._restarts: dict[tuple[str, int], int] = {}
        for element in (e for e in elements if local_name(e) == "num"):
            number = attribute(element, "numId") or ""
            definition = value_of(element, "abstractnumid") or ""
            self._list_of[number] = definition
            levels = abstract.get(definition)
            self._levels[number] = {
                int(attribute(level, "ilvl") or 0): level
                for level in (levels if levels is not None else ())
                if local_name(level) == "lvl"
            }
            for override in (e for e in element if local_name(e) == "lvloverride"):
                self._override(number, override)
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)

    def _override(self, number: str, override: Element) -> None:
        depth = int(attribute(override, "ilvl") or 0)
        level, start = child_of(override, "lvl"), value_of(override, "startoverride")
        if level is not None:
            self._levels[number][depth] = level
        if start is not None:
            self._restarts[number, depth] = int(start)

    def label(self, number: str, depth: int) -> str:
        """The label of the next paragraph of this list at this depth: "12.3", "a)", "-"."""
        level = self._levels.get(number, {}).get(depth)
        if level is None:
            return ""
        counts = self._counts[self._list_of[number]]
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        following = counts[depth] + 1 if depth in counts else _start(level)
        counts[depth] = self._restarts.pop((number, depth), following)
        if value_of(level, "numfmt") == "bullet":
            return "-"
        return re.sub(
            r"%(\d)",
            lambda found: self._written(number, counts, int(found[1]) - 1),
            value_of(level, "lvltext") or "",
        )

    def _written(self, number: str, counts: dict[int, int], depth: int) -> str:
        level = self._levels[number].get(depth)
        if level is None:
            return ""
        return _formatted(counts.get(depth, _start(level)), value_of(level, "numfmt") or "decimal")


def _start(level: Element) -> int:
    return int(value_of(level, "start") or 1)


def _formatted(count: int, style: str) -> str:
    if style in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (count - 1) % 26)
        return letter if style == "lowerLetter" else letter.upper()
    if style in ("lowerRoman", "upperRoman"):
        roman = _roman(count)
        return roman if style == "lowerRoman" else roman.upper()
    return str(count)


def _roman(count: int) -> str:
    written = ""
    for value, letters in _ROMAN:
        written += letters * (count // value)
        count %= value
    return written
