"""A small index of law with decisions beside it, and what is asked of them."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

from assistant.answering.answer import TurnResult
from assistant.answering.pipeline import Assistant
from assistant.journal.journal import journal_of
from tests.support.index_home import add, build_and_publish
from tests.support.jade_files import NUMBERED, OLDER, InventedRuling, install_rulings
from tests.support.small_index import answering_embedder, assistant_over, result_of

DAY = date(2026, 9, 1)
ASKED = "Jurisprudence sur l'offre anormalement basse du puisatier rejetée par l'acheteur ?"
RULE_ASKED = "Que faire d'une offre anormalement basse du puisatier avant son rejet ?"
RULE = (
    "Lorsqu'une offre paraît anormalement basse, l'acheteur exige que l'opérateur économique "
    "fournisse des précisions sur le montant de son offre."
)
LOW = "L'offre anormalement basse du puisatier devait être vérifiée avant son rejet par l'acheteur"
NEWEST = "CE, 4 mars 2023, n° 480013, point 1"
_APPLYING = "3. En application de l'article L. 2152-6 du code de la commande publique, rien."


def _decided(serial: int, day: date, published: str, said: str) -> InventedRuling:
    paragraphs = (f"1. {said}.", "2. Le maire préside la commission des rivières.", _APPLYING)
    number = f"4800{serial:02}"
    return replace(
        NUMBERED, serial=serial, number=number, day=day, published=published, paragraphs=paragraphs
    )


RULINGS = (
    _decided(11, date(2021, 3, 4), "C", LOW),
    _decided(12, date(2022, 3, 4), "B", f"{LOW}, sans délai"),
    _decided(13, date(2023, 3, 4), "B", f"{LOW}, par écrit"),
    _decided(
        14, date(2024, 3, 4), "C", "La réception des ouvrages met fin aux rapports du contrat"
    ),
    OLDER,
)


def law_alone(folder: Path) -> Path:
    """A data folder with one article in service."""
    article = {
        "code": "Code de la commande publique", "num": "L2152-6", "chemin": ["Offres"],
        "texte": RULE, "valide_du": "2019-04-01",
    }  # fmt: skip
    (folder / "code.jsonl").write_text(json.dumps(article), encoding="utf-8")
    add(folder / "home", folder / "code.jsonl")
    build_and_publish(folder / "home", answering_embedder())
    return folder / "home"


def with_decisions(home: Path) -> Path:
    """The same, with five decisions installed."""
    return install_rulings(home, RULINGS, answering_embedder())


def assistant(home: Path, folder: Path) -> Assistant:
    """It answers as on one day, and keeps its journal in `folder`."""
    return assistant_over(home, journal_of(folder), day=DAY)


def ask(home: Path, folder: Path, question: str, **asked: object) -> TurnResult:
    """What it answers."""
    return result_of(assistant(home, folder).ask(question, **asked))  # type: ignore[arg-type]
