"""Numbers of headings and of list items, which an ODT describes but does not contain. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from ingestion.readers.markup import Element, attribute, below, local_name, numeral

BULLET = "- "
"""What stands before an item that has no number."""


class OutlineNumbers:
    """Counts the headings as they go by; the root is that of the styles."""

    def __init__(self, styles: Element | None) -> None:
        elements = styles.iter() if styles is not None else ()
        levels = [e for e in elements if local_name(e) == "outline-level-style"]
        self._styles = {int(attribute(level, "level") or 1): level for level in levels}
        self._counts: dict[int, int] = {}

    def label(self, level: int) -> str:
        """The number of the next heading of this level, "" when they have none."""
        self._counts = {deep: n for deep, n in self._counts.items() if deep <= level}
        self._counts[level] = self._counts.get(level, 0) + 1
        return _label(level, self._styles, self._counts)


class ListNumbers:
    """Counts the items of the lists as they go by; the roots may hold styles of lists."""

    def __init__(self, roots: Iterable[Element | None]) -> None:
        self._styles = {
            attribute(style, "name") or "": {
                int(attribute(level, "level") or 1): level
                for level in style
                if local_name(level) == "list-level-style-number"
            }
            for root in roots
            if root is not None
            for style in below(root, "list-style")
        }
        self._open: list[str] = []
        self._counts: dict[str, dict[int, int]] = {}

    @contextmanager
    def within(self, listing: Element) -> Iterator[None]:
        """The time in which the items of this list go by."""
        above = self._open[-1] if self._open else ""
        self._open.append(attribute(listing, "style-name") or above)
        goes_on = attribute(listing, "continue-numbering") == "true"
        if not goes_on and attribute(listing, "continue-list") is None:
            counts = self._counts.get(self._open[-1], {})
            self._counts[self._open[-1]] = {n: c for n, c in counts.items() if n < len(self._open)}
        yield
        self._open.pop()

    def label(self, item: Element) -> str:
        """The number of the next item of the list, a bullet where it has none."""
        level, name = len(self._open), self._open[-1] if self._open else ""
        styles = self._styles.get(name, {})
        if level not in styles or local_name(item) == "list-header":
            return BULLET
        counts = self._counts.setdefault(name, {})
        start = attribute(item, "start-value")
        if start is None and level not in counts:
            start = attribute(styles[level], "start-value") or "1"
        counts[level] = int(start) if start is not None else counts[level] + 1
        return _label(level, styles, counts)


def _label(level: int, styles: Mapping[int, Element], counts: Mapping[int, int]) -> str:
    """The number of a level, after those above it that its style shows."""
    style = styles.get(level)
    if style is None or not attribute(style, "num-format"):
        return ""
    shown = int(attribute(style, "display-levels") or 1)
    formats = {deep: attribute(each, "num-format") or "1" for deep, each in styles.items()}
    numbers = ".".join(
        numeral(counts.get(deep, 1), formats.get(deep, "1"))
        for deep in range(max(level - shown, 0) + 1, level + 1)
    )
    prefix, suffix = attribute(style, "num-prefix") or "", attribute(style, "num-suffix") or ""
    return f"{prefix}{numbers}{suffix} "
