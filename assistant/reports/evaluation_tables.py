"""The measures of an evaluation as tables and charts, part by part. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from assistant.confidence import Estimate, percentiles
from assistant.evaluation.grading import (
    Estimates,
    Graded,
    Measure,
    TurnStep,
    estimates,
    grouped,
    lengths,
    removals,
    seconds,
)
from assistant.evaluation.questions import theme_of
from assistant.evaluation.runs import GUARDED, AnswerChange, RunComparison
from assistant.reports.charts import Chart, Shift, Spread, estimates_chart, shifts, spreads
from assistant.reports.findings import (
    ESTIMATED,
    NONE,
    capital,
    duration,
    estimate_cells,
    figures,
    percent,
)

TITLES = {
    "mesures": "Mesures",
    "comparaison": "Par rapport à l'essai précédent",
    "themes": "Par thème",
    "types": "Par type de question",
    "difficultes": "Par difficulté",
    "fichiers": "Par fichier de questions",
    "refus": "Refus",
    "longueur": "Longueur des réponses",
    "delais": "Délais",
    "retirees": "Phrases retirées",
    "identite": "Identité de l'essai",
    "methode": "Ce qui est mesuré",
    "questions": "Les réponses, une à une",
}
"""The parts of the report in their order, by the fragments of their addresses."""

REFUSALS = (
    Measure.REFUSAL_PRECISION,
    Measure.REFUSAL_RECALL,
    Measure.REFUSAL_F1,
    Measure.FALSE_REFUSALS,
)

UNSAID = "Non précisé"


@dataclass(frozen=True, slots=True)
class ChartedTable:
    """Rows under their heads, the first of which names the row, and a chart of them, if any."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    chart: Chart | None = None


Tables = Mapping[str, Sequence[ChartedTable]]
"""The tables of each part; one without any is left out."""


def tables_of(graded: Sequence[Graded], comparison: RunComparison | None) -> Tables:
    """The measures of the whole run, against an earlier one, and wherever the questions differ."""
    measured = estimates(graded)
    groups = {name: grouped(graded, label) for name, label in WAYS.items()}
    return {
        "mesures": [_estimated("Mesures de l'ensemble", _named(measured, measured))],
        "comparaison": _compared(comparison) if comparison else [],
        **{
            name: list(_by_group(TITLES[name], found)) if len(found) > 1 else []
            for name, found in groups.items()
        },
        "refus": [_refused(graded), _estimated("Mesures des refus", _named(measured, REFUSALS))],
        "longueur": [_lengths(graded)],
        "delais": [_delays(graded)],
        "retirees": [_removed(graded)],
    }


def _named(measured: Estimates, measures: Iterable[Measure]) -> list[tuple[str, Estimate | None]]:
    return [(capital(each), measured[each]) for each in measures]


def _estimated(caption: str, rows: Sequence[tuple[str, Estimate | None]]) -> ChartedTable:
    """Estimates with their intervals; those without value stand in the table only."""
    cells = [(label, *estimate_cells(each)) for label, each in rows]
    return ChartedTable(caption, ("", *ESTIMATED), cells, estimates_chart(caption, rows))


def _compared(comparison: RunComparison) -> list[ChartedTable]:
    """The measures of the common questions in both runs, and what has become of the answers."""
    rows = [
        Shift(capital(each), before.value, after.value, _both(before.value, after.value))
        for each in GUARDED
        if (before := comparison.before[each]) and (after := comparison.after[each])
    ]
    caption = "Mesures des questions communes, avant et après"
    cells = [
        (row.label, percent(row.before), percent(row.after), _points(row.after - row.before))
        for row in rows
    ]
    counts = [(capital(change), str(len(comparison.of(change)))) for change in AnswerChange]
    return [
        ChartedTable(
            caption,
            ("", "Avant", "Après", "Écart, en points"),
            cells,
            shifts(caption, rows) if rows else None,
        ),
        ChartedTable("Ce que deviennent les réponses", ("", "Questions"), counts),
    ]


def _both(before: float, after: float) -> str:
    return f"{percent(before)} → {percent(after)}"


def _points(difference: float) -> str:
    return f"{100 * difference:+.1f}".replace(".", ",").replace("-", "−") if difference else NONE


def type_of(item: Graded) -> str:
    """The type of a question, or its category, as its set says."""
    return capital((item.question.kind or item.question.category or UNSAID).replace("_", " "))


WAYS: Mapping[str, Callable[[Graded], str]] = {
    "themes": lambda item: theme_of(item.question),
    "types": type_of,
    "difficultes": lambda item: capital(item.question.difficulty or UNSAID),
    "fichiers": lambda item: item.question.file,
}
"""The parts that sort the questions, and by what each does."""


def _by_group(title: str, groups: Sequence[tuple[str, Sequence[Graded]]]) -> Iterator[ChartedTable]:
    measured = [(label, items, estimates(items)) for label, items in groups]
    correct, by = Measure.CORRECT, title.lower()
    yield _estimated(
        f"{capital(correct)}, {by}", [(label, each[correct]) for label, _, each in measured]
    )
    kinds = [kind for kind in Measure if any(each[kind] for *_, each in measured)]
    yield ChartedTable(
        f"Toutes les mesures, {by}",
        ("", "Questions", *map(capital, kinds)),
        [
            (label, str(len(items)), *(estimate_cells(each[kind])[0] for kind in kinds))
            for label, items, each in measured
        ],
    )
    yield ChartedTable(
        f"Délais, {by} : p50 / p95, en secondes",
        ("", *map(capital, TurnStep)),
        [(label, *_both_delays(items)) for label, items, _ in measured],
    )


def _both_delays(items: Sequence[Graded]) -> Iterator[str]:
    for values in seconds(items).values():
        known = percentiles(values)
        yield " / ".join(map(figures, known)) if known else NONE


def _refused(graded: Sequence[Graded]) -> ChartedTable:
    """Which questions were refused, and which should have been."""
    rows = [
        (label, str(sum(not each.refused for each in items)), str(sum(e.refused for e in items)))
        for label, items in (
            ("Qui ont une réponse", [e for e in graded if not e.question.refusal_expected]),
            ("À refuser", [each for each in graded if each.question.refusal_expected]),
        )
    ]
    heads = ("", "Répondues", "Refusées")
    return ChartedTable("Questions selon ce qui était attendu", heads, rows)


def _lengths(graded: Sequence[Graded]) -> ChartedTable:
    """How long answers are, and how many of their words are the program's."""
    found = lengths(graded)
    counts = [[each.words for each in found], [each.own for each in found]]
    rows = [
        (label, f"{median(words):.0f}", str(min(words)), str(max(words)))
        for label, words in zip(("En tout", "Hors citations"), counts, strict=True)
        if words
    ]
    return ChartedTable("Mots par réponse", ("", "Médiane", "Minimum", "Maximum"), rows)


def _delays(graded: Sequence[Graded]) -> ChartedTable:
    """How long each step took."""
    rows = [
        Spread(capital(step), values, *known, "p50 {}, p95 {}".format(*map(duration, known)))
        for step, values in seconds(graded).items()
        if (known := percentiles(values))
    ]
    caption = "Délais depuis la question"
    cells = [(r.label, duration(r.median), duration(r.high), str(len(r.values))) for r in rows]
    heads = ("", "Médiane (p50)", "p95", "Mesurés")
    return ChartedTable(caption, heads, cells, spreads(caption, rows) if rows else None)


def _removed(graded: Sequence[Graded]) -> ChartedTable:
    """The sentences that were drafted and not shown, by reason."""
    rows = [(capital(reason), str(count)) for reason, count in removals(graded)]
    return ChartedTable("Avant l'affichage", ("Motif", "Phrases"), rows)
