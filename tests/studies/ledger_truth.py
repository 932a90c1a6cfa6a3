"""What the questions of tests/data/ledger_questions.jsonl are to be answered, from the files alone.

Plain Python over the two CSV: nothing of the product is imported. What is counted as what:

- a credit note is none of the invoices that are counted, nor one of those of a share or a mean; its
  amounts are negative, and lessen sums; two lines of one supplier, number and year are one invoice,
  the first; amounts in francs are not added to euros;
- unpaid is an invoice without day of payment that was not rejected: no credit note is;
- an invoice is of the day that it bears, received on its deposit, paid on the day of payment, or
  sent to be paid; its time runs from the later of deposit and delivery, 30 days, unless it is a
  credit note, was rejected, or has no deposit;
- a contract is counted once however many lines and holders it has; a group holds by itself.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path
from typing import TypeVar

TODAY = date(2026, 6, 30)
RATES = {date(2025, 1, 1): "3.15", date(2025, 7, 1): "2.15", date(2026, 1, 1): "2.15"}
"""The rate of the European Central Bank on the first day of each half-year, in percent."""

Number = Decimal | int
Truth = Number | Mapping[str, Number] | tuple[Number, Number] | frozenset[str]
"""A figure, one a label, two compared, or the numbers of the rows asked for."""

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Bill:
    """A line of the invoices."""

    said: Mapping[str, str]

    def day(self, title: str) -> date | None:
        """The day in a column, None where it is empty or no whole day."""
        try:
            return datetime.strptime(self.said[title], "%d/%m/%Y").date()
        except ValueError:
            return None

    def money(self, title: str) -> Decimal:
        """An amount, negative for a credit note."""
        value = Decimal(self.said[title].replace(",", "."))
        return -value if self.is_credit else value

    @property
    def number(self) -> str:
        return self.said["Numéro de facture"]

    @property
    def supplier(self) -> str:
        return self.said["Désignation fournisseur"]

    @property
    def service(self) -> str:
        return self.said["Nom service exécutant"] or "non renseigné"

    @property
    def status(self) -> str:
        return self.said["Statut"]

    @property
    def is_credit(self) -> bool:
        return self.said["Type de facture"] == "Avoir"

    @property
    def is_euro(self) -> bool:
        return self.said["Devise"] == "EUR"

    @property
    def net(self) -> Decimal:
        return self.money("Montant HT")

    @property
    def gross(self) -> Decimal:
        return self.money("Montant TTC")

    @property
    def issued(self) -> date:
        day = self.day("Date de facture")
        assert day
        return day

    @property
    def received(self) -> date | None:
        return self.day("Date de dépôt")

    @property
    def paid(self) -> date | None:
        return self.day("Date de paiement") or self.day("Date de mise en paiement")

    @property
    def is_unpaid(self) -> bool:
        """Whether it is still to be paid."""
        return not self.paid and not self.is_credit and self.status != "Rejetée"

    @property
    def started(self) -> date | None:
        received, delivered = self.received, self.day("Date de livraison")
        return max(received, delivered or received) if received else None

    @property
    def payment_days(self) -> int | None:
        return (self.paid - self.started).days if self.paid and self.started else None

    @property
    def deadline(self) -> date | None:
        started = self.started
        if self.is_credit or started is None or (self.status == "Rejetée" and not self.paid):
            return None
        return started + timedelta(30)

    @property
    def late_days(self) -> int:
        """Days after the last one, 0 where it is not late."""
        deadline = self.deadline
        return max(0, ((self.paid or TODAY) - deadline).days) if deadline else 0

    @property
    def interest(self) -> Decimal:
        if not self.late_days or not self.deadline:
            return Decimal(0)
        first = self.deadline + timedelta(1)
        rate = Decimal(RATES[date(first.year, 1 if first.month < 7 else 7, 1)]) + 8
        return cents(self.gross * rate * self.late_days / 36500)


@dataclass(frozen=True, slots=True)
class Contract:
    """The lines of a contract."""

    said: Mapping[str, str]
    holders: tuple[str, ...]

    @property
    def amount(self) -> Decimal:
        return Decimal(self.said["montant"])

    @property
    def notified(self) -> date:
        return date.fromisoformat(self.said["dateNotification"])


def cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def tenths(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)


def percent(part: Number, whole: Number) -> Decimal:
    return tenths(Decimal(100) * part / whole)


def mean_days(bills: Iterable[Bill]) -> Decimal:
    days = [bill.payment_days for bill in bills if bill.payment_days is not None]
    return tenths(Decimal(sum(days)) / len(days))


def numbers(bills: Iterable[Bill]) -> frozenset[str]:
    return frozenset(bill.number for bill in bills)


def by(
    rows: Iterable[Row], key: Callable[[Row], str], of: Callable[[Row], Number]
) -> dict[str, Number]:
    found: dict[str, Number] = defaultdict(int)
    for row in rows:
        found[key(row)] += of(row)
    return dict(found)


def highest(found: Mapping[str, Number], count: int) -> dict[str, Number]:
    return dict(sorted(found.items(), key=lambda item: -item[1])[:count])


STATUSES = {
    "Déposée": "déposée",
    "Suspendue": "suspendue",
    "Rejetée": "rejetée",
    "Service fait": "service fait",
    "Mandatée": "mandatée",
    "Mise à disposition comptable": "mise à disposition du comptable",
    "Mise en paiement": "mise en paiement",
}
"""How the ledger names each status of the export."""


def month(bill: Bill) -> str:
    return f"{bill.issued:%Y-%m}"


def one(_: object) -> int:
    return 1


def net(bill: Bill) -> Decimal:
    return bill.net


def gross(bill: Bill) -> Decimal:
    return bill.gross


class Town:
    """The files of a folder, read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _lines(self, name: str) -> list[dict[str, str]]:
        with (self._folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, delimiter=";"))

    @cached_property
    def bills(self) -> list[Bill]:
        known: dict[tuple[str, str, int], Bill] = {}
        for bill in map(Bill, self._lines("factures.csv")):
            known.setdefault((bill.supplier, bill.number, bill.issued.year), bill)
        return list(known.values())

    @cached_property
    def contracts(self) -> list[Contract]:
        lines: dict[tuple[str, ...], list[dict[str, str]]] = defaultdict(list)
        for line in self._lines("marches.csv"):
            key = ("acheteur.id", "id", "dateNotification", "montant")
            lines[tuple(line[title] for title in key)].append(line)
        holder = "titulaire.denominationSociale"
        return [
            Contract(each[0], tuple(sorted({line[holder] for line in each})))
            for each in lines.values()
        ]

    @cached_property
    def invoices(self) -> list[Bill]:
        """The bills that are no credit notes."""
        return [bill for bill in self.bills if not bill.is_credit]

    @cached_property
    def euros(self) -> list[Bill]:
        return [bill for bill in self.bills if bill.is_euro]

    def of(self, name: str) -> list[Bill]:
        """The invoices of a supplier, by how its name begins."""
        return [bill for bill in self.bills if bill.supplier.startswith(name)]

    def truths(self) -> dict[str, Truth]:
        """The answer of each question, by its id."""
        return {
            **self._invoices(),
            **self._late(),
            **self._contracts(),
            **self._held_out_invoices(),
            **self._held_out_contracts(),
        }

    def _invoices(self) -> dict[str, Truth]:
        bills, euros, invoices = self.bills, self.euros, self.invoices
        in_2025 = [bill for bill in euros if bill.issued.year == 2025]
        in_2026 = [bill for bill in euros if bill.issued.year == 2026]
        of_2026 = [bill for bill in invoices if bill.issued.year == 2026]
        roads = [bill for bill in euros if bill.service == "Voirie"]
        paper = [bill for bill in self.of("Papeterie des Trois Ponts") if not bill.is_credit]
        brasero = self.of("Brasero")
        unpaid = [bill for bill in euros if bill.is_unpaid]
        plumber = self.of("Plomberie Castagnède")
        meals = [bill for bill in self.of("Traiteur Bonnefage") if not bill.is_credit]
        cheapest = min(meals, key=gross)
        last_week = (date(2026, 6, 22), date(2026, 6, 28))
        return {
            "lq-01": len([b for b in invoices if b.received and b.received.year == 2025]),
            "lq-02": len([b for b in bills if b.is_credit and b.issued.year == 2026]),
            "lq-03": len([b for b in brasero if not b.is_credit]),
            "lq-04": len([b for b in invoices if b.status == "Suspendue"]),
            "lq-05": len([b for b in roads if b.gross > 10000 and not b.is_credit]),
            "lq-06": len([b for b in invoices if not b.said["Numéro bon de commande"]]),
            "lq-07": by(invoices, lambda b: STATUSES[b.status], one),
            "lq-08": len([b for b in invoices if b.status == "Rejetée" and b.issued.year == 2025]),
            "lq-09": sum(b.net for b in self.of("Clairval") if b.issued.year == 2025),
            "lq-10": sum(b.gross for b in in_2026 if b.issued.month <= 3),
            "lq-11": sum(b.gross for b in self.of("Lumiprocess") if b.paid and b.paid.year == 2025),
            "lq-12": sum(map(gross, unpaid)),
            "lq-13": sum(b.money("Montant TVA") for b in euros if b.service == "Bâtiments"),
            "lq-14": sum(b.gross for b in euros if b.status == "Suspendue"),
            "lq-15": sum(b.net for b in euros if b.said["Numéro de marché"] == "2025-NET-01"),
            "lq-16": sum(b.gross for b in in_2025 if b.is_credit),
            "lq-17": by(in_2025, lambda b: b.service, net),
            "lq-18": by([b for b in in_2025 if b.issued.month > 6], lambda b: b.supplier, net),
            "lq-19": by(in_2025, month, gross),
            "lq-20": by(euros, lambda b: f"{b.issued.year}-T{(b.issued.month + 2) // 3}", gross),
            "lq-21": cents(sum(map(net, paper), Decimal(0)) / len(paper)),
            "lq-22": mean_days(b for b in bills if b.paid and b.paid.year == 2025),
            "lq-23": {
                name: mean_days(b for b in bills if b.service == name)
                for name in {b.service for b in bills}
            },
            "lq-24": mean_days(brasero),
            "lq-25": highest(by(in_2026, lambda b: b.number, gross), 1),
            "lq-26": {cheapest.number: cheapest.gross},
            "lq-27": percent(
                sum(map(gross, self.of("Énergies du Val Rouget"))), sum(map(gross, euros))
            ),
            "lq-29": percent(
                sum(b.net for b in in_2025 if b.service == "Informatique"), sum(map(net, in_2025))
            ),
            "lq-30": highest(by(euros, lambda b: b.supplier, net), 5),
            "lq-31": highest(by(of_2026, lambda b: b.service, one), 3),
            "lq-32": highest(by(invoices, lambda b: b.supplier, one), 1),
            "lq-33": highest(by(in_2025, lambda b: b.number, gross), 10),
            "lq-42": (
                sum(b.net for b in in_2025 if b.issued.month <= 6),
                sum(b.net for b in in_2026 if b.issued.month <= 6),
            ),
            "lq-43": (
                sum(b.net for b in plumber if b.issued.year == 2026),
                sum(b.net for b in plumber if b.issued.year == 2025),
            ),
            "lq-44": by([b for b in roads if b.issued.year == 2025], month, gross),
            "lq-45": numbers(
                b
                for b in euros
                if 1000 <= b.net <= 2000 and not b.is_credit
                and b.received
                and (b.received.year, b.received.month) == (2026, 5)
            ),
            "lq-46": numbers(b for b in invoices if not b.said["Nom service exécutant"]),
            "lq-47": numbers(
                b for b in invoices if b.received and last_week[0] <= b.received <= last_week[1]
            ),
            "lq-48": sum(b.net for b in in_2025 if b.service in {"Voirie", "Espaces verts"}),
            "lq-49": sum(b.net for b in euros if not b.is_credit),
            "lq-50": len([b for b in invoices if b.status == "Mandatée" and b.is_unpaid]),
        }  # fmt: skip

    def _late(self) -> dict[str, Truth]:
        bills = self.bills
        late = [bill for bill in bills if bill.late_days]
        unpaid = [bill for bill in bills if bill.is_unpaid]
        paid_late = [bill for bill in late if bill.paid]
        soon = TODAY + timedelta(7)
        return {
            "lq-28": percent(len(paid_late), len(self.invoices)),
            "lq-34": numbers(b for b in late if not b.paid),
            "lq-35": len([b for b in unpaid if b.started and (TODAY - b.started).days > 30]),
            "lq-36": sum(b.interest for b in late),
            "lq-37": numbers(b for b in paid_late if b.supplier.startswith("Brasero")),
            "lq-38": by(late, lambda b: b.supplier, lambda b: b.interest),
            "lq-39": 40 * len([b for b in late if b.issued.year == 2025]),
            "lq-40": numbers(b for b in unpaid if b.deadline and TODAY <= b.deadline <= soon),
            "lq-41": tenths(Decimal(sum(b.late_days for b in paid_late)) / len(paid_late)),
        }

    def _contracts(self) -> dict[str, Truth]:
        every = self.contracts
        in_2025 = [each for each in every if each.notified.year == 2025]
        return {
            "lq-51": len(in_2025),
            "lq-52": by(every, lambda c: c.said["procedure"], lambda c: c.amount),
            "lq-53": sum(c.amount for c in every if "Clairval Propreté SAS" in c.holders),
            "lq-54": len([c for c in every if c.said["codeCPV"].startswith("45")]),
            "lq-55": highest(by(every, lambda c: c.said["id"], lambda c: c.amount), 5),
            "lq-56": by(in_2025, lambda c: c.said["acheteur.nom"], lambda c: c.amount),
            "lq-57": tenths(Decimal(sum(int(c.said["dureeMois"]) for c in every)) / len(every)),
            "lq-58": len(
                [c for c in in_2025 if c.said["procedure"].startswith("Marché passé sans pub")]
            ),
            "lq-59": sum(c.amount for c in every if c.said["acheteur.nom"].startswith("CCAS")),
            "lq-60": percent(
                sum(c.amount for c in every if c.said["procedure"] == "Appel d'offres ouvert"),
                sum(c.amount for c in every),
            ),
        }

    def _held_out_invoices(self) -> dict[str, Truth]:
        bills, euros = self.invoices, self.euros
        in_2025 = [bill for bill in euros if bill.issued.year == 2025]
        energy = self.of("Énergies du Val Rouget")
        culture = [b for b in euros if b.service == "Culture" and not b.is_credit]
        halted = [bill for bill in euros if bill.status in {"Rejetée", "Suspendue"}]
        days = [(bill, bill.payment_days or 0) for bill in bills if bill.paid]
        spent = sum(map(net, in_2025))
        quarter = by(in_2025, lambda b: f"2025-T{(b.issued.month + 2) // 3}", gross)
        least = sorted(by(in_2025, lambda b: b.supplier, gross).items(), key=lambda item: item[1])
        return {
            "lh-01": sum(b.gross for b in self.of("Clairval") if b.paid and b.paid.year == 2025),
            "lh-02": sum(b.net for b in energy if b.issued.year == 2026),
            "lh-03": numbers(b for b in euros if b.gross > 20000 and b.is_unpaid),
            "lh-04": by([b for b in bills if b.late_days and not b.paid], lambda b: b.service, one),
            "lh-05": len(
                [
                    b
                    for b in bills
                    if b.service == "Informatique"
                    and b.received
                    and date(2026, 1, 1) <= b.received <= date(2026, 3, 31)
                ]
            ),
            "lh-06": len([b for b in bills if b in self.of("Vigie") and b.status == "Suspendue"]),
            "lh-07": sum(b.interest for b in self.of("Brasero")),
            "lh-08": cents(sum(map(net, culture), Decimal(0)) / len(culture)),
            "lh-09": {
                service: percent(amount, spent)
                for service, amount in by(in_2025, lambda b: b.service, net).items()
            },
            "lh-10": highest(quarter, 1),
            "lh-11": sum(map(gross, halted)),
            "lh-12": len([b for b, taken in days if taken > 30 and b.paid and b.paid.year == 2025]),
            "lh-13": numbers(b for b in self.of("Traiteur Bonnefage") if b.is_credit),
            "lh-14": numbers(
                b
                for b in bills
                if not b.said["Numéro bon de commande"] and b.received and b.received.year == 2026
            ),
            "lh-15": mean_days(
                b for b in bills if b.service == "Espaces verts" and b.paid and b.paid.year == 2026
            ),
            "lh-16": sum(b.gross for b in euros if month(b) == "2026-05"),
            "lh-17": dict(least[:3]),
            "lh-18": sum(b.net for b in self.of("Librairie") if b.issued.year == 2026),
            "lh-19": sum(b.gross for b in euros if b.said["Numéro de marché"] == "2024-ENE-01"),
            "lh-20": sum(b.gross for b in self.of("Menuiserie Aubervil") if b.is_unpaid),
        }

    def _held_out_contracts(self) -> dict[str, Truth]:
        every = self.contracts
        adapted = [c.amount for c in every if c.said["procedure"] == "Procédure adaptée"]
        town = [c for c in every if c.said["acheteur.nom"] == "Ville de Port-Valmer"]
        in_2025 = [c for c in every if c.notified.year == 2025]
        goods = [c for c in every if c.said["codeCPV"] < "45" or c.said["codeCPV"].startswith("48")]
        return {
            "lh-21": len([c for c in every if date(2026, 3, 1) <= c.notified <= TODAY]),
            "lh-22": len([c for c in every if "Clairval Propreté SAS" in c.holders]),
            "lh-23": cents(sum(adapted, Decimal(0)) / len(adapted)),
            "lh-24": highest(by(in_2025, lambda c: c.said["acheteur.nom"], one), 1),
            "lh-25": sum(c.amount for c in town if c.amount > 100000),
            "lh-26": sum(c.amount for c in goods if c.notified.year == 2026),
        }
