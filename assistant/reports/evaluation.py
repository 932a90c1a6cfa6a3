"""The report of an evaluation: one HTML page that opens anywhere and loads nothing. Pure."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import fields
from functools import cache
from hashlib import sha256
from importlib.resources import files
from statistics import median

from assistant.evaluation.confidence import RESAMPLINGS, SEED, percentiles
from assistant.evaluation.grading import (
    Estimates,
    Graded,
    Measure,
    TurnStep,
    estimates,
    lengths,
    removals,
    seconds,
)
from assistant.evaluation.runs import Digest, Evaluation
from assistant.reports.charts import Spread, spreads
from assistant.reports.evaluation_questions import breakdown, comparison_section, review
from assistant.reports.findings import (
    MEANINGS,
    Section,
    capital,
    day,
    duration,
    estimated,
    interval,
    listed,
    note,
    number,
    percent,
    section,
    side_by_side,
    table,
)
from assistant.reports.markup import Html, element, set_no_break_spaces

# Overview: the measures of the whole run, its refusals, its lengths and its delays. Pure.

TILES = (
    Measure.CORRECT,
    Measure.RECALL,
    Measure.PRECISION,
    Measure.SUPPORTED,
    Measure.EXACT,
    Measure.FALSE_REFUSALS,
)


def opening(evaluation: Evaluation, measured: Estimates) -> Iterator[Html]:
    """The result in one line, then what warns of it, then the measures that matter most."""
    right = sum(item.correct for item in evaluation.graded)
    asked = len(evaluation.graded)
    yield element("h1", f"{number(right, 'réponse correcte', 'réponses correctes')} sur {asked}")
    if not evaluation.complete:
        told = f"Évaluation incomplète : interrompue après {asked} questions sur "
        yield element(
            "p", set_no_break_spaces(f"{told}{evaluation.planned}."), class_="warning", role="note"
        )
    for fall in evaluation.falls:
        told = f"{capital(fall.measure)} : {percent(fall.after)}, contre {percent(fall.before)} "
        yield element(
            "p", set_no_break_spaces(f"{told}à l'essai précédent."), class_="warning", role="note"
        )
    yield element("ul", *_tiles(evaluation.graded, measured), class_="tiles")


def _tiles(graded: Sequence[Graded], measured: Estimates) -> Iterator[Html]:
    for measure in TILES:
        if estimate := measured[measure]:
            yield _tile(percent(estimate.value), capital(measure), interval(estimate))
    if known := percentiles(seconds(graded)[TurnStep.TOTAL]):
        half, most = known
        yield _tile(duration(half), "Temps médian de réponse", f"95 % en {duration(most)}")


def _tile(value: str, label: str, range_: str) -> Html:
    return element(
        "li",
        element("b", value),
        element("span", label),
        element("small", set_no_break_spaces(range_)),
    )


def measures_section(measured: Estimates) -> Section:
    """Every measure, as a chart and a table."""
    return section(
        "mesures",
        "Mesures",
        note(
            "Le point est la valeur mesurée ; la bande, ce qu'elle peut valoir au vu du nombre de "
            "questions (intervalle de confiance à 95 %)."
        ),
        estimated(
            "Mesures de l'ensemble", [(capital(kind), each) for kind, each in measured.items()]
        ),
    )


def refusals_section(graded: Sequence[Graded], measured: Estimates) -> Section:
    """Which questions were refused, and which should have been."""
    rows = [
        (label, str(sum(not each.refused for each in items)), str(sum(e.refused for e in items)))
        for label, items in (
            ("Qui ont une réponse", [e for e in graded if not e.question.refusal_expected]),
            ("À refuser", [each for each in graded if each.question.refusal_expected]),
        )
    ]
    kinds = (
        Measure.REFUSAL_PRECISION,
        Measure.REFUSAL_RECALL,
        Measure.REFUSAL_F1,
        Measure.FALSE_REFUSALS,
    )
    return section(
        "refus",
        "Refus",
        table("Questions selon ce qui était attendu", ("", "Répondues", "Refusées"), rows),
        estimated("Mesures des refus", [(capital(kind), measured[kind]) for kind in kinds]),
    )


def lengths_section(graded: Sequence[Graded]) -> Section:
    """How long answers are, and how many of their words are the program's."""
    found = lengths(graded)
    counts = [[each.words for each in found], [each.own for each in found]]
    rows = [
        (label, f"{median(words):.0f}", str(min(words)), str(max(words)))
        for label, words in zip(("En tout", "Hors citations"), counts, strict=True)
        if words
    ]
    return section(
        "longueur",
        "Longueur des réponses",
        note(
            "Hors citations : les mots qui ne sont pas recopiés d'un texte, remarques du programme "
            "comprises. Les refus ne sont pas comptés."
        ),
        table("Mots par réponse", ("", "Médiane", "Minimum", "Maximum"), rows),
    )


def delays_section(graded: Sequence[Graded]) -> Section:
    """How long each step took."""
    rows = [
        Spread(capital(step), values, *known, "p50 {}, p95 {}".format(*map(duration, known)))
        for step, values in seconds(graded).items()
        if (known := percentiles(values))
    ]
    numbers = table(
        "Délais depuis la question",
        ("", "Médiane (p50)", "p95", "Mesurés"),
        [(r.label, duration(r.median), duration(r.high), str(len(r.values))) for r in rows],
    )
    return section(
        "delais",
        "Délais",
        note(
            "Chaque trait fin est une question, à l'échelle logarithmique ; les traits épais sont "
            "la médiane (p50) et le 95e centile (p95)."
        ),
        side_by_side(spreads("Délais depuis la question", rows), numbers) if rows else numbers,
    )


def removals_section(graded: Sequence[Graded]) -> Section:
    """The sentences that were drafted and not shown, by reason."""
    rows = [(capital(reason), str(count)) for reason, count in removals(graded)]
    told = table("Avant l'affichage", ("Motif", "Phrases"), rows)
    return section(
        "retirees", "Phrases retirées", told if rows else note("Aucune phrase n'a été retirée.")
    )


# Colophon: in which conditions the run was made, and how its measures are defined. Pure.

METHOD = (
    "Les parts ont un intervalle de Wilson. Les moyennes et le F1 ont un intervalle par "
    f"rééchantillonnage des questions (bootstrap, {RESAMPLINGS} tirages, graine {SEED}) ; de "
    "largeur nulle, il dit que toutes les valeurs sont égales, non que la mesure est certaine. "
    "Phrases et citations d'une même réponse sont comptées comme indépendantes : leur intervalle "
    "est un peu trop étroit. Un intervalle ne dit rien du choix des questions."
)


def identity_section(evaluation: Evaluation) -> Section:
    """What is needed to make the run again."""
    identity = evaluation.identity
    digests = [*identity.files, *identity.prompts]
    kinds = ["questions"] * len(identity.files) + ["invite"] * len(identity.prompts)
    if evaluation.baseline:
        digests, kinds = [*digests, evaluation.baseline], [*kinds, "essai précédent"]
    return section(
        "identite",
        "Identité de l'essai",
        element("dl", *_conditions(evaluation)),
        table(
            "Empreintes des fichiers (SHA-256)",
            ("", "Fichier", "Empreinte"),
            [_print(kind, each) for kind, each in zip(kinds, digests, strict=True)],
        ),
    )


def method_section() -> Section:
    """What each measure counts, and what its interval is."""
    terms = (
        (element("dt", capital(measure)), element("dd", set_no_break_spaces(f"{meaning}.")))
        for measure, meaning in MEANINGS.items()
    )
    return section(
        "methode",
        "Ce qui est mesuré",
        element("dl", *(each for pair in terms for each in pair)),
        note(METHOD),
    )


def _conditions(evaluation: Evaluation) -> Iterator[Html]:
    identity = evaluation.identity
    manifest = identity.manifest
    state = day(manifest.state_date) if manifest.state_date else "inconnue"
    settings = (
        f"{each.name} = {getattr(identity.settings, each.name)}"
        for each in fields(identity.settings)
    )
    for term, told in (
        ("Date", f"{day(identity.began)}, {identity.began:%H:%M (UTC%z)}"),
        ("Questions", f"{len(evaluation.graded)} posées sur {evaluation.planned}"),
        ("Programme", identity.code),
        ("Modèle de langue", identity.model),
        ("Modèle de similarité", manifest.embedder),
        ("Index", f"génération {manifest.name}, {manifest.passages} passages"),
        ("Dossiers", listed(_dossiers(evaluation)) or "aucun"),
        ("Textes à jour au", state),
        ("Empreinte du contenu", manifest.content),
        ("Réglages", " ; ".join(settings)),
        ("Machine", identity.machine),
    ):
        yield element("dt", term)
        yield element("dd", told)


def _dossiers(evaluation: Evaluation) -> list[str]:
    results = (item.result for item in evaluation.graded if item.result.dossier)
    return [f"{each.dossier}, génération {each.dossier_generation}" for each in results]


def _print(kind: str, digest: Digest) -> tuple[str, str, Html]:
    return capital(kind), digest.name, element("code", digest.sha256)


# The report of an evaluation: one HTML page that opens anywhere and loads nothing. Pure.

TITLE = "Sourcier, évaluation"


def report(evaluation: Evaluation) -> str:
    """The whole page: the measures, the conditions, then every question, wrong answers first."""
    measured = estimates(evaluation.graded)
    sections = tuple(_sections(evaluation, measured))
    began = day(evaluation.identity.began)
    contents = (element("li", element("a", each.title, href=f"#{each.name}")) for each in sections)
    body = element(
        "body",
        element("header", element("p", f"{TITLE} du {began}"), *opening(evaluation, measured)),
        element("nav", element("ol", *contents), aria_label="Sommaire"),
        element("main", *(each.html for each in sections)),
        element("script", _own("script.js")),
    )
    return f"<!doctype html>\n{element('html', _head(), body, lang='fr')}\n"


def _head() -> Html:
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy()),
        element("title", TITLE),
        element("style", style()),
    )


def _sections(evaluation: Evaluation, measured: Estimates) -> Iterator[Section]:
    graded, comparison = evaluation.graded, evaluation.comparison
    pairs = comparison.pairs if comparison else ()
    yield measures_section(measured)
    if comparison and evaluation.baseline:
        yield comparison_section(comparison, evaluation.baseline)
    yield from breakdown(graded)
    yield refusals_section(graded, measured)
    yield lengths_section(graded)
    yield delays_section(graded)
    yield removals_section(graded)
    yield identity_section(evaluation)
    yield method_section()
    yield review(graded, {pair.after.question.id: pair.change for pair in pairs})


def style() -> Html:
    """The style of a page of its own, which papers share."""
    palette = files("assistant.web").joinpath("static", "palette.css").read_text(encoding="utf-8")
    return Html(palette + _own("style.css"))


@cache
def _own(name: str) -> Html:
    """A file of this package, which is put into the page as it is."""
    return Html(files("assistant.reports").joinpath(name).read_text(encoding="utf-8"))


def _policy() -> str:
    """Nothing is loaded, and no script runs but the page's own."""
    digest = b64encode(sha256(_own("script.js").encode()).digest()).decode()
    return f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
