"""The pages of those who read one answer after the other: the queue, and the disagreements."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from fastapi.responses import HTMLResponse

from assistant.confidence import Estimate
from assistant.identity import Identity
from assistant.reports import dashboard
from assistant.reports.findings import TOO_FEW, exact_percent
from assistant.reports.page_language import in_page_language
from assistant.review.progress import Agreement, ReaderDisagreement
from assistant.review.readings import LONGEST_COMMENT, SCALES, TARGETS, Target
from assistant.review.recorded import said_at
from assistant.review.service import ReviewService
from assistant.web.reviewer.pages import page

# What a reader should read, why, and how far readers agree.


READ_SHOWN = 100
"""Answers read already that the page of the queue lists."""


def queue_page(service: ReviewService, who: Identity) -> HTMLResponse:
    """The tasks, the sampling, what was read so far and the agreement."""
    tasks, agreed = service.tasks(who), service.agreement(who)
    return page(
        "queue",
        "Réponses à relire",
        tasks=tasks,
        sampling=service.sampling,
        done=service.progress(who),
        read_shown=READ_SHOWN,
        called=service.called,
        counts=Counter(reason for task in tasks for reason in task.reasons),
        percent=exact_percent,
        agreed=[
            _agreement(name, agreed[each]) for each, name in reversed(dashboard.TARGETS.items())
        ],
    )


def _agreement(name: str, found: Agreement) -> tuple[str, ...]:
    twice = str(found.rate.whole if found.rate else 0)
    told = (_interval(found.rate, _percent), _interval(found.kappa, _decimal))
    return in_page_language(name), twice, *map(in_page_language, told)


def _interval(found: Estimate | None, said: Callable[[float], str]) -> str:
    if found is None:
        return "pas encore mesurable"
    told = f"de {said(found.low)} à {said(found.high)}" if found.is_telling else TOO_FEW
    return f"{said(found.value)} ({told})"


def _percent(value: float) -> str:
    return f"{100 * value:.3g} %".replace(".", ",")


def _decimal(value: float) -> str:
    # Adding zero makes one of "-0,00".
    return f"{round(value, 2) + 0.0:.2f}".replace(".", ",").replace("-", "−")


# What two readers judge differently, and what a third one has decided.


@dataclass(frozen=True, slots=True)
class ShownDisagreement:
    """A disagreement with the question and the words that it is about."""

    found: ReaderDisagreement
    thing: str
    said: str
    may_decide: bool


def disagreements_page(service: ReviewService, who: Identity) -> HTMLResponse:
    """The disagreements, those to decide first."""
    shown = []
    for each in service.disagreements(who):
        result = service.open(who, each.item.line.record_id).result
        target, number = each.place
        whole = target is Target.ANSWER
        thing = "réponse entière" if whole else f"{TARGETS[target]} {number}"
        said = "" if whole else said_at(result, each.place)
        shown.append(ShownDisagreement(each, thing, said, each.is_for(who.user)))
    return page(
        "disagreements",
        "Désaccords entre lecteurs",
        found=shown,
        scales=SCALES,
        called=service.called,
        longest_comment=LONGEST_COMMENT,
    )
