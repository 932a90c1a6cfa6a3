"""Synthetic exports of any size, the same at each run: late payers, doubles, faults of VAT."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

TODAY = date(2026, 11, 24)

_SEED = 6
_NOUNS = ("maintenance", "fourniture", "location", "entretien", "étude", "assurance", "transport")
_ADJECTIVES = ("annuel", "scolaire", "sportif", "informatique", "médical", "électrique", "routier")
_SYLLABLES = ("ba", "cro", "din", "fel", "gui", "hou", "jal", "kem", "lor", "mau", "nis", "pra")
_RATES = (Decimal("5.5"), Decimal(10), Decimal(20))
_CENT = Decimal("0.01")


def write_invoices(path: Path, count: int) -> Path:
    """A CSV in the manner of Chorus Pro, of two years of invoices."""
    lot = Random(_SEED)
    return _written(
        path,
        "Numéro facture;Type;Date facture;Date réception;SIREN fournisseur;Fournisseur;"
        "SIRET acheteur;Acheteur;Service;Engagement;Montant HT;Montant TVA;Montant TTC;Devise;"
        "Service fait le;Mandatée le;Mise en paiement le;Date de paiement;IBAN;Objet",
        (_invoice(lot, each, max(count // 100, 20)) for each in range(count)),
    )


def write_purchases(path: Path, count: int) -> Path:
    """A CSV in the manner of the DECP, of three years of contracts of one or two holders."""
    lot = Random(_SEED)
    words = [_word(lot) for _ in range(max(count // 5, 50))]
    return _written(
        path,
        "id;acheteur id;acheteur nom;objet;nature;procédure;cpv;montant;durée;"
        "date de notification;titulaire id;titulaire nom",
        (line for each in range(count) for line in _purchase(lot, each, count, words)),
    )


def luhn(number: int) -> str:
    """A SIREN with a true key."""
    digits = f"{number:08d}"
    total = sum(int(d) if place % 2 else sum(divmod(2 * int(d), 10)) for place, d in _even(digits))
    return f"{digits}{-total % 10}"


def _even(digits: str) -> Iterator[tuple[int, str]]:
    return enumerate(reversed(digits))


def _invoice(lot: Random, place: int, suppliers: int) -> tuple[object, ...]:
    supplier = min(int(lot.expovariate(6 / suppliers)), suppliers - 1)
    issued = TODAY - timedelta(lot.randrange(1, 730))
    received = issued + timedelta(lot.randrange(6))
    net = Decimal(round(lot.lognormvariate(7, 1.3), 2)).quantize(_CENT)
    vat = (net * lot.choice(_RATES) / 100).quantize(_CENT) + _CENT * (lot.random() < 0.002)
    steps = (lot.randrange(2, 12), lot.randrange(4, 18), lot.randrange(1, 9), lot.randrange(4))
    days, day = [], received
    for step in steps:
        day += timedelta(step)
        days.append(day.isoformat() if day <= TODAY - timedelta(2) else "")
    # One in two hundred comes twice under another spelling of its number.
    number = f"F{issued:%Y}-{place - place % 200 % 2:06d}" if place % 200 < 2 else f"F-{place:06d}"
    return (
        number.replace("-", " ") if place % 200 == 1 else number,
        "381" if lot.random() < 0.02 else "380",
        issued,
        received,
        luhn(30000000 + 7 * supplier),
        f"Entreprise {supplier}",
        "21350238800019",
        "Ville d'essai",
        f"S{lot.randrange(40):02d}",
        f"E{lot.randrange(20000)}" if lot.random() < 0.9 else "",
        net,
        vat,
        net + vat + _CENT * (lot.random() < 0.002),
        "EUR",
        *days,
        f"FR76{supplier:08d}{lot.random() < 0.001:d}",
        f"{lot.choice(_NOUNS)} {lot.choice(_ADJECTIVES)}",
    )


def _purchase(
    lot: Random, place: int, count: int, words: list[str]
) -> Iterator[tuple[object, ...]]:
    buyer, family = lot.randrange(max(count // 30, 5)), lot.randrange(100, 990)
    said = (words[int(lot.paretovariate(0.6)) % len(words)] for _ in range(lot.randrange(1, 6)))
    contract = (
        f"2026-{place:06d}",
        f"{luhn(20000000 + buyer)}00010",
        f"Commune {buyer}",
        f"{lot.choice(_NOUNS)} {lot.choice(_ADJECTIVES)} {' '.join(said)}",
        lot.choice(("Marché", "Accord-cadre")),
        lot.choice(("Procédure adaptée", "Appel d'offres ouvert", "Marché passé sans publicité")),
        f"{family}{lot.randrange(10000, 99999)}" if lot.random() < 0.9 else "",
        Decimal(round(lot.lognormvariate(10, 1.2), 2)).quantize(_CENT),
        lot.randrange(1, 49),
        TODAY - timedelta(lot.randrange(1, 1000)),
    )
    for _ in range(1 + (lot.random() < 0.1)):
        holder = min(int(lot.expovariate(40 / count)), count)
        yield (*contract, f"{luhn(50000000 + holder)}00012", f"Titulaire {holder}")


def _word(lot: Random) -> str:
    return "".join(lot.choices(_SYLLABLES, k=lot.randrange(2, 4)))


def _written(path: Path, titles: str, lines: Iterator[tuple[object, ...]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(titles.split(";"))
        writer.writerows(lines)
    return path
