"""What a reader should read, how far readers agree, and a replay beside its answer. Pure HTML."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from assistant.evaluation.confidence import Estimate
from assistant.reports.markup import (
    NOTHING,
    Html,
    at,
    button,
    counted,
    element,
    format_date,
    join_html,
    labelled,
    table,
)
from assistant.review.listing import OUTCOMES, REASONS, Agreement
from assistant.review.recorded import Recorded, Target
from assistant.review.register import Reason, Sampling, Task
from assistant.review.replay import Beside, comparison
from assistant.web.buyer.law_pages import unseen
from assistant.web.reviewer.frame import ROOT, SAID, badge
from assistant.web.reviewer.list_view import answer_address, answer_link, outcome_badge
from ingestion.legislation.versions import TextStretch, WordChange

# An answer and its replay side by side, what differs marked. Pure HTML.


def replay_html(first: Recorded, again: Recorded) -> Iterator[Html]:
    """Both answers, sentence by sentence, then citation by citation."""
    compared = comparison(first.result.answer, again.result.answer)
    back = element("a", "Retour à la réponse", href=answer_address(first.result.record_id))
    yield element("p", back)
    verdict = (
        "La réponse est la même, mot pour mot, avec les mêmes citations."
        if compared.is_same
        else "La réponse diffère : ce qui a disparu est barré à gauche, ce qui est nouveau est "
        "souligné à droite."
    )
    yield element("p", verdict, class_="done", role="status")
    heads = tuple(_head(*each) for each in (("À l'époque", first), ("Rejeu", again)))
    yield element("h2", "Ce qui est dit")
    yield _beside(heads, compared.sentences, "Phrases")
    yield element("h2", "Citations")
    yield _beside(heads, compared.citations, "Citations")


def _head(name: str, shown: Recorded) -> str:
    result = shown.result
    return (
        f"{name}, {at(shown.at)} : droit au {format_date(SAID, result.as_of)}, index "
        f"{result.generation}, {OUTCOMES[result.answer.outcome]}"
    )


def _beside(heads: tuple[str, ...], rows: Sequence[Beside], caption: str) -> Html:
    if not rows:
        return element("p", "Aucune, ni à l'époque ni maintenant.", class_="quiet")
    return table(heads, map(_row, rows), caption, class_="beside")


def _row(row: Beside) -> list[Html]:
    sides = ((row.before, WordChange.REMOVED), (row.after, WordChange.ADDED))
    place = element("p", element("strong", row.place)) if row.place else NOTHING
    return [
        join_html([place, _side(row, change)]) if text else _none(row) for text, change in sides
    ]


def _none(row: Beside) -> Html:
    return badge("rien à cet endroit" if not row.place else "non citée", "quiet")


def _side(row: Beside, change: WordChange) -> Html:
    """One side of what differs: what both have, and what only this one has."""
    return element("div", *_pieces(row.segments, change), class_="wording", lang="fr")


def _pieces(segments: Sequence[TextStretch], change: WordChange) -> Iterator[str]:
    tag, told = ("del", "word_removed") if change is WordChange.REMOVED else ("ins", "word_added")
    for segment in segments:
        if segment.change is WordChange.KEPT:
            yield segment.text
        elif segment.change is change:
            yield element(tag, unseen(SAID[told]), segment.text)


# What a reader should read, why, and how far readers agree. Pure HTML.

MOST = 100
"""Tasks shown at once; reading one makes room for the next."""

_HEADS = ("Posée le", "Question", "Pourquoi", "Issue")
_KINDS = {Reason.COMPLAINED: "alerted", Reason.CHANGED: "warned", Reason.DOUBTFUL: "warned"}
_JUDGED = {
    Target.ANSWER: "réponses",
    Target.SENTENCE: "phrases",
    Target.CITATION: "citations",
}


def queue_html(
    tasks: Sequence[Task], sampling: Sampling, agreed: Mapping[Target, Agreement]
) -> Iterator[Html]:
    """The tasks, the sampling and the agreement."""
    yield element("dl", *_counts(tasks), class_="figures")
    yield element("p", _drawn(sampling), class_="hint")
    if tasks:
        yield _table(tasks)
    else:
        yield element("p", "Rien à relire pour l'instant.")
    yield element("h2", "Accord entre relecteurs")
    yield _agreement(agreed)
    yield _settings(sampling)


def _counts(tasks: Sequence[Task]) -> Iterator[Html]:
    yield _figure("à relire", str(len(tasks)))
    counts = Counter(reason for task in tasks for reason in task.reasons)
    for reason, label in REASONS.items():
        yield _figure(label, str(counts[reason]))
    yield _figure("en seconde lecture", str(sum(task.is_second for task in tasks)))


def _figure(name: str, value: str) -> Html:
    return element("div", element("dt", name), element("dd", value))


def _drawn(sampling: Sampling) -> str:
    return (
        f"Tirage au sort : {_percent(sampling.rate)} des réponses terminées, graine "
        f"{sampling.seed} ; la même graine et le même taux tirent toujours les mêmes. Seconde "
        f"lecture : {_percent(sampling.second)} des réponses relues, par un autre relecteur, qui "
        "ne voit pas les marques du premier avant d'avoir donné les siennes."
    )


def _table(tasks: Sequence[Task]) -> Html:
    more = len(tasks) - MOST
    told = element("p", f"Et {counted(more, 'autre', 'autres')}.") if more > 0 else NOTHING
    return join_html([table(_HEADS, map(_row_queue_view, tasks[:MOST]), "Réponses à relire"), told])


def _row_queue_view(task: Task) -> tuple[str, ...]:
    why = [badge(REASONS[each], _KINDS.get(each, "")) for each in task.reasons]
    second = [badge("seconde lecture", "quiet")] if task.is_second else []
    return (
        f"{task.item.line.at:%d/%m/%Y}",
        answer_link(task.item),
        join_html([*why, *second]),
        outcome_badge(task.item),
    )


def _agreement(agreed: Mapping[Target, Agreement]) -> Html:
    heads = ("Jugements", "Lus deux fois", "Accord", "Kappa de Cohen")
    rows = []
    for target, name in _JUDGED.items():
        rate, kappa = agreed[target].rate, agreed[target].kappa
        twice = str(rate.whole if rate else 0)
        rows.append((name, twice, _interval(rate, _percent), _interval(kappa, _decimal)))
    told = (
        "Part des verdicts identiques des deux premiers relecteurs, et accord au-delà du hasard : "
        "0 pour le hasard, 1 pour un accord parfait. Intervalles à 95 %."
    )
    return join_html(
        [table(heads, rows, "Accord entre relecteurs"), element("p", told, class_="hint")]
    )


def _settings(sampling: Sampling) -> Html:
    numbers = (
        ("seed", "Graine du tirage", sampling.seed, 0, 10**9, 1),
        ("rate", "Réponses tirées au sort (%)", 100 * sampling.rate, 0, 100, "any"),
        ("second", "Réponses relues deux fois (%)", 100 * sampling.second, 0, 100, "any"),
    )
    inputs = (
        labelled(
            label,
            element(
                "input",
                type="number",
                name=name,
                value=f"{value:g}",
                min=least,
                max=most,
                step=step,
                required=True,
            ),
        )
        for name, label, value, least, most, step in numbers
    )
    form = element(
        "form",
        *inputs,
        button("Changer le tirage"),
        method="post",
        action=f"{ROOT}/queue",
        class_="fields",
    )
    return element("details", element("summary", "Changer le tirage au sort"), form)


def _interval(found: Estimate | None, said: Callable[[float], str]) -> str:
    if found is None:
        return "pas encore mesurable"
    return f"{said(found.value)} (de {said(found.low)} à {said(found.high)})"


def _percent(value: float) -> str:
    return f"{100 * value:.3g} %".replace(".", ",")


def _decimal(value: float) -> str:
    # Adding zero makes one of "-0,00".
    return f"{round(value, 2) + 0.0:.2f}".replace(".", ",").replace("-", "−")
