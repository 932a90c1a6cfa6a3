"""A table of the ledger as HTML: each row leads to what it is made of, each table to its files."""

from collections.abc import Callable
from dataclasses import dataclass

from assistant.ledger.addresses import piece_address
from assistant.ledger.exhibit import Exhibit
from assistant.ledger.table import Format, Table, written
from assistant.page.ledger.drawing import drawn
from assistant.page.ledger.place import PAGE, Place
from assistant.page.markup import NOTHING, Html, element, unbroken
from assistant.page.words import grouped

SHOWN = 25
"""Rows of a table that stands among others; a table of its own shows more."""

ON_A_PAGE = 100

Extra = Callable[[int], Html]
"""What is added to the row of this number among those shown."""


@dataclass(frozen=True, slots=True)
class TableView:
    """Rows of the table of this number of a place from one on, and what leads on from them.

    `count` is how many rows the whole table has.
    """

    place: Place
    number: int
    table: Table
    count: int
    first: int = 0

    def section(self, exhibit: Exhibit, heading: str = "", extra: Extra | None = None) -> Html:
        """The drawing, the first rows, the notes, and the ways to the rest."""
        drawing = drawn(exhibit)
        return element(
            "section",
            element("h2", unbroken(self.table.title)),
            element("p", unbroken(exhibit.lead), class_="lead") if exhibit.lead else NOTHING,
            element("div", drawing, class_="chart") if drawing else NOTHING,
            self.rows(heading, extra) if self.table.rows else element("p", "Rien."),
            self._rest(),
            self.notes(),
            self.downloads() if self.table.rows else NOTHING,
        )

    def page(self) -> Html:
        """One page of the whole table, and the ways to the others."""
        return element(
            "section",
            self.rows() if self.table.rows else element("p", "Rien."),
            self.pager(),
            self.notes(),
            self.downloads() if self.count else NOTHING,
        )

    def rows(self, heading: str = "", extra: Extra | None = None) -> Html:
        """The rows; `heading` names what is added to each."""
        columns = self.table.columns
        heads = [
            element("th", each.heading, scope="col", class_=_side(each.format)) for each in columns
        ]
        heads += [element("th", heading, scope="col")] if extra else []
        body = [
            element("tr", *self._cells(index), element("td", extra(index)) if extra else NOTHING)
            for index in range(len(self.table.rows))
        ]
        table = element("table", element("thead", element("tr", *heads)), element("tbody", *body))
        return element(
            "div", table, class_="wide", tabindex=0, role="region", aria_label=self.table.title
        )

    def notes(self) -> Html:
        """What the rows do not say themselves."""
        if not self.table.notes:
            return NOTHING
        notes = (element("li", unbroken(each)) for each in self.table.notes)
        return element("ul", *notes, class_="notes")

    def pager(self) -> Html:
        """Where this page is among those of the table, and the ones before and after."""
        page = self.place.page
        last = -(-self.count // ON_A_PAGE)
        if last < 2:
            return NOTHING
        below = f"/tableau/{self.number}"
        links = [
            element("a", said, href=self.place.address(below, **{PAGE: number}), rel=said_rel)
            for said, number, said_rel in (
                ("Précédente", page - 1, "prev"),
                ("Suivante", page + 1, "next"),
            )
            if 1 <= number <= last
        ]
        here = element("span", f"Page {page} sur {last} ({grouped(self.count)} lignes)")
        return element("nav", here, *links, class_="pager", aria_label="Pages du tableau")

    def downloads(self) -> Html:
        """The table whole, as files."""
        below = f"/tableau/{self.number}"
        links = (
            element(
                "a", f"Exporter ({suffix.upper()})", href=self.place.address(f"{below}.{suffix}")
            )
            for suffix in ("csv", "xlsx")
        )
        return element("p", *links, class_="downloads")

    def _rest(self) -> Html:
        if self.count <= len(self.table.rows):
            return NOTHING
        address = self.place.address(f"/tableau/{self.number}")
        return element("p", element("a", f"Voir les {grouped(self.count)} lignes", href=address))

    def _cells(self, index: int) -> list[Html]:
        """The cells of a row; the first one leads to what the row is made of."""
        cells = []
        for position, (cell, column) in enumerate(
            zip(self.table.rows[index], self.table.columns, strict=True)
        ):
            text: str = unbroken(written(cell, column.format))
            address = self._made_of(index) if position == 0 else ""
            content = element("a", text, href=address) if address else text
            cells.append(
                element("td", content, data_label=column.heading, class_=_side(column.format))
                if cell is not None
                else element("td", class_=_side(column.format))
            )
        return cells

    def _made_of(self, index: int) -> str:
        """The address of the rows of the ledger that a row is made of, "" where there are none."""
        ids = self.table.rows_of[index] if self.table.rows_of else ()
        if len(ids) == 1:
            return piece_address(self.place.over, ids[0])
        if not ids:
            return ""
        return self.place.address(f"/tableau/{self.number}/lignes/{self.first + index}")


def _side(form: Format) -> str | None:
    if form is Format.DATE:
        return "day"
    return "number" if form.is_number else None
