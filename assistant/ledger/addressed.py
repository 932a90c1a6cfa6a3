"""Whether a question asks for figures of the ledger, or for the law: decided by its words. Pure.

Only asked of questions that no rule understands whole: one that is understood asks for figures.
"""

import re

from assistant.words import plain

_THINGS = (
    r"(?:factures?|avoirs?|fournisseurs?|prestataires?|achats|depenses|titulaires?|paiements?|"
    r"impayes?)"
)
_SPENT = r"(?:depense|paye|regle|verse|achete|commande|mandate|facture|recu|engage|notifie)"
_OURS = re.compile(
    rf"\b(?:nos|mes) (?:\w+ ){{0,2}}{_THINGS}\b"
    rf"|\b(?:notre|mon|ma) (?:\w+ )?(?:facture|fournisseur|prestataire)\b"
    rf"|\bnotre (?:premier |plus gros |principal )?(?:titulaire|acheteur)\b"
    rf"|\bcombien (?:de |d')(?:nouve\w+ )?(?:factures|avoirs|fournisseurs)\b"
    rf"|\b(?:quel(?:le)?s? (?:est |sont )?(?:la |les )?|liste\w* (?:des |les |de ))factures?\b"
    rf"|\b(?:montant|total|somme|cumul|moyenne|nombre) (?:\w+ ){{0,2}}(?:des|de nos|d') ?"
    rf"(?:factures|avoirs)\b"
    rf"|\bfactures? (?:n[°o] ?|numero )?(?=[\w/-]*\d)[a-z]+[\w/-]*\d"
    rf"|\b(?:avons-nous|a-t-on|ai-je) (?:deja |encore |ete )?{_SPENT}"
    rf"|\bon a (?:depense|paye|achete)"
    rf"|\bcombien (?:on|nous|j') ?(?:a|avons|ai) (?:deja )?{_SPENT}"
    rf"|\bcombien (?:devons-nous|(?:on|nous|je) (?:doit|devons|dois))\b"
    rf"|\bdevons-nous\b.*\b(?:factures?|interets moratoires)\b"
)
_THEIRS = re.compile(
    r"\b(?:my|our) (?:\w+ ){0,2}(?:invoices?|bills?|suppliers?|vendors?|contractors?|purchases|"
    r"spending|payments?|credit notes?)\b"
    r"|\bhow (?:many|much)\b.*\b(?:we|i)\b.*\b(?:pay|paid|spen[dt]|owe|bought|buy)\b"
)
"""The same in English."""

_FIGURES = re.compile(
    r"\b(?:combien|montants?|total|totaux|nombre|somme|part|liste\w*|montre\w*|affiche\w*|"
    r"evolution|repartition|top|moyenne?s?|how (?:many|much)|total|list)\b"
)
_LAW = re.compile(
    r"\b(?:article|code|ccag|loi|decret|regle\w*|obligat\w+|doi(?:t|vent)|faut|peut|peuvent|puis-je|"
    r"dois-je|doit-on|droit|legal\w*|delai maximal|seuils?|mentions?)\b"
)
_STRICTLY_LAW = re.compile(
    r"\b(?:article|code|ccag|loi|decret|obligat\w+|faut|puis-je|legal\w*|delai maximal|"
    r"selon les regles|article|law|must|legally|allowed)\b"
)
"""Words of the law that are in no question about figures: "regle" is settled as well."""


def asks_ledger(question: str) -> bool:
    """Whether the words ask for what was bought, billed or paid here, and for no rule."""
    words = plain(question).replace("’", "'")
    law = _STRICTLY_LAW if _FIGURES.search(words) else _LAW
    return bool(_OURS.search(words) or _THEIRS.search(words)) and not law.search(words)


def asks_law(question: str) -> bool:
    """Whether the words ask for a rule."""
    return _LAW.search(plain(question)) is not None
