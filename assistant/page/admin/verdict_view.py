"""What the gate said of a candidate, question by question. Pure."""

from collections.abc import Iterator

from assistant.administration.verdict import Verdict
from assistant.baseline import Change
from assistant.page.admin.frame import facts
from assistant.page.markup import NOTHING, Html, element, joined


def verdict_html(verdict: Verdict) -> Html:
    """What the gate said, and what became of each question."""
    told = (
        "Le candidat répond au moins aussi bien que l'index en service."
        if verdict.passed
        else "Le candidat est refusé par les questions de contrôle."
    )
    worse = len(verdict.of(Change.WORSE))
    counts = (
        ("Questions posées", str(len(verdict.judged))),
        ("Devenues fausses", str(worse)),
        ("Devenues correctes", str(len(verdict.of(Change.BETTER)))),
        ("Laissées de côté", str(len(verdict.left_out))),
    )
    reasons = [element("li", each) for each in verdict.reasons]
    return joined(
        [
            element("h3", "Questions de contrôle"),
            element("p", told, class_="passed" if verdict.passed else "alert"),
            element("ul", *reasons, class_="reasons") if reasons else NOTHING,
            facts(counts),
            *_folded(verdict),
        ]
    )


def _folded(verdict: Verdict) -> Iterator[Html]:
    for change in Change:
        found = verdict.of(change)
        if not found:
            continue
        items = (
            element("li", each.question, *(element("small", fault) for fault in each.after))
            for each in found
        )
        summary = element("summary", f"Réponse {change} ({len(found)})")
        yield element("details", summary, element("ul", *items), open=change is Change.WORSE)
    if verdict.left_out:
        why = "L'index en service n'a pas leur article, ou elles portent sur un dossier."
        items = (element("li", question) for question in verdict.left_out)
        summary = element("summary", f"Laissées de côté ({len(verdict.left_out)})")
        yield element("details", summary, element("p", why), element("ul", *items))
