"""`sourcier dossier-homologation`: the papers that an approval of the installation asks for."""

import argparse
import sys
from contextlib import suppress
from datetime import date
from hashlib import sha256
from pathlib import Path

from assistant.answers import Citation
from assistant.grading import grade
from assistant.journal import journal_of
from assistant.measures import Estimates, estimates
from assistant.questions import read_questions
from assistant.results import read_results
from assistant.settings import load_settings
from ingestion.errors import UnknownDocument
from ingestion.generation import Generation

OK = 0
TERMINAL = "terminal"
"""Under this name the journal keeps that the file was taken."""

SUFFIXES = ("docx", "html", "md", "pdf")

EPILOG = """\
exemples :
  sourcier dossier-homologation --out dossier.docx
  sourcier dossier-homologation --out dossier.html --evaluation questions.jsonl resultats.jsonl
  sourcier dossier-homologation | less

Le dossier est écrit d'après l'installation telle qu'elle est : réglages, index en service, poids et
leurs empreintes, comptes, journal, bibliothèques. Relisez-le : ce qui « dépend de l'organisme » est
à compléter par vous.
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "dossier-homologation",
        help="écrit le dossier d'homologation de cette installation",
        description="Écrit le dossier d'homologation : système, flux, rôles, mesures R1 à R35 de "
        "l'ANSSI avec leurs preuves, limites, risques, procédures.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--out",
        type=_paper,
        metavar="FICHIER",
        help="fichier .docx, .html, .pdf ou .md (défaut : Markdown, à l'écran)",
    )
    parser.add_argument(
        "--evaluation",
        type=Path,
        nargs=2,
        metavar=("QUESTIONS", "RESULTATS"),
        help="un jeu de questions et les résultats de « sourcier eval » à joindre",
    )
    parser.set_defaults(run=_run)


def _paper(text: str) -> Path:
    path = Path(text)
    if path.suffix.removeprefix(".") not in SUFFIXES:
        raise argparse.ArgumentTypeError(f"« {text} » n'est ni .docx, ni .html, ni .pdf, ni .md")
    return path


def _run(arguments: argparse.Namespace) -> int:
    from assistant.homologation.facts import gather  # what draws takes a while to import
    from assistant.homologation.file import homologation
    from assistant.papers.format import PaperFormat, rendered

    measured = _measured(arguments.home, *arguments.evaluation) if arguments.evaluation else None
    settings = load_settings(arguments.home)
    paper = homologation(gather(arguments.home, settings, date.today(), measured))
    out: Path | None = arguments.out
    if out is None:
        sys.stdout.write(rendered(paper, PaperFormat.MARKDOWN).decode())
        return OK
    out.write_bytes(rendered(paper, PaperFormat(out.suffix.removeprefix("."))))
    journal_of(arguments.home).append("export", {"what": "homologation"}, user=TERMINAL)
    sys.stdout.write(f"Dossier d'homologation écrit : {out}\n")
    return OK


def _measured(home: Path, questions: Path, results: Path) -> Estimates:
    """The measures of a run, its quotes read again in the index in service."""
    from ingestion.generation import open_generation
    from ingestion.publication import current_name

    generation = open_generation(home, current_name(home))
    found = read_results(results)

    def text(citation: Citation) -> str | None:
        return _text(generation, citation)

    asked = [each for each in read_questions(questions) if each.id in found]
    return estimates([grade(each, found[each.id], text) for each in asked])


def _text(generation: Generation, citation: Citation) -> str | None:
    """The text that was cited, None where the index in service has it no more."""
    with suppress(UnknownDocument):
        text = generation.store.document(citation.document).text
        if sha256(text.encode()).hexdigest() == citation.sha256:
            return text
    return None
