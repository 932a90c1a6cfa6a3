"""What a reader should read, why, and how far readers agree. Pure HTML."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from assistant.confidence import Estimate
from assistant.page.form import button, labelled
from assistant.page.markup import NOTHING, Html, element, joined
from assistant.page.referent.frame import ROOT, badge
from assistant.page.referent.list_view import answer_link, outcome_badge
from assistant.page.table import table
from assistant.page.words import counted
from assistant.review.agreement import Agreement
from assistant.review.labels import REASONS
from assistant.review.marks import Target
from assistant.review.sampling import Reason, Sampling, Task

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
    return joined([table(_HEADS, map(_row, tasks[:MOST]), "Réponses à relire"), told])


def _row(task: Task) -> tuple[str, ...]:
    why = [badge(REASONS[each], _KINDS.get(each, "")) for each in task.reasons]
    second = [badge("seconde lecture", "quiet")] if task.is_second else []
    return (
        f"{task.item.line.at:%d/%m/%Y}",
        answer_link(task.item),
        joined([*why, *second]),
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
    return joined(
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
