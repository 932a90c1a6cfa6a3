"""What an office file holds that would act or lead elsewhere: never run, never followed. Pure."""

import re
from collections.abc import Iterator, Mapping

from ingestion.reading.markup import attribute, parse_xml

_MACROS = re.compile(r"(?:.*/)?vbaProject\.bin|(?:Basic|Scripts)/.+")
_EMBEDDED = re.compile(r".*/embeddings/[^/]+|Object [^/]*(?:/content\.xml)?")
_DDE = re.compile(
    rb"<(?:\w+:)?ddeLink|<(?:\w+:)?instrText[^>]*>\s*DDE|<\w+:dde-|<f[^>]*>[^<]*\|[^<]*!"
)


def active_content(parts: Mapping[str, bytes]) -> tuple[str, ...]:
    """What was left alone in these parts, as French warnings."""
    return tuple(_warnings(parts))


def _warnings(parts: Mapping[str, bytes]) -> Iterator[str]:
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
