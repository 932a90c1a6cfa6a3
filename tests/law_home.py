"""Data folders with what the law was: articles in versions, and decisions installed."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ingestion.case_law.installation import CaseLawCopy, RulingsFound, gather, make_searchable
from ingestion.durable import lock_for_writing
from ingestion.index.search import Embedder
from ingestion.legislation.legi import DilaFund
from ingestion.legislation.mirror import ArchiveFolder, plan_gathering
from tests.index_home import add, build_and_publish
from tests.jade_files import ALL_RULINGS, InventedRuling, write_rulings

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


# Data folders with decisions installed


def gather_rulings(home: Path, archives: Path) -> dict[str, RulingsFound]:
    """Apply the archives of a folder, without indexing them: what each of them had."""
    copy, source = CaseLawCopy(home), ArchiveFolder(archives, DilaFund.JADE)
    found: dict[str, RulingsFound] = {}
    reached = copy.reached
    plan = plan_gathering(source.listing(), reached.moment if reached else None)
    gather(
        copy,
        source,
        plan,
        lambda done, total: None,
        lambda archive, had: found.update({archive.name: had}),
    )
    return found


def install_rulings(home: Path, rulings: Sequence[InventedRuling], embedder: Embedder) -> Path:
    """`home`, in which these decisions may be asked for."""
    copy = CaseLawCopy(home)
    with copy.alone(), lock_for_writing(copy.folder):
        gather_rulings(home, write_rulings(home / "archives", rulings, ALL_RULINGS))
        copy.keep()
        make_searchable(home, embedder, lambda step, done, total: None)
    return home
