"""Groups, ranks and shares that a question names: by supplier, the first five, the part of X."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from assistant.ledger.parsing.connectives import Found
from assistant.ledger.parsing.period_forms import COUNTS
from assistant.ledger.parsing.vocabulary import Remainder, WordRule, load_vocabulary
from assistant.ledger.query.plan import PeriodStep, Plan, PlanFilter, Population, rows_of

# Where the part of a share is said: "part de X dans …", "quelle part de … est X". Pure.

_SHARE = re.compile(r"\b(?:parts?|pourcentages?|proportions?|fractions?|taux|combien pour cent)\b")
_VERB = re.compile(
    r"\b(?:est|sont|revient|reviennent|a ete|ont ete|represente|representent|va|vont|concerne|"
    r"concernent|provient|proviennent|vient|viennent)\b"
)
_IN = re.compile(r"\b(?:dans(?! (?:les?|un) (?:delais?|\d))|parmi|sur|au sein)\b")


@dataclass(frozen=True, slots=True)
class Share:
    """The half-open places between which the part is; `is_said` where a word marks them.

    `is_rate`: of groups, that of each is asked for.
    """

    first: int
    last: int
    is_said: bool
    is_rate: bool

    def parted(
        self, filters: Found
    ) -> tuple[tuple[PlanFilter, ...], tuple[PlanFilter, ...]] | None:
        """The conditions of the whole and those of the part, None where words leave them open."""
        part = [each for each in filters if self.first <= each[1] < self.last]
        if len({start for _, start in filters}) == 1:
            part = filters
        elif not self.is_said:
            return None
        whole = tuple(each for each, start in filters if (each, start) not in part)
        return (whole, tuple(each for each, _ in part)) if part else None


def share_place(left: Remainder) -> Share | None:
    """After the verb that follows the word of the share, and before "dans"; None without share."""
    if not (share := _SHARE.search(left.whole)):
        return None
    inside = _IN.search(left.whole, share.end())
    last = inside.start() if inside else len(left.whole)
    verb = _VERB.search(left.whole, share.end(), last)
    start = verb.start() if verb else share.start()
    return Share(start, last, bool(verb or inside), share[0] == "taux")


# The groups and ranks that a question names: by supplier, the first five, the highest.

_COUNT = rf"\d{{1,3}}|{'|'.join(COUNTS)}"
_ONE = r"(?:le |la |l'|notre |mon |ma )"
_THE = rf"(?:{_ONE}|les |leurs |mes |nos |des )?"
_MOST_OF = (
    r"(?:plus (?:gros(?:ses?)?|grande?s?|haute?s?|elevee?s?|chere?s?|couteu(?:x|ses?)|"
    r"onereu(?:x|ses?)|importante?s?|forte?s?)|princip(?:aux|ales?|al))"
)
_LEAST_OF = (
    r"(?:plus (?:petite?s?|faibles?|basse?s?|modestes?)|moins (?:elevee?s?|chere?s?|importante?s?))"
)


class _Side(NamedTuple):
    """An adjective of the first or last ranks, and the field that it speaks of, "" for any."""

    is_low: bool
    says: str
    of: str = ""


_OF_GROUPS = (_Side(False, rf"(?:{_MOST_OF}|premi(?:er|ere)s?)"), _Side(True, _LEAST_OF))
_OF_ROWS = {  # whose first is that of the first day, which is no rank
    Population.INVOICES: (_Side(False, _MOST_OF), _Side(True, _LEAST_OF)),
    Population.PURCHASES: (
        _Side(False, _MOST_OF),
        _Side(True, _LEAST_OF),
        _Side(False, r"plus long(?:ue)?s?", "months"),
        _Side(True, r"plus courte?s?", "months"),
    ),
}
_OF_PERIODS = (_Side(False, _MOST_OF), _Side(True, _LEAST_OF))
"""Whose first ones are those of the first days."""

_BY = r"(?:par|(?:(?:pour|de|dans|a) )?chaque|selon (?:le|la|les)|ventile\w* par)"
_MOST = re.compile(
    r"\ble (?P<side>plus|moins)\b(?: (?:cher|lourd|d'argent|longs?|longtemps|eleves?)\b)?"
    r"(?:(?! de (?:temps|jours)\b) (?:grand nombre )?d(?:e |'))?"
    r"(?P<fast>(?= (?:vite|rapidement)\b)| (?:courts?|rapides?)\b)?"
)
_ROWS = re.compile(r" (?:grand nombre )?d(?:e (?!temps|jours)|'(?!argent))")
_PRICE = re.compile(r"\best(?:-il|-ce)? (?:\w+ )?le (?:plus|moins) cher\b")
"""Of who sells, a price, and not how much was bought of it."""


_TREND = re.compile(
    r"\b(?:evolutions?|tendances?|courbes?)\b(?: (?:dans le temps|au fil du temps))?"
)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The field, or the length of the periods, that rows are grouped by, and the ranks kept.

    `is_count`: ranks are by how many rows there are; `of` is the field that they are by, else None.
    `is_aside`: ranks are of who is asked about, "du plus gros fournisseur", not by what is asked.
    """

    group: str | None = None
    step: PeriodStep | None = None
    limit: int | None = None
    is_ascending: bool = False
    is_count: bool = False
    of: str | None = None
    is_aside: bool = False

    def applied(self, plan: Plan) -> Plan:
        """The plan, grouped and ranked so."""
        return replace(
            plan,
            group=self.group,
            step=self.step,
            limit=self.limit,
            is_ascending=self.is_ascending,
        )


def ranking(left: Remainder, over: Population) -> Ranking:
    """The grouping of a question, taken out; two of them clash."""
    rules = [rule for rule in load_vocabulary().groups if rule.is_for(over)]
    ranks = [
        found
        for rule in rules
        if (found := _superlative(left, rule, _sides(rule)) or _chosen(left, rule))
    ]
    if found := _extreme(left, over) or _superlative(left, _rows(over), _OF_ROWS[over]):
        ranks.append(found)
    by = rules if _MEAN.search(left.whole) else [*rules, _rows(over)]
    groups = [Ranking(rule.name or None, rule.step) for rule in by if _is_grouped(left, rule)]
    every = [*ranks, *groups] or [*filter(None, [_who(left)])]
    left.has_clash |= not every and _ASKS_WHO.match(left.whole) is not None
    left.has_clash |= _PRICE.search(left.whole) is not None and _is_by(every, "supplier")
    if left.take(_TREND):
        left.has_clash |= any(each.step is None for each in every)
        every = every or [Ranking(step=PeriodStep.MONTH)]
    left.has_clash |= len(every) > 1
    return every[0] if every else Ranking()


def _is_by(every: Sequence[Ranking], field: str) -> bool:
    return any(each.group == field for each in every)


_ASKS_WHO = re.compile(r"qui (?!(?:sont|est|etaient|etait)\b)")
_WHO = re.compile(
    rf"(?:(?:^|(?<=[,:;?(] )|(?<=c'est ))|\bles (?P<count>{_COUNT}) (?:premiers )?)"
    r"(?:(?P<whose>(?:chez|a|aupres de) )qui|qui (?=(?:nous |on |vous )?(?:(?:a|ont|aura|avait) )?"
    r"(?:(?:le|ete|eu|deja) |(?:cout|factur|remport|gagn|obten|vend|deti|pes|represent|touch|perc"
    r"|recoi)|(?:avons-nous|a-t-on|avez-vous|on)\b)))"
)
"""Who is paid or holds contracts: "qui nous coûte", "chez qui"; not who spends, pays or signs."""


def _who(left: Remainder) -> Ranking | None:
    """The first ones of those who are paid, where no noun names them: "qui nous coûte le plus"."""
    match = _WHO.search(left.text)
    side = _MOST.search(left.text, match.end()) if match else None
    if match is None or side is None:
        return None
    left.erase(*match.span())
    left.erase(*side.span())
    return Ranking(
        "supplier",
        limit=_number(match["count"]) if match["count"] else 1,
        is_ascending=(side["side"] == "moins") != (side["fast"] is not None),
        is_count=_ROWS.match(left.whole, side.end("side")) is not None,
    )


def counted_values(left: Remainder, over: Population) -> str:
    """The field of which a question counts the values, taken out: "combien de fournisseurs"."""
    for rule in load_vocabulary().groups:
        if rule.is_for(over) and not rule.step and rows_of(over).fields[rule.name].many:
            says = rf"\b(?:combien|nombre) (?:de |d'){rule.says.pattern}"
            if left.take(re.compile(rf"{says}(?: (?:differents?|distincts?))?(?!\w)")):
                left.doubt(re.compile(rf"{_HAVE_NONE}|{rule.says.pattern} sans\b"))
                return rule.name
    return ""


_HAVE_NONE = r"\bn'(?:ont|a|avaient|avait|auront|aura) (?:pas|plus|jamais|aucune?)\b"
"""Who has no such row, and not who has others: "combien de fournisseurs n'ont pas d'avoir"."""


def _sides(rule: WordRule) -> Sequence[_Side]:
    return _OF_PERIODS if rule.step else _OF_GROUPS


_MEAN = re.compile(r"\b(?:moyen|median)")
"""What is computed of all rows, as are the sums of "par facture" and "par marché" of each."""


def _rows(over: Population) -> WordRule:
    """The rows themselves as groups of one."""
    return replace(load_vocabulary().nouns(over), name=EACH)


EACH = "number"
"""The field by which each row is a group of its own."""


def _is_grouped(left: Remainder, rule: WordRule) -> bool:
    by = rf"(?:{_BY} )?" if rule.step and _ADVERB.search(left.text) else rf"{_BY} "
    if rule.step:  # "mois par mois", "mois après mois"
        by = rf"(?:(?:{rule.says.pattern} )?{by}|{rule.says.pattern} apres )"
    return bool(left.take(re.compile(rf"\b{by}{rule.says.pattern}")))


_ADVERB = re.compile(r"\b(?:mensuel|trimestriel|annuel)")


_OF = re.compile(r"\b(?:d[eu]|de la|des|aux?|chez|avec)(?: l[ea])? $")
_DELAY = r"delai(?: de (?:paiement|reglement))?"
_AMOUNTS = (
    (r"montant le plus eleve|plus gros montant", False, None),
    (r"montant le plus faible|plus petit montant", True, None),
)
_EXTREMES = {  # and no "maximum", which is of a rule: "durée maximale d'un marché"
    Population.INVOICES: (
        (
            rf"plus long {_DELAY}|(?<!moyen de paiement ){_DELAY} le plus long",
            False,
            "payment_days",
        ),
        (rf"plus court {_DELAY}|{_DELAY} le plus court", True, "payment_days"),
        (
            r"(?:qui )?(?:attend|traine|dort)(?:ent)? depuis le plus longtemps",
            False,
            "age_days",
        ),
        (r"plus (?:gros|grand|long|important) retard|retard le plus long", False, "late_days"),
        *_AMOUNTS,
    ),
    Population.PURCHASES: (
        (r"plus longue duree|duree la plus longue", False, "months"),
        (r"plus courte duree|duree la plus courte", True, "months"),
        *_AMOUNTS,
    ),
}


_WHICH = {Population.INVOICES: "laquelle", Population.PURCHASES: "lequel"}
"""Of the rows, by their gender; a supplier may be the other one."""

_PAYING = "payment_days"
_SOON = {"vite", "rapidement", "tot"}
_PAID = r"(?:paye[er]?e?s?|regle[er]?e?s?)"
_HOW = (
    rf"(?:{_PAID} le plus (?P<how>vite|rapidement|tot|tard|lentement)"
    r"|(?:mis(?:e|es)?|met\w*) le (?P<side>plus|moins) (?:de (?:temps|jours)|longtemps) "
    rf"(?:a|avant de|avant d'|pour) (?:(?:l[ea]|les) )?(?:etre )?{_PAID})"
)


def _paid_slowest(left: Remainder, over: Population) -> re.Match[str] | None:
    """The words that rank invoices by the time that their payment took; None for groups."""
    if over is not Population.INVOICES:
        return None
    noun = load_vocabulary().nouns(over).says.pattern
    which = r"quel(?:le)?s? (?:est |sont )?(?:l[ea]s? )?"
    asks = rf"(?:(?:les|quelles sont les) (?P<count>{_COUNT}) |{which}|la |les )?"
    return left.take(re.compile(rf"\b{asks}{noun}(?: [^,;:?]*?)? {_HOW}"))


def _extreme(left: Remainder, over: Population) -> Ranking | None:
    """The row of which a value is the highest or lowest: "payée avec le plus long délai"."""
    if match := _paid_slowest(left, over):
        is_low = match["side"] == "moins" or match["how"] in _SOON
        return Ranking(EACH, limit=_number(match["count"]) or 1, is_ascending=is_low, of=_PAYING)
    for side in _OF_PERIODS:
        if left.take(re.compile(rf"\b{_WHICH[over]} (?:est|etait|a ete) l[ea] {side.says}\b")):
            return Ranking(EACH, limit=1, is_ascending=side.is_low)
    for says, is_low, of in _EXTREMES[over]:
        if left.take(re.compile(rf"\b(?:(?:avec|ayant|au|de) )?(?:la |le )?(?:{says})\b")):
            return Ranking(EACH, limit=1, is_ascending=is_low, of=of)
    return None


def _superlative(left: Remainder, rule: WordRule, sides: Sequence[_Side]) -> Ranking | None:
    """Ranks whose side an adjective says: "les 5 plus gros …", "la … la plus élevée", "top 5"."""
    noun = rf"(?P<noun>{rule.says.pattern})"
    for side in sides:
        forms = (
            rf"(?P<the>{_THE})(?:(?P<count>{_COUNT}) )?{side.says} {noun}",
            rf"(?P<the>{_THE})(?:(?P<count>{_COUNT}) )?{noun} (?:les? |la |l')?{side.says}",
            rf"(?P<the>)(?:top|palmares|classement)(?: ?(?P<count>{_COUNT}))? "
            rf"(?:des? |d')?(?:{side.says} )?{noun}",
        )
        for form in forms:
            if match := left.take(re.compile(rf"\b{form}(?!\w)")):
                limit = 1 if _is_one(match) else _number(match["count"])
                is_aside = match["the"] == "des " or _OF.search(left.whole, 0, match.start())
                return Ranking(
                    rule.name or None,
                    rule.step,
                    limit,
                    side.is_low,
                    of=side.of or None,
                    is_aside=bool(is_aside),
                )
    return None


def _is_one(match: re.Match[str]) -> bool:
    """Whether one is asked for: by its article, or without one by a noun in the singular."""
    if match["count"]:
        return False
    if match["the"] or re.match(r"top|palmares|classement", match[0]):
        return bool(re.match(_ONE, match["the"]))
    return not match["noun"].endswith("s") or re.search(r" l[ea] plus ", match[0]) is not None


def _chosen(left: Remainder, rule: WordRule) -> Ranking | None:
    """Ranks whose side the verb says: "quel … le plus", "les 5 … le plus", or all of them."""
    if rule.name == EACH:
        return None
    says = rf"\b(?P<which>quel(?:le)?s?|les)(?: (?P<count>{_COUNT}))? {rule.says.pattern}"
    bare = rf"^(?P<which>)(?P<count>){rule.says.pattern}(?= (?:avec|dont|ayant|qui|depassant) )"
    match = left.take(re.compile(says)) or (rule.name and left.take(re.compile(bare)))
    if not match:
        return None
    side = left.take(_MOST)
    is_one = match["which"] in {"quel", "quelle"}
    left.has_clash |= side is None and (is_one or bool(match["count"]))
    return Ranking(
        rule.name or None,
        rule.step,
        1 if is_one else _number(match["count"] or None),
        side is not None and (side["side"] == "moins") != (side["fast"] is not None),
        side is not None and _ROWS.match(left.whole, side.end("side")) is not None,
    )


def _number(written: str | None) -> int | None:
    return None if written is None else COUNTS.get(written) or int(written)
