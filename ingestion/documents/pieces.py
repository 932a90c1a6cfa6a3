"""Pieces of a tender dossier: what kind each file is, however it is named. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

# Pieces of a tender file, however they are named: CCAP, C.C.A.P., "règlement de la consultation".

_SHORT_NAMES = ("CCAP", "CCTP", "CCATP", "CCP", "RC", "AE", "BPU", "DPGF", "DQE", "DPF")
_LONG_NAMES = {
    "cahier des clauses administratives particulières": "CCAP",
    "cahier des clauses techniques particulières": "CCTP",
    "cahier des clauses particulières": "CCP",
    "règlement de consultation": "RC",
    "règlement de la consultation": "RC",
    "acte d'engagement": "AE",
    "bordereau des prix": "BPU",
}
_GENERAL = "cahier des clauses administratives générales"
_FAMILIES = {
    "fcs": "FCS",
    "fournitures courantes et services": "FCS",
    "fournitures courantes et de services": "FCS",
    "tic": "TIC",
    "techniques de l'information et de la communication": "TIC",
    "pi": "PI",
    "prestations intellectuelles": "PI",
    "mi": "MI",
    "marchés industriels": "MI",
    "marchés publics industriels": "MI",
    "moe": "MOE",
    "maîtrise d'œuvre": "MOE",
    "maîtrise d'oeuvre": "MOE",
    "travaux": "Travaux",
}


def _dotted(name: str) -> str:
    return r"\.".join(name) + r"(?:\.(?=\W|$))?"


def _any_of(names: dict[str, str]) -> str:
    """Names in capitals often have no accents."""
    return "|".join(
        "".join(map(_either, name)).replace("'", "['’]").replace(" ", r"[^\S\n]+")
        for name in sorted(names, reverse=True)
    )


def _either(letter: str) -> str:
    without = _bare(letter)
    return letter if without == letter else f"[{letter}{without}]"


def _bare(text: str) -> str:
    letters = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _pattern() -> str:
    short = "|".join(form for name in _SHORT_NAMES for form in (name, _dotted(name)))
    gap = r"[^\S\n]*+"
    sigle = f"CCAG|{_dotted('CCAG')}"
    general = rf"(?i:{sigle}|{_any_of({_GENERAL: ''})}(?:{gap}\((?:{sigle})\))?)"
    families = "|".join([_any_of(_FAMILIES), *map(_dotted, ("fcs", "tic", "pi", "mi", "moe"))])
    link = rf"{gap}(?:[-/–]|applicables? aux|des|de)?{gap}(?:marchés[^\S\n]+(?:publics )?de )?"
    family = f"(?:(?i:{link}(?:{families}))(?![^\\W_]))?"
    return rf"(?<![^\W_])(?:{general}{family}|{short}|(?i:{_any_of(_LONG_NAMES)}))(?![^\W_])"


_BARE_NAMES = {_bare(name): short for name, short in _LONG_NAMES.items()}
_BARE_FAMILIES = {_bare(name): short for name, short in _FAMILIES.items()}

PIECE = _pattern()
"""A regular expression without named groups."""


def find_piece(text: str) -> str | None:
    """The first piece named in `text` ("CCAP", "RC", "CCAG-FCS"…), None if there is none. Pure."""
    match = re.search(PIECE, text)
    return piece_name(match.group()) if match else None


def pieces_named(text: str) -> frozenset[str]:
    """Every piece named in `text`, by its short name. Pure."""
    return frozenset(piece_name(match.group()) for match in re.finditer(PIECE, text))


def piece_name(written: str) -> str:
    """The short name of a piece as matched by `PIECE`: "C.C.A.G./Travaux" is "CCAG-Travaux"."""
    tidy = _bare(" ".join(written.lower().replace("’", "'").split()))
    if tidy in _BARE_NAMES:
        return _BARE_NAMES[tidy]
    letters = tidy.replace(".", "")
    if not letters.startswith(("ccag", _bare(_GENERAL))):
        return letters.upper()
    family = next((short for name, short in _BARE_FAMILIES.items() if letters.endswith(name)), None)
    return f"CCAG-{family}" if family else "CCAG"


# Names of files of a dossier: what they say of a piece, and of its version. Pure.

_DOTTED = re.compile(r"\b(?:[a-z]\.){1,4}[a-z]\b")
_HUMP = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])")
_BEFORE_VERSION = re.compile(r"(?<=[a-z])(?=v\d)")


def stem(name: str) -> str:
    """The name without folders and format."""
    return PurePosixPath(name).stem


def plain(text: str) -> str:
    """Lower case without accents, words and numbers set apart by one space."""
    letters = _bare(_HUMP.sub(" ", unicodedata.normalize("NFC", text))).lower()
    whole = _DOTTED.sub(lambda found: found[0].replace(".", ""), letters)
    return " ".join(re.findall(r"[a-z]+|\d+", _BEFORE_VERSION.sub(" ", whole)))


# What kind of piece of a tender dossier a file is, guessed from its name and first page. Pure.
#
# What a supplier wrote must never pass for a piece of the buyer: where both are possible the guess
# is an offer, and only probable, for somebody to confirm.


class PieceKind(StrEnum):
    """The kinds of pieces, as buyers call them."""

    NOTICE = "avis"
    RC = "RC"
    CCAP = "CCAP"
    CCTP = "CCTP"
    CCP = "CCP"
    AE = "AE"
    BPU = "BPU"
    DPGF = "DPGF"
    DQE = "DQE"
    ANNEX = "annexe"
    QUESTIONS = "questions-réponses"
    OFFER = "offre"
    OTHER = "autre"


class Confidence(StrEnum):
    """How far a guess may be trusted: as it is, once confirmed, or not at all."""

    SURE = "sûr"
    PROBABLE = "probable"
    NONE = "aucune"


@dataclass(frozen=True, slots=True)
class KindGuess:
    """A kind, how far to trust it, and why, in French."""

    kind: PieceKind
    confidence: Confidence
    reason: str


_NAMES = {
    PieceKind.QUESTIONS: (
        "questions? (?:et )?reponses?|reponses? (?:aux?|a la|a une) .*questions?|faq|q (?:et )?r|"
        "questions? (?:des |de |du )?(?:candidats?|soumissionnaires?|entreprises?)|"
        "renseignements? complementaires?|reponses? aux candidats|qr"
    ),
    PieceKind.NOTICE: (
        "avis (?:(?:d|de|du) )?(?:appel|marche|concours|attribution|preinformation|publicite|"
        "consultation|mise en concurrence|boamp|joue|rectificatif|modificatif)s?|avis$|"
        "aapc|boamp|joue|annonce legale"
    ),
    PieceKind.RC: (
        "rdc|rc(?! ?pro)|rpao|reglement (?:(?:particulier|de|du|d|la|l|cette) )*"
        "(?:consultation|appel d offres?|procedure|concours)"
    ),
    PieceKind.CCP: (
        "ccp|ccatp|ccap cctp|cahier des charges|cdc|"
        "cahier des clauses (?:administratives et techniques )?particulieres"
    ),
    PieceKind.CCAP: "ccap(?! cctp)|cahier des clauses administratives particulieres",
    PieceKind.CCTP: "(?<!ccap )cctp|cctc|cahier des clauses techniques (?:particulieres|communes)",
    PieceKind.AE: "ae|attri ?1|actes? (?:d )?engagements?",
    PieceKind.DQE: (
        "dqe|(?:detail|devis) (?:des )?(?:quantitatifs?|quantites)(?: et)?(?: estimatifs?)?|"
        "detail estimatif"
    ),
    PieceKind.DPGF: (
        "c?dpgf|dpf|decomposition (?:du|des|de) prix(?: global)?(?: et)?(?: forfaitaire)?"
    ),
    PieceKind.BPU: (
        "bpu|bpf|bordereaux? (?:des |de )?prix(?: unitaires?)?|"
        "(?:grille|catalogue) (?:de |des )?prix"
    ),
}
_OF_SUPPLIERS = (
    "(?<!appel d )(?<!appels d )(?<!analyse de l )offre|memoires? (?:technique|justificatif)s?|"
    "(?:memoire|note) (?:methodologique|environnementale?)|declaration sur l honneur|"
    "(?:dossier|pieces?) (?:de )?candidature|attestations?|certificats?|k ?bis|rib|rc pro|urssaf|"
    "assurance (?:professionnelle|decennale|responsabilite)|cv|devis(?! quantitatif)|"
    "liasse fiscale|bilans? (?:comptables?|financiers?)|"
    "references (?:clients?|chantiers?|travaux|similaires)|liste (?:de |des )references|"
    "moyens (?:humains|techniques|materiels)|qualibat|qualifelec|"
    "(?:pouvoirs?|delegation) (?:de |du )?(?:signature|signataire|pouvoirs?)|"
    "sous details? de prix|presentation (?:de l )?(?:entreprise|societe)|plaquette"
)
_FORMS = (
    "dc ?[1-6]|dume|espd|declaration du candidat|lettre de candidature|"
    "(?:attestation|certificat) de visite"
)
_FILLED = "(?:rempli|complete|renseigne|signe|chiffre|paraphe)e?s?"
_BLANK = "cadre|trame|modele|vierge|a completer|a remplir|exemple"
_COMPANY = "sarl|sasu?|eurl|scop|snc"
_ANNEX = "annexes?"
_NUMBERED_ANNEX = r"annexe (?:n )?(?:\d|[a-e]\b|[ivx]+\b)"
_BESIDE = (
    "plans?|planning|calendrier|notice|etude|diagnostic|releves?|carnet|photos?|inventaire|charte|"
    "programme|protocole|pgc|rict|geotechnique|amiante|formulaire|crt|" + _BLANK
)
_PRICES = (PieceKind.BPU, PieceKind.DPGF, PieceKind.DQE)
_FILLED_BY_SUPPLIERS = (*_PRICES, PieceKind.AE)
_TITLE_LINES = 20
_LONGEST_TITLE = 110


def _word(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])(?:{pattern})(?![a-z])")


_KINDS: Mapping[PieceKind, re.Pattern[str]] = {kind: _word(name) for kind, name in _NAMES.items()}
_SUPPLIER, _FORM, _IS_FILLED = _word(f"{_OF_SUPPLIERS}|{_FORMS}"), _word(_FORMS), _word(_FILLED)
_IS_BLANK, _IS_COMPANY = _word(_BLANK), _word(_COMPANY)
_IS_ANNEX, _NUMBERED, _IS_BESIDE = _word(_ANNEX), re.compile(_NUMBERED_ANNEX), _word(_BESIDE)


def guess_kind(name: str, first_page: str = "") -> KindGuess:
    """The kind of a file of this name, whose first page reads so; both may deceive. Pure."""
    named = _by_name(plain(stem(name)))
    titled = _by_title(first_page)
    if titled is None:
        return named
    if named.confidence is Confidence.NONE:
        return titled
    if named.kind is titled.kind:
        return KindGuess(named.kind, Confidence.SURE, f"{named.reason} ; {titled.reason}")
    is_offer = PieceKind.OFFER in (named.kind, titled.kind)
    kind = PieceKind.OFFER if is_offer else named.kind
    return KindGuess(kind, Confidence.PROBABLE, f"{named.reason}, mais {titled.reason}")


def abridged(name: str) -> str:
    """A plain name in which each piece is called by the short name of its kind. Pure."""
    for kind, pattern in _KINDS.items():
        name = pattern.sub(plain(kind), name)
    return name


def _by_title(first_page: str) -> KindGuess | None:
    """What its first lines say that are titles, a supplier's before any other; None without any."""
    lines = [line.strip() for line in first_page.splitlines() if line.strip()]
    titles = [line for line in lines[:_TITLE_LINES] if _may_be_title(line)]
    for kind, pattern in ((PieceKind.OFFER, _SUPPLIER), *_KINDS.items()):
        for line in titles:
            if pattern.match(plain(line)):
                return _probable(kind, f"la première page est intitulée « {line} »")
    return None


def _may_be_title(line: str) -> bool:
    return len(line) <= _LONGEST_TITLE and not line.endswith((".", ";", ","))


def _by_name(text: str) -> KindGuess:
    places = {kind: found.start() for kind, p in _KINDS.items() if (found := p.search(text))}
    kinds = sorted(places, key=lambda kind: places[kind])
    if PieceKind.QUESTIONS in kinds:
        return _named(PieceKind.QUESTIONS)
    is_of_supplier = _SUPPLIER.search(text)
    if is_of_supplier and not _IS_BLANK.search(text):
        return _of_supplier(text, kinds)
    if _is_filled(text, kinds):
        return _probable(PieceKind.OFFER, "le nom est celui d'un document rempli par un candidat")
    if is_of_supplier:
        return _probable(PieceKind.ANNEX, "le nom est celui d'un modèle à remplir")
    annex = _NUMBERED.search(text) or _IS_ANNEX.search(text)
    if annex and (not kinds or annex.start() < places[kinds[0]] or _NUMBERED.search(text)):
        return _of_annex(kinds)
    if len(kinds) > 1:
        return _probable(kinds[0], f"le nom dit plusieurs pièces : {', '.join(kinds)}")
    if kinds:
        return _named(kinds[0])
    if _IS_BESIDE.search(text):
        return _probable(PieceKind.ANNEX, "le nom est celui d'un document joint aux pièces")
    return KindGuess(PieceKind.OTHER, Confidence.NONE, "le nom ne dit pas quelle pièce c'est")


def _is_filled(text: str, kinds: list[PieceKind]) -> bool:
    """Whether a supplier filled in or signed what the name says; buyers sign clauses too."""
    may_be_signed = not kinds or not set(kinds).isdisjoint(_FILLED_BY_SUPPLIERS)
    return bool(_IS_COMPANY.search(text) or (may_be_signed and _IS_FILLED.search(text)))


def _of_supplier(text: str, kinds: list[PieceKind]) -> KindGuess:
    if kinds:
        return _probable(PieceKind.OFFER, f"le nom dit à la fois offre et {kinds[0]}")
    if _FORM.search(text):
        return _probable(PieceKind.OFFER, "le nom est celui d'un formulaire de candidat")
    return _named(PieceKind.OFFER)


def _of_annex(kinds: list[PieceKind]) -> KindGuess:
    prices = [kind for kind in kinds if kind in _PRICES]
    if prices:
        return _probable(prices[0], f"le nom est celui d'une annexe qui est un {prices[0]}")
    return _named(PieceKind.ANNEX)


def _named(kind: PieceKind) -> KindGuess:
    return KindGuess(kind, Confidence.SURE, f"le nom dit {kind}")


def _probable(kind: PieceKind, reason: str) -> KindGuess:
    return KindGuess(kind, Confidence.PROBABLE, reason)
