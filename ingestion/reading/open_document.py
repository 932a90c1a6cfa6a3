"""What ODT and ODS have in common: an archive, roots of its parts, the text of an element."""

import re
from collections.abc import Iterator, Mapping

from ingestion.reading.archives import refuse_entities, unpacked
from ingestion.reading.content import UnreadableFile
from ingestion.reading.markup import Element, local_name, parse_xml

LEFT_OUT = frozenset({"annotation", "tracked-changes", "note-citation", "bookmark-ref"})


def opened(data: bytes) -> dict[str, bytes]:
    """The parts of the archive by name.

    Raises:
        UnreadableFile: no archive, protected, damaged, or larger than the bounds.
    """
    parts = unpacked(data)
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise UnreadableFile("protégé par mot de passe")
    return parts


def root_of(parts: Mapping[str, bytes], name: str) -> Element | None:
    """The root of a part, None when the archive does not have it."""
    if name not in parts:
        return None
    refuse_entities(parts[name])
    return parse_xml(parts[name])


def first(root: Element | None, name: str) -> Element | None:
    """The first element of this name, at or below `root`."""
    elements = root.iter() if root is not None else ()
    return next((element for element in elements if local_name(element) == name), None)


def text_of(element: Element) -> str:
    """What is read in an element, one line a paragraph."""
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
            yield f" [note : {text_of(child)}] "
        elif name and name not in LEFT_OUT:
            yield from _pieces(child)
            if name in ("p", "h"):
                yield "\n"
        yield (child.tail or "").replace("\n", " ")
