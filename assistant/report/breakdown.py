"""Breakdown: the measures by theme, by type and wherever else the questions differ. Pure."""

from collections.abc import Callable, Iterator, Sequence

from assistant.confidence import Estimate, percentiles
from assistant.findings import NONE, capital, figures, percent
from assistant.grading import Graded
from assistant.measures import Measure, Step, estimates, grouped, seconds
from assistant.page.markup import Html
from assistant.report.figures import Section, estimated, section, table
from assistant.themes import theme_of

UNSAID = "Non précisé"


def type_of(item: Graded) -> str:
    """The type of a question, or its category, as its set says."""
    return capital((item.question.kind or item.question.category or UNSAID).replace("_", " "))


def breakdown(graded: Sequence[Graded]) -> Iterator[Section]:
    """One section a way of sorting the questions, where it sorts them at all."""
    ways: tuple[tuple[str, str, Callable[[Graded], str]], ...] = (
        ("themes", "Par thème", lambda item: theme_of(item.question)),
        ("types", "Par type de question", type_of),
        ("difficultes", "Par difficulté", lambda item: capital(item.question.difficulty or UNSAID)),
        ("fichiers", "Par fichier de questions", lambda item: item.question.file),
    )
    for name, title, label in ways:
        groups = grouped(graded, label)
        if len(groups) > 1:
            yield section(name, title, *_groups(title, groups))


def _groups(title: str, groups: Sequence[tuple[str, Sequence[Graded]]]) -> Iterator[Html]:
    measured = [(label, items, estimates(items)) for label, items in groups]
    correct = Measure.CORRECT
    yield estimated(
        f"{capital(correct)}, {title.lower()}",
        [(label, each[correct]) for label, _, each in measured],
    )
    kinds = [kind for kind in Measure if any(each[kind] for *_, each in measured)]
    yield table(
        f"Toutes les mesures, {title.lower()}",
        ("", "Questions", *map(capital, kinds)),
        [
            (label, str(len(items)), *(_said(each[kind]) for kind in kinds))
            for label, items, each in measured
        ],
    )
    yield table(
        f"Délais, {title.lower()} : p50 / p95, en secondes",
        ("", *map(capital, Step)),
        [(label, *_delays(items)) for label, items, _ in measured],
    )


def _said(estimate: Estimate | None) -> str:
    return percent(estimate.value) if estimate else NONE


def _delays(items: Sequence[Graded]) -> Iterator[str]:
    for values in seconds(items).values():
        known = percentiles(values)
        yield " / ".join(map(figures, known)) if known else NONE
