"""What the questions of tests/data/ledger_fresh*.jsonl are to be answered, from the files alone.

Plain Python as in `ledger_truth`, with the same conventions. Some ask for what no plan has yet: a
bound on a group's sum, how many suppliers there are, two groupings: their truth stands here too.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from tests.studies.ledger_truth import (
    STATUSES,
    TODAY,
    Bill,
    Contract,
    Number,
    Town,
    Truth,
    by,
    cents,
    gross,
    highest,
    mean_days,
    month,
    net,
    numbers,
    one,
    percent,
    tenths,
)


def fresh_truths(town: Town) -> dict[str, Truth]:
    """The answer of each question that has one, by its id."""
    return {**_invoices(town), **_contracts(town), **_held_invoices(town), **_held_contracts(town)}


def _quarter(day: date) -> str:
    return f"{day.year}-T{(day.month + 2) // 3}"


def _mean_days_by_quarter(bills: Iterable[Bill]) -> Mapping[str, Number]:
    paid = [(_quarter(b.paid), b) for b in bills if b.paid]
    return {name: mean_days(b for each, b in paid if each == name) for name in {n for n, _ in paid}}


def _mean(values: Iterable[Decimal]) -> Decimal:
    known = list(values)
    return cents(sum(known, Decimal(0)) / len(known))


def _ids(contracts: Iterable[Contract]) -> frozenset[str]:
    return frozenset(each.said["id"] for each in contracts)


def _amount(contract: Contract) -> Decimal:
    return contract.amount


def _numbers(contracts: Iterable[Contract]) -> Mapping[str, str]:
    """The number of each holder, by which those of a group are ordered."""
    lines = [each.said for each in contracts]
    return {line["titulaire.denominationSociale"]: line["titulaire.id"] for line in lines}


def _end(contract: Contract) -> date:
    months = contract.notified.month - 1 + int(contract.said["dureeMois"])
    year, month = contract.notified.year + months // 12, months % 12 + 1
    return date(year, month, min(contract.notified.day, monthrange(year, month)[1]))


def _mandated(bill: Bill) -> date:
    """The day of the mandate, or of the status that says it; the first of all days where none."""
    day = bill.day("Date du statut") if bill.status == "Mandatée" else None
    return bill.day("Date de mandatement") or day or date.min


def _invoices(town: Town) -> dict[str, Truth]:
    bills, euros = town.invoices, town.euros
    in_2025 = [b for b in euros if b.issued.year == 2025]
    of_2025 = [b for b in bills if b.issued.year == 2025]
    unpaid = [b for b in bills if b.is_unpaid]
    roads = [b for b in in_2025 if b.service == "Voirie"]
    buildings = [b for b in euros if b.service == "Bâtiments"]
    paid_2025 = [b for b in bills if b.paid and b.paid.year == 2025]
    held = [
        b for b in town.bills if not b.paid and _mandated(b) == date.min and b.status != "Rejetée"
    ]
    slowest = max((b for b in bills if b.payment_days), key=lambda b: b.payment_days or 0)
    green = [b for b in euros if b.service == "Espaces verts"]
    smallest = min((b for b in in_2025 if not b.is_credit), key=gross)
    spent = by(in_2025, lambda b: b.supplier, gross)
    paper = [b for b in town.of("Papeterie") if b.paid and date(2026, 1, 1) <= b.paid <= TODAY]
    plumber = [b for b in town.of("Plomberie") if b.issued < date(2025, 7, 1)]
    meals = town.of("Traiteur Bonnefage")
    quick = [b for b in bills if b.payment_days is not None and b.payment_days <= 30]
    return {
        "lf-01": percent(len(quick), len(bills)),
        "lf-03": {name: amount for name, amount in spent.items() if amount > 50000},
        "lf-04": numbers(b for b in town.of("Électricité Vauquelin") if b.is_unpaid),
        "lf-06": sum(b.gross for b in town.of("Clairval") if b.is_unpaid),
        "lf-07": len([b for b in of_2025 if b.status == "Rejetée"]),
        "lf-08": numbers(b for b in bills if (b.payment_days or 0) > 45),
        "lf-09": mean_days(paid_2025),
        "lf-11": sum(b.gross for b in held if b.is_euro),
        "lf-12": percent(
            sum(b.gross for b in in_2025 if b.supplier.startswith("Brasero")),
            sum(map(gross, in_2025)),
        ),
        "lf-13": numbers(b for b in bills if b in meals and b.issued.year == 2026),
        "lf-14": sum(b.gross for b in roads if not b.is_credit),
        "lf-15": by([b for b in unpaid if b.late_days], lambda b: b.service, one),
        "lf-16": numbers(
            b for b in unpaid if b.deadline and TODAY <= b.deadline <= TODAY + timedelta(7)
        ),
        "lf-17": numbers(
            b
            for b in bills
            if b.service == "Informatique" and b.received and b.received >= date(2026, 6, 1)
        ),
        "lf-18": highest(by(euros, lambda b: b.supplier, gross), 1),
        "lf-19": sum(b.gross for b in euros if b.status == "Suspendue"),
        "lf-21": {smallest.number: smallest.gross},
        "lf-22": sum(b.gross for b in green if b.issued.year == 2026),
        "lf-23": percent(len([b for b in paid_2025 if b.late_days]), len(paid_2025)),
        "lf-26": highest(by(euros, lambda b: b.service, gross), 3),
        "lf-27": sum(b.gross for b in in_2025 if b.said["Objet"] == "Nettoyage des locaux"),
        "lf-29": sum(b.gross for b in in_2025 if b.service != "Bâtiments"),
        "lf-30": by(in_2025, month, gross),
        "lf-31": by(of_2025, lambda b: b.supplier, lambda b: b.interest),
        "lf-32": numbers(b for b in unpaid if b.service == "Restauration scolaire"),
        "lf-35": tenths(Decimal(len(of_2025)) / 12),
        "lf-36": sum(b.interest for b in town.of("Garage du Pont Neuvic")),
        "lf-37": sum(
            b.gross for b in euros if b.paid and date(2026, 1, 1) <= b.paid <= date(2026, 3, 31)
        ),
        "lf-39": len({b.supplier for b in of_2025}),
        "lf-40": numbers(b for b in held if b.status in {"Déposée", "Service fait"}),
        "lf-42": _mean_days_by_quarter(bills),
        "lf-43": numbers(
            b for b in bills if b.is_euro and b.service == "Sports" and 1000 <= b.gross <= 2000
        ),
        "lf-44": {slowest.number: slowest.payment_days or 0},
        "lf-47": sum(map(gross, paper)),
        "lf-48": sum(map(gross, plumber)),
        "lf-49": (
            sum(b.gross for b in buildings if b.issued.year == 2026),
            sum(b.gross for b in buildings if b.issued.year == 2025),
        ),
        "lf-50": highest(by(buildings, lambda b: b.number, gross), 10),
        "lf-51": numbers(
            b for b in bills if b.is_euro and not b.said["Numéro de marché"] and b.gross > 5000
        ),
        "lf-52": sum(b.gross for b in in_2025 if not b.said["Numéro de marché"]),
        "lf-53": sum(
            b.gross
            for b in euros
            if date(2026, 5, 1) <= _mandated(b) <= date(2026, 5, 31)
        ),
        "lf-54": numbers(b for b in bills if b.said["Devise"] == "CHF"),
        "lf-55": numbers(
            b for b in bills if b.started and ((b.paid or TODAY) - b.started).days > 30
        ),
    }  # fmt: skip


def _contracts(town: Town) -> dict[str, Truth]:
    every = town.contracts
    in_2025 = [c for c in every if c.notified.year == 2025]
    adapted = [c for c in every if c.said["procedure"] == "Procédure adaptée"]
    whole = sum(map(_amount, every))
    shared = by(every, lambda c: c.said["procedure"], _amount)
    return {
        "lf-02": _ids(c for c in every if len(c.holders) > 1),
        "lf-05": sum(c.amount for c in every if "Imprimerie Tavernol SA" in c.holders),
        "lf-10": _ids(c for c in every if 40000 <= c.amount <= 90000),
        "lf-20": percent(sum(map(_amount, adapted)), whole),
        "lf-25": by(every, lambda c: str(c.notified.year), one),
        "lf-28": _ids(
            c for c in every if c.said["acheteur.nom"].startswith("CCAS") and c.amount > 100000
        ),
        "lf-33": _mean(map(_amount, adapted)),
        "lf-34": sum(c.amount for c in in_2025 if c.said["acheteur.nom"] == "Ville de Port-Valmer"),
        "lf-38": by(every, lambda c: c.said["acheteur.nom"], one),
        "lf-45": {name: percent(amount, whole) for name, amount in shared.items()},
        "lf-46": sum(map(_amount, in_2025)),
    }


def _held_invoices(town: Town) -> dict[str, Truth]:
    bills, euros = town.invoices, town.euros
    in_2025 = [b for b in euros if b.issued.year == 2025]
    in_2026 = [b for b in euros if b.issued.year == 2026]
    cleaning = [b for b in euros if b.said["Numéro de marché"] == "2025-NET-01"]
    unpaid = [b for b in bills if b.is_unpaid]
    meals = [b for b in town.of("Traiteur Bonnefage") if not b.is_credit]
    suppliers = {b.supplier for b in bills if b.payment_days is not None}
    spent, whole = by(in_2025, lambda b: b.supplier, gross), sum(map(gross, in_2025))
    return {
        "lg-01": numbers(
            b for b in town.bills if b.is_credit and b.issued.year == 2025 and b.issued.month > 6
        ),
        "lg-04": numbers(
            b for b in bills if b.received and date(2026, 6, 22) <= b.received <= date(2026, 6, 28)
        ),
        "lg-05": (
            sum(b.gross for b in in_2025 if b.issued.month <= 3),
            sum(b.gross for b in in_2026 if b.issued.month <= 3),
        ),
        "lg-06": numbers(unpaid),
        "lg-09": sum(
            b.money("Montant TVA") for b in euros if b.paid and b.paid.year == 2025
        ),
        "lg-10": by(in_2026, lambda b: f"{b.service} {month(b)}", gross),
        "lg-12": frozenset({"EV-2025-001"}),
        "lg-13": len([b for b in bills if b.status == "Suspendue"]),
        "lg-14": numbers(b for b in bills if not b.said["Numéro bon de commande"]),
        "lg-18": by(bills, lambda b: STATUSES[b.status], one),
        "lg-19": {
            **by(euros, lambda b: f"{b.supplier} HT", net),
            **by(euros, lambda b: f"{b.supplier} TTC", gross),
        },
        "lg-20": {name: mean_days(town.of(name)) for name in suppliers},
        "lg-21": _mean(map(gross, meals)),
        "lg-22": sum(b.interest for b in bills),
        "lg-24": sum(b.net for b in in_2026 if b.issued.month <= 3),
        "lg-26": frozenset({"CP-2025-013"}),
        "lg-30": by(bills, lambda b: b.said["Taux de TVA"], one),
        "lg-31": numbers(
            b
            for b in bills
            if b.supplier.startswith(("Clairval", "Lumiprocess")) and month(b) == "2026-03"
        ),
        "lg-32": numbers(b for b in bills if b.said["Objet"] == "Vitrerie"),
        "lg-33": frozenset({"TL-2025-001"}),
        "lg-34": len({b.said["Nom service exécutant"] for b in town.of("Clairval")} - {""}),
        "lg-35": highest(by(in_2025, lambda b: b.supplier, net), 5),
        "lg-36": sum(b.gross for b in town.of("Papeterie") if b.is_credit),
        "lg-37": sum(
            b.gross
            for b in town.of("Énergies")
            if b.issued.year == 2025 and b.issued.month <= 6
        ),
        "lg-38": sum(
            b.gross for b in euros if b.said["Numéro de marché"] == "2024-VOI-02" and b.is_unpaid
        ),
        "lg-39": len([b for b in bills if b.net > 10000]),
        "lg-40": numbers(b for b in unpaid if b.late_days > 15),
        "lg-41": mean_days(b for b in bills if b.service == "Voirie"),
        "lg-44": {
            name: percent(amount, whole)
            for name, amount in spent.items()
            if 10 * amount > whole
        },
        "lg-45": by(
            [b for b in euros if b.service == "Communication"], lambda b: _quarter(b.issued), gross
        ),
        "lg-46": numbers(b for b in bills if b.issued == date(2025, 3, 15)),
        "lg-48": highest(by(in_2025, month, gross), 1),
        "lg-51": numbers(b for b in unpaid if b.started and (TODAY - b.started).days > 60),
        "lg-53": _mean(b.gross for b in bills if b.is_euro and b.service == "Culture"),
        "lg-54": sum(map(gross, cleaning)),
    }  # fmt: skip


def _held_contracts(town: Town) -> dict[str, Truth]:
    every = town.contracts
    in_2025 = [c for c in every if c.notified.year == 2025]
    longest = max(int(c.said["dureeMois"]) for c in every)
    soon = [(_end(c), c) for c in every if _end(c) >= TODAY]
    open_calls = [c for c in every if c.said["procedure"] == "Appel d'offres ouvert"]
    it = ("informatique", "logiciel")
    numbers = _numbers(every)

    def holders(contract: Contract) -> str:
        return " + ".join(sorted(contract.holders, key=lambda name: numbers[name]))

    return {
        "lg-02": by(in_2025, lambda c: c.said["codeCPV"], _amount),
        "lg-03": tenths(Decimal(sum(int(c.said["dureeMois"]) for c in every)) / len(every)),
        "lg-07": _ids(c for c in every if c.said["codeCPV"].startswith("45")),
        "lg-11": {c.said["id"]: longest for c in every if int(c.said["dureeMois"]) == longest},
        "lg-15": len([c for c in every if c.said["procedure"].startswith("Marché passé sans")]),
        "lg-17": (
            sum(c.amount for c in every if c.notified.year == 2024),
            sum(map(_amount, in_2025)),
        ),
        "lg-23": frozenset({min(soon, key=lambda each: each[0])[1].said["id"]}),
        "lg-25": _ids(c for c in every if int(c.said["dureeMois"]) >= 48),
        "lg-27": highest(by(every, holders, _amount), 3),
        "lg-28": _ids(
            c
            for c in every
            if date(2025, 1, 1) <= c.notified <= TODAY and "Garage du Pont Neuvic" in c.holders
        ),
        "lg-29": highest(by(in_2025, lambda c: c.said["id"], _amount), 1),
        "lg-42": _ids(c for end, c in soon if end <= date(2026, 12, 30)),
        "lg-43": _ids(
            c for c in open_calls if c.said["acheteur.nom"].startswith("Communauté de communes")
        ),
        "lg-47": len(
            {h for c in every if c.said["acheteur.nom"].startswith("CCAS") for h in c.holders}
        ),
        "lg-49": {name: count for name, count in by(every, holders, one).items() if count > 1},
        "lg-50": _ids(c for c in every if any(word in c.said["objet"].lower() for word in it)),
        "lg-55": _ids(c for c in every if c.said["objet"] == "Plantations de massifs"),
    }  # fmt: skip
