"""What a reference is said to be of: a code besides that of public procurement, or a contract.

Pure.

| written                              | of                                            |
|--------------------------------------|-----------------------------------------------|
| article L. 2131-1 du CGCT            | code general des collectivites territoriales  |
| art. L. 2141-1 (code du travail)     | code du travail …                             |
| annexe 2 de notre acte d'engagement  | acte d engagement                             |
| article R. 2122-8 du code            | nothing: it is that of public procurement     |
"""

import re
from collections.abc import Iterator

from ingestion.legislation.references import Reference, find_references
from ingestion.tenders.pieces import PIECE, plain

_CODES = {
    "CGCT": "code général des collectivités territoriales",
    "CG3P": "code général de la propriété des personnes publiques",
    "CGPPP": "code général de la propriété des personnes publiques",
    "CGFP": "code général de la fonction publique",
    "CGI": "code général des impôts",
    "CJA": "code de justice administrative",
    "CRPA": "code des relations entre le public et l'administration",
}
_SHORT = "|".join(r"\.?".join(name) for name in _CODES)
_LINK = (
    r"[\s,(]*(?:(?:du|de l['’]|de la|de (?:not|vot)re|de (?:mon|ce|cette)|d['’]une?|dans l[ea]|"
    r"au|à l['’]|à la|à notre)\s*)?"
)
_OURS = r"(?:de\s+)?(?:la\s+)?com\w*e\s+publi|(?:de\s+)?(?:la\s+)?(?:commande|cp)\b|des\s+march"
_OTHER_CODE = re.compile(
    rf"{_LINK}(?:(?P<short>{_SHORT})\b|(?P<code>code\s+(?!{_OURS})(?:du|des?|d['’]|général|general|"
    r"civil|pénal|penal|électoral|electoral|rural|monétaire|monetaire|forestier|minier)"
    r"(?!\w)\s*[^\W\d][^,;.:?!()]{0,90}|code\s+(?:civil|pénal|penal|électoral|electoral)\b))",
    re.IGNORECASE,
)
# "CCP" is written for the code as well as for a piece.
_CONTRACT = re.compile(
    rf"{_LINK}(?P<piece>(?!(?i:C\.?C\.?P\b))(?:{PIECE}|"
    r"(?i:(?:marché|contrat|convention|offre|devis|mémoire technique|dossier)\b)))"
)
_JOINED = re.compile(
    r"[\s,;]*(?:(?:et|ou|à|ainsi que)\b)?\s*(?=[LRDA]?\.?\s*\*?\s*\d)", re.IGNORECASE
)


def with_owners(text: str) -> tuple[tuple[Reference, str], ...]:
    """Each reference of `text` with what it is said to be of, as `plain` writes it, "" for nothing.

    What is said after "articles L. 1 et L. 2" is said of both.
    """
    return tuple(_backwards(text))[::-1]


def _backwards(text: str) -> Iterator[tuple[Reference, str]]:
    owner, following = "", -1
    for reference in reversed(find_references(text)):
        joined = _JOINED.match(text, reference.end)
        if joined is None or joined.end() != following:
            owner = _owner(text, reference)
        yield reference, owner
        following = reference.start


def _owner(text: str, reference: Reference) -> str:
    if code := _OTHER_CODE.match(text, reference.end):
        short = (code["short"] or "").replace(".", "").upper()
        return plain(_CODES[short] if short else code["code"])
    if reference.key.startswith("Annexe") and (found := _CONTRACT.match(text, reference.end)):
        return plain(found["piece"])
    return ""
