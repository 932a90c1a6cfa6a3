"""Is the version of the day evidence on each side of a change, and an old text never?"""

import json
import re
from datetime import date
from pathlib import Path

from rich.progress import track
from rich.table import Table

from assistant.retrieval.evidence import Scope
from assistant.retrieval.retriever import Retriever
from ingestion.index.snapshot import IndexSnapshot
from tests.studies.law_questions import EVIDENCE, console, share

SMALL_PURCHASE = "Sous quel montant peut-on acheter sans publicité ni mise en concurrence ?"
TURNOVER = "Quel chiffre d'affaires minimal peut-on exiger des candidats ?"
AS_OF = (
    (SMALL_PURCHASE, "R2122-8", date(2019, 6, 1), "25 000 euros"),
    (SMALL_PURCHASE, "R2122-8", date(2020, 6, 1), "40 000 euros"),
    (SMALL_PURCHASE, "R2122-8", date(2026, 3, 31), "40 000 euros"),
    (SMALL_PURCHASE, "R2122-8", date(2026, 4, 1), "60 000 euros"),
    (TURNOVER, "R2142-7", date(2025, 12, 31), "deux fois"),
    (TURNOVER, "R2142-7", date(2026, 1, 1), "une fois et demie"),
)


def versions(retriever: Retriever) -> None:
    """Print which version of an article is evidence for a day, and whether it says what it must."""
    table = Table("article", "as of", "place", "version in force", "must say", "says it")
    for question, article, day, words in AS_OF:
        evidence = retriever.retrieve(question, Scope(day), EVIDENCE)
        items = [item for item in evidence if article in item.passage.references]
        for item in items:
            passage = item.passage
            until = f" to {passage.valid_to} (excluded)" if passage.valid_to else ""
            version = f"{passage.valid_from}{until}"
            says = "yes" if words in passage.text else "NO"
            table.add_row(article, str(day), str(item.number), version, words, says)
        if len(items) != 1:
            table.add_row(article, str(day), "", f"{len(items)} versions", words, "NO")
    console.print(table)


def traps(retriever: Retriever, generation: IndexSnapshot, path: Path) -> None:
    """Print how often a text that is no longer the law is evidence, or in the index at all."""
    lines = path.read_text(encoding="utf-8").splitlines()
    old = {(row["num"], _spaced(row["texte"])) for row in map(json.loads, lines)}
    documents = {
        each.id: (each.reference, _spaced(each.text)) for each in generation.store.documents()
    }
    shown, current = 0, 0
    for number, text in track(sorted(old), "Superseded texts", transient=True):
        first = re.split(r"(?<=[.:;])\s", text, maxsplit=1)[0]
        evidence = retriever.retrieve(first, Scope(date.today()), EVIDENCE)
        shown += any(documents[item.passage.document_id] in old for item in evidence)
        current += any(number in item.passage.references for item in evidence)
    passages = list(generation.store.all_passages())
    indexed = sum(documents[passage.document_id] in old for passage in passages)
    table = Table(
        "superseded texts",
        "kept for history",
        f"with one in the first {EVIDENCE}",
        "with the article as it is now",
        "passages with one",
    )
    table.add_row(
        str(len(old)),
        str(len(old.intersection(documents.values()))),
        share(shown, len(old)),
        share(current, len(old)),
        share(indexed, len(passages)),
    )
    console.print(table)


def _spaced(text: str) -> str:
    return " ".join(text.split())
