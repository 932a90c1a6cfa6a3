"""What each address of the ledger answers, whoever asks."""

from collections.abc import Callable, Sequence
from http import HTTPStatus

from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import QueryParams

from assistant.errors import AssistantError, WrongPlan
from assistant.identity import Identity
from assistant.ledger.addresses import ROOTS
from assistant.ledger.parsing.questions import NotUnderstood
from assistant.ledger.query.names import Name
from assistant.ledger.query.plan import Plan, PlanMeasure, Population
from assistant.ledger.query.wording import describe_plan
from assistant.ledger.service import LedgerService
from assistant.ledger.tables import LedgerTable
from assistant.ledger.views import ViewRequest
from assistant.reports.markup import NOTHING, Html, render
from assistant.reports.page_language import in_page_language
from assistant.web.frame import current_frame
from assistant.web.ledger.frame import (
    OTHER_TITLES,
    QUESTION,
    TITLES,
    VIEW_TITLES,
    LedgerAddress,
    circumstances,
    filter_form,
    framed,
    plan_form,
)
from assistant.web.ledger.tables import ON_A_PAGE, SHOWN, TableView, drawn, spoken
from assistant.web.responses import FORGET, attachment, page
from ingestion.errors import IngestionError, NothingImported

# The content of each view: what stands above its tables, and the tables.

LONGEST_REASON = 1000
"""Characters of what is said of an anomaly."""


def shown(place: LedgerAddress, views: Sequence[TableView]) -> list[Html]:
    """A view: its forms, then its tables."""
    filters = filter_form(place) if place.view == "liste" else NOTHING
    return [circumstances(place), filters, tables(views)]


def tables(views: Sequence[TableView]) -> Html:
    """Each table with its drawing and what it leads to."""
    return render("ledger/view.html", views=views, longest_reason=LONGEST_REASON)


def planned(
    place: LedgerAddress, plan: Plan, names: Sequence[Name], problem: str = ""
) -> list[Html]:
    """What a question was understood as, to be corrected, and why it is not computed, if so."""
    form, said = plan_form(place, plan, names), describe_plan(plan)
    understood = render("ledger/understood.html", plan=said, form=form, problem=problem)
    return [circumstances(place), understood]


MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class LedgerPages:
    """The views of one population; what does not exist is a page that says so."""

    def __init__(self, books: LedgerService, over: Population, asked: QueryParams) -> None:
        """`asked` are the fields of the address."""
        self._books = books
        self.over = over
        self._fields = tuple(asked.multi_items())

    def place(self, view: str) -> LedgerAddress:
        """A view asked with these fields."""
        return LedgerAddress(self.over, view, self._fields, self._books.buyer)

    def view(self, view: str) -> Response:
        """A view, or the answer to a question."""
        place = self.place(view)
        if place.view not in VIEW_TITLES[self.over]:
            return answered(place, alert="Cette page n'existe pas.", status=HTTPStatus.NOT_FOUND)
        if place.view == "calcul":
            return self._guarded(place, lambda: self._calculated(place))
        return self._guarded(place, lambda: self._seen(place))

    def table(self, view: str, number: int) -> Response:
        """One table of a view, page by page."""
        place = self.place(view)
        return self._guarded(place, lambda: self._table(place, number))

    def rows(self, view: str, number: int, index: int) -> Response:
        """The rows of the ledger that one row of a table is made of."""
        place = self.place(view)
        return self._guarded(place, lambda: self._rows(place, number, index))

    def file(self, view: str, number: int, suffix: str, identity: Identity) -> Response:
        """One table of a view as a file."""
        place = self.place(view)
        try:
            look = self._asked(place)
            table = self._books.part(look, self._numbered(look, number))
            file = self._books.export(table, f".{suffix}", identity.user)
        except LookupError:
            return answered(place, alert="Ce tableau n'existe pas.", status=HTTPStatus.NOT_FOUND)
        except (AssistantError, IngestionError) as failure:
            return answered(place, alert=str(failure), status=_status(failure))
        name = f"{TITLES[self.over].lower()}-{place.view}-{number + 1}.{suffix}"
        return attachment(file, name, MEDIA_TYPES[suffix])

    def drawing(self, view: str) -> Response:
        """The drawing of a view alone, in its own colours; a 404 where it has none."""
        try:
            drawings = map(drawn, self._books.exhibits(self._asked(self.place(view))))
            drawing = next(filter(None, drawings), None)
        except (AssistantError, IngestionError, LookupError):
            drawing = None
        if drawing is None:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        return Response(drawing.image, media_type="image/svg+xml", headers=FORGET)

    def piece(self, identifier: str) -> Response:
        """One invoice or contract, each value with its source."""
        place = LedgerAddress(self.over, "piece")
        return self._guarded(place, lambda: self._piece(identifier))

    def explain(self, anomaly: str, reason: str, identity: Identity) -> Response:
        """Keep why an anomaly is none, then show the anomalies."""
        place = self.place("anomalies")
        try:
            self._books.explain(anomaly, reason, identity.user)
        except (AssistantError, IngestionError) as refusal:
            return answered(place, alert=str(refusal), status=HTTPStatus.CONFLICT)
        return RedirectResponse(place.address(), HTTPStatus.SEE_OTHER)

    def _seen(self, place: LedgerAddress) -> list[Html]:
        return shown(place, self._shown(place, self._asked(place)))

    def _shown(self, place: LedgerAddress, look: ViewRequest) -> list[TableView]:
        """What a view shows, and of each table what stands on its page."""
        return [
            TableView(
                place,
                number,
                spoken(self._books.part(look, each.table, 0, SHOWN)),
                each.table.count,
                lead=each.lead,
                chart=drawn(each),
            )
            for number, each in enumerate(self._books.exhibits(look))
        ]

    def _calculated(self, place: LedgerAddress) -> list[Html]:
        """What a question or a plan comes to."""
        question = place.one(QUESTION)
        plan = (
            self._books.plan(question, self.over, place.today)
            if question
            else self._books.corrected(self.over, place.fields)
        )
        if isinstance(plan, NotUnderstood):
            form = plan_form(place, Plan(PlanMeasure.COUNT, self.over), ())
            return [render("ledger/not_understood.html", found=plan, form=form)]
        names = self._books.names(self.over)
        try:
            views = self._shown(place, self._look(place, plan))
        except AssistantError as failure:  # the plan can still be corrected
            return planned(place, plan, names, str(failure))
        return [*planned(place, plan, names), tables(views)]

    def _asked(self, place: LedgerAddress) -> ViewRequest:
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

    def _look(self, place: LedgerAddress, plan: Plan | None) -> ViewRequest:
        return ViewRequest(self.over, place.view, place.today, place.buyer, plan)

    def _table(self, place: LedgerAddress, number: int) -> list[Html]:
        look, first = self._asked(place), (place.page - 1) * ON_A_PAGE
        table = self._numbered(look, number)
        part = self._books.part(look, table, first, ON_A_PAGE)
        view = TableView(place, number, spoken(part), table.count, first)
        return [render("ledger/whole_table.html", view=view)]

    def _rows(self, place: LedgerAddress, number: int, index: int) -> list[Html]:
        if index < 0:
            raise LookupError(index)
        look = self._asked(place)
        table = self._books.part(look, self._numbered(look, number), index, 1)
        if not table.rows_of:
            raise LookupError(index)
        [ids] = table.rows_of
        listed = spoken(self._books.rows(look, ids))
        view = TableView(LedgerAddress(self.over, "liste"), 0, listed, listed.count)
        said = spoken(table)
        made = f"{said.title} : {said.rows[0][0]}"
        return [render("ledger/origin.html", made=made, view=view, back=place.address())]

    def _numbered(self, look: ViewRequest, number: int) -> LedgerTable:
        """A table of a view, counted from 0; raises LookupError where there is none."""
        if number < 0:
            raise LookupError(number)
        return self._books.exhibits(look)[number].table

    def _piece(self, identifier: str) -> list[Html]:
        tables = self._books.piece(self.over, identifier)
        if not tables:
            raise LookupError(identifier)
        place = LedgerAddress(self.over, "piece")
        views = [TableView(place, n, spoken(each), each.count) for n, each in enumerate(tables)]
        return [render("ledger/piece.html", views=views)]

    def _guarded(self, place: LedgerAddress, content: Callable[[], list[Html]]) -> Response:
        try:
            return answered(place, *content())
        except NothingImported:
            nothing = render("ledger/nothing.html", over=self.over, root=ROOTS[self.over])
            return answered(place, nothing)
        except LookupError:
            return answered(place, alert="Rien ne porte ce nom ici.", status=HTTPStatus.NOT_FOUND)
        except (AssistantError, IngestionError) as failure:
            # The day or the buyer that cannot be computed for may be changed where it is said.
            changed = circumstances(place)
            return answered(place, changed, alert=str(failure), status=_status(failure))


def answered(
    place: LedgerAddress, *content: Html, alert: str = "", status: int = HTTPStatus.OK
) -> HTMLResponse:
    """A page of the ledger; `alert` is why what was asked is not there."""
    shown = framed(place, *content, problem=alert)
    title = in_page_language(TITLES[place.over])
    if view := {**VIEW_TITLES[place.over], **OTHER_TITLES}.get(place.view):
        title += f", {in_page_language(view).lower()}"
    language = current_frame().language
    return page("layout.html", language, status, title=title, content=shown, script="upload.js")


def _status(failure: Exception) -> int:
    return (
        HTTPStatus.CONFLICT
        if isinstance(failure, AssistantError)
        else HTTPStatus.SERVICE_UNAVAILABLE
    )
