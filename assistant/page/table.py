"""Tables, whose cells bear the names of their columns for narrow screens. Pure HTML."""

from collections.abc import Iterable, Sequence

from assistant.page.markup import Html, element

ACTION = element("span", "Action", class_="unseen")
"""The heading of a column of buttons, in French and in English; it is read and not shown."""


def table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    caption: str,
    *,
    class_: str | None = None,
    names_rows: bool = False,
    shows_caption: bool = False,
) -> Html:
    """A table of as many cells a row as there are heads; a head that is HTML labels no cell.

    The first cell heads its row where it `names_rows`; the caption is for who cannot see that the
    table stands under its title, unless it `shows_caption`.
    """
    head = element("tr", *(element("th", each, scope="col") for each in heads))
    return element(
        "table",
        element("caption", caption, class_=None if shows_caption else "unseen"),
        element("thead", head),
        element("tbody", *(_row(heads, cells, named=names_rows) for cells in rows)),
        class_=class_,
    )


def _row(heads: Sequence[str], cells: Sequence[str], *, named: bool) -> Html:
    built = [
        element("td", cell, data_label=None if isinstance(head, Html) else head or None)
        for head, cell in zip(heads, cells, strict=True)
    ]
    if named:
        built[0] = element("th", cells[0], scope="row")
    return element("tr", *built)
