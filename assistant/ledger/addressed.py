"""Whether a question asks for figures of the ledger, or for the law: decided by its words. Pure.

Only asked of questions that no rule understands whole: one that is understood asks for figures.
"""

import re

from assistant.words import plain

_THINGS = r"(?:factures?|avoirs?|fournisseurs?|achats|depenses|titulaires?|paiements?)"
_OURS = re.compile(
    rf"\b(?:nos|mes) (?:\w+ )?{_THINGS}\b"
    rf"|\bnotre (?:premier |plus gros |principal )?(?:fournisseur|titulaire|acheteur)\b"
    rf"|\bcombien (?:de |d')(?:nouve\w+ )?(?:factures|avoirs|fournisseurs)\b"
    rf"|\b(?:quel(?:le)?s? (?:est |sont )?(?:la |les )?|liste\w* (?:des |les |de ))factures?\b"
    rf"|\b(?:montant|total|somme|cumul|moyenne|nombre) (?:\w+ ){{0,2}}(?:des|de nos|d') ?"
    rf"(?:factures|avoirs)\b"
    rf"|\bfactures? (?:n[°o] ?|numero )?(?=[\w/-]*\d)[a-z]+[\w/-]*\d"
    rf"|\bavons-nous (?:depense|paye|achete|commande)|\bon a (?:depense|paye|achete)"
    rf"|\bdevons-nous\b.*\b(?:factures?|interets moratoires)\b"
)
_LAW = re.compile(
    r"\b(?:article|code|ccag|loi|decret|regle\w*|obligat\w+|doi(?:t|vent)|faut|peut|peuvent|puis-je|"
    r"droit|legal\w*|delai maximal|seuils?|mentions?)\b"
)


def asks_ledger(question: str) -> bool:
    """Whether the words ask for what was bought, billed or paid here, and for no rule."""
    words = plain(question).replace("’", "'")
    return bool(_OURS.search(words)) and not _LAW.search(words)
