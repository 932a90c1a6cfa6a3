"""What questions about the payment of an invoice ask to calculate, by their figures. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from assistant.calculators.amounts import add_months
from assistant.calculators.calculation import Buyer
from assistant.calculators.catalogue import Asked
from assistant.calculators.facts import GivenFigure, QuestionFacts, first, of_role
from assistant.calculators.needs import Missing, MissingFact, buyer, completed, figure
from assistant.calculators.payment import NO_TERMS, PaymentAsked
from assistant.calculators.payment_term import Interruption, PaymentEvent
from assistant.calculators.requests.agreed_days import UNREAD, agreed_days
from assistant.calculators.requests.interest import (
    interest,
    other_days,
    payments_counted,
    read_terms,
    sums_owed,
)
from assistant.errors import WrongFigures

_INVOICE = re.compile(
    r"\bfactures?\b|\bdemandes? de paiement\b|\bacomptes?\b|\bsituations?\b|\bmemoire\b"
)

_DATES_INVOICE = re.compile(
    r"\b(?:factures?|demandes? de paiement)(?: en date)? du $|\bdatee?s? (?:du |de )?$"
)
"""Before the day that an invoice bears, from which nothing runs: "une facture du 3 octobre"."""

_ASKS = re.compile(
    r"\b(?:retard|delais?|interets?|moratoires?|im|ifr|indemnite|quand|date limite"
    r"|echeance|en retard"
    r"|(?:a |jusqu'a |avant |pour )?quelle (?:est (?:la|ma|sa|leur|notre) )?(?:\w+ )?date"
    r"|quel (?:est le (?:dernier )?)?jour|date butoir|date de paiement|au plus tard|derniere? jour"
    r"|payable|a temps|hors delai)\b|\bdates? ?\?"
)

_OF_INVOICE = re.compile(
    r"\b(?:(?P<available>(?:mise? a disposition|message\b)(?:[^,;.?!]{0,30} (?:recu|notifi)\w*)?"
    r"|(?:dispo\w*|chorus|portail)[^,;.?!]{0,25} notifi\w+)"
    r"|(?P<delivered>(?<!situation de )(?<!facture de )"
    r"(?:travaux|prestations?|livraison|chantier|fournitures|marchandises?|materiel)"
    r"[^,;.?!\d]{0,25} (?:recus?|recues?|reception\w*)|reception (?:des travaux|du chantier)"
    r"|livr\w+|execut\w+|service fait|achev\w+|termin\w+|finis?|finies?|fin (?:des?|du|d')|eu lieu)"
    r"|(?P<received>recu\w*|recoi\w*|recept\w+|depos\w+|arriv\w+|parven\w+|chorus|dispo\w*)"
    # A mandate is not yet a payment (R2192-32); nor is what is to be paid, or is not.
    r"|(?P<unpaid>mandat\w*|(?:pas|non|jamais|etre)(?: encore)?(?: ete)? (?:pay|regl)\w*"
    r"|(?<!vient de )(?<!viennent de )(?:payer|regler)\b)"
    r"|(?P<claimed>(?:retard|dues?) depuis"
    r"|(?:il|elle|on) (?:me |nous )?(?:dit|pretend|soutient|affirme)"
    r"|reclam\w+|relanc\w+)"
    r"|(?P<paid>pay\w+|(?:date|jour) (?:de|du) paiement|(?<!de )paiement|(?<!de )regl\w+|vire\w*)"
    r"|(?P<other>emis\w*|datee|etabli\w*|sign\w+|notifi\w+|command\w+))\b"
)

_PUBLIC_BODY = re.compile(
    r"\b(?:seml?|spla?|semop|oph|offices? (?:publics? )?(?:de l'habitat|d'habitat|hlm)"
    r"|societes? d'economie mixte|societes? publiques? locales?|entreprises? publiques?)\b"
)
_BARE_DAY = re.compile(
    r"\b(?:le|au) (?P<day>\d{1,2})(?:er)?(?= ?[,;.:?!)]|$| (?:et|mais|puis|par|alors|seulement)\b)"
)
_ADVANCE = re.compile(r"\bavances?\b")
_STATEMENT = re.compile(r"\b(?:decompte general|dgd)\b")
_SUBCONTRACTOR = re.compile(r"\bsous-? ?traitante?s?\b")
_INTERRUPTED = re.compile(
    r"\b(?:interrom|interrup|suspen|piece\w* manqu"
    r"|manqu\w+ (?:une|des|deux|la|les) piece|incomplet)"
)
_BALANCE = re.compile(r"\bsolde\b|\bdecompte\b")


_OF_ALL = re.compile(r"\b(?:toutes|tous|chacune?|meme jour|ensemble|en meme temps)\b")
"""That several requests have the same days."""


def payment(facts: QuestionFacts) -> Asked | Missing | None:
    """Until when an invoice is paid in time, and what is due when it was not."""
    if not facts.says(_ASKS) or not facts.days or facts.says(UNREAD) or interest(facts):
        return None
    read = next((read for words, read in _READ if facts.says(words)), None)
    return read(facts) if read else None


def _asked(
    facts: QuestionFacts,
    received: MissingFact,
    paid: Sequence[date],
    of: Callable[..., PaymentAsked],
) -> Asked | Missing | None:
    """The payment of what was received, with all else that the question gives of it.

    `of` is what is asked, with what is only known of such a payment.
    """
    sums = [each.value for each in sums_owed(facts) if not each.is_without_tax]
    terms = read_terms(facts, first(sums)) if paid else NO_TERMS
    agreed = agreed_days(facts)
    if len(paid) > 1 or len(sums) > 1 or terms is None or agreed is None:
        return None
    payments = payments_counted(facts) if paid else 1
    if payments is None or (payments > 1 and (sums or not facts.says(_OF_ALL))):
        return None
    agreed_on = agreed[0] if agreed else None
    given = partial(
        of,
        amount=first(sums),
        paid=first(paid),
        agreed=agreed_on,
        terms=terms,
        payments=payments,
    )
    return completed(given, received=received, buyer=_buyer(facts))


def _buyer(facts: QuestionFacts) -> MissingFact:
    """Who pays; a public body of commerce may have its own time limit (R2192-11)."""
    if not facts.buyers and facts.says(_PUBLIC_BODY):
        facts = replace(facts, buyers=(Buyer.OTHER_AUTHORITY,))
    return buyer(facts, Buyer.STATE, Buyer.LOCAL, Buyer.HOSPITAL)


# An invoice: when it was received, or what was done was done.

_RECEIVED_ASKED = "Quel jour la facture a-t-elle été reçue ?"


def _of_invoice(facts: QuestionFacts) -> Asked | Missing | None:
    if facts.says(_BALANCE):
        return None
    days = other_days(facts)
    roles = [
        of_role(days, _OF_INVOICE, role, _DATES_INVOICE)
        for role in ("available", "received", "delivered")
    ]
    received, delivered = roles[0] or roles[1], roles[2]
    dated = [each for each in days if _DATES_INVOICE.search(each.before)]
    known = received or [each.value for each in dated]
    bare = _bare_days(facts, known[0] if len(known) == 1 else None)
    if bare is None:
        return None
    received = [*received, *(bare[role] for role in bare if role == "received")]
    if len(received) > 1 or len(delivered) + ("delivered" in bare) > 1:
        return None
    if any(each.role(_OF_INVOICE) is None for each in days if each not in dated):
        return None  # a day of what is not read may be that from which the time limit runs
    paid = [*of_role(days, _OF_INVOICE, "paid"), *(bare[role] for role in bare if role == "paid")]
    delivered_on = first(delivered) or bare.get("delivered")
    event = PaymentEvent.AVAILABLE if roles[0] else PaymentEvent.REQUEST
    if not received and len(dated) == 1 and not (paid or delivered_on):
        event, received = PaymentEvent.DATED, [dated[0].value]
    if not (received or paid or delivered_on):
        return None
    asked = figure(_RECEIVED_ASKED, received)
    return _asked(facts, asked, paid, partial(PaymentAsked, delivered=delivered_on, event=event))


def _bare_days(facts: QuestionFacts, known: date | None) -> dict[str, date] | None:
    """Days told without their month, by their role.

    They are of the month of the day that is known, of the reception or of the invoice, or of the
    next. None where one may be of something else that counts.
    """
    found: dict[str, date] = {}
    for each in _BARE_DAY.finditer(facts.words):
        before = re.split(r"[,;.:?!]", facts.words[: each.start()])[-1]
        named = [*_OF_INVOICE.finditer(before)]
        role = (named[-1].lastgroup if named else None) or ""
        if role == "available" or role in found:
            return None
        if role in ("received", "delivered", "paid") and known:
            found[role] = _of_month(int(each["day"]), known, is_after=role != "delivered")
    return found


def _of_month(day: int, known: date, *, is_after: bool) -> date:
    """The day of the month of another, or of the next month where it has to be after this one.

    Raises WrongFigures where the month has no such day.
    """
    month = add_months(known, 1) if is_after and day < known.day else known
    try:
        return month.replace(day=day)
    except ValueError as error:
        raise WrongFigures(f"Le mois du {known:%d/%m/%Y} n'a pas de {day}.") from error


# An invoice whose time limit was interrupted: three days in their order (R2192-29).

_IS_COMPLETE = re.compile(
    r"complet|renvoy|recu\b|recue|recoi|recept|piece|arriv|retour|regularis|corrig|attest|transm"
)
_IS_NOTICE = re.compile(r"interr|suspen|notifi|lettre|courrier|\beue?\b|recu|recoi")
_IS_TOLD = re.compile(r"\b(?:interrom|interrup|suspen|rejet|notifi|retourn|signal)")
_WAS_SENT = re.compile(r"\b(?:r?envoy\w*|expedi\w*|post\w*|adress\w*|parti\w*)\b")
_WAS_RECEIVED = re.compile(r"\b(?:recu\w*|recoi\w*|recept\w*|eue?|arriv\w*|parven\w*)\b")
_NOT_ALL = re.compile(
    r"\b(?:une partie|partiel\w*|(?:encore|toujours) incompl\w*|(?:deuxieme|seconde|nouvelle|2e)"
    r" (?:interruption|suspension)|apres (?:le |notre )?mandat\w*|deja mandate\w*"
    r"|(?<!avant )(?<!avant l')(?<!avant son )ordonnance\w*)\b"
)
_PAID = re.compile(r"\b(?P<paid>payee?s?|reglee?s?|mise? en paiement|virement|viree?s?)\b")
_PIECES_ASKED = "Quel jour l'acheteur a-t-il reçu toutes les pièces demandées ?"


def _of_interruption(facts: QuestionFacts) -> Asked | Missing | None:
    if not facts.says(_IS_TOLD):
        return None  # pieces may lack, but only word of it interrupts the time limit
    days = [each for each in other_days(facts) if not _DATES_INVOICE.search(each.before)]
    paid = [each for each in days if each.role(_PAID) == "paid" and each is days[-1]]
    running = [each for each in days if each not in paid]
    values = [each.value for each in running]
    if len(running) not in (2, 3) or values != sorted({*values}) or facts.says(_NOT_ALL):
        return None
    completed_on = running[-1]
    if not _IS_COMPLETE.search(completed_on.before) or not _is_received(running[0]):
        return None
    if _last_is(completed_on, _WAS_SENT):
        return Missing((_PIECES_ASKED,))
    notified = _notified(facts, running)
    if notified is None and not {*facts.buyers} & {Buyer.LOCAL, Buyer.STATE}:
        return None
    interruption = Interruption(completed_on.value, notified)
    asked = figure(_RECEIVED_ASKED, values[:1])
    return _asked(
        facts,
        asked,
        [each.value for each in paid],
        partial(PaymentAsked, interruption=interruption),
    )


def _notified(facts: QuestionFacts, running: Sequence[GivenFigure[date]]) -> date | None:
    """When the creditor received word of the interruption; None where only its sending is told."""
    if len(running) < 3:
        return None
    notice = running[1]
    around = f"{notice.before} {notice.after}"
    is_received = _IS_NOTICE.search(around) and not _last_is(notice, _WAS_SENT)
    return notice.value if is_received else None


def _last_is(day: GivenFigure[date], words: re.Pattern[str]) -> bool:
    """Whether these words stand before a day and none of its reception after them."""
    said = [*words.finditer(day.before)]
    return bool(said) and not _WAS_RECEIVED.search(day.before, said[-1].end())


def _is_received(day: GivenFigure[date]) -> bool:
    return day.role(_OF_INVOICE) in ("available", "received")


# An advance, the balance of works, a subcontractor: other days from which the time limit runs.

_OF_ADVANCE = re.compile(
    r"\b(?:(?P<order>(?:ordre de service|os)\b(?:[^,;.?!]{0,20},? ?notifi\w+)?"
    r"|commencement|demarrage)"
    r"|(?P<guaranteed>(?:garantie|caution)[^,;.?!]{0,45})"
    r"|(?P<notified>notifi\w+)"
    r"|(?P<paid>paye\w*|verse\w*|regle\w*|vire\w*|mise? en paiement)"
    r"|(?P<other>sign\w+|depos\w+|recu\w*|demand\w+|factur\w+))\b"
)
_NO_GUARANTEE = re.compile(
    r"\b(?:pas|sans|aucune|ni) (?:de |d')?(?:garantie|caution|surete)\b"
    r"|\b(?:garantie|caution)(?: \w+){0,3} (?:n'est |n'a )?(?:pas|non) (?:ete )?(?:demand|exig)\w*"
)
_GUARANTEE = re.compile(r"\b(?:garantie|caution)\b(?! de l'avance)")
_PROVIDED = re.compile(r"\b(?:prevoit|prevu|fait courir|stipule|fixe)\b")
_GUARANTEE_ASKED = "Quel jour la garantie exigée a-t-elle été reçue ?"
_TO_BE_PAID = re.compile(r"\b(?:pay|paie|vers|regl|mandat|touch|vire|delai|echeance)")
_CONTRACT_ASKED = "Quel jour le marché a-t-il été notifié ?"


def _of_advance(facts: QuestionFacts) -> Asked | Missing | None:
    if not facts.says(_TO_BE_PAID):
        return None
    days = other_days(facts)
    notified, ordered, guaranteed, paid = (
        of_role(days, _OF_ADVANCE, role) for role in ("notified", "order", "guaranteed", "paid")
    )
    if any(len(each) > 1 for each in (notified, ordered, guaranteed, paid)):
        return None
    event, start = PaymentEvent.CONTRACT, notified
    if ordered:
        if not facts.says(_PROVIDED):
            return None
        event, start = PaymentEvent.ORDER, ordered
    if not start:
        return None
    if facts.says(_GUARANTEE) and not facts.says(_NO_GUARANTEE) and not guaranteed:
        return Missing((_GUARANTEE_ASKED,))
    asked = figure(_CONTRACT_ASKED, start)
    return _asked(
        facts, asked, paid, partial(PaymentAsked, event=event, guaranteed=first(guaranteed))
    )


_OF_STATEMENT = re.compile(
    r"\b(?:(?P<draft>projets? de decompte|decompte final|decompte mensuel)"
    r"|(?P<statement>decompte general(?: et definitif)?|dgd)"
    r"|(?P<paid>payee?|reglee?|vire|mise? en paiement))\b"
)
_STATEMENT_ASKED = "Quel jour le décompte général et définitif a-t-il été reçu ?"
_NOT_ITS_RECEPTION = re.compile(
    r"\b(?:notifi\w*|envoy\w*|(?<!dgd )(?<!definitif )sign\w*|tacite\w*|etabli\w*)\b"
)


def _of_statement(facts: QuestionFacts) -> Asked | Missing | None:
    days = other_days(facts)
    drawn = [each for each in days if each.role(_OF_STATEMENT) == "statement"]
    if len(drawn) != 1 or not _WAS_RECEIVED.search(drawn[0].before):
        return None
    said = [*_WAS_RECEIVED.finditer(drawn[0].before)][-1]
    if _NOT_ITS_RECEPTION.search(drawn[0].before, said.end()):
        return None
    paid = of_role(days, _OF_STATEMENT, "paid")
    asked = figure(_STATEMENT_ASKED, [drawn[0].value])
    return _asked(facts, asked, paid, partial(PaymentAsked, event=PaymentEvent.STATEMENT))


_SILENT = re.compile(
    r"\b(?:silen\w+|ni oui,? ni non|(?:pas|jamais|rien|aucune|sans|nulle) (?:a )?(?:\w+ )?repon\w+"
    r"|repon\w+ (?:pas|rien|jamais)|(?:pas|jamais|rien) (?:dit|reagi|bouge)"
    r"|(?:sans|aucune|pas de) reaction)\b"
)
_OTHERWISE = re.compile(r"\b(?:refus\w*|avis postal|conteste\w*|portail|chorus)\b")
_DIRECT = re.compile(
    r"\b(?:(?:demandes?|date) de paiement|paiements? directs?|payee?s? (?:en )?direct\w*)"
)
_OF_SUBCONTRACTOR = re.compile(
    r"\b(?:(?P<agreed>(?:accord|accepte\w*|valide\w*)(?: \w+){0,2}? (?:du|par le) titulaire"
    r"|accord|accepte\w*|valide\w*)"
    r"|(?P<proved>accuse de reception|recepisse)"
    r"|(?P<submitted>titulaire|entreprise (?:principale|generale)|mandataire)"
    r"|(?P<paid>payee?|reglee?|vire|mise? en paiement))\b"
)
_AGREED_ASKED = "Quel jour l'acheteur a-t-il reçu l'accord du titulaire ?"


def _of_subcontractor(facts: QuestionFacts) -> Asked | Missing | None:
    if facts.says(_OTHERWISE) or not _TO_BE_PAID.search(_DIRECT.sub("", facts.words)):
        return None
    days = other_days(facts)
    paid = of_role(days, _OF_SUBCONTRACTOR, "paid")
    is_silent = facts.says(_SILENT)
    roles = ("proved", "submitted") if is_silent else ("agreed",)
    starts = (of_role(days, _OF_SUBCONTRACTOR, role) for role in roles)
    start = next(filter(None, starts), [])
    if len(start) != 1 or (not is_silent and not _WAS_RECEIVED.search(facts.words)):
        return None
    event = PaymentEvent.SILENCE if is_silent else PaymentEvent.AGREEMENT
    return _asked(facts, figure(_AGREED_ASKED, start), paid, partial(PaymentAsked, event=event))


_READ: tuple[tuple[re.Pattern[str], Callable[[QuestionFacts], Asked | Missing | None]], ...] = (
    (_SUBCONTRACTOR, _of_subcontractor),
    (_STATEMENT, _of_statement),
    (_ADVANCE, _of_advance),
    (_INTERRUPTED, _of_interruption),
    (_INVOICE, _of_invoice),
)
"""By the first words that a question has, how its payment is read."""
