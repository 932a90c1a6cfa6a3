"""What a question is about: figures of the ledger or the law, and of which rows. Pure."""

import re
from collections.abc import Iterator, Sequence

from assistant.ledger.parsing.vocabulary import load_vocabulary
from assistant.ledger.query.plan import Plan, PlanFilter, Population
from assistant.question.language import fold_text

# Whether a question asks for figures of the ledger, or for the law.
#
# Only asked of questions that no rule understands whole: one that is understood asks for figures.

_THINGS = (
    r"(?:factures?|avoirs?|fournisseurs?|prestataires?|achats|titulaires?|paiements?|"
    r"depenses(?! (?:reelles |annuelles )?de fonctionnement)|"
    r"impayes?)"
)
_SPENT = r"(?:depense|paye|regle|verse|achete|commande|mandate|facture|recu|engage|notifie)"
_OWED_LATE = r"(?:interets moratoires|indemnites forfaitaires)(?: de recouvrement)?"
_OWNED = re.compile(
    rf"\b(?:nos|mes) (?:\w+ ){{0,2}}{_THINGS}\b"
    rf"|\b(?:notre|mon|ma) (?:\w+ )?(?:facture|fournisseur|prestataire)\b"
    rf"|\bnotre (?:premier |plus gros |principal )?(?:titulaire|acheteur)\b"
)
"""What people also call theirs when they ask for a rule: figures are then to be asked for."""

_OURS = re.compile(
    rf"\b(?:qui|quel(?:le)?s?) sont (?:nos|mes) (?:\w+ ){{0,2}}{_THINGS}\b"
    rf"|\bcombien (?:de |d')(?:nouve\w+ )?(?:factures|avoirs|fournisseurs)\b"
    rf"|\b(?:quel(?:le)?s? (?:est |sont )?(?:la |les )?|liste\w* (?:des |les |de ))factures?\b"
    rf"|\b(?:montant|total|somme|cumul|moyenne|nombre) (?:\w+ ){{0,2}}(?:des|de nos|d') ?"
    rf"(?:factures|avoirs)\b"
    rf"|\bfactures? (?:n[°o] ?|numero )?(?=[\w/-]*\d)[a-z]+[\w/-]*\d"
    rf"|\b(?:avons-nous|a-t-on|ai-je) (?:deja |encore |ete )?{_SPENT}"
    rf"|\bon a (?:depense|paye|achete)"
    rf"|\bcombien (?:on|nous|j') ?(?:a|avons|ai) (?:deja )?{_SPENT}"
    rf"|(?<!partir de )\bcombien (?:devons-nous|(?:on|nous|je) (?:doit|devons|dois))\b"
    rf"|\b(?:combien d'|(?:total|cumul|somme) (?:des |de nos )){_OWED_LATE}"
    rf"(?: (?:devons-nous|avons-nous|a-t-on|doit-on|dus|dues)(?: payer)?)?\W*$"
    rf"|\bdevons-nous\b.*\b(?:factures?|interets moratoires)\b"
)
_THEIRS = re.compile(
    r"\b(?:my|our) (?:\w+ ){0,2}(?:invoices?|bills?|suppliers?|vendors?|contractors?|purchases|"
    r"spending|payments?|credit notes?)\b"
    r"|\bhow (?:many|much)\b.*\b(?:we|i)\b.*\b(?:pay|paid|spen[dt]|owe|bought|buy)\b"
)
"""The same in English."""

_OF_ALL = re.compile(
    r"\btou(?:te)?s (?:les |nos )?(?:fournisseurs|titulaires|acheteurs|services) confondu"
    r"|\btous (?:fournisseurs|titulaires|acheteurs|services)(?= ?(?:[,;:.?!)]|$))"
)
"""All of those that the ledger has, added up: no rule is said of them so."""

_FIGURES = re.compile(
    r"\b(?:combien(?! de (?:temps|jours|semaines|mois)\b)|montants?|total|totaux|nombre|somme|"
    r"(?:quelle|la) part|listes?|lister|montre\w*|affiche\w*|"
    r"evolution|repartition|top|moyenne?s?|how (?:many|much)|total|list)\b"
)
_LAW = re.compile(
    r"\b(?:article|code|ccag|loi|decret|regle\w*|obligat\w+|doi(?:t|vent)|faut|peut|peuvent|puis-je|"
    r"dois-je|doit-on|droit|legal\w*|delai maximal|seuils?|mentions?"
    r"|(?:have|has) to|must|entitled|rules?|appl(?:y|ies)|threshold)\b"
)
_STRICTLY_LAW = re.compile(
    r"\b(?:article|code|ccag|loi|decret|obligat\w+|faut|puis-je|legal\w*|delai maximal|"
    r"selon les regles|(?:que|quoi|qu'on|il) risqu\w+|comment calculer|law|must|legally|allowed)\b"
    r"|\bsans (?:aucune )?(?:mise en )?(?:concurrence|consultation|publicite)\b"
    r"|\bsi (?:je|on|nous|la|les?|une?|m(?:a|on)|notre)\b|\bsi [jl]'|\bif (?:i|we|the|an?|my|our)\b"
)
"""What is in no question about figures: "regle" is settled as well; what only may be is not."""

_OF_A_CASE = re.compile(
    r"^(?!.*\b(?:factures|nos|mes)\b)(?=.*\d ?(?:€|euros?\b)).*\b\d+ (?:jours|mois) de retard\b"
)
"""One payment by its amount and its delay: interest on it is calculated, not looked for."""


def asks_ledger(question: str) -> bool:
    """Whether the words ask for what was bought, billed or paid here, and for no rule."""
    words = fold_text(question).replace("’", "'")
    figures = _FIGURES.search(words)
    is_ours = any(each.search(words) for each in (_OURS, _THEIRS, _OF_ALL))
    asks = is_ours or (figures and _OWNED.search(words))
    if not asks or _STRICTLY_LAW.search(words) or _OF_A_CASE.search(words):
        return False
    return bool(figures) or not _LAW.search(words)


def asks_law(question: str) -> bool:
    """Whether the words ask for a rule."""
    return _LAW.search(fold_text(question)) is not None


def is_of_buying(question: str) -> bool:
    """Whether it begins with the act, "achat de livres", of which no figure is asked."""
    words = fold_text(question)
    return _ACT.match(words) is not None and _FIGURES.search(words) is None


_ACT = re.compile(r"\W*achat\b")

# Which rows: invoices or purchases.


def population_asked(question: str) -> Population | None:
    """The population that a question names first, None when it names none.

    What is spent on a contract is in its invoices.
    """
    folded = fold_text(question)
    if _BY_CONTRACT.match(folded):
        return None
    if _SPENT_ON.search(folded):
        return Population.INVOICES
    return next(iter(_named(folded)), None)


def _named(folded: str) -> Sequence[Population]:
    """The populations of which a question has the noun, the first one first."""
    found = (
        (match.start(), Population(rule.name))
        for rule in load_vocabulary().populations
        if (match := rule.says.search(folded))
    )
    return [population for _, population in sorted(found)]


def population_meant(question: str) -> Population:
    """The population that a question names, else that of its words: contracts are notified."""
    is_of_contracts = _OF_CONTRACTS.search(fold_text(question)) is not None
    return population_asked(question) or (
        Population.PURCHASES if is_of_contracts else Population.INVOICES
    )


def may_be_of_others(question: str) -> bool:
    """Whether rows other than those first thought of may be meant: none are named, or both are."""
    return len(_named(fold_text(question))) != 1 and not asks_law(question)


def tells_rows(question: str, plan: Plan) -> bool:
    """Whether a plan that no other rows understand is of its own, where their noun is not said.

    That is by a number or a name of the ledger, by all who buy, or by several procedures that are
    counted, listed or added up: of one, "procédure adaptée", it is rather a question of law.
    """
    words = fold_text(question).replace("’", "'")
    is_told = any(each.field == "number" or each.said for each in _but_subjects(plan))
    is_of_several = _PROCEDURES.search(words) and _COUNTED.search(words)
    return bool(_named(words) or is_told or is_of_several or asks_ledger(question))


def _but_subjects(plan: Plan) -> Iterator[PlanFilter]:
    """The conditions of a plan, but what is bought, which others buy as well."""
    return (each for each in plan.conditions if each.field != "subject")


_PROCEDURES = re.compile(r"\b(?:procedures|appels d'offres|mapas|dialogues competitifs)\b")
_COUNTED = re.compile(
    r"\b(?:combien|nombre|liste\w*|montre\w*|affiche\w*|total|totaux|moyennes?|repartition)\b"
)
"""And no "montant", which may be that from which a procedure is to be chosen."""

_BY_CONTRACT = re.compile(r"\W*(?:et |puis )?par (?:marche|contrat)\b")
"""What groups the figure before, whatever it counts."""

_SPENT_WORD = r"\b(?:depens\w*|consomm\w*|conso|(?:pay|regl|vers|mandat)ee?s?)\b"
_SPENT_ON = re.compile(
    rf"^(?=.*{_SPENT_WORD})(?=.*\b(?:marche|contrat)\b)(?!.*\breste)"
    rf"|{_SPENT_WORD}.*\b(?:sur|pour|des?)(?: (?:tous|les|nos|ces))* (?:marches|contrats)\b"
)
"""One contract, or theirs; what is left of one may be left to pay or to invoice."""

_SPENDING = re.compile(_SPENT_WORD)


def spent_said(question: str) -> str:
    """The word by which a question asks for what was spent, "" where none does."""
    found = _SPENDING.search(fold_text(question))
    return found[0] if found else ""


_OF_CONTRACTS = re.compile(r"\b(?:notifi(?:ees?|es?|ons|er)|cpv)\b")
