"""Statistical screenings: where to look among many invoices, never a finding on one."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import log10, sqrt

from assistant.calculators.amounts import euros
from assistant.ledger.anomaly import Anomaly, rules
from ingestion.ledger.database import Ledger

Limit = Callable[[date], Decimal | None]
"""The amount below which a need is exempt from publicity that day, None where no text says it."""

_INVOICES = """
SELECT id, coalesce(supplier_siren, upper(supplier_name), ''), coalesce(supplier_name, ''), issued,
    net
FROM invoice
WHERE net > 0 AND currency = 'EUR' AND type NOT IN ('261', '381', '396', '502', '503')
ORDER BY issued, id
"""
_WINDOW = timedelta(days=30)
_JUST_BELOW = Decimal("0.8")
_ROUND = 100
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
    for found in _by_supplier(ledger).values():
        near = [each for each in found if _is_just_below(each, limit)]
        for run in _runs(near):
            total = sum((each.net for each in run), Decimal(0))
            ceiling = limit(run[-1].issued)
            if len(run) >= rules()["split amounts"].least and ceiling and total >= ceiling:
                says = (
                    f"{run[0].name or run[0].supplier} : {len(run)} factures du "
                    f"{run[0].issued:%d/%m/%Y} au {run[-1].issued:%d/%m/%Y}, chacune sous "
                    f"{euros(ceiling)} HT, ensemble {euros(total)} HT."
                )
                yield Anomaly(rules()["split amounts"], tuple(each.id for each in run), says)


def round_amounts(ledger: Ledger) -> Iterator[Anomaly]:
    """Suppliers with far more round amounts than the others have."""
    by_supplier = _by_supplier(ledger)
    every = [each for found in by_supplier.values() for each in found]
    rounds = sum(map(_is_round, every))
    for supplier, found in by_supplier.items():
        own, others = sum(map(_is_round, found)), len(every) - len(found)
        if len(found) < rules()["round amounts"].least or not others:
            continue
        share = (rounds - own + 1) / (others + 2)
        deviation = sqrt(len(found) * share * (1 - share))
        if own - len(found) * share > _DEVIATIONS * deviation:
            says = (
                f"{found[0].name or supplier} : {own} montants HT multiples de {_ROUND} € sur "
                f"{len(found)} ; {rounds - own} sur {others} chez les autres."
            )
            rows = tuple(each.id for each in found if _is_round(each))
            yield Anomaly(rules()["round amounts"], rows, says, supplier)


def benford(ledger: Ledger) -> Iterator[Anomaly]:
    """The whole, or suppliers, whose first digits are far from Benford's law."""
    by_supplier = _by_supplier(ledger)
    every = [each for found in by_supplier.values() for each in found]
    for subject, found in {"": every, **by_supplier}.items():
        fit = [each for each in found if each.net >= _LEAST_BENFORD]
        if len(fit) < rules()["benford"].least:
            continue
        gap = mean_gap([int(str(each.net)[0]) for each in fit])
        if gap > _MEAN_GAP:
            whose = fit[0].name or subject if subject else "Ensemble des factures"
            says = f"{whose} : écart moyen de {gap:.3f} sur {len(fit)} montants.".replace(
                "0.", "0,"
            )
            yield Anomaly(
                rules()["benford"], tuple(each.id for each in fit), says, subject or "ensemble"
            )


def mean_gap(digits: Sequence[int]) -> float:
    """How far on average the shares of the first digits are from Benford's, from 0 to 1."""
    shares = (digits.count(digit) / len(digits) for digit in range(1, 10))
    return sum(abs(share - law) for share, law in zip(shares, _EXPECTED, strict=True)) / 9


def _by_supplier(ledger: Ledger) -> dict[str, list[_Invoice]]:
    found: dict[str, list[_Invoice]] = defaultdict(list)
    for row in ledger.rows(_INVOICES):
        each = _Invoice(*row)
        if each.supplier:
            found[each.supplier].append(each)
    return found


def _is_round(invoice: _Invoice) -> bool:
    return invoice.net % _ROUND == 0


def _is_just_below(invoice: _Invoice, limit: Limit) -> bool:
    ceiling = limit(invoice.issued)
    return ceiling is not None and _JUST_BELOW * ceiling <= invoice.net < ceiling


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
