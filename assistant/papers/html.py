"""A paper as one HTML page that opens anywhere, loads nothing and prints well. Pure."""

from assistant.amount_charts import ranks, timeline
from assistant.charts import intervals
from assistant.page.markup import Html, element, unbroken
from assistant.papers.paper import (
    Bars,
    Block,
    Figure,
    Heading,
    Items,
    Paper,
    Paragraph,
    Shares,
    Table,
    Timeline,
)
from assistant.report import style
from assistant.report.figures import table

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Nothing is loaded and no script runs."""

PROSE = """
body { max-width: 64rem; }
h2 { margin-top: 3rem; }
main > p, main > ul { max-width: 46rem; }
table { width: 100%; }
.scroll + .scroll { margin-top: 1.75rem; }
figure { max-width: 46rem; margin: 1rem 0; }
td { white-space: pre-line; overflow-wrap: anywhere; min-width: 7rem; }
"""
"""Cells of a paper are sentences: they wrap, where those of the report are numbers."""


def as_html(paper: Paper) -> bytes:
    """The whole page, its contents first."""
    titles = [each for each in paper.blocks if isinstance(each, Heading) and each.level == 1]
    contents = (element("li", element("a", each.text, href=f"#{_name(each)}")) for each in titles)
    body = element(
        "body",
        element("header", element("h1", paper.title), element("p", unbroken(paper.about))),
        element("nav", element("ol", *contents), aria_label="Sommaire"),
        element("main", *map(block_html, paper.blocks)),
    )
    page = element("html", _head(paper.title), body, lang="fr")
    return f"<!doctype html>\n{page}\n".encode(errors="replace")


def block_html(block: Block) -> Html:
    """One block, which stands in any page that has the variables of the charts."""
    match block:
        case Heading(text, level):
            return element(f"h{level + 1}", unbroken(text), id=_name(block) if level == 1 else None)
        case Paragraph(text):
            return element("p", unbroken(text))
        case Items(lines):
            return element("ul", *(element("li", unbroken(line)) for line in lines))
        case Table(caption, columns, rows):
            return table(caption, columns, [tuple(map(unbroken, row)) for row in rows])
        case Figure(svg):
            return element("figure", Html(svg))
        case Bars(title, found):
            return element("figure", Html(ranks(title, found)))
        case Shares(title, estimated):
            return element("figure", Html(intervals(title, estimated)))
        case Timeline(title, points):
            return element("figure", Html(timeline(title, points, _whole)))


def _whole(number: float) -> str:
    """A number of things on a scale, "" for what no number of things is."""
    return f"{number:g}" if number == int(number) else ""


def _name(heading: Heading) -> str:
    """The fragment under which a part is found."""
    return "-".join("".join(c if c.isalnum() else " " for c in heading.text.lower()).split())


def _head(title: str) -> Html:
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("title", title),
        element("style", Html(style() + PROSE)),
    )
