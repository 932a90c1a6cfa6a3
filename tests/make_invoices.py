"""Writes corpus/commune-fictive: invoices and contracts of a town that does not exist.

`python -m tests.make_invoices` writes the same bytes every time. No SIREN below 000 325 175 was
ever given to a company: all of these begin with 0000, and their bank, 99999, has no name.
"""

import csv
import io
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random
from typing import Any

FOLDER = Path(__file__).parents[1] / "corpus" / "commune-fictive"
TODAY = date(2026, 6, 30)
"""The day on which the export was made."""

INVOICES, FIRST, LAST = 300, date(2025, 1, 6), date(2026, 6, 24)
_SEED = 20260630
_CENT = Decimal("0.01")

Row = dict[str, str]


def with_key(start: str) -> str:
    """A number ended by its Luhn key."""
    total = 0
    for place, digit in enumerate(reversed(start), start=1):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 * (doubled > 9)
    return f"{start}{-total % 10}"


def _siret(number: int) -> str:
    return with_key(with_key(f"0000{number:04}") + "0001")


def _iban(account: int) -> str:
    """An account of a bank that does not exist, with the key of its number."""
    number = f"9999900001{account:011}00"
    return f"FR{98 - int(number + '152700') % 97:02}{number}"


@dataclass(frozen=True, slots=True)
class Supplier:
    """Who sends invoices: amounts from `least` to `most`, `days` from which to which to be paid."""

    name: str
    initials: str
    service: str
    objects: Sequence[str] = ()
    least: int = 0
    most: int = 0
    rate: str = "0"
    contracts: Sequence[str] = ()
    days: Sequence[int] = ()
    weight: int = 0


with (Path(__file__).parent / "data" / "fictional_town.toml").open("rb") as _file:
    _TOWN = tomllib.load(_file)
_SUPPLIERS = tuple(Supplier(**each) for each in _TOWN["supplier"])
_SWISS = "Signalétique Helvia SA"

_BUYER = "Ville de Port-Valmer"
_BUYERS = {
    _BUYER: _siret(9001),
    "CCAS de Port-Valmer": _siret(9002),
    "Communauté de communes du Pays de Valmer": _siret(9003),
}
_SIRETS = {each.name: _siret(101 + 7 * rank) for rank, each in enumerate(_SUPPLIERS)}


@dataclass(slots=True)
class Made:
    """An invoice while it is made; a day that is None is left empty."""

    supplier: Supplier
    number: str
    issued: date
    label: str
    contract: str
    commitment: str
    service: str
    iban: str
    kind: str = "Facture"
    preceding: str = ""
    received: date | None = None
    delivered: str = ""
    status: str = "Déposée"
    status_at: date | None = None
    steps: dict[str, date] = field(default_factory=dict)
    net: Decimal = Decimal(0)
    vat: Decimal = Decimal(0)
    gross: Decimal = Decimal(0)
    currency: str = "EUR"

    def price(self, net: Decimal) -> None:
        """Give it an amount and the tax that follows."""
        self.net = net
        self.vat = (net * Decimal(self.supplier.rate) / 100).quantize(_CENT, ROUND_HALF_UP)
        self.gross = self.net + self.vat


_STEPS = (
    ("Date de service fait", "Service fait", 0.30),
    ("Date de mandatement", "Mandatée", 0.60),
    ("Date de mise à disposition du comptable", "Mise à disposition comptable", 0.70),
    ("Date de mise en paiement", "Mise en paiement", 0.95),
    ("Date de paiement", "Mise en paiement", 1.0),
)
"""The steps of a payment: the status that each gives, and how far in the days it takes it comes."""


def invoices() -> list[Row]:
    """The lines of the export, in the order in which they were received."""
    random = Random(_SEED)
    made = _plain(random, INVOICES - 30)
    made += _planted(random, made)
    made.sort(key=lambda each: (each.received or each.issued, each.number))
    return [_row(each) for each in made]


def _plain(random: Random, count: int) -> list[Made]:
    numbers = dict.fromkeys((each.initials for each in _SUPPLIERS), 0)
    days = sorted(FIRST + timedelta(random.randrange((LAST - FIRST).days)) for _ in range(count))
    made = []
    for rank, day in enumerate(days, start=1):
        supplier = random.choices(_SUPPLIERS, [each.weight for each in _SUPPLIERS])[0]
        numbers[supplier.initials] += 1
        one = Made(
            supplier,
            f"{supplier.initials}-{day.year}-{numbers[supplier.initials]:03}",
            day,
            random.choice(supplier.objects),
            random.choice(supplier.contracts),
            f"EJ{day.year % 100}-{rank:05}",
            supplier.service,
            _iban(1000 + _SUPPLIERS.index(supplier)),
        )
        one.price(Decimal(random.randrange(supplier.least * 100, supplier.most * 100)) * _CENT)
        _live(random, one, random.randint(*supplier.days))
        made.append(one)
    return made


def _live(random: Random, one: Made, days: int) -> None:
    """Give an invoice the days of its life until the export, paid `days` after its start."""
    one.received = one.issued + timedelta(random.choice((0, 0, 1, 1, 2, 3)))
    delivered = one.issued - timedelta(random.randrange(0, 12))
    if random.random() < 0.08:
        delivered = one.received + timedelta(random.randrange(2, 8))
    one.delivered = _french(delivered)
    start = max(one.received, delivered)
    one.status, one.status_at = "Déposée", one.received
    for title, status, when in _STEPS:
        day = start + timedelta(round(days * when))
        if day > TODAY:
            break
        one.steps[title], one.status, one.status_at = day, status, day


def _halt(one: Made, status: str, after: int) -> None:
    """Stop the life of an invoice at a status, some days after it was received."""
    assert one.received
    one.steps.clear()
    one.status, one.status_at = status, one.received + timedelta(after)
    if status == "Suspendue":
        one.steps["Date de suspension"] = one.status_at
    else:
        one.steps["Date de rejet"] = one.status_at


def _planted(random: Random, made: list[Made]) -> list[Made]:
    """The cases of the README: some change an invoice of `made`, the thirty others are new."""
    ordinary = [each for each in made if "Date de paiement" in each.steps and each.contract]
    chosen = iter(random.sample(ordinary, 60))
    new = [*_sent_again(chosen), *_nearly_the_same(chosen), *_credits(chosen)]
    new += _swiss()
    for _ in range(5):
        one = next(chosen)
        one.gross += random.choice((Decimal("9.00"), Decimal("-27.00"), Decimal("0.90")))
    for each in random.sample([one for one in made if one.issued >= date(2026, 3, 1)], 9):
        _halt(each, "Suspendue", random.randrange(4, 12))
    for _ in range(6):
        _halt(next(chosen), "Rejetée", random.randrange(2, 9))
    for _ in range(4):
        next(chosen).received = None
    for each, text in zip(chosen, ("03/2026", "2025", "fin avril 2025"), strict=False):
        each.delivered = text
    for _ in range(5):
        next(chosen).commitment = ""
    for _ in range(3):
        next(chosen).service = ""
    for _ in range(2):
        one = next(chosen)
        one.steps["Date de service fait"] = one.steps["Date de paiement"] + timedelta(4)
    since_when = {"CP": date(2025, 10, 1), "BTP": date(2026, 2, 1), "IT": date(2026, 5, 1)}
    for initials, since in since_when.items():
        for one in (*made, *new):
            if one.supplier.initials == initials and one.issued >= since:
                one.iban = _iban(7000 + len(initials))
    return new


def _sent_again(chosen: Iterator[Made]) -> Iterator[Made]:
    """Four invoices that come twice, the second unpaid."""
    for _ in range(4):
        one = next(chosen)
        assert one.received
        again = replace(one, received=one.received + timedelta(9), steps={}, status="Déposée")
        again.status_at = again.received
        yield again


def _nearly_the_same(chosen: Iterator[Made]) -> Iterator[Made]:
    """Six invoices alike another: in number, in amount, or in day."""
    changes = (
        ("{}-", 0, 0),
        ("{}B", 0, 0),
        ("F{}", 0, 0),
        ("{}A", 3, 0),
        ("0{}", 5, 0),
        ("{}X", 0, 1),
    )
    for number, days, cents in changes:
        one = next(chosen)
        like = replace(one, number=number.format(one.number), steps={})
        like.issued += timedelta(days)
        like.price(one.net + cents * _CENT)
        like.received = like.issued + timedelta(2)
        like.status, like.status_at = "Déposée", like.received
        yield like


def _credits(chosen: Iterator[Made]) -> Iterator[Made]:
    """Eighteen credit notes, three of which do not cite their invoice."""
    for rank in range(1, 19):
        one = next(chosen)
        note = replace(one, number=f"AV-{one.number}", kind="Avoir", steps={}, delivered="")
        note.issued = min(one.issued + timedelta(25), LAST)
        note.price((one.net * Decimal(rank % 4 + 1) / 20).quantize(_CENT, ROUND_HALF_UP))
        note.preceding = "" if rank % 6 == 0 else one.number
        note.received = note.issued + timedelta(1)
        note.status, note.status_at = "Mandatée", note.received + timedelta(12)
        if note.status_at > TODAY:
            note.status, note.status_at = "Déposée", note.received
        yield note


def _swiss() -> Iterator[Made]:
    """Two invoices in francs of a supplier without SIRET."""
    supplier = Supplier(_SWISS, "SH", "Voirie")
    days = {"SH-25-0417": date(2025, 4, 17), "SH-26-0209": date(2026, 2, 9)}
    for (number, day), net in zip(days.items(), (2380, 1745), strict=True):
        one = Made(supplier, number, day, "Panneaux directionnels", "", "EJ-CH-1", "Voirie", "")
        one.price(Decimal(net))
        one.currency, one.received, one.delivered = "CHF", day + timedelta(2), _french(day)
        one.status, one.status_at = "Mise en paiement", day + timedelta(24)
        one.steps["Date de paiement"] = day + timedelta(25)
        yield one


def _row(one: Made) -> Row:
    """A line of the export; every column is there in each."""
    return {
        "Type de facture": one.kind,
        "Numéro de facture": one.number,
        "Date de facture": _french(one.issued),
        "Date de dépôt": _french(one.received),
        "Code fournisseur": _SIRETS.get(one.supplier.name, ""),
        "Désignation fournisseur": one.supplier.name,
        "Code destinataire": _BUYERS[_BUYER],
        "Désignation destinataire": _BUYER,
        "Nom service exécutant": one.service,
        "Numéro de marché": one.contract,
        "Numéro bon de commande": one.commitment,
        "Facture d'origine": one.preceding,
        "Montant HT": _comma(one.net),
        "Taux de TVA": f"{one.supplier.rate.replace('.', ',')} %",
        "Montant TVA": _comma(one.vat),
        "Montant TTC": _comma(one.gross),
        "Montant à payer": _comma(one.gross),
        "Devise": one.currency,
        "Date de livraison": one.delivered,
        "Statut": one.status,
        "Date du statut": _french(one.status_at),
        "Date de rejet": _french(one.steps.get("Date de rejet")),
        "Date de suspension": _french(one.steps.get("Date de suspension")),
        **{title: _french(one.steps.get(title)) for title, _, _ in _STEPS},
        "IBAN": one.iban,
        "Objet": one.label,
    }


def contracts() -> list[Row]:
    """The lines of the contracts: one a holder, as they are published."""
    random = Random(_SEED + 1)
    drawn = [_drawn(random) for _ in range(24)]
    lines = [line for each in (*_TOWN["contract"], *drawn) for line in _lines(each)]
    return [*lines, lines[4], lines[11]]


def _drawn(random: Random) -> dict[str, Any]:
    """A small contract of the two years, without publicity."""
    need = random.choice(_TOWN["need"])
    town, *_ = _BUYERS
    buyer = random.choice((town, *_BUYERS))
    day = date(2025, 1, 6) + timedelta(random.randrange(500))
    return {
        "number": f"{day.year}-{need['initials']}-{random.randrange(10, 99):02}",
        "buyer": buyer,
        "subject": need["subject"],
        "cpv": need["cpv"],
        "amount": str(random.randrange(30, 240) * 100),
        "months": random.choice((6, 12, 24)),
        "notified": day,
        "holders": [need["holder"]],
        "procedure": "Marché passé sans publicité ni mise en concurrence préalable",
    }


def _lines(contract: Mapping[str, Any]) -> Iterator[Row]:
    for holder in contract["holders"]:
        yield {
            "id": contract["number"],
            "acheteur.id": _BUYERS[contract["buyer"]],
            "acheteur.nom": contract["buyer"],
            "nature": "Marché",
            "objet": contract["subject"],
            "codeCPV": contract["cpv"],
            "procedure": contract["procedure"],
            "dureeMois": str(contract["months"]),
            "dateNotification": contract["notified"].isoformat(),
            "montant": contract["amount"],
            "titulaire.id": _SIRETS[holder],
            "titulaire.denominationSociale": holder,
        }


def _french(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _comma(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")


def written(rows: Sequence[Row]) -> bytes:
    """The lines as a file of semicolons, which French workbooks open."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=";", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


FILES = {"factures.csv": invoices, "marches.csv": contracts}

if __name__ == "__main__":
    for name, rows in FILES.items():
        (FOLDER / name).write_bytes(written(rows()))
