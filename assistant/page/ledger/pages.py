"""What each address of the ledger answers, whoever asks."""

from collections.abc import Callable

from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import QueryParams

from assistant.bookkeeping import Bookkeeping
from assistant.errors import AssistantError, WrongPlan
from assistant.identity import Identity
from assistant.language import Language
from assistant.ledger.asked import NotUnderstood
from assistant.ledger.fields import Population
from assistant.ledger.plan import Measure, Plan
from assistant.ledger.sights import Look
from assistant.page.ledger import views
from assistant.page.ledger.drawing import drawn, standalone
from assistant.page.ledger.frame import circumstances, framed
from assistant.page.ledger.place import OTHER_TITLES, QUESTION, TITLES, VIEW_TITLES, Place
from assistant.page.ledger.table_view import ON_A_PAGE, SHOWN, TableView
from assistant.page.markup import Html, element, unbroken
from assistant.page.routes import FORGET, standing_alone
from assistant.page.words import words
from ingestion.errors import IngestionError, NothingImported

SEEN, UNKNOWN, REFUSED, BROKEN = 200, 404, 409, 503
MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class LedgerPages:
    """The views of one population; what does not exist is a page that says so."""

    def __init__(self, books: Bookkeeping, over: Population) -> None:
        self._books = books
        self.over = over

    def place(self, view: str, asked: QueryParams) -> Place:
        """A view asked with the fields of an address."""
        return Place(self.over, view, tuple(asked.multi_items()), self._books.buyer)

    def view(self, place: Place) -> Response:
        """A view, or the answer to a question."""
        if place.view not in VIEW_TITLES[self.over]:
            return answered(place, alert="Cette page n'existe pas.", status=UNKNOWN)
        if place.view == "calcul":
            return self._guarded(place, lambda: self._calculated(place))
        return self._guarded(place, lambda: self._seen(place))

    def table(self, place: Place, number: int) -> Response:
        """One table of a view, page by page."""
        return self._guarded(place, lambda: self._table(place, number))

    def rows(self, place: Place, number: int, index: int) -> Response:
        """The rows of the ledger that one row of a table is made of."""
        return self._guarded(place, lambda: self._rows(place, number, index))

    def file(self, place: Place, number: int, suffix: str, identity: Identity) -> Response:
        """One table of a view as a file."""
        try:
            look = self._asked(place)
            table = self._books.part(look, self._books.exhibits(look)[number].table)
            file = self._books.export(table, f".{suffix}", identity.user)
        except LookupError:
            return answered(place, alert="Ce tableau n'existe pas.", status=UNKNOWN)
        except (AssistantError, IngestionError) as failure:
            return answered(place, alert=str(failure), status=_status(failure))
        name = f"{TITLES[self.over].lower()}-{place.view}-{number + 1}.{suffix}"
        headers = FORGET | {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(file, media_type=MEDIA_TYPES[suffix], headers=headers)

    def drawing(self, place: Place) -> Response:
        """The drawing of a view alone, in its own colours; a 404 where it has none."""
        try:
            drawings = map(drawn, self._books.exhibits(self._asked(place)))
            drawing = next((each for each in drawings if each), None)
        except (AssistantError, IngestionError, LookupError):
            drawing = None
        if drawing is None:
            return Response(status_code=UNKNOWN)
        return Response(standalone(drawing), media_type="image/svg+xml", headers=FORGET)

    def piece(self, identifier: str) -> Response:
        """One invoice or contract, each value with its source."""
        place = Place(self.over, "piece")
        return self._guarded(place, lambda: self._piece(identifier))

    def explain(self, place: Place, anomaly: str, reason: str, identity: Identity) -> Response:
        """Keep why an anomaly is none, then show the anomalies."""
        try:
            self._books.explain(anomaly, reason, identity.user)
        except (AssistantError, IngestionError) as refusal:
            return answered(place, alert=str(refusal), status=REFUSED)
        return RedirectResponse(place.address(), 303)

    def _seen(self, place: Place) -> list[Html]:
        return views.shown(place, self._shown(self._asked(place)))

    def _shown(self, look: Look) -> views.Shown:
        """What a view shows, and of each table what stands on its page."""
        exhibits = self._books.exhibits(look)
        return [(each, self._books.part(look, each.table, 0, SHOWN)) for each in exhibits]

    def _calculated(self, place: Place) -> list[Html]:
        """What a question or a plan comes to."""
        question = place.one(QUESTION)
        plan = (
            self._books.plan(question, self.over, place.today)
            if question
            else self._books.corrected(self.over, place.fields)
        )
        if isinstance(plan, NotUnderstood):
            return views.not_understood(place, plan, Plan(Measure.COUNT, self.over))
        above = views.planned(place, plan, self._books.names(self.over))
        try:
            exhibits = self._shown(self._look(place, plan))
        except AssistantError as failure:  # the plan can still be corrected
            return [*above, element("p", str(failure), class_="alert", role="alert")]
        return [*above, *views.sections(place, exhibits)]

    def _asked(self, place: Place) -> Look:
        """What a view is asked for: its plan is the question's, or that of the address's fields."""
        if place.view not in {"liste", "calcul"}:
            return self._look(place, None)
        question = place.one(QUESTION)
        if not question:
            return self._look(place, self._books.corrected(self.over, place.fields))
        understood = self._books.plan(question, self.over, place.today)
        if isinstance(understood, NotUnderstood):
            raise WrongPlan("Cette question n'est pas comprise.")
        return self._look(place, understood)

    def _look(self, place: Place, plan: Plan | None) -> Look:
        return Look(self.over, place.view, place.today, place.buyer, plan)

    def _table(self, place: Place, number: int) -> list[Html]:
        look, first = self._asked(place), (place.page - 1) * ON_A_PAGE
        table = self._books.exhibits(look)[number].table
        part = self._books.part(look, table, first, ON_A_PAGE)
        title = element("h2", unbroken(table.title))
        return [title, TableView(place, number, part, table.count, first).page()]

    def _rows(self, place: Place, number: int, index: int) -> list[Html]:
        look = self._asked(place)
        table = self._books.part(look, self._books.exhibits(look)[number].table, index, 1)
        if not table.rows_of:
            raise LookupError(index)
        [ids], [row] = table.rows_of, table.rows
        made = element("p", unbroken(f"{table.title} : {row[0]}"), class_="lead")
        listed = self._books.rows(look, ids)
        found = TableView(Place(self.over, "liste"), 0, listed, listed.count)
        back = element("p", element("a", "Revenir au tableau", href=place.address()))
        return [element("h2", "D'où vient ce chiffre"), made, found.rows(), back]

    def _piece(self, identifier: str) -> list[Html]:
        tables = self._books.piece(self.over, identifier)
        if not tables:
            raise LookupError(identifier)
        return views.piece(self.over, tables)

    def _guarded(self, place: Place, content: Callable[[], list[Html]]) -> Response:
        try:
            return answered(place, *content())
        except NothingImported:
            return answered(place, views.nothing_imported(self.over))
        except LookupError:
            return answered(place, alert="Rien ne porte ce nom ici.", status=UNKNOWN)
        except (AssistantError, IngestionError) as failure:
            # The day or the buyer that cannot be computed for may be changed where it is said.
            changed = circumstances(place)
            return answered(place, changed, alert=str(failure), status=_status(failure))


def answered(place: Place, *content: Html, alert: str = "", status: int = SEEN) -> HTMLResponse:
    """A page of the ledger; `alert` is why what was asked is not there."""
    said = words(Language.FRENCH)
    page = framed(place, *content, problem=alert)
    titles = {**VIEW_TITLES[place.over], **OTHER_TITLES}
    title = f"{TITLES[place.over]}, {titles.get(place.view, place.view).lower()}"
    return standing_alone(page, said, Language.FRENCH, status, title=title, script="upload.js")


def _status(failure: Exception) -> int:
    return REFUSED if isinstance(failure, AssistantError) else BROKEN
