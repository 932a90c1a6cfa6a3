"""Facts: what a question in words gives to calculate with. Pure.

Amounts, rates, days and months with the words that stand around them, what is bought and who buys.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Generic, TypeVar
from unicodedata import normalize

from assistant.calculators.amounts import add_months
from assistant.calculators.calculation import Buyer, Nature
from assistant.calculators.handwriting import as_read
from assistant.question.parts import is_part
from assistant.question.quantities import (
    WITH_TAX,
    WITHOUT_TAX,
    Quantity,
    find_quantities,
    fold_same_length,
    is_amount,
)

Value = TypeVar("Value", Decimal, date)
Kind = TypeVar("Kind", Buyer, Nature)

_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_WEEKDAY = re.compile(rf"\b({'|'.join(_WEEKDAYS)})(?: le)? $")
_YEARS_OF_WEEKDAYS = 2
"""Years around one in which a day that is told by its weekday is looked for: it falls on the same
once among them, and a weekday that none has is a slip."""

# "un montant TTC de 240 000 €", "montant HT : 12 000 €".
_TAX_BEFORE = re.compile(
    r"\b(?:(?P<ttc>t\. ?t\. ?c\.?|ttc)|h\. ?t\.?|ht) ?(?:de|d'|:|=|est de)? ?$"
)
# "avenant 1 : 8 000, avenant 2 : 12 000": where one amount is named, thousands that count nothing.
_ALL_TAXED = re.compile(r"\b(?:tout|toutes?|montants?|chiffres|prix) (?:en )?(?:ht|hors taxes)\b")
_IN_THOUSANDS = re.compile(r"\d{1,3}(?:[ .]\d{3})+")
_COUNTS_NOTHING = re.compile(
    r" ?(?:[,;:.?!()=]|$)| (?:d'|(?:et|ou|puis|en (?:plus|moins|tout)|de|du|des|au total|qu[ei]"
    r"|pour|par|sur|dans|avec|sans|a|est|sont|soit|fait|donc|alors|mais|car|si|je|on|il|elle|ca|nous"
    r"|maxi\w*|max|aussi|egalement|chacune?|l'an|tous|toutes)\b)"
)
_YEAR = re.compile(r"(?:(?<=en )|(?<=annee )|(?<=exercice ))20\d\d")
# "un marché de dix mois à 72 000 €", "5 500 €, l'un et l'autre …": the whole of what is meant.
_WHOLE_BEFORE = re.compile(
    r"\b(?:marche|contrat|prestation)s? (?:\w+ )?de [\w-]+ (?:mois|ans|jours) a $"
)
_WHOLE_AFTER = re.compile(r" ?(?:ht|ttc|hors taxes)?,? l'une? (?:et|ou|comme) l'autre\b")
# "110 000 HT / 132 000 TTC": one sum told twice, and no price for each of what follows.
_OTHER_TAX = re.compile(r" ?(?:€|euros?)? ?(?:ht|ttc)? ?/ ?$")
_NUMBERED = re.compile(r"(?:n ?[°º]|\bnumeros?|\breferences?|\bcode) ?:? ?$")
_LIMIT = re.compile(
    r"\b(?:plus|moins|dessus|dessous|sous|dela|superieure?s?|inferieure?s?|egale?s?|jusqu'?|seuils?|entre"
    r"|partir|compter|plafond|limite|depass\w+|exced\w+|attei\w+)(?: pas)?"
    r" ?(?:a|aux?|de|d'|du|des)? ?$"
)
_SOON = timedelta(days=60)
_WAS_PAID = re.compile(
    r"\bfactures?\b.*(?<!\bsera )(?<!\bserait )(?<!\betre )(?<!\best )(?<!\bsi )(?<!\bpas )"
    r"(?<!\bnon )\b(?:payee?s?|reglee?s?)\b"
)
"""Of an invoice that was paid: no day told of it is ahead of today."""

_CLAUSE_END = re.compile(r"[,;:.?!]")
_NATURES = {
    nature: re.compile(rf"\b(?:{words})\b")
    for nature, words in (
        # Guarding is one of the specific services (annexe 3; R2123-1, 3°).
        (Nature.SOCIAL_SERVICES, "services? (?:sociaux|social|specifiques?)|gardiennage"),
        (Nature.WORKS, "travaux|chantier|refection|renovation|rehabilitation"),
        (
            Nature.SUPPLIES,
            "fournitures?|mobilier|vehicules?|ordinateurs?|materiels?|denrees|(?:photo)?copieurs?"
            "|compteurs?",
        ),
        (
            Nature.SERVICES,
            "(?<!les )(?<!nos )services(?! (?:techniques|juridiques|financiers|municipaux))"
            "|prestations? (?:de services?|intellectuelles?)"
            "|nettoyage|maintenance|assurances?|menage|lavage (?:de|des) vitres"
            "|(?<!travaux d')entretien (?:de |des )?(?:espaces verts|locaux|batiments)",
        ),
    )
}
# Works are bought where nothing else is bought for them: "de la peinture pour la rénovation".
_OF = r"(?:(?:de|des|du|pour|en|sur|la|les?|un|une|nos|notre|mes|mon|ma|ces?|petits?|gros) |[dl]')*"
_BOUGHT_WORKS = re.compile(
    rf"(?:(?:^|[,;:.?(] ?|\b(?:marches?|contrats?|(?<!conduite d')operations?|projets?|besoins?"
    r"|lots?|achats?|devis|mapa|procedure|publicite|concurrence|avenants?|modifications?|passer|lancer|faire|realiser"
    r"|commander|acheter|achete|porte|confier|signer|veut|voulons|avons|ai|a|est) )"
    rf"{_OF}|(?:[€%]|\b(?:euros?|ht|ttc|taxes)) (?:de |des |en |(?:pour|sur) (?:des |une? )?)"
    r"(?:petits |gros )?)(?:travaux|chantier|refection|renovation|rehabilitation)\b"
)
_BUYER = (
    r"(?:^|[,;:.?(] ?|\b(?:l'|la |le |du |au |une? |ma |mon |notre |votre |d'|cote |cote de la "
    r"|comme |en tant qu'|de |services? |travaux |chantier |acompte "
    r"|factures? |marche |mapa |aoo? ))"
)
_SERVICE_OF_THE_STATE = re.compile(
    r"\b(?:(?:l'|la |le |une? |notre )?(?:(?:sous-)?prefecture|rectorat|academie|ddtm?|ddfip|dreal"
    r"|drac|dreets|tribunal|gendarmerie|commissariat"
    r"|direction (?:inter)?(?:regionale|departementale)))\b"
    r"(?: (?:de la |du |de l'|des |d')(?:region|departement|ville|commune)\b)?"
)
# They are central authorities as the State is (annexe 2), but where the State alone is meant.
BODY_OF_THE_STATE = re.compile(
    r"\betablissements? publics? administratifs? de l'etat\b"
    r"|(?<!\ba l')(?<!\bavec l')(?<!\bpar l')\buniversites?\b[^,;:.?]{0,25}"
)
# Who pays for a part is not the buyer, nor is the place that names another: "subventionné à 60 %
# par la région", "l'université de la ville". An EPIC has not the State's thresholds (annexe 2).
_OTHER_THAN_THE_BUYER = re.compile(
    r"\b(?:financ|subvention)\w*[^,;:.?]{0,30}?(?:l'|la |le |du )\w+"
    r"|etablissements? publics?(?: \w+){0,5} de l'etat"
    r"|\b(?:universite|lycee|college|sem|spl|semop|sdis|office|association|agence|regie)\b"
    r"[^,;:.?]{0,25}"
    r"|\betat civil\b|\ben l'etat\b|\bl'etat (?:actuel|neuf|des lieux)\b"
    r"|\b(?:conseil|aides?|diplome\w*|secretaires?|chefs?) d'etat\b"
    r"|\bdans (?:l[ae]|une?) (?:region|departement|commune|ville|metropole)\b"
    r"|\bdepartement (?:informatique|technique|juridique|financier|(?:des )?(?:achats|marches))\b"
)
_ENTITY = re.compile(rf"{_BUYER}entite adjudicatrice\b|(?:^|\b(?:en |qu'|une |notre |comme ))ea\b")
_BUYERS = {
    buyer: re.compile(rf"{_BUYER}(?:{words})\b")
    for buyer, words in (
        (Buyer.STATE, "ministere|etat(?! (?:des |du |d'|de l))"),
        (
            Buyer.LOCAL,
            "(?:petite )?(?:commune|ville)|mairie|departement|region|metropole|collectivite|epci"
            "|communaute (?:urbaine|de communes|d'agglomeration)|ccas|agglo(?:meration)?"
            "|de?pt|comcom"
            "|syndicat (?:mixte|intercommunal|scolaire|departemental|d(?:es |'|e l')eaux?)"
            "|conseil (?:departemental|regional|municipal)",
        ),
        (Buyer.HOSPITAL, "hopital|chu|chr|centre hospitalier|etablissement public de sante"),
        (Buyer.ENTITY, "entite adjudicatrice"),
        (Buyer.OTHER_AUTHORITY, "autre pouvoir adjudicateur|oph"),
    )
}


# "480 M€ de dépenses réelles de fonctionnement": what the buyer spends in a year, and no contract.
_RUNNING = (
    r"(?:depenses|charges|budgets?)[^,;.?!]{0,20}\bfonctionnement|\bdrf|\bfonctionnement ?[:=]"
)
_RUNNING_BEFORE = re.compile(
    rf"(?:{_RUNNING})(?:(?!\b(?:marche|contrat|lot|avance|retenue|travaux)\b)[^,;.?!]){{0,60}}$"
    r"|\([^()]{0,40}\bbudget[^()]{0,25}$"
)
_RUNNING_AFTER = re.compile(
    r" ?(?:de |d'|en )(?:(?:budget|depenses|charges) (?:reelles )?(?:de )?)?"
    r"(?:fonctionnement|drf)\b(?! (?:de la|du|des)\b)"
)


MAY_I = r"\b(?:puis-je|peut-on|peut-elle|pouvons-nous|on peut|je peux|ai-je le droit de)\b"
"""How one asks whether something is allowed, as a regular expression."""


@dataclass(frozen=True, slots=True)
class GivenFigure(Generic[Value]):
    """An amount in euros, a rate in percent or a day, and the words around it.

    `before` and `after` go to the figures of the same kind on either side.
    """

    value: Value
    before: str
    after: str

    @property
    def is_without_tax(self) -> bool:
        """Whether it is said to be hors taxes."""
        before = _TAX_BEFORE.search(self.before)
        return bool(WITHOUT_TAX.match(self.after) or (before and not before["ttc"]))

    @property
    def is_with_tax(self) -> bool:
        """Whether it is said to be toutes taxes comprises."""
        before = _TAX_BEFORE.search(self.before)
        return bool(WITH_TAX.match(self.after) or (before and before["ttc"]))

    @property
    def is_limit(self) -> bool:
        """Whether it bounds other figures: "moins de 60 000 €", "le seuil de 60 000 €"."""
        return bool(_LIMIT.search(self.before))

    @property
    def is_share(self) -> bool:
        """Whether it is only a part of the sum: "par an", "chacun", "3 véhicules de"."""
        is_whole = _WHOLE_BEFORE.search(self.before) or _WHOLE_AFTER.match(self.after)
        if is_whole or _OTHER_TAX.match(self.after):
            return False
        return is_part(self.before, self.after)

    def role(self, roles: re.Pattern[str]) -> str | None:
        """The group of the last role named before it, else of the first one in its own clause."""
        named = [*roles.finditer(self.before)]
        own_clause = _CLAUSE_END.split(self.after, maxsplit=1)[0]
        nearest = named[-1] if named else roles.search(own_clause)
        return nearest.lastgroup if nearest else None


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """What a question gives; `words` are its own, in lower case and without accents.

    `running_costs` are those of the buyer, and no `amounts`.
    """

    words: str
    amounts: tuple[GivenFigure[Decimal], ...]
    rates: tuple[GivenFigure[Decimal], ...]
    days: tuple[GivenFigure[date], ...]
    months: tuple[Decimal, ...]
    natures: tuple[Nature, ...]
    buyers: tuple[Buyer, ...]
    running_costs: tuple[GivenFigure[Decimal], ...] = ()

    def says(self, *patterns: re.Pattern[str]) -> bool:
        """Whether each of these is in its words."""
        return all(pattern.search(self.words) for pattern in patterns)


def of_role(
    figures: Iterable[GivenFigure[Value]],
    roles: re.Pattern[str],
    role: str,
    *unless: re.Pattern[str],
) -> list[Value]:
    """The values of a role, but those before which one of some words stands."""
    return [
        each.value
        for each in figures
        if each.role(roles) == role and not any(words.search(each.before) for words in unless)
    ]


def but_role(
    figures: Iterable[GivenFigure[Value]], roles: re.Pattern[str], role: str
) -> list[GivenFigure[Value]]:
    """The figures that are of no role or of another."""
    return [each for each in figures if each.role(roles) != role]


def before_tax(amounts: Iterable[GivenFigure[Decimal]]) -> list[Decimal]:
    """The values that are without tax, or not said to be with it."""
    return [each.value for each in amounts if not each.is_with_tax]


def with_tax(amounts: Iterable[GivenFigure[Decimal]]) -> list[Decimal]:
    """The values that are with tax, or not said to be without it."""
    return [each.value for each in amounts if not each.is_without_tax]


def first(values: Iterable[Value]) -> Value | None:
    """The first value, None where there is none."""
    return next(iter(values), None)


def read_facts(question: str, today: date) -> QuestionFacts:
    """The facts of a question; a day without its year is that of the year named, else of today."""
    text = as_read(fold_same_length(normalize("NFC", question)).replace("œ", "oe"))
    words = "".join(normalize("NFD", letter)[0] for letter in text)
    found = find_quantities(text)
    amounts = _amounts(found, words)
    told = [*_placed(words, amounts, map(exact, amounts))]
    running = [each for each in told if _is_running(each)]
    amounts = [each for each, of in zip(amounts, told, strict=True) if of not in running]
    rates = [each for each in found if each.unit == "ratio"]
    days = dict(_dated(found, words, today))
    if _WAS_PAID.search(words) and any(day > today for day in days.values()):
        days = dict(_dated(found, words, add_months(today, -12)))
    return QuestionFacts(
        words,
        amounts=tuple(_placed(words, amounts, map(exact, amounts))),
        rates=tuple(_placed(words, rates, (exact(each) * 100 for each in rates))),
        days=tuple(_placed(words, [*days], days.values())),
        months=tuple(exact(each) for each in found if each.unit == "month"),
        natures=_natures(words),
        buyers=_buyers(words),
        running_costs=tuple(running),
    )


def _is_running(amount: GivenFigure[Decimal]) -> bool:
    """Whether an amount is what the buyer spends in a year."""
    before, after = _RUNNING_BEFORE.search(amount.before), _RUNNING_AFTER.match(amount.after)
    return before is not None or after is not None


def _amounts(found: Sequence[Quantity], words: str) -> list[Quantity]:
    """The amounts, and beside one of them the thousands that are said of nothing else."""
    if not (any(is_amount(each, words) for each in found) or _ALL_TAXED.search(words)):
        return []
    return [
        each
        for each in found
        if (is_amount(each, words) and not _YEAR.fullmatch(words, each.start, each.end))
        or (
            each.unit == "count"
            and _IN_THOUSANDS.fullmatch(words, each.start, each.end)
            and _COUNTS_NOTHING.match(words, each.end)
            and not _NUMBERED.search(words, 0, each.start)
        )
    ]


def exact(quantity: Quantity) -> Decimal:
    """The value of an amount, a rate (1 is the whole) or a duration."""
    value = Fraction(quantity.value)
    return Decimal(value.numerator) / value.denominator


def _dated(found: Iterable[Quantity], words: str, today: date) -> Iterator[tuple[Quantity, date]]:
    """The days written, in order; a month, or a day that no calendar has, is none.

    One without its year is nearest to the day before it, else to the first whole one, else to
    today; one that would be more than sixty days ahead of today is of this year. Where its weekday
    is told it is the nearest that falls on it.
    """
    written = [each for each in found if each.unit == "date" and each.value.count("-") > 1]
    whole = {each: _day(each.value) for each in written if each.value[0] != "-"}
    known = next((day for day in whole.values() if day), None)
    for each in written:
        weekday = _WEEKDAY.search(words, 0, each.start)
        named = _WEEKDAYS.index(weekday[1]) if weekday else None
        day = whole[each] if each in whole else _nearest(each.value[1:], named, known, today)
        if day:
            known = day
            yield each, day


def _day(written: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(written)
    return None


def _nearest(
    month_and_day: str, weekday: int | None, known: date | None, today: date
) -> date | None:
    """The day of the year that is nearest to one known, or to today but where it is far ahead.

    Where a weekday is told, Monday being 0, it is the one that falls on it, if a near year has one.
    """
    near = known or today
    for day in _same_days(month_and_day, near.year, _YEARS_OF_WEEKDAYS):
        if day.weekday() == weekday:
            return day
    days = _same_days(month_and_day, near.year, 1)
    nearest = min(days, key=lambda day: abs(day - near), default=None)
    is_near = nearest and (known or nearest - near <= _SOON)
    return nearest if is_near else _day(f"{near.year}{month_and_day}")


def _same_days(month_and_day: str, year: int, around: int) -> list[date]:
    """A day in each of the years around one that has it."""
    years = range(year - around, year + around + 1)
    return [day for each in years if (day := _day(f"{each}{month_and_day}"))]


def _placed(
    words: str, quantities: Sequence[Quantity], values: Iterable[Value]
) -> Iterator[GivenFigure[Value]]:
    starts = [0, *(each.end for each in quantities)]
    ends = [*(each.start for each in quantities[1:]), len(words)]
    for quantity, value, start, end in zip(quantities, values, starts, ends, strict=False):
        yield GivenFigure(value, words[start : quantity.start], words[quantity.end : end])


def _natures(words: str) -> tuple[Nature, ...]:
    """What is bought; supplies and services together are supplies, as the same rules hold."""
    found = _named(words, _NATURES)
    if Nature.WORKS in found and not _BOUGHT_WORKS.search(words):
        found = tuple(each for each in found if each is not Nature.WORKS)
    if Nature.SOCIAL_SERVICES in found or {Nature.SUPPLIES, Nature.SERVICES} <= {*found}:
        return tuple(each for each in found if each is not Nature.SERVICES)
    return found


def _buyers(words: str) -> tuple[Buyer, ...]:
    """Who buys: a service of the State, or a body of its, is the State, wherever it is."""
    of_the_state = _SERVICE_OF_THE_STATE.sub("l'etat ", BODY_OF_THE_STATE.sub("l'etat ", words))
    found = _named(_OTHER_THAN_THE_BUYER.sub("", of_the_state), _BUYERS)
    # A local body, or a "régie d'eau", that acts as such an entity buys by the rules of these.
    is_entity = _ENTITY.search(words) and not {*found} - {Buyer.LOCAL, Buyer.ENTITY}
    return (Buyer.ENTITY,) if is_entity else found


def _named(words: str, patterns: Mapping[Kind, re.Pattern[str]]) -> tuple[Kind, ...]:
    return tuple(kind for kind, pattern in patterns.items() if pattern.search(words))
