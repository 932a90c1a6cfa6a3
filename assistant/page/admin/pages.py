"""The administrator's pages, each made from what the office knows when it is asked for."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from fastapi.responses import RedirectResponse, Response

from assistant.administration.office import Office
from assistant.administration.recording import State
from assistant.errors import AssistantError
from assistant.language import Language
from assistant.page.admin.frame import HOME, navigation, page
from assistant.page.admin.index_view import build_html, candidate_html, served_html
from assistant.page.admin.sources_view import sources_html
from assistant.page.admin.upkeep_view import (
    backups_html,
    generations_html,
    schedule_html,
    usage_html,
)
from assistant.page.changes_view import ChangesView
from assistant.page.markup import NOTHING, Html, element, joined
from assistant.page.routes import standing_alone
from assistant.page.words import words
from ingestion.difference import Difference
from ingestion.errors import IngestionError
from ingestion.intake import Receipt

SEEN, REFUSED, BROKEN = 200, 409, 503
SAID = words(Language.FRENCH)
REFRESH = 3
"""Seconds after which a browser without script looks again at a build."""


class AdminPages:
    """What each address shows; `problem` says why what was asked was not done."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def index(self, problem: str = "", status: int = SEEN) -> Response:
        """The index in service, the build and the candidate."""
        office = self._office
        build, served = office.build, office.served
        running = build is not None and build.state is State.RUNNING
        can_go_back = any(served and each.name < served.name for each in office.generations())
        content = page(
            "/",
            "Index",
            served_html(served, can_go_back=can_go_back),
            NOTHING if running else self._candidate(),
            build_html(build, office.log),
            problem=problem,
        )
        refresh = REFRESH if running else 0
        return _standing(content, "Index", status, script="build.js", refresh=refresh)

    def texts(self) -> Response:
        """Every text that differs from the index in service to the candidate."""
        try:
            view = ChangesView(SAID, Language.FRENCH.value, date.today())
            content = view.page(self._office.changes())
        except IngestionError as failure:
            content = element("main", element("p", str(failure)), class_="document")
        around = element("div", navigation(""), class_="dossiers admin around")
        return _standing(joined([around, content]), "Ce qui change", SEEN)

    def sources(
        self, receipts: Sequence[Receipt] = (), problem: str = "", status: int = SEEN
    ) -> Response:
        """The files of the next index."""
        try:
            found = self._office.sources()
        except IngestionError as failure:
            found, problem, status = (), str(failure), BROKEN
        content = page("/sources", "Textes", sources_html(found, receipts, SAID), problem=problem)
        return _standing(content, "Textes", status, script="upload.js")

    def upkeep(self, problem: str = "", status: int = SEEN) -> Response:
        """Generations, room, backups, schedule."""
        office = self._office
        try:
            schedule = schedule_html(office.schedule(), datetime.now().astimezone(), office.units())
        except AssistantError as failure:
            schedule, problem, status = NOTHING, str(failure), BROKEN
        content = page(
            "/entretien",
            "Entretien",
            backups_html(office.backups()),
            generations_html(office.generations()),
            usage_html(office.usage()),
            schedule,
            problem=problem,
        )
        return _standing(content, "Entretien", status)

    def _candidate(self) -> Html:
        """The candidate, if one waits."""
        office = self._office
        candidate = office.candidate
        manifest = office.manifest(candidate.generation) if candidate else None
        if candidate is None or manifest is None:
            return NOTHING
        return candidate_html(candidate, manifest, office.served, self._changes())

    def _changes(self) -> Difference | None:
        """The difference from the index in service, None when there is no such index."""
        try:
            return self._office.changes().difference
        except IngestionError:
            return None


def done(page: Callable[..., Response], path: str, act: Callable[[], object]) -> Response:
    """Do what was asked and go to a path, or show the page with the reason why not."""
    try:
        act()
    except (AssistantError, IngestionError) as refusal:
        return page(problem=str(refusal), status=REFUSED)
    return RedirectResponse(f"{HOME}{path}", 303)


def _standing(
    content: Html, title: str, status: int, *, script: str = "", refresh: int = 0
) -> Response:
    return standing_alone(
        content,
        SAID,
        Language.FRENCH,
        status,
        title=f"{title}, administration",
        script=script,
        refresh=refresh,
    )
