"""Versions of articles, sheets and pieces written by the tests."""

from datetime import date
from hashlib import sha256

from ingestion.readers.documents import Document, Kind, State

CODE = "Code de la commande publique"


def version(
    text: str,
    first: str | None = None,
    end: str | None = None,
    *,
    reference: str = "R2122-8",
    title: str = CODE,
    source: str = "code.jsonl",
    state: State | None = None,
    address: str | None = None,
) -> Document:
    """A version of an article; days are written AAAA-MM-JJ, the end is exclusive."""
    identity = sha256(repr((text, first, end, reference, title, source, state)).encode())
    return Document(
        identity.hexdigest(),
        title,
        source,
        Kind.RULES,
        text,
        path=("Partie réglementaire", "Choix de la procédure"),
        reference=reference,
        valid_from=date.fromisoformat(first) if first else None,
        valid_to=date.fromisoformat(end) if end else None,
        state=state,
        address=address,
    )


def sheet(
    text: str, source: str = "fiches/petits-achats.md", title: str = "Petits achats"
) -> Document:
    """A text that is no article."""
    return Document(sha256(text.encode()).hexdigest(), title, source, Kind.RULES, text)
