"""What questions about a procedure ask to calculate, by the figures they give. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from assistant.calculators.amounts import euros, percent, round_to_cents
from assistant.calculators.calculation import Nature
from assistant.calculators.catalogue import Asked
from assistant.calculators.facts import (
    MAY_I,
    GivenFigure,
    QuestionFacts,
    before_tax,
    but_role,
    first,
    of_role,
)
from assistant.calculators.needs import (
    Likely,
    Missing,
    MissingFact,
    buyer,
    completed,
    figure,
    nature,
)
from assistant.calculators.procedure import ProcedureAsked
from assistant.question.parts import speaks_of_a_part
from ingestion.index.purchase_claims import PurchaseClaim

_MUST_I = r"\b(?:dois-je|doit-on|devons-nous|faut-il|(?:suis-je|est-on|sommes-nous) obliges? de)\b"

_OBJECT = (
    r"(?: (?!(?:a|au|aux|aupres|avant|apres|avec|chez|contre|dans|en|par|sans|sous|sur|pour)\b)"
    r"[a-z'-]+){0,5}"
)
"""What is bought, in a few words: a person, a means or a condition makes another question of it."""

_AMOUNT = r"\d[\d .,]*(?:k?€|k ?euros?|euros?|m€)(?: ?ht| hors taxes?| ttc)?"

_NAMED = r"\b(?:mapa|procedures? (?:adaptee|formalisee)s?|formalisee?|ao|appel d'offres)\b"

_EITHER = rf"{_NAMED}[^.?,;]{{0,15}} ou (?:\w+ ){{0,3}}(?:{_NAMED}|adaptee)"
_PAPER = r"\b(?:boamp|jal|journa(?:l|ux)|joue)\b"
_NAMES_BOTH = re.compile(rf"{_EITHER}|{_PAPER}[^.?,;]{{0,30}} ou (?:\w+ ){{0,3}}{_PAPER}")
_BETWEEN_PROCEDURES = re.compile(
    rf"{_EITHER}[^.?,;:]{{0,30}}(?:[?.]|$)"
    rf"|\b(?:reste\w*|releve\w*|passe\w*) (?:\w+ ){{0,2}}{_NAMED}[^.?]{{0,20}}\?"
)
"""How one asks which of two procedures, or whether to stay in one: the amount alone answers."""

_WHICH_PROCEDURE = re.compile(
    rf"{MAY_I} (?:acheter|commander|depenser){_OBJECT} (?:pour )?{_AMOUNT}{_OBJECT} ?(?:\?|$)|"
    r"\bquelle (?:est la )?(?:procedure|publicite|mise en concurrence)\b"
    r"|\bprocedure (?:formalisee |adaptee )?ou pas\b"
    r"|\b(?:dessus|dessous|sous|dela|depass\w+|attei\w+) (?:d\w+ |l[ea]s? )?(?:seuil|barre)\b"
    r"[^.?]{0,40}\?"
    r"|\b(?:mapa|formalisee?|ao|appel d'offres)\b[^.?,;]{0,15} ou (?:deja |encore )?"
    r"(?:un |une |en )?(?:mapa|formalisee?|ao|appel d'offres)\b"
    r"|(?<!l')\b(?:ao|boamp|annonce|publicite|mise en concurrence) (?:obligatoire|ou pas|ou non|\?)"
    r"|\bfaut (?:une |passer une |publier une )?(?:annonce|publicite|publier)\b"
    r"|\bdoi(?:t|s|vent)(?:-\w+)? (?:publier|mettre en concurrence|faire un appel d'offres)\b"
    r"|\bdispense (?:de (?:pub\w*|mise en concurrence)|possible|ou)\b"
    r"|\b(?:avec ou )?sans (?:publicite|mise en concurrence|annonce)[^.?,;]{0,30}\?"
    r"|\bseuil de (?:la )?dispense ou\b|\b(?:traiter|passer|acheter) en direct\b"
    rf"|\b(?:acheter|achat|commander|commande|besoin)\b{_OBJECT} (?:de |pour )?{_AMOUNT}{_OBJECT}"
    r"(?: ?[,:.]|,? et)? (?:que|comment|quelles? (?:regles?|demarches?|formalites?))"
    r"(?: dois-je| doit-on| devons-nous| faut-il)? (?:faire|suivre|respecter|proceder) ?(?:\?|$)"
    rf"|{MAY_I}.{{0,20}}\b(?:acheter|commander|signer|contracter|passer|conclure|confier|faire)\b"
    r"[^.?]{0,60}\b(?:sans (?:publicite|mise en concurrence)|de gre a gre|directement|en mapa"
    r"|en procedure adaptee)\b"
    rf"|{_MUST_I} (?:faire|lancer|organiser|passer par|recourir a|publier|mettre|prevoir)\b.{{0,8}}"
    r"\b(?:publicite|mise en concurrence|en concurrence|appel d'offres|avis|procedure formalisee)\b"
    r"|\b(?:procedure (?:formalisee|adaptee)|mapa|appel d'offres|gre a gre) (?:est-elle |est-il )?"
    r"(?:obligatoire|possible|suffi\w+|autorisee?|\?)(?! ?,? mais\b)"
)

# Specific services follow a procédure adaptée at any amount (R2123-1, 3°).
_SPECIFIC_SERVICE = re.compile(
    r"\b(?:restauration (?:scolaire|collective)|periscolaire|extrascolaire|spectacles?|insertion"
    r"|enseignement|culturels?|sportifs?|soins|traiteur|repas|formation|hotellerie|postaux"
    r"|juridiques|avocats?|aide a domicile|(?:accompagnement|aide|action)s? social\w*"
    r"|prestations? de creches?|haltes?-garderies?|(?:gestion|services) (?:d'une |de (?:la )?)"
    r"(?:cantine|creche)s?|(?:hebergement|securite|surveillance)"
    r"(?! (?:informatique|web|et (?:de )?protection)))\b"
)

_TAX_UNKNOWN = re.compile(
    r"\b(?:ht|hors taxes) ou (?:en |bien )?ttc\b|\bttc ou (?:en |bien )?(?:ht|hors)\b"
)

_TOLD_TAX = re.compile(r"\ble montant est (?:(?P<ttc>ttc)|hors taxes)\b")
"""How an answer to what is asked back says it."""

_TAXES = re.compile(r"\b(?:ht|ttc|hors taxes?|hors tva|toutes taxes)\b")

_VAT_BEFORE = re.compile(r"\b(?:tva|taxe)(?: est| etant)? ?(?:a |de |au taux de |:|=|\()? ?$")
_VAT_AFTER = re.compile(r"^ ?(?:de )?tva\b")

_LIKELY_VAT = (Decimal(20), Decimal(10), Decimal("5.5"))
"""The rates of the tax in percent at which most purchases are taxed (CGI, art. 278 to 279)."""

_LOT = re.compile(r"(?<!\ben )(?<!\btous )(?<!\btous les )\b(?P<lot>lots?)\b(?! confondus)")

# "une jeune entreprise innovante" is who sells (R2122-9-1 looks at what is bought).
_INNOVATIVE = re.compile(
    r"(?<!entreprise )(?<!entreprises )(?<!societe )(?<!societes )(?<!start-up )(?<!start-ups )"
    r"(?<!startup )(?<!startups )(?<!pme )\binnovante?s?\b"
)


def procedure(facts: QuestionFacts) -> Asked | Missing | None:
    """Which procedure and which publicity, where it is plainly asked."""
    is_asked = facts.says(_WHICH_PROCEDURE) or chooses_between(facts)
    return procedure_of_amount(facts) if is_asked else None


def with_claim(asked: Asked | Missing, claim: PurchaseClaim) -> Asked | Missing:
    """A procedure, or each of its cases, with what is asked of the purchase; others as they are."""
    if isinstance(asked, Missing):
        return replace(
            asked, cases=tuple((told, _claimed(case, claim)) for told, case in asked.cases)
        )
    return _claimed(asked, claim)


def _claimed(asked: Asked, claim: PurchaseClaim) -> Asked:
    return replace(asked, claim=claim) if isinstance(asked, ProcedureAsked) else asked


def chooses_between(facts: QuestionFacts) -> bool:
    """Whether it is asked which of the named procedures an amount leads to."""
    return facts.says(_BETWEEN_PROCEDURES)


def names_both(words: str) -> bool:
    """Whether it is asked which of two procedures or papers it has to be: yes is no answer.

    `words` are those of a question, in lower case and without accents.
    """
    return _NAMES_BOTH.search(words) is not None


def procedure_of_amount(facts: QuestionFacts) -> Asked | Missing | None:
    """Which procedure and which publicity, for the amount that the question gives."""
    if speaks_of_a_part(facts.words):
        return None
    if facts.natures in {(), (Nature.SERVICES,)} and facts.says(_SPECIFIC_SERVICE):
        return None
    needs = _told_once(but_role(facts.amounts, _LOT, "lot"))
    lots = of_role(facts.amounts, _LOT, "lot")
    if not facts.amounts or len(needs) > 1 or len(lots) > 1 or facts.says(_TAX_UNKNOWN):
        return None
    if lots and any(each.is_with_tax for each in facts.amounts):
        return None
    asked = partial(ProcedureAsked, lot=first(lots), is_innovative=facts.says(_INNOVATIVE))
    if not lots and len(needs) == 1 and needs[0].is_with_tax and not facts.rates:
        return _at_each_vat(facts, needs[0].value, asked)
    if not lots and len(needs) == 1 and (rate := _untold_vat(facts, needs[0])) is not None:
        return _in_either_tax(facts, needs[0].value, rate, asked)
    taxed = _without_vat(facts, needs) if not lots else None
    if taxed is not None:
        value, vat = taxed
        asked = partial(asked, vat=vat)
    return completed(
        asked,
        amount=figure(
            "Quel est le montant hors taxes de tout le besoin, lots et reconductions compris ?",
            before_tax(needs) if taxed is None else [value],
        ),
        nature=nature(facts),
        buyer=buyer(facts),
    )


def _told_once(needs: Sequence[GivenFigure[Decimal]]) -> Sequence[GivenFigure[Decimal]]:
    """The need without tax alone where the other is the same with tax: "58 000 HT (69 600 TTC)"."""
    bare = [each for each in needs if each.is_without_tax]
    if len(needs) != 2 or len(bare) != 1:
        return needs
    (taxed,) = (each for each in needs if each not in bare)
    vat = taxed.value * 100 / bare[0].value - 100
    return bare if taxed.is_with_tax and any(abs(vat - each) < 1 for each in _LIKELY_VAT) else needs


def _at_each_vat(
    facts: QuestionFacts, taxed: Decimal, asked: Callable[..., ProcedureAsked]
) -> Asked | Missing | None:
    """The procedure of a need with tax whose rate is not told, at each of the likely rates."""
    rates = tuple(
        (Likely(f"TVA de {percent(rate)}", f"La TVA est de {percent(rate)}."), rate)
        for rate in _LIKELY_VAT
    )
    return completed(
        lambda vat, **given: asked(amount=_untaxed(taxed, vat), vat=vat, **given),
        vat=MissingFact("Quel est le taux de la TVA ?", None, rates),
        nature=nature(facts),
        buyer=buyer(facts),
    )


def _untold_vat(facts: QuestionFacts, need: GivenFigure[Decimal]) -> Decimal | None:
    """The only rate of the tax beside a need that is said neither with it nor without."""
    rates = [*{each.value for each in facts.rates if _is_vat(each)}]
    is_apart = _TAXES.search(_TOLD_TAX.sub("", facts.words))
    is_told = need.is_with_tax or need.is_without_tax or is_apart
    return rates[0] if len(rates) == 1 and not is_told else None


def _in_either_tax(
    facts: QuestionFacts, value: Decimal, rate: Decimal, asked: Callable[..., ProcedureAsked]
) -> Asked | Missing | None:
    """The procedure of a need told with the rate of the tax, without tax or with it."""
    parties = {"nature": nature(facts), "buyer": buyer(facts)}
    taken_off = partial(asked, amount=_untaxed(value, rate), vat=rate)
    as_it_is = partial(asked, amount=value)
    if (said := _TOLD_TAX.search(facts.words)) is not None:
        return completed(taken_off if said["ttc"] else as_it_is, **parties)
    told = euros(value)
    cases = (
        (Likely(f"les {told} sont hors taxes", "Le montant est hors taxes."), as_it_is),
        (Likely(f"les {told} sont TTC", "Le montant est TTC."), taken_off),
    )
    return completed(
        lambda tax, **told: tax(**told),
        tax=MissingFact("Le montant est-il hors taxes ou TTC ?", None, cases),
        **parties,
    )


def _untaxed(taxed: Decimal, vat: Decimal) -> Decimal:
    return round_to_cents(taxed * 100 / (100 + vat))


def _without_vat(
    facts: QuestionFacts, needs: Sequence[GivenFigure[Decimal]]
) -> tuple[Decimal, Decimal] | None:
    """The need without tax and the rate of the tax, of one with tax whose only rate is told."""
    rates = [*{each.value for each in facts.rates if _is_vat(each)}]
    if len(needs) != 1 or not needs[0].is_with_tax or len(rates) != 1:
        return None
    return _untaxed(needs[0].value, rates[0]), rates[0]


def _is_vat(rate: GivenFigure[Decimal]) -> bool:
    """Whether a rate is said to be that of the tax: "TVA 20 %", "20 % de TVA"."""
    return bool(_VAT_BEFORE.search(rate.before) or _VAT_AFTER.match(rate.after))
