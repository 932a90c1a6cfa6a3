"""Replies: what a question in words comes to when it is about the ledger, or why it has none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial

from assistant.calculators.calculation import Buyer
from assistant.errors import AssistantError
from assistant.ledger.addresses import PAGES, ROOTS
from assistant.ledger.parsing.following import (
    Followed,
    followed,
    is_about_figures,
    is_bare,
    leans,
)
from assistant.ledger.parsing.questions import NotUnderstood, parse_plan
from assistant.ledger.parsing.subject import (
    asks_law,
    asks_ledger,
    may_be_of_others,
    population_asked,
    population_meant,
    spent_said,
    tells_rows,
)
from assistant.ledger.parsing.vocabulary import ShownOnPage, page_asked
from assistant.ledger.query.listing import has_rows
from assistant.ledger.query.names import Name, names
from assistant.ledger.query.plan import Plan, Population
from assistant.ledger.reckoning import Reckoning, reckoned
from assistant.ledger.views import Sights, ViewRequest
from ingestion.errors import QueryTooHeavy
from ingestion.ledger.embedded import Ledger


@dataclass(frozen=True, slots=True)
class Unreckoned:
    """Why a question about the ledger has no figure, and what can be asked of it, in French."""

    over: Population
    why: str
    can: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question in words, its day, who buys, and the questions before it, the last one last."""

    question: str
    today: date
    buyer: Buyer
    before: tuple[str, ...] = ()

    @property
    def previous(self) -> str:
        """The question just before, "" where it is the first."""
        return self.before[-1] if self.before else ""


NamesOf = Callable[[Population], Sequence[Name]]
"""The names that the ledger has of a population."""


def reply(
    ledger: Ledger, sights: Sights, inquiry: Inquiry, known: NamesOf | None = None
) -> Reckoning | Unreckoned | None:
    """What a question comes to when it asks for figures of the ledger; None when it does not.

    `known` are the names of the ledger, where they were read before.
    """
    page, names_of = page_asked(inquiry.question), cache(known or partial(names, ledger))
    going_on = _followed(names_of, inquiry) if page is None else None
    if isinstance(going_on, Unreckoned):
        return going_on
    if going_on:
        return _reckoned(ledger, sights, inquiry, going_on.plan, going_on.changed)
    if page:
        return _shown(page) if has_rows(ledger, page.over) else unimported(inquiry)
    over, plan = _read(inquiry.question, names_of, inquiry.today)
    if not has_rows(ledger, over):
        return unimported(inquiry)
    if not is_about_figures(inquiry.question, plan, inquiry.previous):
        return None
    if isinstance(plan, NotUnderstood):
        return Unreckoned(over, plan.why, plan.can)
    return _reckoned(ledger, sights, inquiry, plan)


def _read(question: str, names_of: NamesOf, today: date) -> tuple[Population, Plan | NotUnderstood]:
    """The rows that a question is of, and its plan: of the others, where only theirs is one.

    What was spent is in no contract, whose amount is that agreed: it is then doubtful.
    """
    over = population_meant(question)
    plan = parse_plan(question, names_of(over), today, over)
    if isinstance(plan, NotUnderstood) and may_be_of_others(question):
        other = next(each for each in Population if each is not over)
        found = parse_plan(question, names_of(other), today, other)
        if isinstance(found, Plan) and tells_rows(question, found):
            spent = spent_said(question) if other is Population.PURCHASES else ""
            return (over, replace(plan, doubts=(spent,))) if spent else (other, found)
    return over, plan


def unimported(inquiry: Inquiry) -> Unreckoned | None:
    """That there is nothing to count, and how to import it; None for what asks for no figure."""
    page = page_asked(inquiry.question)
    over = page.over if page else population_meant(inquiry.question)
    plan = parse_plan(inquiry.question, (), inquiry.today, over)
    if page is None and not asks_ledger(inquiry.question):
        if is_bare(plan):
            return None
        if inquiry.before and leans(inquiry.question, plan):
            earlier = inquiry.before[:-1]
            return unimported(replace(inquiry, question=inquiry.previous, before=earlier))
    why, how = _IMPORTED[over]
    return Unreckoned(over, why, how)


def unreadable(inquiry: Inquiry, failure: str) -> Unreckoned | None:
    """Why the ledger cannot be read; None for what asks for none of its figures."""
    if not asks_ledger(inquiry.question):
        return None
    return Unreckoned(population_meant(inquiry.question), failure, ())


_IMPORTED = {
    Population.INVOICES: (
        "aucune facture n’est encore importée ici.",
        (
            "Pour en importer :",
            "page Factures, « Importer des fichiers » (/factures/import)",
            "ou la commande : sourcier invoices import FICHIER…",
        ),
    ),
    Population.PURCHASES: (
        "aucun marché n’est encore importé ici.",
        (
            "Pour en importer :",
            "page Achats, « Importer des fichiers » (/achats/import)",
            "ou la commande : sourcier purchases import FICHIER…",
        ),
    ),
}


def _shown(page: ShownOnPage) -> Unreckoned:
    """That what is asked for is shown on a page, and which one."""
    where = f"page {PAGES[page.over]}, « {page.title} » ({ROOTS[page.over]}/{page.view})"
    return Unreckoned(page.over, page.shows, (_SHOWN, where, f"ou la commande : {page.command}"))


_SHOWN = "C’est montré :"


def _reckoned(
    ledger: Ledger, sights: Sights, inquiry: Inquiry, plan: Plan, changed: str = ""
) -> Reckoning | Unreckoned:
    look = ViewRequest(plan.over, "calcul", inquiry.today, inquiry.buyer, plan)
    try:
        found = reckoned(sights.of(ledger, look))
    except (AssistantError, QueryTooHeavy) as refusal:
        return Unreckoned(plan.over, str(refusal), ())
    if not changed:
        return found
    goes_on = f"Compris comme la suite de la question précédente, avec ce changement : {changed}."
    return replace(found, notes=(goes_on, *found.notes))


def _followed(names_of: NamesOf, inquiry: Inquiry) -> Followed | Unreckoned | None:
    """What a question changes of the figure before it, or why it cannot be read so."""
    before = _plan_before(names_of, inquiry)
    if before is None or population_asked(inquiry.question) not in {None, before.over}:
        return None
    found = followed(inquiry.question, before, names_of(before.over), inquiry.today)
    if isinstance(found, Followed):
        return found
    if found is None or asks_law(inquiry.question):
        return None
    why = NotUnderstood(found, ()).why if found else _UNCHANGED
    return Unreckoned(before.over, why, (_WHOLE,))


_WHOLE = (
    "La question d’avant portait sur un chiffre ; une suite peut en changer la mesure, le "
    "regroupement, la période ou une condition. Sinon, posez la question en entier."
)
_UNCHANGED = "cette suite ne change rien au calcul affiché, ou en demande un autre."
_MOST_BEFORE = 8


def _plan_before(names_of: NamesOf, inquiry: Inquiry) -> Plan | None:
    """The plan of the last question before, where it was about a figure."""
    plan: Plan | None = None
    recent = inquiry.before[-_MOST_BEFORE:]
    for previous, question in zip(("", *recent), recent, strict=False):
        named = population_asked(question)
        if plan and named in {None, plan.over}:
            found = followed(question, plan, names_of(plan.over), inquiry.today)
            if isinstance(found, Followed):
                plan = found.plan
                continue
        _, alone = _read(question, names_of, inquiry.today)
        is_figure = is_about_figures(question, alone, previous)
        plan = alone if isinstance(alone, Plan) and is_figure else None
    return plan
