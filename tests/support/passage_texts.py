"""Evidence and passages made of a text, for tests of what is read in it."""

from datetime import date

from assistant.retrieval.evidence import Evidence
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Kind


def evidence_of(
    text: str,
    number: int = 1,
    score: float = 0.1,
    similarity: float = 0.0,
    state_date: date | None = None,
    strength: float = 0.0,
    dossier: str | None = None,
) -> Evidence:
    passage = Passage(
        id=f"d{number}:0-{len(text)}",
        document_id=f"d{number}",
        title="Fiche",
        source="fiche.md",
        kind=Kind.RULES,
        locator="art. R1",
        headings=(),
        references=(),
        text=text,
        start=0,
        end=len(text),
        state_date=state_date,
        dossier=dossier,
    )
    return Evidence(number, passage, score, "0" * 64, similarity, strength)


def article_of(number: str, text: str) -> Passage:
    """An article of the code as one passage."""
    return Passage(
        id=f"{number}:0-{len(text)}",
        document_id=number,
        title=number,
        source="code.jsonl",
        kind=Kind.RULES,
        locator=f"art. {number}",
        headings=(),
        references=(number,),
        text=text,
        start=0,
        end=len(text),
    )
