"""The dashboard as a page: figures of the answers of this machine, and what the law touches."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Protocol

from assistant.accounts.identity import Identity
from assistant.answering.answer import Outcome
from assistant.journal.journal import IN_SERVICE, Journal
from assistant.law.impact import changes_since
from assistant.ledger.tables import csv_bytes
from assistant.question.language import Language
from assistant.reports import dashboard as reports_dashboard
from assistant.reports.dashboard import figures_table
from assistant.reports.findings import day, duration, interval, percent
from assistant.reports.management import Publication, report
from assistant.reports.markup import (
    NOTHING,
    Html,
    counted,
    element,
    group_thousands,
    join_html,
    load_words,
    set_no_break_spaces,
)
from assistant.reports.paper import Block, PaperTable, block_html
from assistant.reports.pdf import as_pdf
from assistant.review.activity import (
    LOOKED,
    ActivityPeriod,
    Figures,
    Gap,
    Touched,
    TouchedLook,
    VersionChange,
    body_of,
    figures,
    touched,
)
from assistant.review.recorded import ReviewLine, Target, moment
from assistant.review.service import ReviewService
from assistant.web.buyer.law_pages import compared_html, days
from assistant.web.reviewer.frame import ROOT, badge
from assistant.web.reviewer.list_view import answer_address
from ingestion.index.publication import current_name
from ingestion.legislation.versions import compare

# The board: what the pages of figures ask of the rest of the program.


class DashboardService(Protocol):
    """Figures of the answers that a reader may see, and answers that changes of law touch.

    Failures whose message is a French sentence for the reader are `AssistantError` or
    `IngestionError`.
    """

    def dashboard(self, reader: Identity, period: ActivityPeriod) -> Html:
        """The figures of a period."""

    def report(self, reader: Identity, period: ActivityPeriod) -> bytes:
        """The same as a PDF for management; that it was taken is in the journal."""

    def table(self, reader: Identity, period: ActivityPeriod) -> bytes:
        """The same as CSV; that it was taken is in the journal."""

    def touched(self, reader: Identity) -> Html:
        """The answers that cite what has changed since."""

    def look(self, reader: Identity, record_id: str) -> None:
        """Keep that a reader looked at one of them; raises UnknownRecord."""


# The dashboard as a page: the numbers that matter, then each with its chart and table. Pure.

SHOWN_GAPS = 30
EXAMPLES = 5
"""Groups of unanswered questions that are shown, and questions of each."""


def dashboard(found: Figures) -> Html:
    """The whole content; a period without questions says so."""
    about = element("p", _about(found), class_="hint")
    if not found.asked:
        return join_html([about, element("p", "Aucune question sur ces jours.")])
    return join_html(
        [
            about,
            element("ul", *_tiles(found), class_="tiles"),
            _part("Volume", reports_dashboard.volume(found)),
            _part(
                "Issue et soutien",
                [*reports_dashboard.outcomes(found), *reports_dashboard.supports(found)],
            ),
            _part("Jugement des référents", reports_dashboard.precision(found), _READ),
            _part("Accord entre lecteurs", reports_dashboard.agreements(found)),
            _part("Délais", reports_dashboard.delays(found)),
            _part("Thèmes", reports_dashboard.themes(found)),
            _part("Avis des acheteurs", reports_dashboard.thumbs(found)),
            _gaps(found.gaps),
        ]
    )


_READ = (
    "Chaque élément compte une fois, avec le verdict de son premier lecteur. Seules les réponses "
    "tirées au sort représentent toutes les autres : celles qu'un acheteur a signalées sont plus "
    "souvent mauvaises. L'intervalle (Wilson, 95 %) suppose des éléments indépendants ; ceux d'une "
    "même réponse ne le sont pas tout à fait."
)


def _about(found: Figures) -> str:
    first, last = day(found.period.first), day(found.period.last)
    return set_no_break_spaces(f"Du {first} au {last}, sur les réponses que vous pouvez voir.")


def _tiles(found: Figures) -> Iterator[Html]:
    ended = sum(found.outcomes.values())
    yield _tile(counted(found.asked, "question", "questions"), _people(found.askers))
    if ended:
        without = percent(found.outcomes[Outcome.ABSTAINED] / ended)
        yield _tile(without, "sans réponse")
    if good := found.judgements[Target.CITATION].good:
        yield _tile(percent(good.value), f"des citations relues soutiennent ({interval(good)})")
    if found.seconds:
        half, most = found.seconds
        yield _tile(duration(half), f"délai médian (95 % en {duration(most)})")
    yield _tile(
        group_thousands(found.read), "réponse relue" if found.read < 2 else "réponses relues"
    )


def _people(askers: int) -> str:
    return f"par {counted(askers, 'utilisateur', 'utilisateurs')}"


def _tile(value: str, label: str) -> Html:
    return element(
        "li", element("b", set_no_break_spaces(value)), element("span", set_no_break_spaces(label))
    )


def _part(title: str, found: Iterable[Block], note: str = "") -> Html:
    """A part; each chart stands beside the table that follows it."""
    drawn, pieces = NOTHING, []
    for block in found:
        html = block_html(block)
        if isinstance(block, PaperTable):
            pieces.append(element("div", drawn, html, class_="beside" if drawn else None))
            drawn = NOTHING
        else:
            drawn = html
    told = element("p", set_no_break_spaces(note), class_="hint") if note else NOTHING
    return element("section", element("h2", title), told, *pieces, class_="board")


def _gaps(found: Sequence[Gap]) -> Html:
    """What the texts lack, with questions to open."""
    count = sum(len(gap.lines) for gap in found)
    if not count:
        told = element("p", "Toutes les questions du périmètre ont trouvé une réponse.")
    else:
        told = element(
            "p",
            f"{counted(count, 'question', 'questions')} du périmètre sans réponse, par thème et "
            "mots communs : ce sont des textes à ajouter, ou des mots à apprendre au glossaire.",
            class_="hint",
        )
    groups = [_gap(gap) for gap in found[:SHOWN_GAPS]]
    if rest := len(found) - len(groups):
        groups.append(element("p", f"Et {counted(rest, 'autre groupe', 'autres groupes')}."))
    title = element("h2", "Questions sans réponse")
    return element("section", title, told, *groups, class_="board gaps")


def _gap(gap: Gap) -> Html:
    shared = ", ".join(gap.shared) or "questions isolées"
    title = element(
        "h3", set_no_break_spaces(f"{gap.theme} : {shared} "), badge(str(len(gap.lines)))
    )
    lines = [element("li", answer_link(line)) for line in gap.lines[:EXAMPLES]]
    if rest := len(gap.lines) - len(lines):
        lines.append(element("li", f"et {rest} de plus", class_="quiet"))
    return join_html([title, element("ul", *lines)])


def answer_link(line: ReviewLine) -> Html:
    """The question, which leads to the answer."""
    return element("a", set_no_break_spaces(line.question), href=answer_address(line.record_id))


# The answers that changes of law touch as a page: to look at, then looked at. Pure.

SAID = load_words(Language.FRENCH)


def touched_html(found: Sequence[Touched]) -> Html:
    """The answers to look at, then those looked at, each with what has changed."""
    if not found:
        return element("p", "Aucune réponse passée ne cite un article qui a changé depuis.")
    new = [each for each in found if each.look is None]
    seen = [each for each in found if each.look is not None]
    hint = element(
        "p",
        "Chacune cite un article dont le texte ou les dates ne sont plus les mêmes dans l'index en "
        "service. Elle revient ici si l'article change encore.",
        class_="hint",
    )
    return join_html([hint, _listed("À regarder", new), _listed("Regardées", seen)])


def _listed(title: str, found: Sequence[Touched]) -> Html:
    if not found:
        return NOTHING
    told: set[VersionChange] = set()
    items = [element("li", _touched(each, told)) for each in found]
    head = element("h2", f"{title} ({len(found)})")
    return element("section", head, element("ol", *items, class_="touched law"))


def _touched(each: Touched, told: set[VersionChange]) -> Html:
    """An answer; what `told` already has is folded, and what it says is put there."""
    line = each.item.line
    asked = element("p", f"Posée le {day(line.day)}, droit au {day(line.as_of)}.", class_="hint")
    changes = [_change(change, is_open=change not in told) for change in each.changes]
    told.update(each.changes)
    return join_html([element("h3", answer_link(line)), asked, *changes, _look(each)])


def _look(each: Touched) -> Html:
    if each.look is not None:
        when = f"Regardée le {day(each.look.at.date())} par {each.look.user}."
        return element("p", when, class_="quiet")
    return element(
        "form",
        element("button", "J'ai regardé cette réponse", type="submit"),
        method="post",
        action=f"{ROOT}/touched/{each.item.line.record_id}",
    )


def _change(change: VersionChange, *, is_open: bool) -> Html:
    """What became of an article: its words if they changed, else its days."""
    name = element("strong", f"{change.title}, {change.reference}")
    if change.after is None:
        return element("p", name, " : retiré de l'index.")
    before, after = days(change.before, SAID), days(change.after, SAID)
    told = f" : {before} ; maintenant {after}" if before != after else f" : {after}"
    head = element("p", name, set_no_break_spaces(told))
    if change.before.text == change.after.text:
        return join_html([head, element("p", "Le texte est le même.", class_="hint")])
    segments = compare(change.before.text, change.after.text)
    summary = element("summary", "Avant et maintenant, mot à mot")
    compared = compared_html(segments, SAID)
    return join_html([head, element("details", summary, compared, open=is_open)])


# The board of this machine: figures of its recorded answers, and what its journal says of them.


class LocalDashboard:
    """The figures and the touched answers; several readers at once."""

    def __init__(
        self,
        home: Path,
        room: ReviewService,
        journal: Journal,
        clock: Callable[[], date] = date.today,
    ) -> None:
        """`room` says which answers a reader may see."""
        self._home = home
        self._room = room
        self._journal = journal
        self._clock = clock
        self._notes = _Notes(journal)

    def dashboard(self, reader: Identity, period: ActivityPeriod) -> Html:
        """The figures of a period."""
        return dashboard(self._figures(reader, period))

    def report(self, reader: Identity, period: ActivityPeriod) -> bytes:
        """The report on a period as a PDF."""
        _, publications = self._notes.read()
        paper = report(
            self._figures(reader, period),
            self._touched(reader),
            [each for each in publications if period.has(each.on)],
            self._clock(),
            reader.name,
        )
        self._took(reader, period, "report")
        return as_pdf(paper)

    def table(self, reader: Identity, period: ActivityPeriod) -> bytes:
        """The figures as CSV."""
        self._took(reader, period, "figures")
        return csv_bytes(figures_table(self._figures(reader, period)))

    def touched(self, reader: Identity) -> Html:
        """The answers to look at, and those looked at."""
        return touched_html(self._touched(reader))

    def look(self, reader: Identity, record_id: str) -> None:
        """Keep that a reader looked at an answer, for the texts in use now."""
        self._room.item(reader, record_id)
        body = body_of(record_id, current_name(self._home))
        self._journal.append("review", body, user=reader.user)

    def _figures(self, reader: Identity, period: ActivityPeriod) -> Figures:
        return figures(self._room.items(reader), period, self._room.sampling)

    def _touched(self, reader: Identity) -> tuple[Touched, ...]:
        looks, _ = self._notes.read()
        return touched(self._room.items(reader), changes_since(self._home), looks)

    def _took(self, reader: Identity, period: ActivityPeriod, what: str) -> None:
        days = {"since": period.first.isoformat(), "until": period.last.isoformat()}
        self._journal.append("export", {"what": what, **days}, user=reader.user)


class _Notes:
    """The looks and the publications of a journal, read on as it grows; no words of anybody."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._lock = Lock()
        self._last = -1
        self._looks: dict[str, TouchedLook] = {}
        self._publications: tuple[Publication, ...] = ()

    def read(self) -> tuple[Mapping[str, TouchedLook], tuple[Publication, ...]]:
        """The last look at each answer, and every publication, the oldest first."""
        with self._lock:
            for position, entry in self._journal.read(max(self._last, 0)):
                if position > self._last:
                    self._last = position
                    self._take(entry)
            return dict(self._looks), self._publications

    def _take(self, entry: Mapping[str, object]) -> None:
        body = self._journal.body(entry) if entry["kind"] in ("review", "index") else None
        act = body.get("act") if body else None
        if body and act == LOOKED:
            look = TouchedLook(str(entry.get("user", "")), moment(entry), body["generation"])
            self._looks[body["record_id"]] = look
        elif body and entry["kind"] == "index" and act in IN_SERVICE:
            on = moment(entry).date()
            told = Publication(on, body["generation"], body.get("reason", ""))
            self._publications = (*self._publications, told)
