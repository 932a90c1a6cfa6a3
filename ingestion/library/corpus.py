"""The built-in corpus: what is indexed when nothing has been added."""

from dataclasses import dataclass
from pathlib import Path

from ingestion.documents.document import Kind

CORPUS = Path(__file__).parent.parent.parent / "corpus"

DOSSIER = "montelyre-2026"
"""Identifier of the fictional tender dossier and of the invoices of its contract."""


@dataclass(frozen=True, slots=True)
class Addition:
    """A file to add: where it lies, its name in the index, its kind and its dossier."""

    path: Path
    source: str
    kind: Kind
    dossier: str | None = None


def builtin_additions() -> list[Addition]:
    """Every file of the built-in corpus, sheets first, without the sources of binaries."""
    return [
        *_files("fiches/*.md", Kind.RULES, None),
        *_files("dossier/*.pdf", Kind.TENDER, DOSSIER),
        *_files("dossier/*.docx", Kind.TENDER, DOSSIER),
        *_files("factures/*.csv", Kind.INVOICES, DOSSIER),
        *_files("factures/synthese-*.md", Kind.INVOICES, DOSSIER),
    ]


def _files(pattern: str, kind: Kind, dossier: str | None) -> list[Addition]:
    return [
        Addition(path, path.relative_to(CORPUS).as_posix(), kind, dossier)
        for path in sorted(CORPUS.glob(pattern))
        if path.name != "BPU.pdf"  # the same text as BPU.docx, which keeps the tables' cells
    ]
