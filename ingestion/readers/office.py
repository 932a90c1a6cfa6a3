"""What office files have in common: parts, active content never run, text nobody sees."""

import re
from collections.abc import Iterable, Iterator, Mapping

from ingestion.errors import UnreadableFile
from ingestion.readers.content import listed, refuse_entities, unpack
from ingestion.readers.markup import Element, attribute, below, local_name, parse_xml

# What ODT and ODS have in common: an archive, roots of its parts, the text of an element.

LEFT_OUT = frozenset({"annotation", "tracked-changes", "note-citation", "bookmark-ref"})


def opened(data: bytes) -> dict[str, bytes]:
    """The parts of the archive by name.

    Raises UnreadableFile for what is no archive, protected, damaged, or larger than the bounds.
    """
    parts = unpack(data)
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
    return next(below(root, name), None) if root is not None else None


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


# What an office file holds that would act or lead elsewhere: never run, never followed. Pure.

_MACROS = re.compile(r"(?:.*/)?vbaProject\.bin|(?:Basic|Scripts)/.+")
_EMBEDDED = re.compile(r".*/embeddings/[^/]+|Object [^/]*(?:/content\.xml)?")
_DDE = re.compile(
    rb"<(?:\w+:)?ddeLink|<(?:\w+:)?instrText[^>]*>\s*DDE|<\w+:dde-|<f[^>]*>[^<]*\|[^<]*!"
)


def active_content(parts: Mapping[str, bytes]) -> Iterator[str]:
    """What was left alone in these parts, as French warnings."""
    if any(map(_MACROS.fullmatch, parts)):
        yield "macros ignorées"
    if embedded := sum(bool(_EMBEDDED.fullmatch(name)) for name in parts):
        yield f"objets incorporés, non lus : {embedded}"
    if external := sum(map(_external, (p for n, p in parts.items() if n.endswith(".rels")))):
        yield f"liens vers l'extérieur, non suivis : {external}"
    if any(_DDE.search(part) for name, part in parts.items() if name.endswith(".xml")):
        yield "liens vers d'autres programmes (DDE), non suivis"


def _external(relations: bytes) -> int:
    """How many are fetched by an office program that opens the file; links to click are not."""
    return sum(
        attribute(each, "TargetMode") == "External"
        and not (attribute(each, "Type") or "").endswith("/hyperlink")
        for each in parse_xml(relations)
    )


# Text of office files that nobody sees: it is read, since it may bind, and said. Pure.

_LONGEST_SHOWN = 60
_MOST_SHOWN = 3


def hidden_in_open_document(root: Element) -> tuple[str, ...]:
    """A French warning when sections, paragraphs or words are not displayed."""
    styles = {
        attribute(style, "name")
        for style in root.iter()
        if local_name(style) == "style" and any(map(_is_not_displayed, style))
    }
    hidden = (
        element
        for element in root.iter()
        if local_name(element) in ("p", "h", "span", "section")
        and (_is_not_displayed(element) or attribute(element, "style-name") in styles)
    )
    return masked(map(text_of, hidden))


def masked(texts: Iterable[str]) -> tuple[str, ...]:
    """The warning that some texts do not show, none when there is none."""
    tidy = (" ".join(text.split()) for text in texts)
    shown = [f"« {_shortened(text)} »" for text in tidy if text]
    what = listed(shown, limit=_MOST_SHOWN)
    return (f"texte masqué, lu quand même : {what}",) if shown else ()


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN].rstrip()}…"


def _is_not_displayed(element: Element) -> bool:
    return attribute(element, "display") == "none"
