"""The report of an evaluation: one HTML page that opens anywhere and loads nothing. Pure."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from hashlib import sha256
from importlib.resources import files
from urllib.parse import quote

from assistant.answering.answer import marked
from assistant.confidence import RESAMPLINGS, SEED, percentiles
from assistant.evaluation.grading import (
    FaultKind,
    Graded,
    Measure,
    TurnStep,
    estimates,
    fact_pattern,
    seconds,
)
from assistant.evaluation.questions import theme_of
from assistant.evaluation.runs import AnswerChange, Evaluation
from assistant.law.state_dates import state_range
from assistant.reports import findings
from assistant.reports.evaluation_tables import TITLES, WAYS, tables_of, type_of
from assistant.reports.findings import (
    capital,
    day,
    in_words,
    listed,
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

RIGHT, UNCITED = "Correcte", "Article ou page non cités"
FIRST_WORDS = 160
"""Characters of a passage that are shown."""


def report(evaluation: Evaluation) -> str:
    """The whole page: the measures, the conditions, then every question, wrong answers first."""
    script = files("assistant.reports").joinpath("script.js").read_text(encoding="utf-8")
    tables = tables_of(evaluation.graded, evaluation.comparison)
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
