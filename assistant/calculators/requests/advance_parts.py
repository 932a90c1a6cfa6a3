"""What questions about the advance of orders, phases or a least amount ask to calculate. Pure."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial

from assistant.calculators.advance_parts import AdvancePart, AdvancePartsAsked
from assistant.calculators.calculation import Buyer
from assistant.calculators.catalogue import Asked
from assistant.calculators.constants import constants
from assistant.calculators.facts import QuestionFacts, read_facts
from assistant.calculators.needs import Missing, buyer, choice, completed, large_buyer
from assistant.calculators.requests.advance import months_in_days
from assistant.calculators.requests.parties import buyers, is_large, is_sme, is_tax

_ADVANCE = re.compile(r"(?<!a l')(?<!par )(?<!en )\bavances?\b")
_IS_DUE = re.compile(
    r"\bobligatoire|\bdue?s?\b|\bdoi(?:s|t|vent)\b|\bfaut-il\b|\boblig|\bcombien\b|\bmontant"
    r"|\bmini|\bdonne quoi\b|\bdroit a\b|\blequel|\blaquelle|\blesquel|\bverse"
    r"|\bavances?[^.?]{0,30}[?=]"
)
_FRAMEWORK = re.compile(r"\baccords?[- ]cadres?\b|\bbons? de commande\b|\bbd?cs?\b")
_NO_LEAST = re.compile(
    r"\b(?:sans|pas de|aucun|ni) (?:montant )?mini(?:mum)?s?\b"
    r"|\bmini(?:mum)? ?[:=]? ?(?:0|zero|nul)\b"
)
_LEAST_BEFORE = re.compile(r"\bmini(?:mum)? ?(?:de |est |a |d'un montant de |:|=)* ?$")
_LEAST_AFTER = re.compile(r" ?(?:ht )?(?:au )?mini(?:mum)?\b")
_MOST = re.compile(r"\bmaxi?(?:mum|mal)?\w* ?(?:de |est |a |:|=)* ?$")
_ORDER = re.compile(
    r"\b(?:(?:premier|second|deuxieme|troisieme|autre|1er|2e) )?(?:bon(?: de commande)?|bd?c)"
    r"(?: ?n ?°? ?\d{1,4})?\b(?! de commandes)(?=[^,;.?]{0,40}?\d)"
)
_TOTAL = re.compile(r"\b(?:total\w*|en tout|ensemble)\b[^\d]{0,20}$")
_DONE = re.compile(
    r"\bdeja (?:\w+ )?(?:avance|verse|paye|regle)\w*|\b(?:pas|non|jamais) (?:encore )?affermi"
)
"""Of a part, that its advance was paid before, or that it is not ordered: none is due for it."""

_PHASE = re.compile(
    r"\btranches? (?:ferme|optionnelle|conditionnelle)(?: (?:n ?°? ?)?\d{1,2}\b(?! ?\d{3}))?"
    r"|\bt[fo]\d?\b"
)


def advance_parts(facts: QuestionFacts) -> Asked | Missing | None:
    """Whether an advance is due for orders, phases or the least amount of a framework."""
    if not facts.says(_ADVANCE, _IS_DUE):
        return None
    if facts.says(_PHASE) and not facts.says(_FRAMEWORK):
        return _asked(facts, AdvancePart.PHASE, _parts(facts, _PHASE))
    if not facts.says(_FRAMEWORK):
        return None
    if facts.says(_NO_LEAST):
        return _asked(facts, AdvancePart.ORDER, _parts(facts, _ORDER))
    return _of_least(facts)


Part = tuple[str, Decimal, Decimal | None, Decimal]
"""The name of a part, its amount without tax and with it, its months."""


def _asked(
    facts: QuestionFacts, kind: AdvancePart, parts: Sequence[Part] | None
) -> Asked | Missing | None:
    rates = [each.value for each in facts.rates if not is_tax(each)]
    if not parts or len(rates) > 1:
        return None
    labels, amounts, taxed, months = zip(*parts, strict=True)
    small, large, bought_by = is_sme(facts), is_large(facts), buyers(facts)
    asked = partial(
        AdvancePartsAsked,
        kind=kind,
        amounts=amounts,
        months=months,
        taxed=taxed if None not in taxed else (),
        labels=labels,
        is_sme=small,
        rate=rates[0] if rates else None,
    )
    needed = {"buyer": choice("", bought_by) if bought_by else buyer(facts)}
    if small and large is None and {*bought_by} & {Buyer.LOCAL, Buyer.OTHER_AUTHORITY}:
        needed["is_large_buyer"] = large_buyer("R2191-7", may_be_state=False)
    else:
        asked = partial(asked, is_large_buyer=large)
    return completed(asked, **needed)


def _parts(facts: QuestionFacts, named: re.Pattern[str]) -> list[Part] | None:
    """The parts with their figures, which stand after the name of each; None where one lacks some.

    A name without figures after it is only repeated.
    """
    found, names = [], [*named.finditer(facts.words)]
    if not names:
        return None
    ends = [*(each.start() for each in names[1:]), len(facts.words)]
    for name, end in zip(names, ends, strict=True):
        own = read_facts(facts.words[name.start() : end], date.min)
        told = [each for each in own.amounts if not _is_of_all(each.before)]
        if not told or _DONE.search(own.words):
            continue
        taxed = [each.value for each in told if each.is_with_tax]
        untaxed = [each.value for each in told if not each.is_with_tax]
        months = [*own.months, *months_in_days(own)]
        if len(untaxed) != 1 or len(taxed) > 1 or len(months) != 1:
            return None
        label = name[0].strip().capitalize()
        found.append((label, untaxed[0], taxed[0] if taxed else None, months[0]))
    is_each_once = len({label for label, *_ in found}) == len(found)
    return found if is_each_once else None


def _is_of_all(before: str) -> bool:
    """Whether an amount is that of all the parts, or the most that they may come to."""
    return bool(_TOTAL.search(before) or _MOST.search(before))


def _of_least(facts: QuestionFacts) -> Asked | Missing | None:
    """The advance on the least amount of a framework, where this is above that of the law."""
    told = [each for each in facts.amounts if not _MOST.search(each.before)]
    least = [
        each
        for place, each in enumerate(told)
        if _LEAST_BEFORE.search(each.before)
        or _LEAST_AFTER.match(each.after)
        or (place and each.is_with_tax and _LEAST_BEFORE.search(told[place - 1].before))
    ]
    taxed = [each.value for each in least if each.is_with_tax]
    untaxed = [each.value for each in least if not each.is_with_tax]
    if len(least) != len(told) or len(untaxed) != 1 or len(taxed) > 1 or len(facts.months) != 1:
        return None
    limit = constants()["avance, minimum de l'accord-cadre"].values[-1][1]
    if untaxed[0] <= limit:
        return None
    label = "Minimum de l'accord-cadre, en une seule fois"
    part = (label, untaxed[0], taxed[0] if taxed else None, facts.months[0])
    return _asked(facts, AdvancePart.LEAST, [part])
