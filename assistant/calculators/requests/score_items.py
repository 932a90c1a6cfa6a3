"""What questions say of tenders: where each begins, and the figures of its criteria. Pure.

Every figure has to be read as a weight, a note, a price or a scale.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from assistant.calculators.formula import FIGURES
from assistant.calculators.scores import PRICE

# Where a tender begins: "offre A :", "B (80 k€", "le concurrent : 80 000 €", "on a 36 en".
_AMOUNT = (
    r"(?:est |a |propose |fait )*(?:\d[\d ,]*(?:€|(?:k€?|euros?|ht)(?!\w))|\d{1,3}(?: \d{3})+\b)"
)
_BESIDE_B = rf"(?= {_AMOUNT}.*\bb\b)"
_NOTED = r"\d+(?:[.,]\d+)?(?: ?/ ?\d+)? ?(?:points?|pts?|en|pour|sur|au?x?|de technique)\b"
_KIND = r"(?:l'|la |le )?(?:offre|entreprise|candidate?|societe|soumissionnaire|prestataire)"
_TENDER = re.compile(
    rf"\b(?P<kind>{_KIND} (?:[a-z0-9]+(?= ?[:=(])|[b-h1-9](?= )|a{_BESIDE_B}))"
    r"|(?<![a-z0-9'(])(?<!\best )(?<!\b[a-h] )(?<!\bon )(?<!\bil )(?<!\by )(?<!elle )"
    rf"(?P<letter>[a-hx-z](?= ?[:=(])|[b-h](?= {_AMOUNT})|a{_BESIDE_B})"
    r"|\b(?P<own>(?:m(?:on|a)|notre|votre) (?:propre )?(?:offre|prix|devis|proposition)"
    r"|l[ae] (?:notre|mienne?|votre)|(?:offre|celle) que (?:je|nous|on|j'|vous) \w+)\b"
    rf"|\b(?P<has>j'(?:ai|obtiens)|on (?:a|obtient)|nous (?:avons|obtenons)|elle (?:a|obtient)"
    rf"|il (?:a|obtient)) (?:eu |obtenu )?(?={_NOTED})"
    r"|(?:^|(?<=[.;?!] )|(?<=, )|(?<=\bet ))(?P<said>(?:[a-z'-]+ ){0,3}[a-z'-]+)(?= ?: ?\d)"
    r"|(?:^|(?<=[.;?!,] )|(?<=\bet ))(?P<party>nous|moi|eux|lui|elle|l'(?:attributaire|autre)"
    r"|le (?:gagnant|concurrent|sortant|titulaire|voisin))(?= ?: ?(?:[a-z]+ ){1,2}\d)"
)
_NO_TENDER = re.compile(
    r"\b(?:criteres?|reglement|rc|dce|ponder\w*|bareme|not(?:es?|ees?|ations?)|formules?|points?|total|prix|cout"
    r"|question|techniques?|tech|valeur|env\w*|delais?|qualite|social\w*|moins|sur|soit)\b"
)
_OF_ANOTHER = re.compile(r"elle|il|(?:offre|celle) que")
_OURS = {"ma": "votre", "mon": "votre", "notre": "votre", "mes": "vos", "nos": "vos",
         "moi": "vous", "nous": "vous", "societe": "société"}  # fmt: skip

# What a figure is in its own few words.
_WEIGHS = re.compile(r"\b(?:compt\w*|pes\w*|represent\w*|pondere\w*)(?: pour)? ?$")
_DECIMALS = re.compile(
    r"\b(?:(?:a|avec|au) )?(?:2|deux) (?:decimales|chiffres apres la virgule)\b|\bau centieme\b"
)
"""What is told anyway."""

SCALE = re.compile(r"\b(?:notes|notees)\b(?: [a-z]+){0,2} sur (?P<scale>\d{1,3})\b(?! points)")
_NO_FIGURE = re.compile(r"\([^()\d]*\)")
_APART = re.compile(
    r",(?!\d)|[;:+?!\n]|\.(?!\d)|\bet\b|\bcontre\b|\bsoit\b|\bquand\b|\bsi\b|\bque\b|\balors\b"
)
_JOINED = re.compile(r"(?<=[a-z)%]) ?[:=] ?(?=\d)")
_FIGURE = re.compile(
    rf"(?P<sur>\bsur )?(?P<coef>\bcoef(?:ficient)?\.? ?(?:de )?)?{FIGURES}"
    r"(?:(?P<amount> ?(?P<kilo>k|m)? ?(?:€|eur(?:os?)?\b)| ?(?P<alone>k)\b)"
    r"|(?P<percent> ?%)|(?: ?/ ?| sur )(?P<of>\d{1,3})(?![\d,]))?"
    r"(?: ?(?:points?|pts?|ht|ttc)\b)?"
)
_LEAST_PRICE = 1000
"""From which a number without a currency is a price: no note nor weight is as high."""

_SCALES = {"k": 1_000, "m": 1_000_000}
_GENERIC = re.compile(
    r"(?:not[a-z]+|criteres?|valeur|les|mes|nos|ses|son|sur|pour|des|une|est|avec|points?|ponder\w+"
    r"|reglement|consultation|pese|compte|coef\w*|poids|fait|font|offres?|propose|obtient"
    r"|entreprise|candidat|quelles?|quels?|combien|donne\w*|fait|calcul\w*)$"
)
_PRICES = {"prix", "cout", "couts", "tarif", "tarifs", "montant", "financier", "financiere"}
_LOWEST = re.compile(r"\b(?:moins[- ](?:chere?|disante?)|plus bas\w*|mini\w*|moindre)\b")


@dataclass(frozen=True, slots=True)
class ScoreItem:
    """What a few words say: a criterion, and the figures given of it.

    `bare` is a note or a weight; `of` is on what a note is.
    """

    label: str
    words: str
    price: Decimal | None = None
    bare: Decimal | None = None
    of: Decimal | None = None
    weight: Decimal | None = None
    is_percent: bool = False

    @property
    def is_lowest(self) -> bool:
        """Whether it is said to be the lowest price."""
        return self.price is not None and _LOWEST.search(self.words) is not None

    @property
    def has_figure(self) -> bool:
        """Whether a figure is in its words."""
        return not (self.price is None and self.bare is None and self.weight is None)


class UnreadFigure(Exception):
    """A figure that is neither a weight, a note, a price nor a scale."""


def parts_of_tenders(words: str) -> tuple[str, list[tuple[str, str]]]:
    """The words on every tender, then each tender by its name with the words on it alone."""
    marks = list(_marks(words))
    if not marks:
        return words, []
    ends = [*(each.start() for each in marks[1:]), len(words)]
    head, tenders, last = [words[: marks[0].start()]], dict[str, list[str]](), ""
    for mark, end in zip(marks, ends, strict=True):
        own, rest = _sentence(words[mark.end() : end])
        is_same = mark["has"] and mark["has"].startswith(("elle", "il"))
        last = last if last and is_same else _name(mark)
        tenders.setdefault(last, []).append(own.lstrip(" :="))
        head.append(rest)
    return " , ".join(head), [(name, " , ".join(own)) for name, own in tenders.items()]


def _marks(words: str) -> Iterator[re.Match[str]]:
    """Where the words on a tender begin, those with a figure alone."""
    for found in _TENDER.finditer(words):
        if found["said"] and _NO_TENDER.search(found["said"]):
            continue
        is_ours = found["own"] or found["has"]
        if not is_ours or re.search(r"\d", _sentence(words[found.end() :])[0]):
            yield found


def _sentence(words: str) -> tuple[str, str]:
    """The first sentence of some words, and the others."""
    own, _, rest = re.sub(r"[.?!](?!\d)", "\0", words).partition("\0")
    return own, rest.replace("\0", ".")


def _name(mark: re.Match[str]) -> str:
    """The name of a tender as an answer tells it."""
    if mark["own"] or mark["has"]:
        return "l'offre" if _OF_ANOTHER.match(mark[0].strip()) else "votre offre"
    said = " ".join(_OURS.get(each, each) for each in mark[0].strip().split())
    if mark["letter"]:
        return said.upper()
    kind, _, own = said.rpartition(" ")
    return f"{kind} {own.upper() if len(own) == 1 else own.title()}" if mark["kind"] else said


def score_items(words: str) -> Iterator[ScoreItem]:
    """What each few words say, those with a figure alone."""
    for said in _APART.split(_JOINED.sub(" ", _NO_FIGURE.sub(" ", _DECIMALS.sub(" ", words)))):
        item = _item(said)
        if item.has_figure:
            yield item


def _item(said: str) -> ScoreItem:
    """What a few words say; raises UnreadFigure for a figure too many."""
    given: dict[str, Decimal] = {}
    is_percent = False
    for found in _FIGURE.finditer(said):
        value = Decimal(found["figures"].replace(" ", "").replace(",", "."))
        value *= _SCALES.get(found["kilo"] or found["alone"] or "", 1)
        is_percent |= found["percent"] is not None
        is_weight = found["percent"] or found["coef"] or found["sur"]
        is_weight = is_weight or _WEIGHS.search(said[: found.start()])
        is_price = found["amount"] or found["alone"] or value >= _LEAST_PRICE
        kind = "price" if is_price and not is_weight else "weight" if is_weight else "bare"
        if kind in given:
            raise UnreadFigure
        given[kind] = value
        if found["of"]:
            given["of"] = Decimal(found["of"])
    rest = _FIGURE.sub(" ", said)
    if re.search(r"\d", rest):
        raise UnreadFigure
    return ScoreItem(_label(rest), said, is_percent=is_percent, **given)


def _label(words: str) -> str:
    """The criterion that words name, "" where they name none."""
    named = [each for each in re.findall(r"[a-z]{2,}", words) if not _GENERIC.match(each)]
    if _PRICES & {*named}:
        return PRICE
    return " ".join(each for each in named if len(each) > 2)
