"""Rules of anomalies: queries, an invoice's taxes, parties and contract, screenings of many."""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from hashlib import sha256
from itertools import groupby
from math import log10, sqrt
from operator import itemgetter

from assistant.calculators.amounts import add_months, euros
from assistant.calculators.calculation import LabelledWord
from assistant.errors import WrongFigures
from ingestion.french import number
from ingestion.ledger.embedded import Ledger, Row
from ingestion.ledger.rows import CREDIT_TYPES
from ingestion.ledger.values import has_luhn_key
from ingestion.library.corpus import CORPUS

# An anomaly: what a rule found, the rows it compared, and what to check. Values.


class AnomalySeverity(LabelledWord):
    """How much an anomaly may cost."""

    HIGH = "high", "élevée"
    MEDIUM = "medium", "moyenne"
    LOW = "low", "faible"


@dataclass(frozen=True, slots=True)
class AnomalyRule:
    """What is looked for; `source` defines it, `check` says what to do with what it finds.

    A rule with `least`, the rows below which it says nothing, is a statistical screening. One with
    `sql` is found by it: the `ids` of the rows compared, then what fills the places of `says`.
    """

    name: str
    title: str
    severity: AnomalySeverity
    source: str
    check: str
    least: int = 0
    sql: str = ""
    ids: int = 1
    says: str = ""

    @property
    def is_screening(self) -> bool:
        """Whether it says where to look, and nothing of any one invoice."""
        return self.least > 0

    @property
    def told(self) -> str:
        """Its title, and that it is a screening."""
        return f"Dépistage : {self.title}" if self.is_screening else self.title


@dataclass(frozen=True, slots=True)
class Anomaly:
    """What was found: the ids of the rows compared, and a French sentence with their figures.

    `subject` tells apart what one rule finds on populations: a supplier, else the rows themselves.
    """

    rule: AnomalyRule
    rows: tuple[str, ...]
    says: str
    subject: str = ""

    @property
    def key(self) -> str:
        """What it is about: the same rule on the same rows has the same, in any order."""
        return self.subject or " ".join(sorted(self.rows))

    @property
    def id(self) -> str:
        """The name by which an analyst explains it."""
        return sha256(f"{self.rule.name}\0{self.key}".encode()).hexdigest()[:12]


@cache
def load_rules() -> dict[str, AnomalyRule]:
    """Every rule of corpus/registre/anomalies.toml by its name, the gravest first."""
    path = CORPUS / "registre" / "anomalies.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    found = (
        AnomalyRule(**{**row, "severity": AnomalySeverity(row["severity"])})
        for row in table["rule"]
    )
    order = list(AnomalySeverity)
    return {rule.name: rule for rule in sorted(found, key=lambda each: order.index(each.severity))}


def queried(ledger: Ledger) -> Iterator[Anomaly]:
    """What the rules find of which one query says all."""
    for rule in load_rules().values():
        for row in ledger.rows(rule.sql.replace("{credits}", CREDIT_TYPES)) if rule.sql else ():
            says = rule.says.format(*map(_written, row[rule.ids :]))
            yield Anomaly(rule, row[: rule.ids], says)


def _written(value: object) -> str:
    """An amount in euros, a day, or a text as it is."""
    match value:
        case Decimal():
            return euros(value)
        case date():
            return f"{value:%d/%m/%Y}"
        case _:
            return str(value)


# Taxes, identifiers and contracts, where a query does not say all.
#
# A rounding of one cent either way is admitted wherever something was multiplied.

# Hundredths of what is divided by a hundred: a division would not be of decimals.
_VAT = """
SELECT id, number, invoice.net, coalesce(invoice.vat, 0), sum(base), sum(amount),
    max(abs(100 * amount - base * rate))
FROM invoice JOIN vat_line ON vat_line.invoice = id
GROUP BY id, number, invoice.net, invoice.vat
HAVING sum(base) <> invoice.net OR sum(amount) <> coalesce(invoice.vat, 0)
    OR max(abs(100 * amount - base * rate)) > 1
ORDER BY id
"""
_PARTIES = """
SELECT supplier_siren, supplier_siret FROM invoice
UNION SELECT buyer_siren, buyer_siret FROM invoice
"""
_OF_PARTIES = """
WITH party AS (
    SELECT id, number, 'du fournisseur' AS whose, coalesce(supplier_siren, '') AS siren,
        coalesce(supplier_siret, '') AS siret FROM invoice
    UNION ALL
    SELECT id, number, 'de l''acheteur', coalesce(buyer_siren, ''), coalesce(buyer_siret, '')
    FROM invoice
), wrong AS (
    SELECT unnest(CAST($1 AS VARCHAR[])) AS siren, unnest(CAST($2 AS VARCHAR[])) AS siret,
        unnest(CAST($3 AS VARCHAR[])) AS why
)
SELECT id, number, whose, why FROM party
JOIN wrong ON wrong.siren = party.siren AND wrong.siret = party.siret
ORDER BY id, number, whose
"""
_POST = "356000000"
"""La Poste, whose establishments have SIRET of another key."""


def vat(ledger: Ledger) -> Iterator[Anomaly]:
    """Invoices whose rates do not make their totals, or of which a tax is not that of its base."""
    for identifier, called, net, tax, bases, taxes, gap in ledger.rows(_VAT):
        told = []
        if bases != net and net is not None:
            told.append(f"les bases font {euros(bases)}, le total HT {euros(net)}")
        if taxes != tax:
            told.append(f"les taxes font {euros(taxes)}, le total de TVA {euros(tax)}")
        if gap is not None and gap > 1:
            told.append(
                f"une taxe s'écarte de {euros(gap / 100)} de sa base multipliée par son taux"
            )
        yield Anomaly(load_rules()["vat"], (identifier,), f"Facture {called} : {' ; '.join(told)}.")


def identifiers(ledger: Ledger) -> Iterator[Anomaly]:
    """Invoices whose parties have numbers that no company has, or two that disagree."""
    wrong = [
        (siren or "", siret or "", told)
        for siren, siret in ledger.rows(_PARTIES)
        if (told := _impossible(siren, siret))
    ]
    columns = [[each[place] for each in wrong] for place in range(3)]
    for identifier, called, whose, told in ledger.rows(_OF_PARTIES, columns):
        says = f"Facture {called} : {told} ({whose})."
        yield Anomaly(load_rules()["identifiers"], (identifier,), says, f"{identifier} {whose}")


def _impossible(siren: str | None, siret: str | None) -> str:
    if siret and not (siret.isdecimal() and len(siret) == 14):
        return f"le SIRET {siret} n'a pas 14 chiffres"
    if siren and not (siren.isdecimal() and len(siren) == 9):
        return f"le SIREN {siren} n'a pas 9 chiffres"
    if siret and siren and not siret.startswith(siren):
        return f"le SIRET {siret} ne commence pas par le SIREN {siren}"
    if siren and not has_luhn_key(siren):
        return f"la clé du SIREN {siren} est fausse"
    if siret and not siret.startswith(_POST) and not has_luhn_key(siret):
        return f"la clé du SIRET {siret} est fausse"
    return ""


_CONTRACTS = """
SELECT invoice.id, number, coalesce(delivered, issued) AS day, contract_id, notified,
    coalesce(changed.months, purchase.months), purchase.id
FROM invoice JOIN purchase ON contract_id = contract
LEFT JOIN (
    SELECT purchase, (array_agg(months ORDER BY "at" DESC, months DESC))[1] AS months
    FROM purchase_change WHERE months IS NOT NULL AND "at" IS NOT NULL GROUP BY purchase
) AS changed ON changed.purchase = purchase.id
WHERE invoice.buyer_siret IS NULL OR purchase.buyer_siret = invoice.buyer_siret
ORDER BY day, invoice.id
"""


def after_the_end(ledger: Ledger) -> Iterator[Anomaly]:
    """Invoices of a contract after the months that it lasts from its notification.

    The lots of one number last differently: nothing is said before all have ended.
    """
    for identifier, lots in groupby(ledger.rows(_CONTRACTS), key=itemgetter(0)):
        end, last = max(((_end(lot), lot) for lot in lots), key=itemgetter(0))
        _, called, day, contract, notified, months, purchase = last
        if day > end:
            says = (
                f"Facture {called} du {day:%d/%m/%Y} sur le marché {contract}, notifié le "
                f"{notified:%d/%m/%Y} pour {months} mois, jusqu'au {end:%d/%m/%Y}."
            )
            yield Anomaly(load_rules()["after the end"], (identifier, purchase), says)


def _end(lot: Row) -> date:
    """The last day of a contract, that of the calendar where it is not known or beyond it."""
    notified, months = lot[4:6]
    if notified and months and months > 0:
        with suppress(WrongFigures):
            return add_months(notified, months)
    return date.max


# Statistical screenings: where to look among many invoices, never a finding on one.

Limit = Callable[[date], Decimal | None]
"""The amount below which a need is exempt from publicity that day, None where no text says it."""

_INVOICES = f"""
WITH screened AS (
    SELECT id, coalesce(supplier_siren, upper(supplier_name)) AS supplier,
        coalesce(supplier_name, '') AS name, issued, net
    FROM invoice
    WHERE net > 0 AND currency = 'EUR' AND type NOT IN {CREDIT_TYPES}
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
class _Screened:
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
            if len(run) >= load_rules()["split amounts"].least and total >= ceiling:
                says = (
                    f"{run[0].name or run[0].supplier} : {len(run)} factures du "
                    f"{run[0].issued:%d/%m/%Y} au {run[-1].issued:%d/%m/%Y}, chacune sous "
                    f"{euros(ceiling)} HT, ensemble {euros(total)} HT."
                )
                yield Anomaly(load_rules()["split amounts"], tuple(each.id for each in run), says)


def round_amounts(ledger: Ledger) -> Iterator[Anomaly]:
    """Suppliers with far more round amounts than the others have."""
    counts = {supplier: (count, rounds) for supplier, count, rounds in ledger.rows(_ROUNDS)}
    every = sum(count for count, _ in counts.values())
    rounds = sum(own for _, own in counts.values())
    unlike = []
    for supplier, (count, own) in counts.items():
        others = every - count
        if count < load_rules()["round amounts"].least or not others:
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
        yield Anomaly(load_rules()["round amounts"], rows, says, supplier)


def benford(ledger: Ledger) -> Iterator[Anomaly]:
    """The whole, or suppliers, whose first digits are far from Benford's law."""
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for supplier, digit, count in ledger.rows(_DIGITS):
        counts[supplier][int(digit)] += count
        counts[_WHOLE][int(digit)] += count
    least = load_rules()["benford"].least
    gaps = {name: mean_gap(each) for name, each in counts.items() if each.total() >= least}
    far = {name: gap for name, gap in gaps.items() if gap > _MEAN_GAP}
    held = _of_suppliers(ledger, counts if _WHOLE in far else far)
    held = {_WHOLE: [each for found in held.values() for each in found], **held}
    for subject, gap in far.items():
        fit = [each for each in held[subject] if each.net >= _LEAST_BENFORD]
        whose = fit[0].name or subject if subject else "Ensemble des factures"
        says = f"{whose} : écart moyen de {number(gap, 3)} sur {len(fit)} montants."
        yield Anomaly(
            load_rules()["benford"], tuple(each.id for each in fit), says, subject or "ensemble"
        )


def mean_gap(digits: Mapping[int, int]) -> float:
    """How far on average the shares of the first digits, given as counts, are from Benford's.

    From 0 to 1.
    """
    whole = sum(digits.values())
    shares = (digits.get(digit, 0) / whole for digit in range(1, 10))
    return sum(abs(share - law) for share, law in zip(shares, _EXPECTED, strict=True)) / 9


def _of_suppliers(ledger: Ledger, suppliers: Iterable[str]) -> dict[str, list[_Screened]]:
    """Every invoice of some suppliers; nothing is read where there are none."""
    names = list(suppliers)
    return _by_supplier(ledger.rows(_OF_SUPPLIERS, [names])) if names else {}


def _by_supplier(rows: Iterable[Row]) -> dict[str, list[_Screened]]:
    found: dict[str, list[_Screened]] = defaultdict(list)
    for row in rows:
        each = _Screened(*row)
        found[each.supplier].append(each)
    return found


def _runs(found: Sequence[_Screened]) -> Iterator[list[_Screened]]:
    """Invoices in the order of their days, cut where one is beyond the window of the first."""
    run: list[_Screened] = []
    for each in found:
        if run and each.issued - run[0].issued > _WINDOW:
            yield run
            run = []
        run.append(each)
    if run:
        yield run
