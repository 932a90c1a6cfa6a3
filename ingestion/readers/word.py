"""DOCX: body and hidden runs, walked as XML. Door of python-docx."""

import io
import re
from collections.abc import Iterable, Iterator
from itertools import islice, repeat
from zipfile import BadZipFile

import docx
from docx.document import Document as WordDocument
from docx.opc.exceptions import OpcError

from ingestion.documents.document import Block, Role
from ingestion.documents.headings import with_headings
from ingestion.errors import UnreadableFile
from ingestion.french import raised
from ingestion.readers.content import (
    CELL_MARK,
    FileContent,
    ReaderContent,
    masked,
    struck,
    unpack_office,
)
from ingestion.readers.formulas import PRIVATE, drawn, formula
from ingestion.readers.markup import (
    Element,
    active_content,
    attribute,
    below,
    local_name,
    parse_xml,
    taken_out,
)
from ingestion.readers.tables import TableCell, TableRows
from ingestion.readers.word_styles import (
    OFF,
    Numbering,
    Styles,
    child_of,
    properties_of,
    value_of,
)


def read_docx(data: bytes) -> FileContent:
    """Read headings with their numbers, paragraphs, list items, table rows and notes."""
    parts = unpack_office(data)
    word = _opened(data)
    styles = Styles({style.style_id: style.element for style in word.styles})
    body, notes = word.element.body, [parse_xml(parts[name]) for name in _NOTES if name in parts]
    warnings = [
        *_without_struck((body, *notes), styles),
        *_hidden_in_word((body, *notes), styles),
        *_inserted_documents(body),
        *_unknown_signs((body, *notes)),
    ]
    _write_notes(body, notes)
    reader = _BodyReader(styles, Numbering(_numbering(word)))
    blocks = [*reader.blocks(body)]
    if not any(block.text.strip(" |") for block in blocks):
        raise UnreadableFile("aucun texte : document numérisé ?")
    # Without properties of its own, the library gives a document those of its template.
    has_title = "docProps/core.xml" in parts
    title = " ".join((word.core_properties.title or "").split()) if has_title else ""
    content = ReaderContent(with_headings(blocks), title=title or None)
    return FileContent((content,), (*warnings, *active_content(parts)))


def _inserted_documents(body: Element) -> Iterator[str]:
    if count := sum(1 for _ in below(body, "altchunk")):
        yield f"documents insérés, non lus (enregistrez le fichier avec Word) : {count}"


def _unknown_signs(roots: Iterable[Element]) -> Iterator[str]:
    signs = (sign for root in roots for sign in below(root, "sym"))
    if count := sum(_symbol(sign) == _UNKNOWN for sign in signs):
        yield f"caractères illisibles : {count}"


def _opened(data: bytes) -> WordDocument:
    try:
        return docx.Document(io.BytesIO(data))
    except (OpcError, BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise UnreadableFile("le contenu n'est pas un document DOCX") from error


def _numbering(word: WordDocument) -> Element | None:
    for relation in word.part.rels.values():
        if relation.reltype.endswith("/numbering") and not relation.is_external:
            element: Element = relation.target_part.element
            return element
    return None


# The body, walked as XML. Pure.
#
# python-docx gives paragraphs without inserted text, form controls and text boxes; here they are
# read. Deleted text, comments, headers and footers are left out.

_LEFT_OUT = frozenset({"del", "movefrom", "fallback", "txbxcontent", "ppr", "rpr", "sdtpr"})
_WRITTEN = ("t", "footnotereference", "endnotereference")
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"
_BREAKS = {"br": "\n", "cr": "\n", "tab": " ", "nobreakhyphen": "-"}
_HEADING_STYLE = re.compile(r"(?:heading|titre) ?(\d)", re.IGNORECASE)
_TITLE_STYLES = ("title", "titre")
_UNSEEN_ENDS = ("del", "movefrom", "vanish")
_MOST_BEFORE = 100
_NOTES = ("word/footnotes.xml", "word/endnotes.xml")


class _BodyReader:
    """One pass over a body, counting its numbered paragraphs."""

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self._styles = styles
        self._numbering = numbering
        self._rows = TableRows()

    def blocks(self, element: Element, *, is_cell: bool = False) -> Iterator[Block]:
        """Blocks of the paragraphs and tables below `element`."""
        for child in element:
            name = local_name(child)
            if name == "p":
                yield from self._paragraph(child, is_cell=is_cell)
            elif name == "tr":
                yield Block(self._rows.written(self._cells(child)), Role.ROW)
            elif name == "tbl":
                yield from self._table(child)
            elif name not in _LEFT_OUT:
                yield from self.blocks(child, is_cell=is_cell)

    def _table(self, table: Element) -> Iterator[Block]:
        """Rows; the only cell of a table is a frame around its paragraphs."""
        cells = [*islice(below(table, "tc"), 2)]
        outer, self._rows = self._rows, TableRows()
        yield from self.blocks(cells[0] if len(cells) == 1 else table)
        self._rows = outer

    def _cells(self, row: Element) -> Iterator[TableCell]:
        for child in row:
            if local_name(child) == "trpr":
                before = min(_number_of(child, "gridbefore", 0), _MOST_BEFORE)
                yield from repeat(TableCell(""), before)
            elif local_name(child) == "tc":
                texts = (block.text for block in self.blocks(child, is_cell=True))
                yield _cell(child, " ".join(texts).replace(CELL_MARK, " "))
            else:
                yield from self._cells(child)

    def _paragraph(self, paragraph: Element, *, is_cell: bool) -> Iterator[Block]:
        chain = self._styles.chain(paragraph)
        level = _level(chain)
        lines = [
            " ".join(line.split()) for line in _text_of_runs(paragraph).split("\n") if line.strip()
        ]
        # One that is empty counts, but for one that is deleted or hidden to its very end.
        label = self._label(chain) if lines or not _is_ended_unseen(paragraph) else ""
        if is_cell and label and not lines:
            yield Block(label)
        elif lines and level is not None:
            yield Block(" ".join(filter(None, (label, *lines))), Role.HEADING, level + 1)
        else:
            role = Role.ITEM if label else Role.PARAGRAPH
            for index, line in enumerate(lines):
                yield Block(f"{label} {line}" if label and index == 0 else line, role)
        for box in _text_boxes(paragraph):
            yield from self.blocks(box)

    def _label(self, chain: list[Element]) -> str:
        number = depth = None
        for properties in map(properties_of, chain):
            listed = child_of(properties, "numpr") if properties is not None else None
            if listed is not None:
                number = number or value_of(listed, "numid")
                depth = depth or value_of(listed, "ilvl")
        return self._numbering.label(number, int(depth or 0)) if number else ""


def _write_notes(body: Element, notes: Iterable[Element]) -> None:
    """Put the text of each footnote and endnote where the body calls it."""
    for part in notes:
        texts = {attribute(note, "id"): _text_of_note(note) for note in part}
        for call in below(body, local_name(part).removesuffix("s") + "reference"):
            if text := texts.get(attribute(call, "id")):
                call.text = f" [note : {text}]"


def _text_of_note(note: Element) -> str:
    return " ".join(" ".join(map(_text_of_runs, note)).split())


def _is_ended_unseen(paragraph: Element) -> bool:
    """Whether the end of a paragraph is deleted or hidden."""
    own = child_of(paragraph, "ppr")
    mark = child_of(own, "rpr") if own is not None else None
    return mark is not None and any(child_of(mark, name) is not None for name in _UNSEEN_ENDS)


def _level(chain: list[Element]) -> int | None:
    """The level of a heading, 0 for the document's title, None for other paragraphs."""
    for element in chain:
        name = value_of(element, "name") or ""
        if name.lower() in _TITLE_STYLES:
            return 0
        if found := _HEADING_STYLE.match(name):
            return int(found[1])
        properties = properties_of(element)
        outline = value_of(properties, "outlinelvl") if properties is not None else None
        if outline is not None:
            return int(outline) + 1 if int(outline) < 9 else None
    return None


def _text_of_runs(element: Element) -> str:
    """The text of an element, inserted text included and deleted text not."""
    name = local_name(element)
    if name in _WRITTEN:
        return element.text or ""
    if name in _LEFT_OUT:
        return ""
    if name == "sym":
        return _symbol(element)
    if name == "checkbox":
        return "☒" if _is_checked(element) else "☐"
    if name == "omath":
        return formula(element)
    if name == "ddlist":
        return _chosen(element)
    inside = _BREAKS.get(name, "") + "".join(_text_of_runs(child) for child in element)
    return _as_set(element, inside) if name == "r" else inside


def _as_set(run: Element, text: str) -> str:
    """The text of a run as its font and its place above the line show it."""
    properties = child_of(run, "rpr")
    if properties is None:
        return text
    fonts = child_of(properties, "rfonts")
    shown = drawn(text, attribute(fonts, "ascii") or "") if fonts is not None else text
    return raised(shown) if value_of(properties, "vertalign") == "superscript" else shown


def _symbol(element: Element) -> str:
    """The sign that somebody inserted, the one of what cannot be read where it is not known."""
    written = chr(int(attribute(element, "char") or "0", 16) | PRIVATE)
    sign = drawn(written, attribute(element, "font") or "")
    return sign if sign != written else _UNKNOWN


def _is_checked(box: Element) -> bool:
    """Whether the box of a form is, as somebody left it, else as its author did."""
    states = (child_of(box, "checked"), child_of(box, "default"))
    state = next((each for each in states if each is not None), None)
    return state is not None and attribute(state, "val") not in OFF


def _chosen(choices: Element) -> str:
    """The entry of a drop-down list that somebody left, else its author, else the first."""
    entries = [attribute(each, "val") or "" for each in choices if local_name(each) == "listentry"]
    number = int(value_of(choices, "result") or value_of(choices, "default") or 0)
    return entries[number] if number < len(entries) else ""


def _cell(cell: Element, text: str) -> TableCell:
    properties = child_of(cell, "tcpr")
    if properties is None:
        return TableCell(text)
    merged = child_of(properties, "vmerge")
    goes_on = merged is not None and attribute(merged, "val") != "restart"
    return TableCell(text, _number_of(properties, "gridspan", 1), goes_on=goes_on)


def _number_of(properties: Element, name: str, default: int) -> int:
    written = value_of(properties, name) or ""
    return int(written) if re.fullmatch(r"\d{1,5}", written) else default


def _text_boxes(paragraph: Element) -> Iterator[Element]:
    for child in paragraph:
        if local_name(child) == "txbxcontent":
            yield child
        elif local_name(child) != "fallback":
            yield from _text_boxes(child)


# Runs that are struck out, and those that nobody sees.

_STRUCK = ("strike", "dstrike")
_SMALLEST_SEEN = 4  # half-points
_NO_FILL = ("auto", "FFFFFF", None)


def _without_struck(roots: Iterable[Element], styles: Styles) -> tuple[str, ...]:
    """Take out the runs that are struck; a French warning when there are some."""
    runs = (run for root in roots for run in below(root, "r"))
    barred = (run for run in runs if any(styles.is_on(run, name) for name in _STRUCK))
    return struck(taken_out(barred, _text_of_runs))


def _hidden_in_word(roots: Iterable[Element], styles: Styles) -> tuple[str, ...]:
    """A French warning when runs are hidden, white on white, or too small to be seen."""
    runs = (run for root in roots for run in below(root, "r"))
    hidden = (run for run in runs if styles.is_on(run, "vanish") or _is_unseen(run))
    return masked(map(_text_of_runs, hidden))


def _is_unseen(run: Element) -> bool:
    properties = child_of(run, "rpr")
    if properties is None:
        return False
    size = value_of(properties, "sz") or ""
    if size.isdigit() and int(size) <= _SMALLEST_SEEN:
        return True
    return (value_of(properties, "color") or "").upper() == "FFFFFF" and not _is_on_color(run)


def _is_on_color(run: Element) -> bool:
    """Whether something around the run colours its background, or may."""
    around = (run, *run.iterancestors())
    if any(local_name(element) == "txbxcontent" for element in around):
        return True
    properties = (child_of(element, f"{local_name(element)}pr") for element in around)
    return any(any(map(_colours, each)) for each in properties if each is not None)


def _colours(prop: Element) -> bool:
    name = local_name(prop)
    is_filled = name == "shd" and attribute(prop, "fill") not in _NO_FILL
    return is_filled or name in ("highlight", "tblstyle")
