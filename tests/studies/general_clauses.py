"""Dossiers, their CCAG and its derogations: python -m tests.studies.general_clauses [ARTICLES…].

Asks 30 questions (tests/data/general_clauses/questions.jsonl) of two fictional dossiers beside an
index of the built-in sheets, of four invented CCAG, and of the files of articles given, with the
weights of a data folder. They were written before any of them was asked. One is right when it has
every fact and every clause expected, says that the CCAP derogates where it does and only there,
and shows nothing of another family or edition; of the two about another CCAG, when that is said.
"""

import argparse
import shutil
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from rich.console import Console
from rich.table import Table

from assistant.answering.pipeline import Assistant
from assistant.container import load_embedder, load_reader
from assistant.evaluation.grading import FaultKind, Graded
from assistant.evaluation.questions import Question, read_questions
from assistant.evaluation.runs import examine
from assistant.journal.journal import Journal
from assistant.retrieval.snapshots import SnapshotHolder
from assistant.retrieval.tuning import tuning_for
from assistant.settings import default_home, load_settings
from assistant.tenders.service import DossierService
from ingestion.documents.document import Kind
from ingestion.durable import lock_for_writing
from ingestion.index.build import build
from ingestion.index.publication import publish
from ingestion.index.search import Embedder
from ingestion.library.corpus import builtin_additions
from ingestion.library.library import Library
from ingestion.tenders.dossiers import Dossier
from ingestion.tenders.intake import Parcel
from tests.support.fakes import ScriptedModel
from tests.support.general_texts import TEXTS, add_general

GENERAL = ("fcs_2021", "fcs_2009", "travaux_2021", "travaux_2009")
DOSSIERS = ("cantines-vaubrillon", "gymnase-ormelles")
NO_OTHERS: Mapping[str, Path] = MappingProxyType({})
_OTHER = "autre"


def prepare(home: Path, embedder: Embedder, rules: Mapping[str, Path] = NO_OTHERS) -> None:
    """Publish the four CCAG and other rules, by their source, and file the dossiers."""
    with lock_for_writing(home):
        library = Library(home)
        for source, path in rules.items():
            library.add(path, source, Kind.RULES)
    with TemporaryDirectory() as folder:
        add_general(home, Path(folder), *GENERAL)
    with lock_for_writing(home):
        publish(home, build(home, embedder, lambda *_: None).name)
    filing = DossierService(home, Journal(home / "journal.jsonl"), lambda: embedder)
    for name in DOSSIERS:
        filing.create(Dossier(name))
        pieces = sorted((TEXTS / name).glob("*.md"))
        filing.add(name, [Parcel(each.name, BytesIO(each.read_bytes())) for each in pieces])


def loaded(home: Path, weights: Path) -> Assistant:
    """The assistant over the data folder `home`, with the models of another."""
    settings = load_settings(weights)
    embedder = load_embedder(weights, settings)
    return Assistant(
        SnapshotHolder(home, embedder),
        embedder,
        ScriptedModel(),
        Journal(home / "journal.jsonl"),
        settings.evidence_limit,
        tuning=tuning_for(embedder.name),
        reader=load_reader(weights, settings),
    )


def faults(graded: Graded) -> Iterator[str]:
    """What is wrong with an answer, a line each."""
    question = graded.question
    is_other = question.kind.startswith(_OTHER)
    for fault in graded.faults:
        if not (is_other and fault.kind is FaultKind.FALSE_REFUSAL):
            yield f"{fault.kind} {fault.detail}".strip()
    for reference in graded.uncited:
        yield f"non cité : {reference}"
    if is_other and graded.refused:
        text = graded.result.answer.markdown
        yield from (f"non dit : {one.pattern}" for [one] in question.facts if not one.search(text))


def tell(assistant: Assistant, questions: Sequence[Question], *, shown: bool) -> None:
    """Ask each question of its dossier, and print what is wrong, `shown` with its answer."""
    console, right = Console(), 0
    table = Table("question", "type", "", title="Dossier, CCAG et dérogations")
    for question in questions:
        graded = examine(assistant, question)
        wrong = [*faults(graded)]
        right += not wrong
        table.add_row(question.text, question.kind, "\n".join(wrong) or "juste")
        if wrong and shown:
            console.print(question.text, style="bold")
            console.print(graded.result.answer.markdown, markup=False)
    console.print(table)
    console.print(f"justes : {right} sur {len(questions)}")


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_home())
    parser.add_argument("--show", action="store_true", help="print each wrong answer")
    parser.add_argument("articles", nargs="*", type=Path)
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        home = Path(folder)
        if (known := given.data / "vectors.sqlite").exists():
            shutil.copy(known, home)
        embedder = load_embedder(given.data, load_settings(given.data))
        rules = {each.source: each.path for each in builtin_additions() if each.kind is Kind.RULES}
        prepare(home, embedder, rules | {path.name: path for path in given.articles})
        questions = read_questions(TEXTS / "questions.jsonl")
        tell(loaded(home, given.data), questions, shown=given.show)


if __name__ == "__main__":
    main()
