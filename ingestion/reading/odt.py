"""ODT, read from its XML: the format needs no more than the bounded archive and the XML door."""

import re
from collections.abc import Iterator

from ingestion.documents import Block, Role
from ingestion.headings import with_headings
from ingestion.reading.archives import refuse_entities, unpacked
from ingestion.reading.content import Content, FileContent, UnreadableFile
from ingestion.reading.markup import Element, attribute, local_name, parse_xml

_LEFT_OUT = frozenset({"annotation", "tracked-changes", "note-citation", "bookmark-ref"})


def read(data: bytes) -> FileContent:
    """Read headings with their numbers, paragraphs, list items and table rows."""
    parts = unpacked(data)
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise UnreadableFile("protégé par mot de passe")
    if "content.xml" not in parts:
        raise UnreadableFile("le contenu n'est pas un document ODT")
    body = _first(_root(parts, "content.xml"), "text")
    numbers = _OutlineNumbers(_root(parts, "styles.xml"))
    blocks = with_headings(tuple(_blocks(body, numbers))) if body is not None else ()
    if not any(block.text for block in blocks):
        raise UnreadableFile("aucun texte dans le document")
    title = _first(_root(parts, "meta.xml"), "title")
    return FileContent(
        (Content(blocks, title=_text(title) or None if title is not None else None),)
    )


def _root(parts: dict[str, bytes], name: str) -> Element | None:
    if name not in parts:
        return None
    refuse_entities(parts[name])
    return parse_xml(parts[name])


def _first(root: Element | None, name: str) -> Element | None:
    found = (
        (element for element in root.iter() if local_name(element) == name)
        if root is not None
        else ()
    )
    return next(iter(found), None)


class _OutlineNumbers:
    """Numbers of the headings, which the file describes but does not contain."""

    def __init__(self, styles: Element | None) -> None:
        elements = styles.iter() if styles is not None else ()
        levels = [e for e in elements if local_name(e) == "outline-level-style"]
        self._styles = {int(attribute(level, "level") or 1): level for level in levels}
        self._counts: dict[int, int] = {}

    def label(self, level: int) -> str:
        """The number of the next heading of this level, "" when they have none."""
        self._counts = {deep: n for deep, n in self._counts.items() if deep <= level}
        self._counts[level] = self._counts.get(level, 0) + 1
        style = self._styles.get(level)
        if style is None or attribute(style, "num-format") != "1":
            return ""
        shown = int(attribute(style, "display-levels") or 1)
        numbers = ".".join(
            str(self._counts.get(depth, 1)) for depth in range(level - shown + 1, level + 1)
        )
        prefix, suffix = attribute(style, "num-prefix") or "", attribute(style, "num-suffix") or ""
        return f"{prefix}{numbers}{suffix} "


def _blocks(element: Element, numbers: _OutlineNumbers, marker: str = "") -> Iterator[Block]:
    for child in element:
        name = local_name(child)
        if name == "h":
            level = int(attribute(child, "outline-level") or 1)
            if text := _text(child).replace("\n", " "):
                yield Block(numbers.label(level) + text, Role.HEADING, level)
        elif name == "p":
            for line in filter(None, _text(child).split("\n")):
                yield Block(marker + line, Role.ITEM if marker else Role.PARAGRAPH)
                marker = marker and " " * len(marker)
        elif name in ("list-item", "list-header"):
            yield from _blocks(child, numbers, "- ")
        elif name == "table-row":
            cells = (
                _text(cell).replace("\n", " ") for cell in child if local_name(cell) == "table-cell"
            )
            yield Block(" | ".join(cells), Role.ROW)
        elif name and name not in _LEFT_OUT:
            yield from _blocks(child, numbers, marker)


def _text(element: Element) -> str:
    return re.sub(r"[ \t]+", " ", "".join(_pieces(element))).strip()


def _pieces(element: Element) -> Iterator[str]:
    yield (element.text or "").replace("\n", " ")
    for child in element:
        name = local_name(child)
        if name in ("tab", "s"):
            yield " "
        elif name == "line-break":
            yield "\n"
        elif name == "note-body":
            yield f" [note : {_text(child)}] "
        elif name and name not in _LEFT_OUT:
            yield from _pieces(child)
            if name in ("p", "h"):
                yield "\n"
        yield (child.tail or "").replace("\n", " ")
