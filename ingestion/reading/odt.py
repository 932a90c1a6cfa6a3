"""ODT, read from its XML: the format needs no more than the bounded archive and the XML door."""

from collections.abc import Iterator

from ingestion.documents import Block, Role
from ingestion.headings import with_headings
from ingestion.reading.active_content import active_content
from ingestion.reading.content import Content, FileContent, UnreadableFile
from ingestion.reading.hidden import hidden_in_open_document
from ingestion.reading.markup import Element, attribute, local_name
from ingestion.reading.open_document import LEFT_OUT, first, opened, root_of, text_of


def read(data: bytes) -> FileContent:
    """Read headings with their numbers, paragraphs, list items and table rows."""
    parts = opened(data)
    root = root_of(parts, "content.xml")
    if root is None:
        raise UnreadableFile("le contenu n'est pas un document ODT")
    body = first(root, "text")
    numbers = _OutlineNumbers(root_of(parts, "styles.xml"))
    blocks = with_headings(tuple(_blocks(body, numbers))) if body is not None else ()
    if not any(block.text for block in blocks):
        raise UnreadableFile("aucun texte dans le document")
    title = first(root_of(parts, "meta.xml"), "title")
    content = Content(blocks, title=text_of(title) or None if title is not None else None)
    return FileContent((content,), (*hidden_in_open_document(root), *active_content(parts)))


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
            if text := text_of(child).replace("\n", " "):
                yield Block(numbers.label(level) + text, Role.HEADING, level)
        elif name == "p":
            for line in filter(None, text_of(child).split("\n")):
                yield Block(marker + line, Role.ITEM if marker else Role.PARAGRAPH)
                marker = marker and " " * len(marker)
        elif name in ("list-item", "list-header"):
            yield from _blocks(child, numbers, "- ")
        elif name == "table-row":
            cells = (
                text_of(cell).replace("\n", " ")
                for cell in child
                if local_name(cell) == "table-cell"
            )
            yield Block(" | ".join(cells), Role.ROW)
        elif name and name not in LEFT_OUT:
            yield from _blocks(child, numbers, marker)
