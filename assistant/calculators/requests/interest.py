"""What questions about late payments ask to calculate, by the days and rates they give. Pure."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import partial

from assistant.calculators.amounts import share
from assistant.calculators.calculation import Buyer
from assistant.calculators.catalogue import Asked
from assistant.calculators.facts import GivenFigure, QuestionFacts, first
from assistant.calculators.interest import InterestAsked
from assistant.calculators.needs import Missing, completed, figure
from assistant.calculators.payment import GivenRate, InterestTerms
from assistant.question.quantities import Quantity, find_quantities

# What a question gives to count interest with: rates, what bears interest, days late. Pure.

_OF_RATE = re.compile(
    r"\b(?:(?P<retained>retenues?|rg|garantie)|(?P<tax>tva)"
    r"|(?P<increased>(?:deja )?majoree?s?|taux (?:d'|des |de l'|de la )?(?:im|interets?)\b)"
    r"|(?P<bank>bce|banque centrale|refinancement|taux directeur|taux))\b"
)
_BANK = re.compile(r"\b(?:bce|banque centrale|refinancement|taux directeur)\b")
_SUM_BEFORE, _SUM_AFTER = re.compile(r"(?:=|\bsoit) ?$"), re.compile(r"^ ?\(?(?:bce|deja majore)")
_POINTS = Decimal(8)
"""Between rates of the Bank, which were never so high, and these increased, which never are less:
one that is on the wrong side was misread."""

_HALF_YEAR = (
    r"(?:(?:1er|1|premier) (?P<month>janvier|juillet)(?: (?P<year>\d{4}))?"
    r"|0?1/0?(?P<in_figures>[17])/(?P<year3>20\d\d)"
    r"|(?P<half>1er|premier|2e|2nd|2eme|second|deuxieme)(?: semestre|(?= ?(?:[,;.:?!)]|$)))"
    r"(?: (?:de )?(?P<year2>\d{4}))?)"
)
_ON = r"(?:au|le|du|depuis le|pour le|sur le|en vigueur (?:au|le))"
_HALF_AFTER = re.compile(rf"^ ?\(?{_ON} {_HALF_YEAR}")
_HALF_BEFORE = re.compile(rf"\b{_ON} {_HALF_YEAR}[^,;.%]{{0,40}}$")
_DATES_RATE = re.compile(r"(?:\b(?:bce|banque centrale|taux|refinancement)\b|%)[^;.?!]*$")
_ACTS = re.compile(r"\b(?:pay\w+|regl\w+|recu\w*|vire\w*|echeance)\b")


def other_days(facts: QuestionFacts) -> tuple[GivenFigure[date], ...]:
    """The days but those that a rate is of: "2,15 % au 1er juillet"."""
    return tuple(each for each in facts.days if not _is_of_rate(each))


def _is_of_rate(day: GivenFigure[date]) -> bool:
    dates = _DATES_RATE.search(day.before)
    is_first = day.value.day == 1 and day.value.month in (1, 7)
    return is_first and dates is not None and not _ACTS.search(dates[0])


def read_terms(facts: QuestionFacts, amount: Decimal | None) -> InterestTerms | None:
    """The rates and the retenue de garantie of an amount; None where they are not plain."""
    rates, retained = [], []
    role = None
    for each in facts.rates:
        role = _role_of_rate(each) or role
        if role == "retained":
            retained.append(each.value)
        elif role != "tax":
            rates.append((role, each))
    given = _given_rates(facts, rates)
    kept = _retained(facts, retained, amount)
    return None if given is None or kept is None else InterestTerms(given, kept)


def _role_of_rate(rate: GivenFigure[Decimal]) -> str | None:
    if _SUM_BEFORE.search(rate.before) or _SUM_AFTER.search(rate.after):
        return "increased"
    return rate.role(_OF_RATE)


def _given_rates(
    facts: QuestionFacts, rates: list[tuple[str | None, GivenFigure[Decimal]]]
) -> tuple[GivenRate, ...] | None:
    """The rates of the Bank, else the one that is increased; None where it is not said which."""
    roles = {role if _BANK.search(facts.words) else _alone(role, each) for role, each in rates}
    if roles - {"bank", "increased"}:
        return None
    bank = [each for role, each in rates if role == "bank" and "bank" in roles]
    increased = [] if bank else [each for _, each in rates]
    if any(each.value >= _POINTS for each in bank) or any(e.value < _POINTS for e in increased):
        return None
    read = tuple(
        GivenRate(each.value, _half_year_of(each, facts), is_increased=not bank)
        for each in bank or increased
    )
    return read if len({each.begins for each in read}) == len(read) else None


def _alone(role: str | None, rate: GivenFigure[Decimal]) -> str | None:
    """The role of a rate where the Bank is not named: it may be another, but for its height."""
    if role != "bank":
        return role
    return "increased" if rate.value >= _POINTS else None


def _half_year_of(rate: GivenFigure[Decimal], facts: QuestionFacts) -> date | None:
    """The first day of the half-year of a rate; without its year, the last before all is paid."""
    said = _HALF_AFTER.search(rate.after) or _HALF_BEFORE.search(rate.before)
    if said is None:
        return None
    is_first = said["month"] == "janvier" or said["half"] in ("1er", "premier")
    month = 1 if is_first or said["in_figures"] == "1" else 7
    if year := said["year"] or said["year2"] or said["year3"]:
        return date(int(year), month, 1)
    days = [each.value for each in other_days(facts)]
    if not days:
        return None
    begins = date(max(days).year, month, 1)
    return begins if begins <= max(days) else date(begins.year - 1, month, 1)


# The amount that was paid late, and what is kept of it.

_OF_SUM = re.compile(
    r"\b(?:(?P<retained>retenues?|rg)"
    r"|(?P<contract>marche|contrat|commande|accord-cadre)"
    r"|(?P<owed>factur\w*|acompte|situation|solde|demande de paiement|montant|somme|payer))\b"
)
_INDEMNITY = Decimal(40)
"""What is due for each late payment (D2192-35): never what was owed."""

_KEEPS = re.compile(r"\b(?:retenues? de garantie|rg)\b")
_KEEPS_NOTHING = re.compile(r"\b(?:pas|sans|aucune|ni) (?:de |la )?(?:retenues?|rg)\b")
_KEPT_ALREADY = re.compile(
    r"\b(?:deja (?:deduite?|retiree?|enlevee?|otee?)"
    r"|(?:retenue(?: de garantie)?|rg)(?: \w+)? (?:deja )?(?:deduite|retiree|enlevee|otee)"
    r"|(?:apres|deduction faite de|nette? de|hors) (?:la |deduction de la )?(?:retenue|rg))\b"
)
_KEPT_OTHERWISE = re.compile(r"\b(?:caution|premiere demande)")


def sums_owed(facts: QuestionFacts) -> list[GivenFigure[Decimal]]:
    """The amounts but the indemnity, what is kept, and that of the contract beside another."""
    sums = [each for each in facts.amounts if each.value != _INDEMNITY]
    owed = [each for each in sums if each.role(_OF_SUM) != "retained"]
    return [each for each in owed if each.role(_OF_SUM) != "contract"] or owed


def _retained(facts: QuestionFacts, rates: list[Decimal], amount: Decimal | None) -> Decimal | None:
    """The euros of retenue de garantie; None where their rate or amount is not plain."""
    if _KEPT_ALREADY.search(facts.words) or _KEEPS_NOTHING.search(facts.words):
        return Decimal(0)
    sums = [
        each.value
        for each in facts.amounts
        if each.value != _INDEMNITY and each.role(_OF_SUM) == "retained"
    ]
    is_kept = bool(rates or sums or _KEEPS.search(facts.words))
    if len(rates) + len(sums) > 1 or (is_kept and _KEPT_OTHERWISE.search(facts.words)):
        return None
    if sums:
        return sums[0]
    if rates:
        return share(amount, rates[0]) if amount is not None else Decimal(0)
    return None if is_kept else Decimal(0)


_LATE_BEFORE = re.compile(
    r"\b(?:retard|depassee?|depassement) ?(?:de|d'environ|:|=|est de|etait de|etant de)? ?$"
)
_LATE_AFTER = re.compile(
    r"^ (?:calendaires )?(?:de |en )?(?:retard|trop tard"
    r"|(?:apres|de trop|au-dela) ?(?:l'|la |de l'|de la )?"
    r"(?:echeance|date limite|delai|expiration)?)"
)


def days_late(facts: QuestionFacts) -> list[int]:
    """Every different number of days late that is said."""
    return sorted({int(each) for each in _days_late(facts.words)})


def _days_late(words: str) -> Iterator[str]:
    for each in find_quantities(words):
        if each.unit == "day" and (
            _LATE_BEFORE.search(words, 0, each.start) or _LATE_AFTER.match(words[each.end :])
        ):
            yield each.value


# What is asked.

_OF_LATENESS = re.compile(
    r"\b(?:interets?|moratoires?|im|ifr|indemnites?|forfaits?|forfaitaires?)\b"
)
_HOW_MUCH = re.compile(
    r"\bcombien\b|\bquels?\b|\bquelles?\b|\bcalcul\w*|\bmontant\b|=|\?|\btotal\b"
)
_INTEREST = re.compile(r"\b(?:interets?|moratoires?|im)\b")
_WHEN = re.compile(
    r"\bjusqu'a\b|\bquand\b|\bquelle (?:est la )?(?:date|echeance)|\bquel jour|\bdate limite"
    r"|\bau plus tard\b|\bdate butoir\b|\bquel delai\b|\bcombien de (?:temps|jours)\b"
)
_OF_ANOTHER_DAY = re.compile(
    r"\b(?:reclam|demand|prescri|exige|contest|courent|courir|commenc|produi|taux|compter)\w*"
    r"|\b(?:de quelle date|depuis)\b"
)
_OF_DAY = re.compile(
    r"\b(?:(?P<received>recu\w*|recept\w+|depos\w+|arriv\w+|chorus|livr\w+|execut\w+)"
    r"|(?P<deadline>echeances?|echue?s?|date limite|dernier jour"
    r"|(?:delai|delais)[^,;.?!]{0,25}expir\w+"
    r"|expir\w+|devai(?:t|ent) (?:etre )?(?:pay|regl|le |la |me |nous )\w*|payable\w*|exigible\w*"
    r"|tombait|due?s? (?:depuis|le|pour|au)"
    r"|(?:a|etre) (?:paye\w*|regle\w*) (?:avant|au plus tard|pour))"
    r"|(?P<unpaid>mandat\w*|(?:pas|non|jamais|etre)(?: encore)?(?: ete)? (?:pay|regl)\w*"
    r"|(?<!vient de )(?<!viennent de )(?:payer|regler)\b)"
    r"|(?P<paid>mise? en paiement|pay\w+|(?:date|jour) (?:de|du) paiement|(?<!de )paiement"
    r"|(?<!de )regl\w+"
    r"|vire\w*|verse\w*)"
    r"|(?P<other>emis\w*|datee?|etabli\w*|sign\w+|notifi\w+))\b"
)
_INDEMNITIES = re.compile(r"\bindemnit|\bforfait")
_RATE_ASKED = re.compile(
    r"\bquels? (?:est (?:le|mon) |sera (?:le )?)?taux\b|\btaux (?:total|final|majore)\b"
)
_LATE = re.compile(r"^[^,;.?!]*\bretard\b")
_COUNTED = re.compile(
    r"^ (?:\w+ )?(?:factures|paiements|situations|acomptes|mandats|demandes de paiement)\b"
    r"|^ (?:\w+ )?(?:paye|regle)\w*\b"
)
_IN_TIME = re.compile(r"\b(?:a temps|dans les (?:temps|delais)|a l'heure|dans le delai)\b")
_AMOUNT_ASKED = "Quel est le montant TTC payé en retard ?"


def interest(facts: QuestionFacts) -> Asked | Missing | None:
    """What a payment that is said to be late costs, and until when that is to be paid."""
    is_of_lateness = facts.says(_OF_LATENESS) or facts.says(_BANK) or _names_indemnity(facts)
    if not is_of_lateness or Buyer.ENTITY in facts.buyers:
        return None
    days = other_days(facts)
    roles = {
        role: [each.value for each in days if each.role(_OF_DAY) == role]
        for role in ("received", "deadline", "paid")
    }
    if roles["received"] or any(len(each) > 1 for each in roles.values()):
        return None
    late = days_late(facts)
    deadline, paid = first(roles["deadline"]), first(roles["paid"])
    if facts.says(_HOW_MUCH) and (found := _indemnities(facts)):
        return found
    if len(late) == 1 and deadline is None:
        return _interest(facts, partial(InterestAsked, days=late[0], paid=paid))
    if deadline and paid and not late:
        return _interest(facts, partial(InterestAsked, deadline=deadline, paid=paid))
    if not (days or late or sums_owed(facts)) and facts.says(_RATE_ASKED):
        terms = read_terms(facts, None)
        return InterestAsked(terms=terms) if terms and len(terms.rates) == 1 else None
    # That of a principal which is named is one of the delays that run from a day.
    is_when = (
        facts.says(_WHEN) and not facts.says(_OF_ANOTHER_DAY) and "principal" not in facts.words
    )
    if paid and is_when and not (deadline or late or facts.rates or sums_owed(facts)):
        return InterestAsked(paid=paid)
    return None


def _interest(facts: QuestionFacts, of: Callable[..., InterestAsked]) -> Asked | Missing | None:
    """The interest of one sum; its amount is asked back, none where several are given."""
    if not facts.says(_HOW_MUCH) or not (facts.says(_INTEREST) or facts.says(_BANK)):
        return None
    sums = [each.value for each in sums_owed(facts) if not each.is_without_tax]
    terms = read_terms(facts, first(sums))
    if len(sums) > 1 or terms is None:
        return None
    return completed(partial(of, terms=terms), amount=figure(_AMOUNT_ASKED, sums))


def _indemnities(facts: QuestionFacts) -> InterestAsked | None:
    """So many late payments, of which only the indemnities can be counted."""
    if sums_owed(facts) or not (facts.says(_INDEMNITIES) or _names_indemnity(facts)):
        return None
    counted = [each for each in find_quantities(facts.words) if _is_of_payments(each, facts.words)]
    late = [each for each in counted if _LATE.match(facts.words[each.end :])]
    if not late and (_IN_TIME.search(facts.words) or "retard" not in facts.words):
        return None
    numbers = {int(each.value) for each in late or counted}
    number = numbers.pop() if len(numbers) == 1 else 0
    return InterestAsked(payments=number) if number > 1 else None


def _names_indemnity(facts: QuestionFacts) -> bool:
    """Whether the indemnity is among the amounts: "6 factures en retard, 40 € ou 240 ?"."""
    return any(each.value == _INDEMNITY for each in facts.amounts)


def payments_counted(facts: QuestionFacts) -> int | None:
    """How many payments it is about, each of which has its indemnity; None where it is not plain.

    One where no number is said.
    """
    counted = [each for each in find_quantities(facts.words) if _is_of_payments(each, facts.words)]
    numbers = {int(each.value) for each in counted} or {1}
    return numbers.pop() if len(numbers) == 1 else None


def _is_of_payments(count: Quantity, words: str) -> bool:
    return count.unit == "count" and bool(_COUNTED.match(words[count.end :]))
