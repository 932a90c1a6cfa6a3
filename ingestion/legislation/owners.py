"""What a reference is said to be of: another code than ours, a law or a decree, a contract.

Pure.

| written                              | of                                            |
|--------------------------------------|-----------------------------------------------|
| article L. 2131-1 du CGCT            | code general des collectivites territoriales  |
| art. L. 2141-1 (code du travail)     | code du travail …                             |
| article 5 de la loi n° 2013-100      | loi 2013 100                                  |
| article 12 du RGPD, RGPD, article 12 | rgpd                                          |
| annexe 2 de notre acte d'engagement  | acte d engagement                             |
| article R. 2122-8 du code            | nothing: it is that of public procurement     |
"""

import re
from collections.abc import Iterator

from ingestion.documents.pieces import PIECE, plain
from ingestion.documents.references import Reference, find_references
from ingestion.french import month_names

_CODES = {
    "CASF": "code de l'action sociale et des familles",
    "CCH": "code de la construction et de l'habitation",
    "CGCT": "code général des collectivités territoriales",
    "CG3P": "code général de la propriété des personnes publiques",
    "CGPPP": "code général de la propriété des personnes publiques",
    "CGFP": "code général de la fonction publique",
    "CGI": "code général des impôts",
    "CJA": "code de justice administrative",
    "CPI": "code de la propriété intellectuelle",
    "CRPA": "code des relations entre le public et l'administration",
    "CSP": "code de la santé publique",
}
_SHORT = "|".join(r"\.?".join(name) for name in _CODES)
SIGLE = rf"\b(?:{_SHORT})\b"
"""The pattern of a code besides that of public procurement, by its letters."""

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
# "CCP" is written for the code as well as for a piece; annexes of the code are orders.
_CONTRACT = re.compile(
    rf"{_LINK}(?P<piece>(?!(?i:C\.?C\.?P\b))(?:{PIECE}|"
    r"(?i:(?:marché|contrat|convention|offre|devis|mémoire technique|dossier|"
    r"loi|décret|ordonnance|directive|règlement)\b)))"
)
_JOINED = re.compile(
    r"[\s,;]*(?:(?:et|ou|à|ainsi que)\b)?\s*(?=[LRDA]?\.?\s*\*?\s*\d)", re.IGNORECASE
)

# A text, as `plain` writes it: its kind, then its number, else its day, else a word of its subject.
_KIND = (
    "loi|decret|arrete|ordonnance|directive|reglement|circulaire|instruction|traite|constitution|"
    "convention|charte|rgpd|tfue|cedh"
)
_DAY = rf"(?:\d{{1,2}} (?:er )?)?(?:{'|'.join(map(plain, month_names('fr')))})(?: \d{{4}})?"
_FILLER = (
    "n|du|de|des|la|le|les|l|d|aux?|a|en|dans|son|sa|sur|relati[a-z]+|portant|dite?|organique|"
    "delegue|europeenne?|(?:inter)?ministeriel|modifiee?|ue|ce|cee"
)
_TOLD = (
    rf"\b(?: (?:{_FILLER})\b)*"
    rf"(?: (?P<told>\d{{2,4}} \d{{1,4}}\b|{_DAY}\b|(?:19|20)?\d\d\b|[a-z]+))?"
)
_PART = r"(?:(?:paragraphe|alinea|al|point|[ivx]+|[a-h]|bis|ter|quater|premier|\d{1,2}) )*"
_OF = r"(?:du|des|de l|de la|d une?|de (?:cet?|cette|ladite|notre|votre|mon|ma)|dudit) "
_AFTER = re.compile(
    rf"{_PART}(?:(?:{_OF}(?:dit |meme |present )?)(?P<of>[a-z]{{2,}})|(?P<kind>{_KIND})){_TOLD}"
)
_BEFORE = re.compile(rf"\b(?P<kind>{_KIND}){_TOLD}")
_REACH = 200
"""Characters of what stands before a number in which a text that it is of is looked for."""


def with_owners(text: str) -> tuple[tuple[Reference, str], ...]:
    """Each reference of `text` with what it is said to be of, as `plain` writes it, "" for nothing.

    What is said after "articles L. 1 et L. 2" is said of both.
    """
    return tuple(_backwards(text))[::-1]


def is_of(owner: str, title: str) -> bool:
    """Whether what a reference is said to be of is the text of this title."""
    named = plain(title)
    kind, _, told = owner.partition(" ")
    is_told = re.search(rf"\b{told}\b", named) is not None
    return owner.startswith(named) or (named.split(" ", 1)[0] == kind and is_told)


def _backwards(text: str) -> Iterator[tuple[Reference, str]]:
    owner, following = "", -1
    for reference in reversed(find_references(text)):
        joined = _JOINED.match(text, reference.end)
        if joined is None or joined.end() != following:
            said = _owner(text, reference)
            owner = said if said or not _is_number(reference) else owner
        yield reference, owner
        following = reference.start


def _owner(text: str, reference: Reference) -> str:
    if code := _OTHER_CODE.match(text, reference.end):
        short = (code["short"] or "").replace(".", "").upper()
        return plain(_CODES[short] if short else code["code"])
    if reference.key.startswith("Annexe") and (found := _CONTRACT.match(text, reference.end)):
        return plain(found["piece"])
    return _text_of(text, reference) if _is_number(reference) else ""


def _is_number(reference: Reference) -> bool:
    """Whether a reference has no letter, as an article of the code has."""
    return reference.key[0].isdigit()


def _text_of(text: str, number: Reference) -> str:
    """The text named right after a number, else the last one named before it."""
    following = re.split(r"[?!;:]", text[number.end : number.end + _REACH])[0]
    if after := _AFTER.match(plain(following)):
        return f"{after['of'] or after['kind']} {after['told'] or ''}".rstrip()
    before = plain(text[max(0, number.start - _REACH) : number.start])
    *_, last = (None, *_BEFORE.finditer(before))
    return f"{last['kind']} {last['told'] or ''}".rstrip() if last else ""
