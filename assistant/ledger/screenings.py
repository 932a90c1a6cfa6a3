"""Statistical screenings: where to look among many invoices, never a finding on one."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import log10, sqrt

from assistant.calculators.amounts import euros
from assistant.ledger.anomaly import Anomaly, rules
from ingestion.ledger.database import Ledger, Row

Limit = Callable[[date], Decimal | None]
"""The amount below which a need is exempt from publicity that day, None where no text says it."""

_INVOICES = """
WITH screened AS (
    SELECT id, coalesce(supplier_siren, upper(supplier_name)) AS supplier,
        coalesce(supplier_name, '') AS name, issued, net
    FROM invoice
    WHERE net > 0 AND currency = 'EUR' AND type NOT IN ('261', '381', '396', '502', '503')
        AND coalesce(supplier_siren, upper(supplier_name)) <> ''
)
"""
_OF_SUPPLIERS = f"""{_INVOICES}
SELECT id, supplier, name, issued, net FROM screened
WHERE supplier IN (SELECT unnest(CAST($1 AS VARCHAR[]))) ORDER BY issued, id
"""
_DAYS = f"{_INVOICES} SELECT DISTINCT issued FROM screened"
_JUST_BELOW = f"""{_INVOICES}, ceilings AS (
    SELECT unnest(CAST($1 AS DATE[])) AS day, unnest(CAST($2 AS DECIMAL(18, 2)[])) AS ceiling
)
SELECT id, supplier, name, issued, net FROM screened JOIN ceilings ON day = issued
WHERE net >= 0.8 * ceiling AND net < ceiling ORDER BY issued, id
"""
_ROUNDS = f"""{_INVOICES}
SELECT supplier, count(*), count(*) FILTER (WHERE net % 100 = 0) FROM screened
GROUP BY supplier ORDER BY supplier
"""
_DIGITS = f"""{_INVOICES}
SELECT supplier, left(CAST(net AS VARCHAR), 1), count(*) FROM screened WHERE net >= 10
GROUP BY supplier, left(CAST(net AS VARCHAR), 1) ORDER BY supplier
"""
_WINDOW = timedelta(days=30)
_ROUND = 100
_WHOLE = ""
_DEVIATIONS = 4
_LEAST_BENFORD = 10
_MEAN_GAP = 0.015
_EXPECTED = [log10(1 + 1 / digit) for digit in range(1, 10)]


@dataclass(frozen=True, slots=True)
class _Invoice:
    id: str
    supplier: str
    name: str
    issued: date
    net: Decimal


def split_amounts(ledger: Ledger, limit: Limit) -> Iterator[Anomaly]:
    """Invoices of a supplier just below the threshold within thirty days, together above it."""
    ceilings = {day: limit(day) for (day,) in ledger.rows(_DAYS)}
    known = {day: ceiling for day, ceiling in ceilings.items() if ceiling is not None}
    near = ledger.rows(_JUST_BELOW, [list(known), list(known.values())])
    for found in _by_supplier(near).values():
        for run in _runs(found):
            total = sum((each.net for each in run), Decimal(0))
            ceiling = known[run[-1].issued]
            if len(run) >= rules()["split amounts"].least and total >= ceiling:
                says = (
                    f"{run[0].name or run[0].supplier} : {len(run)} factures du "
                    f"{run[0].issued:%d/%m/%Y} au {run[-1].issued:%d/%m/%Y}, chacune sous "
                    f"{euros(ceiling)} HT, ensemble {euros(total)} HT."
                )
                yield Anomaly(rules()["split amounts"], tuple(each.id for each in run), says)


def round_amounts(ledger: Ledger) -> Iterator[Anomaly]:
    """Suppliers with far more round amounts than the others have."""
    counts = {supplier: (count, rounds) for supplier, count, rounds in ledger.rows(_ROUNDS)}
    every = sum(count for count, _ in counts.values())
    rounds = sum(own for _, own in counts.values())
    unlike = []
    for supplier, (count, own) in counts.items():
        others = every - count
        if count < rules()["round amounts"].least or not others:
            continue
        share = (rounds - own + 1) / (others + 2)
        if own - count * share > _DEVIATIONS * sqrt(count * share * (1 - share)):
            unlike.append(supplier)
    for supplier, found in _of_suppliers(ledger, unlike).items():
        count, own = counts[supplier]
        says = (
            f"{found[0].name or supplier} : {own} montants HT multiples de {_ROUND} € sur "
            f"{count} ; {rounds - own} sur {every - count} chez les autres."
        )
        rows = tuple(each.id for each in found if each.net % _ROUND == 0)
        yield Anomaly(rules()["round amounts"], rows, says, supplier)


def benford(ledger: Ledger) -> Iterator[Anomaly]:
    """The whole, or suppliers, whose first digits are far from Benford's law."""
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for supplier, digit, count in ledger.rows(_DIGITS):
        counts[supplier][int(digit)] += count
        counts[_WHOLE][int(digit)] += count
    least = rules()["benford"].least
    gaps = {name: mean_gap(each) for name, each in counts.items() if each.total() >= least}
    far = {name: gap for name, gap in gaps.items() if gap > _MEAN_GAP}
    held = _of_suppliers(ledger, counts if _WHOLE in far else far)
    held = {_WHOLE: [each for found in held.values() for each in found], **held}
    for subject, gap in far.items():
        fit = [each for each in held[subject] if each.net >= _LEAST_BENFORD]
        whose = fit[0].name or subject if subject else "Ensemble des factures"
        said = f"{gap:.3f}".replace(".", ",")
        says = f"{whose} : écart moyen de {said} sur {len(fit)} montants."
        yield Anomaly(
            rules()["benford"], tuple(each.id for each in fit), says, subject or "ensemble"
        )


def mean_gap(digits: Mapping[int, int]) -> float:
    """How far on average the shares of the first digits, given as counts, are from Benford's.

    From 0 to 1.
    """
    whole = sum(digits.values())
    shares = (digits.get(digit, 0) / whole for digit in range(1, 10))
    return sum(abs(share - law) for share, law in zip(shares, _EXPECTED, strict=True)) / 9


def _of_suppliers(ledger: Ledger, suppliers: Iterable[str]) -> dict[str, list[_Invoice]]:
    """Every invoice of some suppliers; nothing is read where there are none."""
    names = list(suppliers)
    return _by_supplier(ledger.rows(_OF_SUPPLIERS, [names])) if names else {}


def _by_supplier(rows: Iterable[Row]) -> dict[str, list[_Invoice]]:
    found: dict[str, list[_Invoice]] = defaultdict(list)
    for row in rows:
        each = _Invoice(*row)
        found[each.supplier].append(each)
    return found


def _runs(found: Sequence[_Invoice]) -> Iterator[list[_Invoice]]:
    """Invoices in the order of their days, cut where one is beyond the window of the first."""
    run: list[_Invoice] = []
    for each in found:
        if run and each.issued - run[0].issued > _WINDOW:
            yield run
            run = []
        run.append(each)
    if run:
        yield run
