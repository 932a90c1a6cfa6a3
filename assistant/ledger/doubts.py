"""Questions whose words ask for another figure than their plan would give. Pure."""

from assistant.ledger.fields import Kind
from assistant.ledger.plan import Filter, Measure, Operator
from assistant.ledger.question import Read
from assistant.ledger.rankings import EACH

_OWED = {"interest", "indemnity"}


def asks_for_another(read: Read, of: str | None, kind: Kind) -> bool:
    """Whether the words are of something that the plan would not compute."""
    return (
        (kind in {Kind.DAYS, Kind.MONTHS} and _is_no_mean(read, of))
        or _is_mean_of_others(read)
        or (read.ranked.is_aside and _is_by_another(read, kind))
        or (kind is Kind.DAYS and _bounds_days_of_groups(read))
        or (of in _OWED and _is_paid(read) and not read.has_noun)
    )


def _is_no_mean(read: Read, of: str | None) -> bool:
    """Whether a total of days or of months is asked for: only their means are computed."""
    needs_mean = of != "payment_days" and read.ranked.of is None
    is_mean = Measure.AVERAGE in read.measures
    return bool({Measure.SUM, Measure.COUNT} & {*read.measures}) or (needs_mean and not is_mean)


def _is_mean_of_others(read: Read) -> bool:
    """Whether a mean is of counts, of shares, or of the first rows."""
    if Measure.AVERAGE not in read.measures:
        return False
    is_of_first_rows = read.ranked.group == EACH and read.ranked.of is None
    return is_of_first_rows or bool({Measure.SHARE, Measure.COUNT} & {*read.measures})


def _is_by_another(read: Read, kind: Kind) -> bool:
    """Whether the first groups are by the sums of all, and another figure is asked of them."""
    if read.ranked.group == EACH:
        return False
    is_of_sums = not {Measure.AVERAGE, Measure.SHARE} & {*read.measures}
    return kind is not Kind.AMOUNT or not is_of_sums or bool(read.filters)


def _bounds_days_of_groups(read: Read) -> bool:
    """Whether days are compared that may be those of each row or the mean of a group."""
    is_grouped = read.ranked.group or read.ranked.step
    compared = {each.field for each, _ in read.filters}
    return bool(is_grouped and compared & {"age_days", "payment_days"})


def _is_paid(read: Read) -> bool:
    """Whether it is of what was paid: the ledger knows what interest is owed."""
    known = Filter("paid", Operator.KNOWN)
    dates = {read.when.field, *(each.field for each, _ in read.filters)}
    return "paid" in dates or read.when.condition == known
