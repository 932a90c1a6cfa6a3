"""XML parsed without entities, DTD or network, and HTML pages read. Door of lxml."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree, html

from ingestion.documents.document import Block, Role
from ingestion.documents.headings import with_headings
from ingestion.errors import UnreadableFile
from ingestion.french import raised
from ingestion.readers.content import FileContent, ReaderContent, decode_text, masked, struck
from ingestion.readers.tables import TableCell, TableRows

# XML and HTML parsed without entities, DTD or network; the only file to import lxml.

Element = etree._Element


def parse_xml(data: bytes) -> Element:
    """The root of an XML document; raises UnreadableFile when it is not well formed."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableFile(f"fichier corrompu (XML : {error.msg})") from error


def parse_html(text: str) -> Element:
    """The root of an HTML page, however badly written.

    Raises UnreadableFile when there is no element at all.
    """
    parser = html.HTMLParser(
        no_network=True, huge_tree=False, remove_comments=True, encoding="utf-8"
    )
    try:
        return html.document_fromstring(text.encode("utf-8", errors="replace"), parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise UnreadableFile("aucun texte dans le fichier") from error


def as_html(element: Element) -> bytes:
    """An element and all below it, as HTML in UTF-8 whatever it was read from."""
    written = etree.tostring(element, method="html", encoding="unicode", with_tail=False)
    return written.encode("utf-8")


def element_from_json(name: str, value: object) -> Element:
    """An element as JSON tells it: "@" before attributes, "#text" for the text, lists for several.

    Prefixes of namespaces are left out.

    Raises UnreadableFile when a name is none of XML, or a text has what XML refuses.
    """
    said = value if isinstance(value, dict) else {"#text": value}
    try:
        element = etree.Element(_bare(name))
        for key, below in said.items():
            if key.startswith("@xmlns") or below is None:
                continue
            if key.startswith("@"):
                element.set(_bare(key[1:]), str(below))
            elif key == "#text":
                element.text = str(below)
            else:
                several = below if isinstance(below, list) else [below]
                element.extend(element_from_json(key, each) for each in several)
    except ValueError as error:
        raise UnreadableFile(f"ce JSON n'est pas celui d'un XML ({error})") from error
    return element


def _bare(name: str) -> str:
    return name.rpartition(":")[2]


def local_name(element: Element) -> str:
    """The element's name without its namespace, "" for what is no element."""
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""


def below(root: Element, name: str) -> Iterator[Element]:
    """The elements of this name, in lower case, at or below `root`."""
    return (element for element in root.iter() if local_name(element) == name)


def attribute(element: Element, name: str) -> str | None:
    """The value of an attribute whatever its namespace."""
    for key, value in element.attrib.items():
        if etree.QName(str(key)).localname == name:
            return str(value)
    return None


def taken_out(elements: Iterable[Element], text_of: Callable[[Element], str]) -> list[str]:
    """The text of each of these elements, which are then no longer in their tree."""
    gone: set[Element] = set()
    texts = []
    for element in tuple(elements):
        if gone.isdisjoint(element.iterancestors()):
            texts.append(text_of(element))
            _take_out(element)
        gone.add(element)
    return texts


def _take_out(element: Element) -> None:
    """Remove an element and all below it, not the text after it."""
    parent, before, after = element.getparent(), element.getprevious(), element.tail
    if parent is None:
        return
    if after and before is not None:
        before.tail = (before.tail or "") + after
    elif after:
        parent.text = (parent.text or "") + after
    parent.remove(element)


# Counts as lists write them. Pure.

_ROMAN = {
    **{1000: "m", 900: "cm", 500: "d", 400: "cd", 100: "c", 90: "xc"},
    **{50: "l", 40: "xl", 10: "x", 9: "ix", 5: "v", 4: "iv", 1: "i"},
}


def numeral(count: int, kind: str) -> str:
    """A count in letters ("a", "A") or Roman numerals ("i", "I"), in digits by any other kind."""
    if kind.lower() == "a" and count > 0:
        times, letter = divmod(count - 1, 26)
        written = chr(ord("a") + letter) * (times + 1)
    elif kind.lower() == "i" and count > 0:
        written = _roman(count)
    else:
        return str(count)
    return written.upper() if kind.isupper() else written


def _roman(count: int) -> str:
    written = ""
    for value, letters in _ROMAN.items():
        written += letters * (count // value)
        count %= value
    return written


# What an office file holds that would act or lead elsewhere: never run, never followed. Pure.

_MACROS = re.compile(r"(?:.*/)?vbaProject\.bin|(?:Basic|Scripts)/.+")
_EMBEDDED = re.compile(r".*/embeddings/[^/]+|Object [^/]*(?:/content\.xml)?")
_DDE = re.compile(
    rb"<(?:\w+:)?ddeLink|<(?:\w+:)?instrText[^>]*>\s*DDE|<\w+:dde-|<f[^>]*>[^<]*[\w.']\|[^<]*!"
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


# HTML pages: headings, paragraphs, list items and table rows, without scripts and menus.

_LEFT_OUT = frozenset({"script", "style", "noscript", "template", "nav", "svg", "head", "iframe"})
_INLINE = re.compile(
    "a|abbr|b|bdi|bdo|big|cite|code|data|dfn|em|font|i|ins|kbd|label|mark|q|samp|small|span|"
    "strong|sub|sup|time|tt|u|var"
)
_NO_VALUES = ("hidden", "submit", "button", "reset", "image", "password", "file")
_STRUCK = ("s", "strike", "del")
_HEADING = re.compile(r"h[1-6]")
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?\s*([\w-]+)", re.IGNORECASE)
_LEGACY = ("iso-8859-1", "iso-8859-15", "latin1", "latin-1", "windows-1252", "cp1252")


def read_html(data: bytes) -> FileContent:
    """Read what a browser would show, in the order of the page."""
    text, warnings = _decoded(data)
    root = parse_html(text)
    warnings += struck(taken_out(filter(_is_struck, root.iter()), _all_text))
    warnings += masked(map(_all_text, filter(_is_hidden, root.iter())))
    blocks = with_headings(tuple(_Page().read(root)))
    if not blocks:
        raise UnreadableFile("aucun texte dans la page")
    titles = (_all_text(title) for title in root.iter("title"))
    title = next((" ".join(found.split()) for found in titles if found.strip()), None)
    title = title or next((block.text for block in blocks if block.level == 1), None)
    return FileContent((ReaderContent(blocks, title=title),), warnings)


def _decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    declared = _CHARSET.search(data[:4096])
    if declared and declared[1].decode().lower() in _LEGACY:
        return data.decode("cp1252", errors="replace"), ()
    return decode_text(data)


@dataclass(slots=True)
class _Page:
    """Blocks read so far, the text of the open one with what it is, and the rows of its table.

    `counts` are the last numbers of its lists.
    """

    blocks: list[Block] = field(default_factory=list)
    text: str = ""
    role: Role = Role.PARAGRAPH
    level: int = 0
    marker: str = ""
    rows: TableRows = field(default_factory=TableRows)
    counts: dict[Element, int] = field(default_factory=dict)

    def read(self, root: Element) -> list[Block]:
        """The blocks of a whole page."""
        self._walk(root)
        self._close()
        return self.blocks

    def _walk(self, element: Element) -> None:
        name = local_name(element)
        if name == "br":
            self.text += "\n"
        elif name in ("input", "select"):
            self.text += f" {_chosen(element) if name == 'select' else _filled_in(element)} "
        elif _INLINE.fullmatch(name):
            before = len(self.text)
            self._inside(element)
            if name == "sup":
                self.text = self.text[:before] + raised(self.text[before:])
        elif name and name not in _LEFT_OUT:
            self._close()
            self._block(name, element)
            self._close()
        self.text += _spaced(element.tail)

    def _inside(self, element: Element) -> None:
        self.text += _spaced(element.text)
        for child in element:
            self._walk(child)

    def _block(self, name: str, element: Element) -> None:
        if name == "tr" and next(element.iter("table"), None) is None:
            self.blocks.append(Block(self.rows.written(map(_cell, element)), Role.ROW))
            return
        if name == "table":
            outer, self.rows = self.rows, TableRows()
            self._inside(element)
            self.rows = outer
            return
        if _HEADING.fullmatch(name):
            self.role, self.level = Role.HEADING, int(name[1])
        elif name == "li":
            self.role, self.marker = Role.ITEM, self._marker(element)
        self._inside(element)
        if name == "li" or _HEADING.fullmatch(name):
            self._close()
            self._be_plain()  # an empty one gives nothing to what follows

    def _marker(self, item: Element) -> str:
        """What stands before an item: its number counts from where somebody said."""
        parent = item.getparent()
        if parent is None or local_name(parent) != "ol":
            return "- "
        number = _whole(item, "value")
        if number is None:
            start = _whole(parent, "start")
            number = self.counts.get(parent, 0 if start is None else start - 1) + 1
        self.counts[parent] = number
        return f"{numeral(number, attribute(parent, 'type') or '1')}. "

    def _close(self) -> None:
        lines = [" ".join(line.split()) for line in self.text.split("\n")]
        if self.role is Role.HEADING:
            lines = [" ".join(line for line in lines if line)]
        filled = [line for line in lines if line]
        for line in filled:
            self.blocks.append(Block(self.marker + line, self.role, self.level))
            self.marker = ""
        if filled:
            self._be_plain()
        self.text = ""

    def _be_plain(self) -> None:
        self.role, self.level, self.marker = Role.PARAGRAPH, 0, ""


def _cell(cell: Element) -> TableCell:
    text = " ".join(block.text for block in _Page().read(cell))
    return TableCell(text, _span(cell, "colspan"), _span(cell, "rowspan"))


def _span(cell: Element, name: str) -> int:
    written = attribute(cell, name) or ""
    return max(int(written), 1) if re.fullmatch(r"\d{1,5}", written) else 1


def _chosen(choices: Element) -> str:
    """What is chosen in a list of a form: its first option where somebody marked none."""
    options = [*choices.iter("option")]
    marked = [each for each in options if attribute(each, "selected") is not None]
    shown = marked or (options[:1] if attribute(choices, "multiple") is None else [])
    return ", ".join(" ".join(_all_text(each).split()) for each in shown)


def _filled_in(field: Element) -> str:
    """What a field of a form shows of its value."""
    kind = (attribute(field, "type") or "text").lower()
    if kind in ("checkbox", "radio"):
        return "☐" if attribute(field, "checked") is None else "☒"
    return "" if kind in _NO_VALUES else _spaced(attribute(field, "value"))


def _is_hidden(element: Element) -> bool:
    """Whether an element is read and does not show, for a reason of its own."""
    if not _hides(element):
        return False
    around = [*element.iterancestors()]
    is_read = not any(local_name(each) in _LEFT_OUT for each in (element, *around))
    return is_read and not any(map(_hides, around))


def _hides(element: Element) -> bool:
    style = "".join((attribute(element, "style") or "").lower().split())
    is_hidden = attribute(element, "hidden") is not None
    return is_hidden or "display:none" in style or "visibility:hidden" in style


def _is_struck(element: Element) -> bool:
    style = attribute(element, "style") or ""
    return local_name(element) in _STRUCK or "line-through" in style


def _all_text(element: Element) -> str:
    return " ".join(str(text) for text in element.itertext())


def _spaced(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


def _whole(element: Element, name: str) -> int | None:
    written = attribute(element, name) or ""
    return int(written) if re.fullmatch(r"-?\d{1,5}", written) else None
