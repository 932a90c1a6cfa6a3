"""Markdown with a front matter, and plain text. Door of PyYAML and of markdown-it-py."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from ingestion.documents.document import Block, Days, Role, day_after
from ingestion.documents.headings import with_headings
from ingestion.errors import UnreadableFile
from ingestion.french import raised, state_days
from ingestion.readers.content import FileContent, ReaderContent, decode_text
from ingestion.readers.paragraphs import Joiner, blocks_of_pages, remarks_on

# The YAML lines that may open a Markdown file; the only file to import PyYAML.
#
# Of a rule sheet's fields (title, themes, articles, etat_au, au_plus_tot, sources), the title, the
# day (or the part of a year) as of which the text was right and the earliest day on which it can
# have been become facts of the document; the others are for the sheet's authors.

_FRONT = re.compile(r"\A---[ ]*\n(.*?\n)?---[ ]*(?:\n|\Z)", re.DOTALL)


def parted(text: str) -> tuple[ReaderContent, tuple[str, ...], str]:
    """What the front matter says, French warnings about it, and the text after it. Pure."""
    found = _FRONT.match(text)
    if not found:
        return ReaderContent(()), (), text
    rest = text[found.end() :]
    try:
        fields = yaml.safe_load(found[1] or "")
    except (yaml.YAMLError, ValueError, RecursionError):
        return ReaderContent(()), ("en-tête YAML illisible, ignoré",), rest
    return *_front(fields if isinstance(fields, dict) else {}), rest


def _front(fields: dict[object, object]) -> tuple[ReaderContent, tuple[str, ...]]:
    title, told = fields.get("title"), fields.get("etat_au")
    state = None if told is None else state_days(str(told))
    not_before = _date(fields.get("au_plus_tot"))
    warnings = tuple(
        f"en-tête : « {name} » n'est pas une date ({fields[name]})"
        for name, day in (("etat_au", state), ("au_plus_tot", not_before))
        if day is None and fields.get(name) is not None
    )
    first, last = state or (None, None)
    content = ReaderContent(
        (),
        title=str(title).strip() if title else None,
        state_date=first,
        state_until=last if last != first else None,
        not_before=not_before,
    )
    return content, warnings


def _date(written: object) -> date | None:
    if type(written) is date:
        return written
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        return None


# Markdown with an optional front matter, as plain text; the only file to import markdown-it-py.
#
# A file converted from a PDF, with a heading "Page 3" before each page, keeps its pages.

_PAGE_MARK = re.compile(r"^#{1,3} Page (\d+) *$", re.MULTILINE)
_TAG = re.compile(r"<!--.*?-->|</?[A-Za-z][^<>]*>", re.DOTALL)
_RAISED = re.compile(r"<sup>(.*?)</sup>", re.IGNORECASE)
_parser = MarkdownIt("commonmark").enable("table")


def read_markdown(data: bytes) -> FileContent:
    """Read headings, paragraphs, list items and table rows, without their marks."""
    text, warnings = decode_text(data)
    front, doubts, body = parted(_RAISED.sub(lambda found: raised(found[1]), text))
    marks = list(_PAGE_MARK.finditer(body))
    is_paged = len(marks) > 1 and all(int(a[1]) < int(b[1]) for a, b in pairwise(marks))
    tree = SyntaxTreeNode(_parser.parse(body[: marks[0].start()] if is_paged else body))
    blocks = tuple(_blocks(tree))
    misread: tuple[str, ...] = ()
    if front.state_date:
        blocks, misread = _told(blocks)
    blocks = _inherited(with_headings(blocks))
    title = front.title or next((block.text for block in blocks if block.level == 1), None)
    if is_paged:
        blocks = (*blocks, *blocks_of_pages(_pages(body, marks)))
    if not blocks:
        raise UnreadableFile("aucun texte dans le fichier")
    content = replace(front, blocks=blocks, title=title)
    return FileContent((content,), (*warnings, *doubts, *misread), remarks_on(blocks))


def _pages(body: str, marks: Sequence[re.Match[str]]) -> dict[int, str]:
    ends = [*(mark.start() for mark in marks[1:]), len(body)]
    return {
        int(mark[1]): re.sub(r"^---\s*$", "", body[mark.end() : end], flags=re.MULTILINE)
        for mark, end in zip(marks, ends, strict=True)
    }


def _blocks(node: SyntaxTreeNode, *, in_list: bool = False, margin: str = "") -> Iterator[Block]:
    match node.type:
        case "heading":
            if text := " ".join(_text(node).split()):
                yield Block(text, Role.HEADING, level=int(node.tag[1:]))
        case "paragraph":
            role = Role.ITEM if in_list else Role.PARAGRAPH
            yield from (Block(line, role) for line in _text(node).split("\n") if line)
        case "bullet_list" | "ordered_list":
            yield from _items(node, margin)
        case "tr":
            cells = (" ".join(_text(cell).split()) for cell in node.children)
            yield Block(" | ".join(cells), Role.ROW)
        case "fence" | "code_block" | "html_block":
            text = _TAG.sub("", node.content) if node.type == "html_block" else node.content
            if text.strip():
                yield Block(text.strip("\n"))
        case _:
            for child in node.children:
                yield from _blocks(child, in_list=in_list, margin=margin)


def _items(node: SyntaxTreeNode, margin: str) -> Iterator[Block]:
    first = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
    for index, item in enumerate(node.children):
        marker = margin + ("- " if first is None else f"{first + index}. ")
        for child in item.children:
            for block in _blocks(child, in_list=True, margin=margin + "  "):
                yield Block(marker + block.text, block.role, block.level)
                marker = ""


def _text(node: SyntaxTreeNode) -> str:
    inlines = (inline.token for inline in node.children if inline.token)
    tokens = (token for inline in inlines for token in inline.children or ())
    return "".join(_plain(token) for token in tokens).strip()


def _plain(token: Token) -> str:
    match token.type:
        case "softbreak" | "hardbreak":
            return "\n"
        case "html_inline":
            return "\n" if token.content.startswith("<br") else ""
        case _:
            return token.content


# What the author of a sheet says of a statement, at the end of its line. Pure.
#
# `{du=2020-01-01 au=2026-03-31}`: it is the law from the first of these days to the last, both
# included; either may be left out. `{note}`: it says how sure its neighbours are, and states
# nothing. At the end of a heading, it holds for what stands below and has none of its own.

_DAY = r"\d{4}-\d\d-\d\d"
_STATEMENT_MARK = re.compile(
    rf"\s*\{{(?:(?P<note>note)|du=(?P<since>{_DAY})(?: au=(?P<until>{_DAY}))?|au=(?P<end>{_DAY}))"
    r"\}$"
)


def _told(blocks: Sequence[Block]) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """The blocks without their marks, which became facts of theirs, and French warnings.

    A mark whose days no calendar has, or that end before they begin, stays in the text.
    """
    read: list[Block] = []
    warnings: list[str] = []
    for block in blocks:
        found = _STATEMENT_MARK.search(block.text)
        try:
            read.append(_without(block, found) if found else block)
        except ValueError:
            read.append(block)
            warnings.append(f"jours de validité illisibles : « {block.text[-60:]} »")
    return tuple(read), tuple(warnings)


def _inherited(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks, each with what the heading above it says unless it says something itself."""
    heading = Block("")
    passed: list[Block] = []
    for block in blocks:
        if block.role is Role.HEADING:
            heading = block
        elif block.days is None and not block.is_note:
            block = replace(block, days=heading.days, is_note=heading.is_note)
        passed.append(block)
    return tuple(passed)


def _without(block: Block, mark: re.Match[str]) -> Block:
    text = block.text[: mark.start()]
    if mark["note"]:
        return replace(block, text=text, is_note=True)
    last = mark["until"] or mark["end"]
    days = Days(
        date.fromisoformat(mark["since"]) if mark["since"] else None,
        day_after(date.fromisoformat(last)) if last else None,
    )
    if days.valid_from and days.valid_to and days.valid_from >= days.valid_to:
        raise ValueError("ends before it begins")
    return replace(block, text=text, days=days)


# Plain text: lines joined into paragraphs, headings recognised.


def read_text(data: bytes) -> FileContent:
    """Read a text in any usual encoding; one that had to be guessed is said."""
    text, warnings = decode_text(data)
    lines = text.split("\n")
    blocks = with_headings(tuple(Joiner.for_lines(lines).blocks(lines)))
    if not blocks:
        raise UnreadableFile("aucun texte dans le fichier")
    return FileContent((ReaderContent(blocks),), warnings)
