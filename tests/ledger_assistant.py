"""An assistant over the sheets on late payment, and the rates that interest is computed by."""

from datetime import date
from pathlib import Path

from assistant.answering.pipeline import Assistant
from assistant.journal.journal import Journal
from assistant.retrieval.snapshots import SnapshotHolder
from ingestion.library.library import CORPUS
from tests.fakes import ScriptedModel, WordEmbedder
from tests.index_home import add, build_and_publish

TODAY = date(2026, 9, 15)
RATES = '[[rate]]\nfrom = 2026-01-01\npercent = "2.15"\nsource = "essai"\n'
ARTICLES = ("R2192-", "D2192-35", "R2122-8")


def assistant_of(home: Path) -> Assistant:
    """It answers as on one day; its ledger is that of the data folder, empty at first."""
    for path in sorted((CORPUS / "fiches").glob("*.md")):
        if any(name in path.read_text(encoding="utf-8") for name in ARTICLES):
            add(home, path)
    embedder = WordEmbedder()
    build_and_publish(home, embedder)
    (home / "taux.toml").write_text(RATES, encoding="utf-8")
    journal, holder = Journal(home / "journal.jsonl"), SnapshotHolder(home, embedder)
    return Assistant(holder, embedder, ScriptedModel(), journal, 6, clock=lambda: TODAY)
