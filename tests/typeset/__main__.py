"""`python -m tests.typeset` rewrites the PDF and DOCX pieces of the fictional tender dossier."""

from pathlib import Path

from tests.typeset.pdf import to_pdf
from tests.typeset.word import to_docx

DOSSIER = Path(__file__).parents[2] / "corpus" / "dossier"
PIECES = ("RC.pdf", "CCAP.pdf", "CCTP.pdf", "BPU.pdf", "AE.docx", "BPU.docx")


def main() -> None:
    """Typeset every piece of the dossier."""
    for piece in map(DOSSIER.joinpath, PIECES):
        source = (DOSSIER / "sources" / f"{piece.stem}.md").read_text(encoding="utf-8")
        piece.write_bytes((to_pdf if piece.suffix == ".pdf" else to_docx)(source))


if __name__ == "__main__":
    main()
