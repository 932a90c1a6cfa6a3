"""Overview: the measures of the whole run, its refusals, its lengths and its delays. Pure."""

from collections.abc import Iterator, Sequence
from statistics import median

from assistant.charts import Spread, spreads
from assistant.confidence import percentiles
from assistant.evaluation import Evaluation
from assistant.findings import capital, duration, interval, number, percent
from assistant.grading import Graded
from assistant.measures import Estimates, Measure, Step, lengths, removals, seconds
from assistant.page.markup import Html, element, unbroken
from assistant.report.figures import Section, estimated, note, section, side_by_side, table

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
        yield element("p", unbroken(f"{told}{evaluation.planned}."), class_="warning", role="note")
    for fall in evaluation.falls:
        told = f"{capital(fall.measure)} : {percent(fall.after)}, contre {percent(fall.before)} "
        yield element("p", unbroken(f"{told}à l'essai précédent."), class_="warning", role="note")
    yield element("ul", *_tiles(evaluation.graded, measured), class_="tiles")


def _tiles(graded: Sequence[Graded], measured: Estimates) -> Iterator[Html]:
    for measure in TILES:
        if estimate := measured[measure]:
            yield _tile(percent(estimate.value), capital(measure), interval(estimate))
    if known := percentiles(seconds(graded)[Step.TOTAL]):
        half, most = known
        yield _tile(duration(half), "Temps médian de réponse", f"95 % en {duration(most)}")


def _tile(value: str, label: str, range_: str) -> Html:
    return element(
        "li", element("b", value), element("span", label), element("small", unbroken(range_))
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
