"""The Markdown sources of the dossier, read into blocks ready to be laid out.

A source opens with `key: value` lines (acheteur, sigle, titre, objet, reference, mention),
followed by headings, paragraphs, lists and tables.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt

WIDTH_CM, MARGIN_CM = 16.6, 2.2


@dataclass(frozen=True, slots=True)
class Block:
    """A text of one style, or the rows of a table, made of (style, text) cells."""

    style: str
    text: str = ""
    rows: tuple[tuple[tuple[str, str], ...], ...] = ()

    @property
    def widths(self) -> list[float]:
        """Widths of the columns in centimetres: room for the longest word, then for the texts."""
        columns = [[text for _, text in column] for column in zip(*self.rows, strict=True)]
        words = [max(map(len, " ".join(column).split(" "))) for column in columns]
        needs = [0.5 + 0.2 * word for word in words]
        wants = [
            1 + min(60, max(map(len, column))) - min(60, word)
            for column, word in zip(columns, words, strict=True)
        ]
        spare = (WIDTH_CM - sum(needs)) / sum(wants)
        return [need + spare * want for need, want in zip(needs, wants, strict=True)]


NO_BREAK = re.compile(
    r"(?<=\d) (?=\d{2,5}\b)"  # 40 000, 03 53 01
    r"|(?<=\d) (?=h \d)|(?<=\d h) (?=\d)"  # 12 h 00
    r"|(?<=\b[LRD]\.) (?=\d)"  # R. 2161-2
    r"| (?=[€%:;»?!])|(?<=[«°]) "
)


def bind(text: str) -> str:
    """Put no-break spaces where French typography wants them. Pure."""
    return NO_BREAK.sub("\N{NO-BREAK SPACE}", text)


def read(source: str) -> tuple[dict[str, str], tuple[Block, ...]]:
    """Return what the first lines of a source declare, and its blocks after a title. Pure."""
    _, declared, body = source.split("---\n", 2)
    pairs = (line.split(": ", 1) for line in declared.splitlines())
    head = {key: bind(value) for key, value in pairs}
    labels = {
        "Acheteur": "acheteur",
        "Objet": "objet",
        "Référence": "reference",
        "À noter": "mention",
    }
    rows = tuple((("th", label), ("td", head[key])) for label, key in labels.items())
    return head, (Block("title", head["titre"]), Block("table", rows=rows), *blocks(body))


def blocks(markdown: str) -> Iterator[Block]:
    """Yield the blocks of a Markdown text, in order."""
    rows: list[tuple[tuple[str, str], ...]] = []
    style, cell = "p", "td"
    for token in MarkdownIt("commonmark").enable("table").parse(markdown):
        match token.type:
            case "heading_open":
                style = token.tag
            case "list_item_open":
                style = "li"
            case "heading_close" | "list_item_close":
                style = "p"
            case "table_open":
                rows, style = [], "table"
            case "tr_open":
                rows.append(())
            case "th_open":
                cell = "th"
            case "td_open":
                cell = "right" if "right" in str(token.attrs.get("style")) else "td"
            case "inline" if style == "table":
                rows[-1] += ((cell, bind(token.content)),)
            case "inline":
                yield Block(style, bind(token.content))
            case "table_close":
                yield Block("table", rows=tuple(rows))
                style = "p"
