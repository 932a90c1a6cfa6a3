"""What a DOCX says of its paragraphs and runs, by themselves or by their styles. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from ingestion.readers.markup import Element, attribute, local_name

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
