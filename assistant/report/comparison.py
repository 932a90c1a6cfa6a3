"""Comparison: what has changed since an earlier run. Pure."""

from collections.abc import Iterator
from urllib.parse import quote

from assistant.baseline import GUARDED, Change, Comparison, Pair
from assistant.charts import Shift, shifts
from assistant.evaluation import Digest
from assistant.findings import NONE, capital, listed, percent, scope, verdict
from assistant.page.markup import Html, element, joined, unbroken
from assistant.report.figures import Section, note, section, side_by_side, table


def comparison_section(comparison: Comparison, baseline: Digest) -> Section:
    """The earlier run beside this one: questions that changed, measures, and what chance does."""
    counts = [(capital(change), str(len(comparison.of(change)))) for change in Change]
    return section(
        "comparaison",
        "Par rapport à l'essai précédent",
        element("p", unbroken(verdict(comparison)), class_="verdict"),
        note(f"{_origin(comparison, baseline)} {scope(comparison)}"),
        _measures(comparison),
        table("Ce que deviennent les réponses", ("", "Questions"), counts),
        *_changed(comparison),
    )


def _origin(comparison: Comparison, baseline: Digest) -> str:
    earlier = [pair.before.result for pair in comparison.pairs]
    models, indexes = (
        listed(values)
        for values in ([each.model for each in earlier], [each.generation for each in earlier])
    )
    return f"Essai précédent : {baseline.name} (modèle {models}, index {indexes})."


def _measures(comparison: Comparison) -> Html:
    rows = [
        Shift(capital(each), before.value, after.value, _both(before.value, after.value))
        for each in GUARDED
        if (before := comparison.before[each]) and (after := comparison.after[each])
    ]
    caption = "Mesures des questions communes, avant et après"
    numbers = table(
        caption,
        ("", "Avant", "Après", "Écart, en points"),
        [
            (row.label, percent(row.before), percent(row.after), _points(row.after - row.before))
            for row in rows
        ],
    )
    return side_by_side(shifts(caption, rows), numbers) if rows else numbers


def _both(before: float, after: float) -> str:
    return f"{percent(before)} → {percent(after)}"


def _points(difference: float) -> str:
    return f"{100 * difference:+.1f}".replace(".", ",").replace("-", "−") if difference else NONE


def _changed(comparison: Comparison) -> Iterator[Html]:
    for change in (Change.WORSE, Change.BETTER, Change.REWORDED):
        if pairs := comparison.of(change):
            title = f"{capital(change)} ({len(pairs)})"
            yield element(
                "details",
                element("summary", title),
                element("ul", *map(_link, pairs)),
                open=change is Change.WORSE,
            )


def _link(pair: Pair) -> Html:
    question = pair.after.question
    link = element("a", question.id, href=f"#{anchor(question.id)}")
    return element("li", joined([link, f" {question.text}"]))


def anchor(question_id: str) -> str:
    """The place of a question in the page."""
    return f"q-{quote(question_id, safe='')}"
