"""The dashboard's figures as charts and tables, the same on a page and in a report.

Their words are put in the language of the page; a report is one in French.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from assistant.answering.answer import Outcome
from assistant.confidence import Estimate
from assistant.ledger.tables import Cell, Format, LedgerTable, TableColumn
from assistant.reports.charts import Bar, estimates_chart, ranks, timeline
from assistant.reports.findings import NONE, TOO_FEW, capital, duration, estimate_cells, percent
from assistant.reports.page_language import in_page_language
from assistant.reports.paper import Block, PaperTable
from assistant.review.activity import ChartStep, Figures, Judgement
from assistant.review.listing import OUTCOMES, SUPPORTS, THUMBS
from assistant.review.readings import LABELS, ReviewVerdict, Target

THEMES = 10
"""Themes that are drawn; a table has them all."""

TARGETS = {Target.CITATION: "citations", Target.SENTENCE: "phrases", Target.ANSWER: "réponses"}

_JUDGED = {
    Target.CITATION: (
        "Citations qui soutiennent",
        "… au moins en partie",
        "… parmi les tirées au sort",
        "Citations dangereuses",
    ),
    Target.SENTENCE: (
        "Phrases justes",
        "… ou incomplètes",
        "… parmi les tirées au sort",
        "Phrases dangereuses",
    ),
    Target.ANSWER: (
        "Réponses justes",
        "… ou incomplètes",
        "… parmi les tirées au sort",
        "Réponses dangereuses",
    ),
}
"""The shares of each target: best verdict, two best, best of those drawn by lot, dangerous."""

_DATES = {ChartStep.DAY: "%d/%m", ChartStep.WEEK: "%d/%m", ChartStep.MONTH: "%m/%Y"}


def volume(found: Figures) -> Iterator[Block]:
    """Questions in time."""
    step = found.period.step
    title = f"Questions par {step}" + (" (lundi)" if step is ChartStep.WEEK else "")
    points = [Bar(f"{start:{_DATES[step]}}", asked, str(asked)) for start, asked in found.volume]
    yield timeline(in_page_language(title), points)
    rows = tuple((f"{start:%d/%m/%Y}", str(asked)) for start, asked in found.volume if asked)
    yield _table(f"{title}, s'il y en a", (capital(step), "Questions"), rows)


def outcomes(found: Figures) -> Iterator[Block]:
    """How questions ended; what is out of scope is among those without answer."""
    ended = sum(found.outcomes.values())
    rows = [(capital(OUTCOMES[each]), times) for each, times in found.outcomes.items()]
    yield from _counted("Issue des questions", rows, ended)
    more = (
        ("Hors périmètre, parmi les sans réponse", str(found.out_of_scope)),
        ("Interrompues par l'utilisateur ou une panne", str(found.interrupted)),
        ("Phrases écartées par les contrôles", str(found.removed)),
    )
    yield _table("À côté", ("Élément", "Nombre"), more)


def supports(found: Figures) -> Iterator[Block]:
    """What carries the sentences of the answers."""
    answered = found.outcomes[Outcome.ANSWERED] + found.outcomes[Outcome.PARTIAL]
    rows = [(capital(SUPPORTS[each]), times) for each, times in found.supports.items()]
    yield from _counted("Réponses ayant une phrase de ce soutien", rows, answered)


def precision(found: Figures) -> Iterator[Block]:
    """What readers found, with intervals."""
    rows = [
        (label, estimate)
        for target in TARGETS
        for label, estimate in _judged(found.judgements[target], target)
    ]
    title = "Jugement des référents"
    named = [(in_page_language(label), each) for label, each in rows]
    if chart := estimates_chart(in_page_language(title), named):
        yield chart
    yield _table(
        title,
        ("Mesure", "Valeur", "Intervalle à 95 %", "Compte"),
        tuple((label, *estimate_cells(each)) for label, each in rows),
        (5, 2, 3, 2),
    )
    verdicts = tuple(
        (capital(name), _verdicts(counts))
        for target, name in TARGETS.items()
        for counts in (found.judgements[target].verdicts,)
    )
    yield _table("Verdicts", ("Élément", "Verdicts"), verdicts, (1, 3))


def agreements(found: Figures) -> Iterator[Block]:
    """How far two readers of the same answers agree."""
    rows = tuple(
        (capital(name), *estimate_cells(each.rate), _kappa(each.kappa))
        for target, name in TARGETS.items()
        for each in (found.agreements[target],)
    )
    heads = ("Élément", "Verdicts égaux", "Intervalle à 95 %", "Compte", "Kappa de Cohen")
    yield _table("Accord entre deux lecteurs", heads, rows)


def delays(found: Figures) -> Iterator[Block]:
    """How long whole answers took."""
    told = [duration(each) for each in found.seconds] if found.seconds else [NONE, NONE]
    rows = tuple(zip(("Médiane", "95 % des réponses en moins de"), told, strict=True))
    yield _table("Délai de la réponse entière", ("Mesure", "Durée"), rows)


def themes(found: Figures) -> Iterator[Block]:
    """What was asked about."""
    drawn = [
        Bar(in_page_language(each.name), each.asked, str(each.asked))
        for each in found.themes[:THEMES]
    ]
    if drawn:
        yield ranks(in_page_language("Thèmes les plus demandés"), drawn)
    rows = tuple((each.name, str(each.asked), str(each.unanswered)) for each in found.themes)
    yield _table("Thèmes", ("Thème", "Questions", "Sans réponse"), rows, (4, 1, 1))


def thumbs(found: Figures) -> Iterator[Block]:
    """What buyers said."""
    rows = [(capital(THUMBS[each]), times) for each, times in found.thumbs.items()]
    yield from _counted("Avis des acheteurs", rows, sum(found.thumbs.values()))


def _counted(title: str, rows: list[tuple[str, int]], whole: int) -> Iterator[Block]:
    """Numbers with their share of a whole, as a chart and as a table."""
    said = [f"{times} ({percent(times / whole)})" if whole else str(times) for _, times in rows]
    pairs = list(zip(rows, said, strict=True))
    bars = [Bar(in_page_language(label), times, told) for (label, times), told in pairs]
    yield ranks(in_page_language(title), bars)
    yield _table(title, ("Élément", "Nombre"), tuple((label, told) for (label, _), told in pairs))


def _table(
    title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int] = ()
) -> PaperTable:
    """A table in the language of the page."""
    named = tuple(in_page_language(each, "Chiffres") for each in heads)
    told = tuple(tuple(map(in_page_language, row)) for row in rows)
    return PaperTable(in_page_language(title), named, told, tuple(widths))


def _verdicts(counts: Mapping[ReviewVerdict, int]) -> str:
    told = (f"{n} {in_page_language(LABELS[each])}" for each, n in counts.items() if n)
    return ", ".join(told) or NONE


def _judged(found: Judgement, target: Target) -> Iterator[tuple[str, Estimate | None]]:
    good, passable, drawn, dangerous = _JUDGED[target]
    yield good, found.good
    yield passable, found.passable
    yield drawn, found.drawn
    yield dangerous, found.dangerous


def _kappa(each: Estimate | None) -> str:
    if each is None:
        return NONE
    # Adding zero makes one of "-0.00".
    told = (f"{round(n, 2) + 0.0:.2f}" for n in (each.value, each.low, each.high))
    value, low, high = (each.replace(".", ",").replace("-", "−") for each in told)
    return f"{value} ({f'{low} à {high}' if each.is_telling else TOO_FEW})"


# Figures as one table for a spreadsheet. Pure.

_COLUMNS = (
    TableColumn("Partie"),
    TableColumn("Élément"),
    TableColumn("Valeur", Format.NUMBER),
    TableColumn("Borne basse à 95 %", Format.NUMBER),
    TableColumn("Borne haute à 95 %", Format.NUMBER),
    TableColumn("Sur", Format.COUNT),
)

_Row = tuple[Cell, ...]


def figures_table(found: Figures) -> LedgerTable:
    """One row a figure; shares are from 0 to 1."""
    return LedgerTable("Chiffres", _COLUMNS, tuple(_rows(found)))


def _rows(found: Figures) -> Iterator[_Row]:
    yield _count("Période", "Premier jour", found.period.first.isoformat())
    yield _count("Période", "Dernier jour", found.period.last.isoformat())
    yield _count("Volume", "Questions", found.asked)
    yield _count("Volume", "Utilisateurs", found.askers)
    yield from (_count("Volume", f"{day:%d/%m/%Y}", asked) for day, asked in found.volume)
    yield from (_count("Issue", OUTCOMES[each], n) for each, n in found.outcomes.items())
    yield _count("Issue", "hors périmètre", found.out_of_scope)
    yield _count("Issue", "interrompue", found.interrupted)
    yield from (_count("Soutien", SUPPORTS[each], n) for each, n in found.supports.items())
    yield _count("Soutien", "phrases écartées", found.removed)
    yield from _judgements(found)
    for name, value in zip(("médiane", "95 %"), found.seconds or (), strict=False):
        yield _count("Délai en secondes", name, _decimal(value))
    for theme in found.themes:
        yield _count("Thème", theme.name, theme.asked)
        yield _count("Thème, sans réponse", theme.name, theme.unanswered)
    yield from (_count("Avis", THUMBS[each], n) for each, n in found.thumbs.items())


def _judgements(found: Figures) -> Iterator[_Row]:
    for target, name in TARGETS.items():
        judged, agreed = found.judgements[target], found.agreements[target]
        best, second = list(judged.verdicts)[:2]
        part = f"Jugement des {name}"
        yield from (_count(part, LABELS[each], n) for each, n in judged.verdicts.items())
        yield _estimate(part, f"part « {LABELS[best]} »", judged.good)
        yield _estimate(part, f"part « {LABELS[best]} » ou « {LABELS[second]} »", judged.passable)
        yield _estimate(part, f"part « {LABELS[best]} », tirage au sort", judged.drawn)
        yield _estimate(part, "part « dangereux »", judged.dangerous)
        yield _estimate(part, "verdicts égaux de deux lecteurs", agreed.rate)
        yield _estimate(part, "kappa de Cohen", agreed.kappa)


def _count(part: str, name: str, value: Cell) -> _Row:
    return part, name, value, None, None, None


def _estimate(part: str, name: str, each: Estimate | None) -> _Row:
    if each is None:
        return part, name, None, None, None, None
    low, high = map(_decimal, (each.low, each.high)) if each.is_telling else (None, None)
    return part, name, _decimal(each.value), low, high, each.whole


def _decimal(value: float) -> Decimal:
    return Decimal(f"{value:.4f}")
