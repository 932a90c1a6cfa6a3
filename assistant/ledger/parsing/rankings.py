"""Groups and ranks that a question names, with what it joins or leaves out."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from assistant.ledger.parsing.periods import COUNTS
from assistant.ledger.parsing.vocabulary import Remainder, WordRule, load_vocabulary
from assistant.ledger.query.measures import INVOICE
from assistant.ledger.query.plan import (
    FieldKind,
    Operator,
    PeriodStep,
    Plan,
    PlanFilter,
    Population,
    Value,
    rows_of,
)

# Conditions that a question leaves out: "hors factures rejetées", "sauf Brasero".
#
# Words that say so turn the condition after them, and those joined to it that are of its kind; what
# could be read either way clashes.

Found = list[tuple[PlanFilter, int]]
"""Conditions, and where they stand in the question."""

_NOUN = r"factures?|marches?|contrats?|statuts?"
_OUT = re.compile(
    r"\b(?P<out>hors|sauf|hormis|excepte|sans compter|a l'exception|a l'exclusion|autres? que|"
    r"(?:qui )?(?:ne (?:sont|soient)|n'(?:est|ont|a)) pas(?: encore)?(?: ete)?|non|pas)"
    rf"(?:[ ',]|\b(?:les?|la|l|des?|d|du|celles?|ceux|et|ni|{_NOUN})\b)*"
)
_JOINED = re.compile(r",|\b(?:et|ni)\b")
_TURNED = {
    Operator.IS: Operator.IS_NOT,
    Operator.KNOWN: Operator.UNKNOWN,
    Operator.UNKNOWN: Operator.KNOWN,
}


def turned(left: Remainder, found: Found) -> Found:
    """The conditions, read out of the question before, those that it leaves out turned."""
    matches = list(_OUT.finditer(left.text))
    for match in matches:
        after = [each for each in found if match.end("out") <= each[1] <= match.end()]
        if out := _joined(left, sorted(after, key=lambda each: each[1])):
            kept = [each for each in found if each not in out]
            left.has_clash |= not _is_one_list(left, out)
            away = [(_turned(each), start) for each, start in out]
            found = [*kept, *gathered(away, lambda _: True)]
            left.erase(*match.span())
    return found


def _turned(condition: PlanFilter) -> PlanFilter:
    return replace(condition, operator=_TURNED.get(condition.operator, condition.operator))


def _joined(left: Remainder, after: Found) -> Found:
    """The first conditions, as far as commas and "et" join them."""
    joined = after[:1]
    for each in after[1:]:
        start = joined[-1][1]
        if each[1] > start and not _JOINED.search(left.text[start : each[1]]):
            break
        joined.append(each)
    return joined


def _is_one_list(left: Remainder, out: Sequence[tuple[PlanFilter, int]]) -> bool:
    """Whether each can be turned, alone in its place, and is of the kind of the first or named."""
    (first, before), *others = out
    if first.operator not in _TURNED:
        return False
    for condition, start in others:
        is_alike = condition.field == first.field or re.search(_NOUN, left.text[before:start])
        if condition.operator not in _TURNED or start == before or not is_alike:
            return False
        before = start
    return True


def gathered(found: Found, may_be_one: Callable[[PlanFilter], bool]) -> Found:
    """The conditions, those that may be one with others of their field in one: any will do."""
    alike: dict[tuple[str, Operator] | int, Found] = {}
    for place, each in enumerate(found):
        condition, _ = each
        key = (condition.field, condition.operator) if may_be_one(condition) else place
        alike.setdefault(key, []).append(each)
    return [(_together([each for each, _ in some]), some[0][1]) for some in alike.values()]


def _together(filters: Sequence[PlanFilter]) -> PlanFilter:
    """One condition for the values of all; one that adds none is not said again."""
    values: list[Value] = []
    said = []
    for each in filters:
        if new := [value for value in each.values if value not in values]:
            values += new
            said += [each.said] if each.said else []
    return replace(filters[0], values=tuple(values), said=" ou ".join(said))


# Values of one field that a question joins by "ou": "rejetées ou suspendues", "X ou Y".
#
# One of them is enough. "Ou" between conditions of two fields, or after a negation that may be of
# the first alone, is left in the question, which is then not understood.

_EITHER = re.compile(r"\b(?:ou(?: bien)?|soit)\b")
_LINK = re.compile(
    r"[^a-z0-9]*(?:\b(?:d[eu]s?|d|l|les?|la|en|au|aux|a|par|celles?|ceux|factures?|marches?|services?|"
    r"fournisseurs?|statuts?)\b[^a-z0-9]*)*"
)
_NEGATED = re.compile(r"\b(?:non|pas)(?: encore)?(?: ete)? *$")


def joined(left: Remainder, found: Found) -> Found:
    """The conditions, the values that "ou" joins in one of them, and the word taken out."""
    for match in list(_EITHER.finditer(left.text)):
        places = sorted(found, key=lambda each: each[1])
        before = [each for each in places if each[1] < match.start()]
        after = [each for each in places if each[1] >= match.end()]
        if not (before and after and _are_joined(left, match, before[-1], after[0])):
            continue
        left.erase(*match.span())
        chain = [*_chain(left, before), after[0]]
        one = _together([each for each, _ in chain]), chain[0][1]
        found = [one, *(each for each in found if each not in chain)]
    return found


def _are_joined(
    left: Remainder,
    match: re.Match[str],
    before: tuple[PlanFilter, int],
    after: tuple[PlanFilter, int],
) -> bool:
    """Whether nothing but small words is between two values of a field and what joins them."""
    one, other = before[0], after[0]
    return (
        (one.field, one.operator, other.operator) == (other.field, Operator.IS, Operator.IS)
        and _LINK.fullmatch(left.text, before[1], match.start()) is not None
        and _LINK.fullmatch(left.text, match.end(), after[1]) is not None
        and not _NEGATED.search(left.text[: before[1]])
    )


def _chain(left: Remainder, before: Found) -> Found:
    """The last condition and those of its field that commas join to it."""
    chain = [before[-1]]
    for each in reversed(before[:-1]):
        between = left.text[each[1] : chain[0][1]]
        is_alike = (each[0].field, each[0].operator) == (chain[0][0].field, Operator.IS)
        if not (is_alike and "," in between and _LINK.fullmatch(between)):
            break
        chain.insert(0, each)
    return chain


# Where the part of a share is said: "part de X dans …", "quelle part de … est X". Pure.

_SHARE = re.compile(r"\b(?:parts?|pourcentages?|proportions?|fractions?|taux|combien pour cent)\b")
_VERB = re.compile(
    r"\b(?:est|sont|revient|reviennent|a ete|ont ete|represente|representent|va|vont|concerne|"
    r"concernent|provient|proviennent)\b"
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

_BY = r"(?:par|pour chaque|de chaque|selon (?:le|la|les)|ventile\w* par)"
_MOST = re.compile(
    r"\ble (?P<side>plus|moins)\b(?: (?:cher|lourd|d'argent)\b)?"
    r"(?: (?:grand nombre )?d(?:e |'))?(?P<fast>(?= (?:vite|rapidement)\b))?"
)
_ROWS = re.compile(r" (?:grand nombre )?d(?:e |'(?!argent))")


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
    every = [*ranks, *groups]
    if left.take(_TREND):
        left.has_clash |= any(each.step is None for each in every)
        every = every or [Ranking(step=PeriodStep.MONTH)]
    left.has_clash |= len(every) > 1
    return every[0] if every else Ranking()


def _sides(rule: WordRule) -> Sequence[_Side]:
    return _OF_PERIODS if rule.step else _OF_GROUPS


_MEAN = re.compile(r"\bmoyen")
"""What is computed of all rows, as are the sums of "par facture" and "par marché" of each."""


def _rows(over: Population) -> WordRule:
    """The rows themselves as groups of one."""
    return replace(load_vocabulary().nouns(over), name=EACH)


EACH = "number"
"""The field by which each row is a group of its own."""


def _is_grouped(left: Remainder, rule: WordRule) -> bool:
    by = rf"(?:{_BY} )?" if rule.step and left.place(_ADVERB) is not None else rf"{_BY} "
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
        (rf"plus long {_DELAY}|{_DELAY} le plus long", False, "payment_days"),
        (rf"plus court {_DELAY}|{_DELAY} le plus court", True, "payment_days"),
        (r"plus (?:gros|grand|long|important) retard|retard le plus long", False, "late_days"),
        *_AMOUNTS,
    ),
    Population.PURCHASES: (
        (r"plus longue duree|duree la plus longue", False, "months"),
        (r"plus courte duree|duree la plus courte", True, "months"),
        *_AMOUNTS,
    ),
}


def _extreme(left: Remainder, over: Population) -> Ranking | None:
    """The row of which a value is the highest or lowest: "payée avec le plus long délai"."""
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


# Credit notes among invoices: their amounts are negative, and below every other. Pure.

_ABOVE = {Operator.MORE, Operator.AT_LEAST}
_BELOW = {Operator.LESS, Operator.AT_MOST}


def without_credit(plan: Plan, filters: Found) -> Found | None:
    """The conditions, without credit notes where the least is asked for and they are not named.

    "La moins chère" and "de moins de 100 €" are about invoices. None where credit notes are
    compared with an amount, or ranked by theirs: is the highest the one nearest to nothing?
    """
    fields = rows_of(plan.over).fields
    if "is_credit" not in fields:
        return filters
    said = {each.operator for each, _ in filters if each.field == "is_credit"}
    sides = {each.operator for each, _ in filters if fields[each.field].kind is FieldKind.AMOUNT}
    if Operator.KNOWN in said and (sides or (plan.is_of_some and plan.of)):
        return None
    is_least = plan.group == EACH and plan.is_ascending
    if said or not (is_least or (sides & _BELOW and not sides & _ABOVE)):
        return filters
    return [*filters, (INVOICE, 0)]
