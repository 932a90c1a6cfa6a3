"""A question in French words to a plan, by rules: every word must be understood, or none is.

Each rule takes what it reads out of the question; a word that is left and says something would be
a condition dropped in silence, so the question is then not understood.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.errors import WrongPlan
from assistant.ledger.parsing.bounds import Bounded, group_bound
from assistant.ledger.parsing.conditions import conditions, without_credit
from assistant.ledger.parsing.connectives import Found
from assistant.ledger.parsing.moments import When, compared, dated, from_mandate, placed, usual_date
from assistant.ledger.parsing.period_forms import Bounds
from assistant.ledger.parsing.periods import find_period, is_to_date
from assistant.ledger.parsing.rankings import EACH, Ranking, Share, ranking, share_place
from assistant.ledger.parsing.vocabulary import (
    Name,
    Remainder,
    WordRule,
    beginnings,
    load_vocabulary,
    slips,
)
from assistant.ledger.query.measures import NOT_PAID, PAID
from assistant.ledger.query.plan import (
    FieldKind,
    Operator,
    Plan,
    PlanFilter,
    PlanMeasure,
    PlanPeriod,
    Population,
    Rows,
    rows_of,
    validate_plan,
)
from assistant.question.language import fold_text

# Whether a question asks for figures of the ledger, or for the law: decided by its words. Pure.
#
# Only asked of questions that no rule understands whole: one that is understood asks for figures.

_THINGS = (
    r"(?:factures?|avoirs?|fournisseurs?|prestataires?|achats|depenses|titulaires?|paiements?|"
    r"impayes?)"
)
_SPENT = r"(?:depense|paye|regle|verse|achete|commande|mandate|facture|recu|engage|notifie)"
_OWED_LATE = r"(?:interets moratoires|indemnites forfaitaires)(?: de recouvrement)?"
_OWNED = re.compile(
    rf"\b(?:nos|mes) (?:\w+ ){{0,2}}{_THINGS}\b"
    rf"|\b(?:notre|mon|ma) (?:\w+ )?(?:facture|fournisseur|prestataire)\b"
    rf"|\bnotre (?:premier |plus gros |principal )?(?:titulaire|acheteur)\b"
)
"""What people also call theirs when they ask for a rule: figures are then to be asked for."""

_OURS = re.compile(
    rf"\b(?:qui|quel(?:le)?s?) sont (?:nos|mes) (?:\w+ ){{0,2}}{_THINGS}\b"
    rf"|\bcombien (?:de |d')(?:nouve\w+ )?(?:factures|avoirs|fournisseurs)\b"
    rf"|\b(?:quel(?:le)?s? (?:est |sont )?(?:la |les )?|liste\w* (?:des |les |de ))factures?\b"
    rf"|\b(?:montant|total|somme|cumul|moyenne|nombre) (?:\w+ ){{0,2}}(?:des|de nos|d') ?"
    rf"(?:factures|avoirs)\b"
    rf"|\bfactures? (?:n[°o] ?|numero )?(?=[\w/-]*\d)[a-z]+[\w/-]*\d"
    rf"|\b(?:avons-nous|a-t-on|ai-je) (?:deja |encore |ete )?{_SPENT}"
    rf"|\bon a (?:depense|paye|achete)"
    rf"|\bcombien (?:on|nous|j') ?(?:a|avons|ai) (?:deja )?{_SPENT}"
    rf"|\bcombien (?:devons-nous|(?:on|nous|je) (?:doit|devons|dois))\b"
    rf"|\b(?:combien d'|(?:total|cumul|somme) (?:des |de nos )){_OWED_LATE}"
    rf"(?: (?:devons-nous|avons-nous|a-t-on|doit-on|dus|dues)(?: payer)?)?\W*$"
    rf"|\bdevons-nous\b.*\b(?:factures?|interets moratoires)\b"
)
_THEIRS = re.compile(
    r"\b(?:my|our) (?:\w+ ){0,2}(?:invoices?|bills?|suppliers?|vendors?|contractors?|purchases|"
    r"spending|payments?|credit notes?)\b"
    r"|\bhow (?:many|much)\b.*\b(?:we|i)\b.*\b(?:pay|paid|spen[dt]|owe|bought|buy)\b"
)
"""The same in English."""

_FIGURES = re.compile(
    r"\b(?:combien(?! de (?:temps|jours|semaines|mois)\b)|montants?|total|totaux|nombre|somme|"
    r"(?:quelle|la) part|listes?|lister|montre\w*|affiche\w*|"
    r"evolution|repartition|top|moyenne?s?|how (?:many|much)|total|list)\b"
)
_LAW = re.compile(
    r"\b(?:article|code|ccag|loi|decret|regle\w*|obligat\w+|doi(?:t|vent)|faut|peut|peuvent|puis-je|"
    r"dois-je|doit-on|droit|legal\w*|delai maximal|seuils?|mentions?)\b"
)
_STRICTLY_LAW = re.compile(
    r"\b(?:article|code|ccag|loi|decret|obligat\w+|faut|puis-je|legal\w*|delai maximal|"
    r"selon les regles|article|law|must|legally|allowed)\b"
    r"|\bsi (?:je|on|nous|la|les?|une?|m(?:a|on)|notre)\b|\bsi [jl]'|\bif (?:i|we|the|an?|my|our)\b"
)
"""What is in no question about figures: "regle" is settled as well; what only may be is not."""


def asks_ledger(question: str) -> bool:
    """Whether the words ask for what was bought, billed or paid here, and for no rule."""
    words = fold_text(question).replace("’", "'")
    figures = _FIGURES.search(words)
    asks = _OURS.search(words) or _THEIRS.search(words) or (figures and _OWNED.search(words))
    if not asks or _STRICTLY_LAW.search(words):
        return False
    return bool(figures) or not _LAW.search(words)


def asks_law(question: str) -> bool:
    """Whether the words ask for a rule."""
    return _LAW.search(fold_text(question)) is not None


# A question as rules read it: its periods, conditions, groups and measures, taken out in turn.


@dataclass(frozen=True, slots=True)
class Read:
    """What the rules read of a question; `share` is where the part of a share is said."""

    period: Bounds | None
    compared: Bounds | None
    filters: Found
    ranked: Ranking
    when: When
    fields: tuple[str, ...]
    measures: tuple[PlanMeasure, ...]
    share: Share | None
    has_noun: bool
    bounded: Bounded | None

    @property
    def says_of_what(self) -> bool:
        """Whether it names what is counted or measured."""
        return bool(self.measures or self.fields or self.has_noun or self.ranked.group)

    @property
    def says_what(self) -> bool:
        """Whether there is more than one word of measure, as in "combien ?"."""
        ranked = self.ranked.group or self.ranked.step
        parts = (self.period, self.filters, self.fields, ranked, self.has_noun)
        return any(parts) or len(self.measures) > 1


def read_question(left: Remainder, names: Sequence[Name], today: date, over: Population) -> Read:
    """Each part of a question in the order in which rules may take it."""
    comparison = compared(left, today)
    other = comparison.bounds if comparison else None
    if period := find_period(left.text, today):
        said = left.text[period.start : period.end]
        left.has_clash |= comparison is not None and comparison.may_share_year(said)
        left.erase(period.start, period.end)
        left.doubts += [said] if is_to_date(left.whole, period, today) else []
    if period and comparison:
        other = placed(left, period, comparison).bounds
    bounds = (period.first, period.last) if period else None
    left.has_clash |= bounds is not None and bounds == other
    filters = conditions(left, names, over)
    ranked = ranking(left, over)
    left.has_clash |= _SUMMER.search(left.whole) is not None
    left.has_clash |= _MEAN_OF_GROUPS.search(left.whole) is not None
    bounded = group_bound(left, ranked, filters, over)
    filters = bounded.filters if bounded else filters
    fields = tuple(rule.name for rule, _ in _taken(left, load_vocabulary().fields, over))
    left.has_clash |= _counts_days_of_unpaid(filters, fields)
    by_date = ranked.group if ranked.step else None
    usual = by_date or usual_date(over, fields)
    when, bounds, filters = dated(left, over, period, filters, usual, today)
    filters = from_mandate(left, when, filters)
    left.has_clash |= find_period(left.text, today) is not None
    if (ranked.group or ranked.step) and (filters or when.condition or when.field != usual):
        left.doubt(_SHARE_OF)
    measures = _measures(left, over)
    if comparison and comparison.is_of_sums and PlanMeasure.COUNT not in measures:
        measures = (*measures, PlanMeasure.SUM)
    return Read(
        bounds,
        other,
        filters,
        ranked,
        when,
        fields,
        measures,
        share_place(left),
        left.take_all([load_vocabulary().nouns(over).says]),
        bounded,
    )


def _counts_days_of_unpaid(filters: Found, fields: Sequence[str]) -> bool:
    """Whether the days until payment are asked of what is not paid, which has none."""
    has_days = "payment_days" in {*fields, *(each.field for each, _ in filters)}
    return has_days and NOT_PAID in dict(filters)


_SHARE_OF = re.compile(
    r"(?<!en )\b(?:(?:parts?|proportions?|fractions?)(?! (?:de )?(?:chaque|chacune?)\b)|"
    r"pourcentages?|combien pour cent)\b"
)
"""Of each group, the share that meets a condition, or of what meets it, the share of each?"""

_SUMMER = re.compile(r"\b(?:l'|cet |d')ete\b")
"""Which is not the participle, that says nothing."""

_OFTEN = r"(?:mensuel|trimestriel|annuel)\w*"
_MEAN_OF_GROUPS = re.compile(
    rf"\bmoyenn\w* {_OFTEN}|\b{_OFTEN} moyenn|\ben moyenne (?:par|chaque) (?:mois|trimestre|an)|"
    r"\bpar (?:mois|trimestre|an) en moyenne|\bnombres? moyens?\b|\bmoyennes? du nombre\b"
)
"""A mean of sums or of counts: no plan has one, and the mean of the rows is another."""

_MEAN = re.compile(r"\bmoyen(?:ne)?s?\b")
_COUNTED = re.compile(
    r"(?<!pour )combien (?:d(?:e |'|es |u )(?!argent|depenses?\b|euros|frais|tva)|"
    r"(?:[\w'-]+ ){1,3}d(?:e |')(?:factures|avoirs|marches)\b)"
)


def _measures(left: Remainder, over: Population) -> tuple[PlanMeasure, ...]:
    """What is computed; "combien de …" counts, whatever took the words after it."""
    found = tuple(
        PlanMeasure.COUNT if _COUNTED.match(left.whole, start) else PlanMeasure(rule.name)
        for rule, start in _taken(left, load_vocabulary().measures, over)
    )
    return (*found, PlanMeasure.AVERAGE) if _MEAN.search(left.whole) else found


def _taken(
    left: Remainder, rules: Sequence[WordRule], over: Population
) -> list[tuple[WordRule, int]]:
    """The rules that read something, and where."""
    return [
        (rule, start) for rule in rules if rule.is_for(over) for start in left.take_each(rule.says)
    ]


# Questions whose words ask for another figure than their plan would give. Pure.

_OWED = {"interest", "indemnity"}


def asks_for_another(read: Read, of: str | None, kind: FieldKind) -> bool:
    """Whether the words are of something that the plan would not compute."""
    return (
        (kind in {FieldKind.DAYS, FieldKind.MONTHS} and _is_no_mean(read, of))
        or _is_mean_of_others(read)
        or (read.ranked.is_aside and _is_by_another(read, kind))
        or (kind is FieldKind.DAYS and _bounds_days_of_groups(read))
        or (of in _OWED and _is_paid(read) and not read.has_noun)
    )


def _is_no_mean(read: Read, of: str | None) -> bool:
    """Whether a total of days or of months is asked for: only their means are computed."""
    needs_mean = of != "payment_days" and read.ranked.of is None
    is_mean = PlanMeasure.AVERAGE in read.measures
    return bool({PlanMeasure.SUM, PlanMeasure.COUNT} & {*read.measures}) or (
        needs_mean and not is_mean
    )


def _is_mean_of_others(read: Read) -> bool:
    """Whether a mean is of counts, of shares, or of the first rows."""
    if PlanMeasure.AVERAGE not in read.measures:
        return False
    is_of_first_rows = read.ranked.group == EACH and read.ranked.of is None
    return is_of_first_rows or bool({PlanMeasure.SHARE, PlanMeasure.COUNT} & {*read.measures})


def _is_by_another(read: Read, kind: FieldKind) -> bool:
    """Whether the first groups are by the sums of all, and another figure is asked of them."""
    if read.ranked.group == EACH:
        return False
    is_of_sums = not {PlanMeasure.AVERAGE, PlanMeasure.SHARE} & {*read.measures}
    return kind is not FieldKind.AMOUNT or not is_of_sums or bool(read.filters)


def _bounds_days_of_groups(read: Read) -> bool:
    """Whether days are compared that may be those of each row or the mean of a group."""
    is_grouped = read.ranked.group or read.ranked.step
    compared = {each.field for each, _ in read.filters}
    return bool(is_grouped and compared & {"age_days", "payment_days"})


def _is_paid(read: Read) -> bool:
    """Whether it is of what was paid: the ledger knows what interest is owed."""
    dates = {read.when.field, *(each.field for each, _ in read.filters)}
    return "paid" in dates or read.when.condition == PAID


# What rules read of a question to one plan, or none where it asks for two things. Pure.


def planned(read: Read, over: Population) -> Plan | None:
    """The plan that the parts of a question make, None where they do not say what to compute."""
    plan = _measured(Plan(PlanMeasure.COUNT, over), read)
    if plan and read.bounded:
        is_measured = plan.measure is read.bounded.measure
        plan = replace(plan, bound=read.bounded.bound) if is_measured else None
    if plan is None or not read.says_what or (read.compared and not read.says_of_what):
        return None
    when, filters = read.when, read.filters
    if read.period:
        plan = replace(plan, period=PlanPeriod(when.field, *read.period))
        filters = [each for each in filters if each[0] != PlanFilter(when.field, Operator.KNOWN)]
    if when.condition:
        if any(each.field == when.condition.field for each, _ in filters):
            return None
        filters = [*filters, (when.condition, when.start)]
    if read.compared:
        plan = replace(plan, compared=PlanPeriod(when.field, *read.compared))
    if plan.step:
        plan = replace(plan, group=plan.group or when.by or when.field)
    kept = without_credit(plan, filters)
    return _filtered(plan, kept, read.share) if kept is not None else None


def _measured(plan: Plan, read: Read) -> Plan | None:
    """What is measured, and by group; None where the words ask for two things."""
    bounded = read.bounded
    fields = {*read.fields, *filter(None, [read.ranked.of, bounded.of if bounded else None])}
    if len(fields) > 1:
        return None
    rows, ranked, measures = rows_of(plan.over), read.ranked, {*read.measures}
    measures |= {bounded.measure} if bounded else set()
    of = next(iter(fields), None)
    kind = rows.fields[of].kind if of else FieldKind.AMOUNT
    plan = replace(
        plan,
        group=ranked.group,
        step=ranked.step,
        limit=ranked.limit,
        is_ascending=ranked.is_ascending,
    )
    if asks_for_another(read, of, kind):
        return None
    if PlanMeasure.SHARE in measures:
        sums = of or (rows.amount if PlanMeasure.SUM in measures else None)
        if not sums and (not read.has_noun or ranked.group == EACH):
            return None  # of how many, or of how much?
        return replace(plan, measure=PlanMeasure.SHARE, of=sums)
    if kind is FieldKind.DAYS:
        return replace(plan, measure=PlanMeasure.DAYS, of=of)
    of_groups = ranked.step or ranked.group not in (None, EACH)
    if (
        PlanMeasure.AVERAGE in measures
        and of_groups
        and not read.has_noun
        and kind is FieldKind.AMOUNT
    ):
        return None  # the mean of the rows, or of what groups add up to?
    if PlanMeasure.AVERAGE in measures or kind is FieldKind.MONTHS:
        return replace(plan, measure=PlanMeasure.AVERAGE, of=of or rows.amount)
    counts = PlanMeasure.COUNT in measures or ranked.is_count
    if of or PlanMeasure.SUM in measures or ((ranked.group or ranked.step) and not counts):
        summed = summed_field([each for each, _ in read.filters], rows)
        return replace(plan, measure=PlanMeasure.SUM, of=of or summed)
    return plan


def summed_field(filters: Sequence[PlanFilter], rows: Rows) -> str:
    """What a sum is of where no word says it: of what is not paid, what is left to pay."""
    return "payable" if NOT_PAID in filters else rows.amount


def _filtered(plan: Plan, filters: Found, share: Share | None) -> Plan | None:
    """The conditions of the rows, and of a share those of the part."""
    if plan.measure is not PlanMeasure.SHARE or (plan.group and not (share and share.is_rate)):
        return replace(plan, filters=tuple(each for each, _ in filters))
    parted = share.parted(filters) if share else None
    return replace(plan, filters=parted[0], part=parted[1]) if parted else None


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """The words that no rule reads, none where they do not make one plan, and what can be asked.

    `near` are names of the ledger that begin with one of them; `doubts` are words that rules
    read, where they may mean something else.
    """

    words: tuple[str, ...]
    can: tuple[str, ...]
    near: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """Why there is no plan, in French."""
        if not self.words and self.doubts:
            doubted = ", ".join(f"« {words} »" for words in self.doubts)
            return f"je ne suis pas sûr de comprendre {doubted} ; dites-le autrement."
        if not self.words:
            return "elle demande plusieurs calculs."
        words = ", ".join(f"« {word} »" for word in self.words)
        meant = " ou ".join(f"« {name} »" for name in self.near)
        asks = f" ; vouliez-vous dire {meant} ?" if meant else "."
        return f"je ne sais pas quoi faire de {words}{asks}"


def population_asked(question: str) -> Population | None:
    """The population that a question names first, None when it names none.

    What is spent on a contract is in its invoices.
    """
    folded = fold_text(question)
    if _BY_CONTRACT.match(folded):
        return None
    if _SPENT_ON.search(folded):
        return Population.INVOICES
    found = (
        (match.start(), Population(rule.name))
        for rule in load_vocabulary().populations
        if (match := rule.says.search(folded))
    )
    return min(found, default=(0, None))[1]


def population_meant(question: str) -> Population:
    """The population that a question names, else that of its words: contracts are notified."""
    is_of_contracts = _OF_CONTRACTS.search(fold_text(question)) is not None
    return population_asked(question) or (
        Population.PURCHASES if is_of_contracts else Population.INVOICES
    )


_BY_CONTRACT = re.compile(r"\W*(?:et |puis )?par (?:marche|contrat)\b")
"""What groups the figure before, whatever it counts."""

_SPENT_WORD = r"\b(?:depens\w*|consomm\w*|conso|(?:pay|regl|vers|mandat)ee?s?)\b"
_SPENT_ON = re.compile(
    rf"^(?=.*{_SPENT_WORD})(?=.*\b(?:marche|contrat)\b)(?!.*\breste)"
    rf"|{_SPENT_WORD}.*\b(?:sur|pour|des?)(?: (?:tous|les|nos|ces))* (?:marches|contrats)\b"
)
"""One contract, or theirs; what is left of one may be left to pay or to invoice."""

_OF_CONTRACTS = re.compile(r"\b(?:notifi(?:ees?|es?|ons|er)|cpv)\b")


def parse_plan(
    question: str, names: Sequence[Name], today: date, over: Population
) -> Plan | NotUnderstood:
    """The plan of a question; `names` are those of the ledger."""
    left = Remainder(question)
    plan = _plan_read(left, names, today, over)
    words = left.words(load_vocabulary().empty)
    if plan is None and words and (meant := slips(words, names)):
        plan = _plan_read(left.respelled(meant), names, today, over)
    if plan is not None:
        return plan
    known = beginnings(names)
    near = dict.fromkeys(each.name for word in words for each in known.get(word, ()))
    doubts = () if words else tuple(dict.fromkeys(left.doubts))
    return NotUnderstood(words, load_vocabulary().can, tuple(near), doubts)


def _plan_read(
    left: Remainder, names: Sequence[Name], today: date, over: Population
) -> Plan | None:
    """The plan of a question, None where a word is left of it, or its parts make none."""
    read = read_question(left, names, today, over)
    if left.words(load_vocabulary().empty) or left.has_clash or left.doubts:
        return None
    return valid_plan(read, over)


def valid_plan(read: Read, over: Population) -> Plan | None:
    """The plan that the parts of a question make, None where they make none together."""
    plan = planned(read, over)
    try:
        return validate_plan(plan) if plan else None
    except WrongPlan:
        return None
