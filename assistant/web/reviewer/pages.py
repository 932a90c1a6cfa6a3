"""The référent's pages: what their templates are given beside recorded answers.

Their words are in French, which templates put in the language of the page.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse

from assistant.answering.answer import Outcome, Seconds
from assistant.identity import Identity
from assistant.question.language import detect_language
from assistant.reports import dashboard
from assistant.reports.findings import duration, interval, minutes, percent
from assistant.reports.markup import (
    NOTHING,
    Html,
    Words,
    counted,
    days,
    format_date,
    group_thousands,
    law_of,
    load_words,
    render_macro,
)
from assistant.reports.paper import Block, PaperTable, block_html
from assistant.review.activity import ActivityPeriod, Figures
from assistant.review.gold import GoldQuestion
from assistant.review.listing import (
    ENDINGS,
    ORDERS,
    OUTCOMES,
    REASONS,
    STATES,
    SUPPORTS,
    THUMBS,
    route_label,
)
from assistant.review.readings import LABELS, LONGEST_COMMENT, SCALES, Target
from assistant.review.recorded import Recorded
from assistant.review.replay import ReviewExhibit, Touched, VersionChange, comparison
from assistant.review.service import ReviewService
from assistant.web.buyer.evidence_panel import concealment, dates, rank, reserves, whole
from assistant.web.frame import current_frame
from assistant.web.responses import page as page_of_site
from assistant.web.reviewer.forms import ROOT, ListQuery
from assistant.web.viewer import (
    View,
    cited_spans,
    excerpt,
    flags,
    is_drawn,
    pages_of,
    pictures,
    shortened,
    text_view,
)
from ingestion.documents.versions import compare


def words() -> Words:
    """Those of the conversation, in the language of the page."""
    return load_words(current_frame().language)


def day_on_page(day: date) -> str:
    """A day in the language of the page."""
    return format_date(words(), day)


COMMON = {
    "day": day_on_page,
    "duration": minutes,
    "endings": ENDINGS,
    "orders": ORDERS,
    "outcomes": OUTCOMES,
    "reasons": REASONS,
    "states": STATES,
    "supports": SUPPORTS,
    "thumbs": THUMBS,
    "verdicts": LABELS,
}
"""What every template may say."""


def page(
    template: str,
    title: str,
    *,
    status: int = HTTPStatus.OK,
    script: str = "",
    **values: object,
) -> HTMLResponse:
    """A page; `script` is one of ours, if any: the pages work without."""
    values |= {"title": title, "script": script}
    lang = current_frame().language
    return page_of_site(f"reviewer/{template}.html", lang, status, **COMMON, **values)


# The register, and the evaluation set.

PER_PAGE = 50


def list_page(service: ReviewService, who: Identity, asked: ListQuery) -> HTMLResponse:
    """The answers that the filter lets through, in the order that is asked for."""
    everything, teams = service.items(who), service.teams(who)
    listed = service.items(who, asked.filter, asked.order)
    lines = [item.line for item in everything]
    first = (asked.page - 1) * PER_PAGE
    return page(
        "list",
        "Réponses enregistrées",
        asked=asked,
        whole=len(everything),
        count=len(listed),
        items=listed[first : first + PER_PAGE],
        last=-(-len(listed) // PER_PAGE),
        themes=_named(line.theme for line in lines),
        routes=[(each, route_label(each)) for each, _ in _named(line.route for line in lines)],
        teams=_named(teams.values()),
        dossiers=_named(teams),
    )


def _named(values: Iterable[str]) -> list[tuple[str, str]]:
    """Each value once, called by itself."""
    return [(value, value) for value in sorted(set(filter(None, values)))]


def gold_page(
    title: str,
    question: GoldQuestion,
    record_id: str = "",
    corrects: str = "",
    problem: str = "",
    status: int = HTTPStatus.OK,
) -> HTMLResponse:
    """The form of a question; `record_id` is the answer it was asked in, if any.

    `corrects` is the identifier of the one that it corrects.
    """
    return page(
        "gold_form",
        title,
        status=status,
        question=question,
        record_id=record_id,
        corrects=corrects,
        problem=problem,
    )


# An answer opened: what was said, what it rests on, and the marks of its readers.


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """A passage that was shown as a reader sees it; `pages` are those of a PDF it stands on."""

    exhibit: ReviewExhibit
    is_cited: bool
    dates: str
    rank: Html
    text: Html
    pages: Sequence[int]


def shown_passage(shown: ReviewExhibit) -> ShownPassage:
    """The passage with its citations marked, shortened to them and whole."""
    passage, document = shown.evidence.passage, shown.document
    spans = cited_spans(shown.evidence, [each for _, each in shown.citations])
    flagged = flags(passage, passage.start)
    is_folded = not spans or shortened(passage.text, spans)
    text = (
        concealment(passage, words()),
        excerpt(passage.text, spans, flagged) if spans else NOTHING,
        whole(passage.text, spans, words(), flagged) if is_folded else NOTHING,
        reserves(shown.evidence, current_frame().language),
    )
    pages = pages_of(document, view_of(shown)) if document and is_drawn(document) else []
    line, ranked = dates(passage, words()), rank(passage, current_frame().language)
    return ShownPassage(shown, bool(spans), line, ranked, Html("").join(text), pages)


def view_of(shown: ReviewExhibit) -> View:
    """The passage and its citations, as recorded."""
    passage = shown.evidence.passage
    return View(
        (passage.start, passage.end), tuple((each.start, each.end) for _, each in shown.citations)
    )


def answer_page(
    service: ReviewService, who: Identity, record_id: str, *, saved: bool
) -> HTMLResponse:
    """An answer as one reader sees it; `saved` once they have said something of it."""
    shown, item = service.open(who, record_id), service.item(who, record_id)
    result, seen = shown.result, item.seen_by(who.user)
    return page(
        "answer",
        result.question,
        script="review.js",
        item=item,
        place=service.place(who, item),
        own=seen.get(who.user),
        others=[each for user, each in seen.items() if user != who.user],
        is_blind=bool(set(item.readers) - set(seen)),
        called=service.called,
        shown=shown,
        sources=list(map(shown_passage, service.exhibits(who, shown))),
        replays=service.replays(who, record_id),
        reader=who.user,
        today=service.clock(),
        saved=saved,
        spoken=detect_language(result.question),
        law=law_of(words(), result.as_of, result.day_source),
        route=route_label(result.route),
        durations=_durations(result.seconds),
        scales=SCALES,
        longest_comment=LONGEST_COMMENT,
    )


def _durations(seconds: Seconds) -> str:
    steps = (
        ("sources", seconds.evidence),
        ("première phrase", seconds.first_token),
        ("en tout", seconds.total),
    )
    known = (f"{name} {value:.2f} s" for name, value in steps if value is not None)
    return " ; ".join(known).replace(".", ",")


def evidence_page(shown: ReviewExhibit, record_id: str, *, has_original: bool) -> HTMLResponse:
    """The document around the passage; only the passage where the document was not kept."""
    document, passage = shown.document, shown.evidence.passage
    if document is None:
        spans = cited_spans(shown.evidence, [each for _, each in shown.citations])
        text = whole(passage.text, spans, words(), flags(passage, passage.start))
    elif has_original and is_drawn(document):
        address = f"{ROOT}/answers/{record_id}/evidence/{shown.evidence.number}"
        text = pictures(document, view_of(shown), words(), address)
    else:
        text = text_view(document, view_of(shown))
    return page(
        "evidence",
        f"{passage.title}, tel que montré",
        script="viewer.js",
        exhibit=shown,
        record_id=record_id,
        has_original=has_original,
        text=text,
    )


def replay_page(first: Recorded, again: Recorded) -> HTMLResponse:
    """An answer and its replay side by side, what differs marked."""
    compared = comparison(first.result.answer, again.result.answer)
    title = first.result.question
    return page("replay", title, first=first, again=again, compared=compared)


# Figures of a period: the numbers that matter, then each with its chart and table.

SHORTCUTS = {"7 jours": 7, "30 jours": 30, "3 mois": 91, "12 mois": 365}

_READ = (
    "Chaque élément compte une fois, avec le verdict de son premier lecteur. Seules les réponses "
    "tirées au sort représentent toutes les autres : celles qu'un acheteur a signalées sont plus "
    "souvent mauvaises. L'intervalle (Wilson, 95 %) suppose des éléments indépendants ; ceux d'une "
    "même réponse ne le sont pas tout à fait."
)


def figures_page(period: ActivityPeriod, found: Figures) -> HTMLResponse:
    """The whole page; a period without questions says so."""
    today = date.today()
    latest = {
        name: ActivityPeriod(today - timedelta(days - 1), today) for name, days in SHORTCUTS.items()
    }
    return page(
        "figures",
        "Tableau de bord",
        period=period,
        query=_query(period),
        shortcuts=[(name, _query(each)) for name, each in latest.items()],
        figures=found,
        tiles=list(_tiles(found)),
        parts=[(title, note, _beside(blocks)) for title, note, blocks in _parts(found)],
    )


def _query(period: ActivityPeriod) -> str:
    return urlencode({"since": period.first.isoformat(), "until": period.last.isoformat()})


def _tiles(found: Figures) -> Iterator[tuple[str, str]]:
    """Numbers, each with what it is."""
    asked_by = f"par {counted(found.askers, 'utilisateur', 'utilisateurs')}"
    yield counted(found.asked, "question", "questions"), asked_by
    if ended := sum(found.outcomes.values()):
        yield percent(found.outcomes[Outcome.ABSTAINED] / ended), "sans réponse"
    if good := found.judgements[Target.CITATION].good:
        yield (
            percent(good.value),
            f"des citations relues soutiennent ({interval(good)}, n = {good.whole})",
        )
    if found.seconds:
        half, most = found.seconds
        yield duration(half), f"délai médian (95 % en {duration(most)})"
    yield group_thousands(found.read), "réponse relue" if found.read < 2 else "réponses relues"


def _parts(found: Figures) -> Iterator[tuple[str, str, Iterable[Block]]]:
    """Title, note and blocks of each part."""
    endings = (*dashboard.outcomes(found), *dashboard.supports(found))
    yield "Volume", "", dashboard.volume(found)
    yield "Issue et soutien", "", endings
    yield "Jugement des référents", _READ, dashboard.precision(found)
    yield "Accord entre lecteurs", "", dashboard.agreements(found)
    yield "Délais", "", dashboard.delays(found)
    yield "Thèmes", "", dashboard.themes(found)
    yield "Avis des acheteurs", "", dashboard.thumbs(found)


def _beside(blocks: Iterable[Block]) -> list[tuple[Html, Html]]:
    """Each table after the chart that came before it."""
    pieces, chart = [], NOTHING
    for block in blocks:
        if isinstance(block, PaperTable):
            pieces.append((chart, block_html(block)))
            chart = NOTHING
        else:
            chart = block_html(block)
    return pieces


# The answers that changes of law touch.


def touched_page(found: Sequence[Touched], generation: str) -> HTMLResponse:
    """The answers to look at, then those looked at, each with what has changed in a snapshot."""
    first: dict[tuple[bool, VersionChange], str] = {}
    for each in found:
        for change in each.changes:
            first.setdefault((each.look is None, change), each.item.line.record_id)
    return page(
        "touched",
        "Réponses touchées par un changement des textes",
        found=found,
        generation=generation,
        first=first,
        days=partial(days, said=words()),
        compared=_compared,
    )


def _compared(change: VersionChange) -> Html:
    before, after = change.before, change.after
    assert before is not None
    stretches = compare(before.text, (after or before).text)
    return render_macro("buyer/law_parts.html", "compared", stretches, words())
