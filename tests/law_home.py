"""Data folders with what the law was: articles in versions, and decisions installed."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.index_home import add, build_and_publish

CODE = "Code de la commande publique"
BEFORE: Mapping[str, Any] = {
    "code": CODE,
    "num": "R2122-8",
    "chemin": ["Partie réglementaire"],
    "texte": "L'acheteur achète sans publicité en dessous de 40 000 euros.",
    "etat": "VIGUEUR",
    "valide_du": "2020-01-01",
}
CLOSED = {**BEFORE, "etat": "MODIFIE", "valide_au": "2026-03-31"}
AFTER = {
    **BEFORE,
    "texte": "L'acheteur achète sans publicité en dessous de 60 000 euros.",
    "valide_du": "2026-04-01",
    "id": "LEGIARTI000000000002",
}
OLD = {"num": "R2122-8", "texte": "L'acheteur achète sans publicité.", "motif": "remplacé"}
ADVANCE = {"code": CODE, "num": "R2191-3", "texte": "L'acheteur accorde une avance [sic]."}
OTHER = {"code": "Autre code", "num": "R2191-3", "texte": "Un autre texte."}


def publish_law(home: Path, texts: Path, *articles: Mapping[str, Any]) -> str:
    """Publish an index of these articles; the name of the snapshot."""
    path = texts / "code.jsonl"
    path.write_text("\n".join(json.dumps(each) for each in articles), encoding="utf-8")
    add(home, path)
    return build_and_publish(home)
