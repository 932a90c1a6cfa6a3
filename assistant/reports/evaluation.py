"""The report of an evaluation: one HTML page that opens anywhere and loads nothing. Pure."""

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from hashlib import sha256
from importlib.resources import files
from statistics import median
from urllib.parse import quote

from assistant.answering.answer import marked
from assistant.confidence import RESAMPLINGS, SEED, Estimate, percentiles
from assistant.evaluation.grading import (
    Estimates,
    FaultKind,
    Graded,
    Measure,
    TurnStep,
    estimates,
    fact_pattern,
    grouped,
    lengths,
    removals,
    seconds,
)
from assistant.evaluation.questions import theme_of
from assistant.evaluation.runs import GUARDED, AnswerChange, Evaluation, RunComparison
from assistant.law.state_dates import state_range
from assistant.reports import findings
from assistant.reports.charts import Chart, Shift, Spread, estimates_chart, shifts, spreads
from assistant.reports.findings import (
    ESTIMATED,
    NONE,
    capital,
    day,
    duration,
    estimate_cells,
    figures,
    in_words,
    listed,
    percent,
    remarks,
)
from assistant.reports.markup import Html
from assistant.reports.paper import sheet

TILES = (
    Measure.CORRECT,
    Measure.RECALL,
    Measure.PRECISION,
    Measure.SUPPORTED,
    Measure.EXACT,
    Measure.REFUSAL_RECALL,
    Measure.FALSE_REFUSALS,
)
"""The measures that matter most, which open the report: those in which runs are weak as well."""

REFUSALS = (
    Measure.REFUSAL_PRECISION,
    Measure.REFUSAL_RECALL,
    Measure.REFUSAL_F1,
    Measure.FALSE_REFUSALS,
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

RIGHT, UNCITED, UNSAID = "Correcte", "Article ou page non cités", "Non précisé"
FIRST_WORDS = 160
"""Characters of a passage that are shown."""


@dataclass(frozen=True, slots=True)
class ChartedTable:
    """Rows under their heads, the first of which names the row, and a chart of them, if any."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    chart: Chart | None = None


def report(evaluation: Evaluation) -> str:
    """The whole page: the measures, the conditions, then every question, wrong answers first."""
    script = files("assistant.reports").joinpath("script.js").read_text(encoding="utf-8")
    tables = _tables(evaluation.graded, evaluation.comparison)
    return sheet(
        "evaluation.html",
        say=findings,
        script=Html(script),
        fingerprint=b64encode(sha256(script.encode()).digest()).decode(),
        titles=TITLES,
        contents=[each for each in TITLES.items() if tables.get(each[0], True)],
        evaluation=evaluation,
        measured=estimates(evaluation.graded),
        tiles=TILES,
        total=percentiles(seconds(evaluation.graded)[TurnStep.TOTAL]),
        tables=tables,
        ways=WAYS,
        conditions=_conditions(evaluation),
        remarks=list(remarks(evaluation.graded)),
        digests=_digests(evaluation),
        resamplings=RESAMPLINGS,
        seed=SEED,
        **_review(evaluation),
    )


# The measures: of the whole run, against an earlier one, and wherever the questions differ.

Tables = Mapping[str, Sequence[ChartedTable]]
"""The tables of each part; one without any is left out."""


def _tables(graded: Sequence[Graded], comparison: RunComparison | None) -> Tables:
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


# The conditions in which the run was made.


def _conditions(evaluation: Evaluation) -> Iterator[tuple[str, str]]:
    """What is needed to make the run again."""
    identity = evaluation.identity
    manifest, settings = identity.manifest, identity.settings
    results = (item.result for item in evaluation.graded if item.result.dossier)
    dossiers = [f"{each.dossier}, génération {each.dossier_generation}" for each in results]
    yield "Date", f"{day(identity.began)}, {identity.began:%H:%M (UTC%z)}"
    yield "Questions", f"{len(evaluation.graded)} posées sur {evaluation.planned}"
    yield "Programme", identity.code
    names = " ".join(each.name for each in identity.files)
    yield "Commande", f"sourcier eval {names} --out RESULTATS --index {manifest.name}"
    yield "Modèle de langue", identity.model
    yield "Modèle de similarité", manifest.embedder
    yield "Index", f"génération {manifest.name}, {manifest.passages} passages"
    yield "Dossiers", listed(dossiers) or "aucun"
    yield "Textes à jour", state_range(manifest)
    yield "Empreinte du contenu", manifest.content
    told = (f"{each.name} = {getattr(settings, each.name)}" for each in fields(settings))
    yield "Réglages", " ; ".join(told)
    yield "Machine", identity.machine


def _digests(evaluation: Evaluation) -> Iterator[tuple[str, str, str]]:
    identity = evaluation.identity
    yield from (("Questions", each.name, each.sha256) for each in identity.files)
    yield from (("Invite", each.name, each.sha256) for each in identity.prompts)
    yield from (("Poids", f"{each.name} ({each.origin})", each.sha256) for each in identity.weights)
    texts = sorted(identity.manifest.origins.items())
    yield from (("Texte indexé", source, digest) for source, digest in texts)
    if baseline := evaluation.baseline:
        yield "Essai précédent", baseline.name, baseline.sha256


# Review: every question with what was expected, what was answered and what was shown.


@dataclass(frozen=True, slots=True)
class ReviewedAnswer:
    """An answer as it is reviewed: what is said of it, and what was shown.

    `badges` say what is wrong with it, `outcomes` what has become of it too. `expected` has what
    was to be found, of a pattern what it looks for in words, and whether it was found. Passages
    are shown by their places and their first words.
    """

    graded: Graded
    anchor: str
    theme: str
    kind: str
    badges: Sequence[str]
    outcomes: Sequence[str]
    expected: Sequence[tuple[str, str | None, bool]]
    sentences: Sequence[tuple[str, str]]
    passages: Sequence[tuple[str, str]]


def _review(evaluation: Evaluation) -> dict[str, object]:
    """The answers, what can be chosen of them, and which changes are listed."""
    pairs = evaluation.comparison.pairs if evaluation.comparison else ()
    changes = {pair.after.question.id: pair.change for pair in pairs}
    reviews = [_reviewed(item, changes.get(item.question.id)) for item in evaluation.graded]
    known = [*FaultKind, RIGHT, UNCITED, *map(capital, AnswerChange)]
    found = {outcome for each in reviews for outcome in each.outcomes}
    return {
        "reviews": reviews,
        "themes": sorted({each.theme for each in reviews}),
        "outcomes": [each for each in known if each in found],
        "changes": (AnswerChange.WORSE, AnswerChange.BETTER, AnswerChange.REWORDED),
        "anchor": anchor,
        "uncited": UNCITED,
    }


def _reviewed(item: Graded, change: AnswerChange | None) -> ReviewedAnswer:
    question, result = item.question, item.result
    badges = [*dict.fromkeys(fault.kind.value for fault in item.faults)] or [RIGHT]
    if item.uncited or item.unplaced:
        badges.append(UNCITED)
    return ReviewedAnswer(
        item,
        anchor(question.id),
        theme_of(question),
        type_of(item),
        badges,
        [*badges, capital(change)] if change else badges,
        list(_expected(item)),
        [(each.support.value, marked(each)) for each in result.answer.sentences],
        [(each.passage.locator, first_words(each.passage.text)) for each in result.evidence],
    )


def anchor(question_id: str) -> str:
    """The place of a question in the page."""
    return f"q-{quote(question_id, safe='')}"


def first_words(text: str) -> str:
    """The beginning of a passage, on one line."""
    words = " ".join(text.split())
    return words if len(words) <= FIRST_WORDS else f"{words[:FIRST_WORDS].rstrip()}…"


def _expected(item: Graded) -> Iterator[tuple[str, str | None, bool]]:
    question, refused = item.question, item.refused
    missing = {fault.detail for fault in item.faults if fault.kind is FaultKind.MISSING_FACT}
    if question.refusal_expected:
        yield "un refus", None, refused or item.correct
    for article in question.articles:
        yield article, None, article not in item.uncited
    for place in question.places:
        named = f"{place.piece}, p. {place.page}" if place.page else place.piece
        yield named, None, place not in item.unplaced
    for fact in map(fact_pattern, question.facts):
        yield fact, in_words(fact), fact not in missing and not refused
