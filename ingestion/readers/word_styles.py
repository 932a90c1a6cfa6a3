"""What a DOCX says of its paragraphs and runs, by their styles and numbers. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from ingestion.readers.markup import Element, attribute, local_name, numeral

OFF = ("0", "false", "off")
"""The values by which a property that is there is not meant."""


def child_of(element: Element, name: str) -> Element | None:
    """The first child of this name (in lower case)."""
    return next((child for child in element if local_name(child) == name), None)


def value_of(element: Element | Iterable[Element], name: str) -> str | None:
    """The `val` of the child of this name."""
    for child in element:
        if local_name(child) == name:
            return attribute(child, "val")
    return None


def properties_of(element: Element) -> Element | None:
    """The properties of a paragraph that a link of its chain holds."""
    return element if local_name(element) == "ppr" else child_of(element, "ppr")


class Styles:
    """The styles of a document, by their identifiers."""

    def __init__(self, styles: Mapping[str, Element]) -> None:
        self._styles = styles

    def chain(self, paragraph: Element) -> list[Element]:
        """What describes a paragraph: its own properties, then its styles, nearest first."""
        own = child_of(paragraph, "ppr")
        name = value_of(own, "pstyle") if own is not None else None
        return [*([own] if own is not None else ()), *self._based(name or "Normal")]

    def is_on(self, run: Element, name: str) -> bool:
        """Whether a run has this property, as the nearest of those that say so has it."""
        found = (child_of(each, name) for each in self._described(run))
        nearest = next((each for each in found if each is not None), None)
        return nearest is not None and attribute(nearest, "val") not in OFF

    def _described(self, run: Element) -> Iterator[Element]:
        """Properties of a run: its own, of its style, and of the styles of its paragraph."""
        own = child_of(run, "rpr")
        if own is not None:
            yield own
        styles = self._based((value_of(own, "rstyle") if own is not None else None) or "")
        paragraph = next((each for each in run.iterancestors() if local_name(each) == "p"), None)
        around = self.chain(paragraph) if paragraph is not None else ()
        for style in (*styles, *around):
            properties = child_of(style, "rpr") if local_name(style) == "style" else None
            if properties is not None:
                yield properties

    def _based(self, name: str) -> list[Element]:
        """A style and those that it is based on."""
        found: dict[str, Element] = {}
        while name in self._styles and name not in found:
            found[name] = self._styles[name]
            name = value_of(found[name], "basedon") or ""
        return list(found.values())


# Numbers of paragraphs, which a DOCX describes but does not contain.

_KINDS = {"lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I"}


class Numbering:
    """Counts list levels as paragraphs go by."""

    def __init__(self, root: Element | None) -> None:
        elements = list(root) if root is not None else []
        abstract = {
            attribute(e, "abstractNumId") or "": e
            for e in elements
            if local_name(e) == "abstractnum"
        }
        by_style = {value_of(e, "stylelink"): name for name, e in abstract.items()}
        self._levels: dict[str, dict[int, Element]] = {}
        self._list_of: dict[str, str] = {}
        self._restarts: dict[tuple[str, int], int] = {}
        for element in (e for e in elements if local_name(e) == "num"):
            number = attribute(element, "numId") or ""
            definition = value_of(element, "abstractnumid") or ""
            style = value_of(abstract.get(definition, ()), "numstylelink")
            definition = by_style.get(style, definition) if style else definition
            self._list_of[number] = definition
            self._levels[number] = _levels(abstract.get(definition, ()))
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
        for deeper in [each for each in counts if each > depth and self._ends(number, each, depth)]:
            del counts[deeper]
        following = counts[depth] + 1 if depth in counts else _start(level)
        counts[depth] = self._restarts.pop((number, depth), following)
        if value_of(level, "numfmt") == "bullet":
            return "-"
        is_legal = child_of(level, "islgl") is not None and value_of(level, "islgl") not in OFF
        return re.sub(
            r"%(\d)",
            lambda found: self._written(number, int(found[1]) - 1, is_legal=is_legal),
            value_of(level, "lvltext") or "",
        )

    def _ends(self, number: str, depth: int, above: int) -> bool:
        """Whether a paragraph at the depth `above` makes this one begin again (17.9.10)."""
        level = self._levels[number].get(depth)
        restart = value_of(level, "lvlrestart") if level is not None else None
        return restart is None or above < int(restart)

    def _written(self, number: str, depth: int, *, is_legal: bool) -> str:
        """The count of a level; in the digits that all have in a legal numbering."""
        level = self._levels[number].get(depth)
        if level is None:
            return ""
        count = self._counts[self._list_of[number]].get(depth, _start(level))
        return _formatted(count, (not is_legal and value_of(level, "numfmt")) or "decimal")


def _levels(definition: Iterable[Element]) -> dict[int, Element]:
    levels = (each for each in definition if local_name(each) == "lvl")
    return {int(attribute(level, "ilvl") or 0): level for level in levels}


def _start(level: Element) -> int:
    return int(value_of(level, "start") or 1)


def _formatted(count: int, style: str) -> str:
    if style == "none":
        return ""
    if style == "decimalZero":
        return f"{count:02}"
    return numeral(count, _KINDS.get(style, "1"))
