"""Parts: amounts that are not the whole of what is meant, as the words around them tell. Pure."""

import re
from unicodedata import normalize

_TAX = r"(?:h\. ?t\.|t\. ?t\. ?c\.|(?:ht|ttc|hors (?:taxes?|tva)|toutes taxes(?: comprises)?)\b)"
# "par la commune", "par avenant": who buys or by what means, and not for each of what.
_BY = (
    r"(?:l|la|le|les|une?|des|mon|ma|mes|notre|nos|votre|vos|lettre|bons?|carte|virement|mandat"
    r"|devis|avenant|marche|contrat|convention|procedure|appel|mapa|consultation|voie|internet"
    r"|rapport)\b"
)
_TIME = "an|annee|mois|trimestre|semestre|semaine|jour"
_SEVERAL = r"(?:[2-9]|[1-9]\d+|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|douze|quinze|vingt)"
_PART = re.compile(
    rf" ?(?:{_TAX})?(?: environ\b)?[ ,(]*"
    rf"(?:/|(?:[x×*]|fois) ?{_SEVERAL}\b|par (?!{_BY})[a-z]|(?:a |de )?l'an(?:nee)?\b"
    r"|(?:tous les|toutes les) (?:ans|annees|mois|trimestres|semaines)\b"
    r"|(?:a |pour )?(?:chacune?|chaque)\b|l'un|(?:la )?pieces?\b|annuel|mensuel|unitaire"
    r"|pendant (?:\d+|deux|trois|quatre|cinq) (?:ans|annees|mois)\b)"
)
# "3 véhicules de 25 000 €", "4 x 55 000 €", "4 ans à 30 000 €": what one costs.
_ONE_OF = re.compile(
    rf"\b{_SEVERAL}(?: (?!ans|annees|mois|semaines|jours|lots?|avenants?|modif)\w+s(?: \w+s)?"
    r" (?:de|a) | ?[x×*] ?| fois (?:de )?| (?:ans|annees|mois) a )$"
)


def is_part(before: str, after: str) -> bool:
    """Whether a figure is only a part of the sum, by the words around it: "par an", "chacun"."""
    before, after = (
        "".join(normalize("NFD", each)[0] for each in side) for side in (before, after)
    )
    return bool(_PART.match(after) or _ONE_OF.search(before))


_OF_A_PART = re.compile(
    r"\b(?:mensuel|trimestriel|semestriel|hebdomadaire|unitaire|(?<!ca )(?<!affaires )annuel"
    rf"|(?:par|chaque) (?:{_TIME})\b|(?:au|le) (?:mois|trimestre|semestre)\b"
    r"|pendant (?:\d+|deux|trois|quatre|cinq) (?:ans|annees|mois)\b"
    r"|(?:premiere|cette|prochaine) annee\b|l'an prochain\b|autant\b|proro|et plus\b|en plus\b"
    r"|a l'annee\b|il en faut\b|plusieurs\b|quelques\b)"
)


def speaks_of_a_part(question: str) -> bool:
    """Whether a question tells of what recurs or is one of several: its amount may be a part.

    It is in lower case, `fold_same_length`; the words may stand anywhere in it.
    """
    return _OF_A_PART.search("".join(normalize("NFD", each)[0] for each in question)) is not None
