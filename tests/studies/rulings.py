"""How well decisions are found: python -m tests.studies.rulings [--data HOME] [--shown].

HOME has the default weights and an index of rules in service; nothing is written there. The sixty
invented decisions of tests/data/rulings.jsonl go through an archive in JADE's format into a copy of
it, and the fifty questions of rulings_asked.jsonl are asked of them, ten of which none settles.
Decisions and questions are of one hand, many of the questions in the words of others; they were
written before any was asked, and nothing is chosen on them.

  first, in 3   share of the questions with an answer whose decision comes first, among the first 3
  quoted        share of them that are answered, and quote it
  refused       share of the ten that are answered by no decision; of the others that are not either

Then one in eight of our questions about the law is asked with and without the decisions: how many
have one among their evidence (it must be none), how many are answered otherwise (none), under how
many stands the line that names an article applied.
"""

import argparse
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import track

from assistant.answering.answer import Finished, Outcome, TurnResult
from assistant.answering.pipeline import Assistant
from assistant.container import load_embedder, load_reader
from assistant.journal.journal import Journal
from assistant.retrieval.snapshots import SnapshotHolder
from assistant.retrieval.tuning import tuning_for
from assistant.settings import default_home, load_settings
from ingestion.documents.document import Kind
from ingestion.index.publication import current_name
from ingestion.index.search import Embedder, PassageReader
from tests.support.fakes import ScriptedModel
from tests.support.jade_files import InventedRuling, install_rulings

DATA = Path(__file__).parents[1] / "data"
LAW_QUESTIONS = ("questions_passation.jsonl", "questions_execution.jsonl")
DAY = date(2026, 11, 28)
IN = 3

LAW_EVERY = 8
"""Of so many of our questions about the law, one is asked."""

_FORMER = {
    "CMP": "l'article 77 du code des marchés publics alors en vigueur",
    "2016-360": "l'article 117 du décret du 25 mars 2016 relatif aux marchés publics",
    "2015-899": "l'article 59 de l'ordonnance du 23 juillet 2015 relative aux marchés publics",
}


@dataclass(frozen=True, slots=True)
class RulingQuestion:
    """A question, and the number of the decision that settles it, None where none does."""

    question: str
    number: str | None


def rulings() -> list[InventedRuling]:
    """The invented decisions, with what every decision has besides its reason."""
    rows = (DATA / "rulings.jsonl").read_text(encoding="utf-8").splitlines()
    return [_ruling(serial, *json.loads(row)) for serial, row in enumerate(rows, 101)]


def _ruling(
    serial: int, court: str, number: str, day: str, published: str, subject: str, *told: str
) -> InventedRuling:
    facts, applied, held = told
    law = _FORMER.get(applied) or f"l'article {applied} du code de la commande publique"
    reasons = (
        facts,
        f"Le litige est réglé par application de {law}.",
        held,
        "Il résulte de ce qui précède que la requérante est fondée, ou non, à se plaindre du "
        "jugement attaqué, par les motifs qui viennent d'être dits.",
        "Dans les circonstances de l'espèce, il n'y a pas lieu de mettre une somme à la charge de "
        "l'une des parties au titre des frais exposés.",
    )
    is_old = int(day[:4]) < 2015
    paragraphs = (
        tuple(f"Considérant que {each[:1].lower()}{each[1:]}" for each in reasons)
        if is_old
        else tuple(f"{place}. {each}" for place, each in enumerate(reasons, 1))
    )
    return InventedRuling(
        serial,
        "Conseil d'Etat" if court == "CE" else court,
        number,
        date.fromisoformat(day),
        published,
        paragraphs,
        f"39 MARCHÉS ET CONTRATS ADMINISTRATIFS. - {subject}.",
    )


def questions() -> list[RulingQuestion]:
    """The questions of the set."""
    rows = (DATA / "rulings_asked.jsonl").read_text(encoding="utf-8").splitlines()
    return [RulingQuestion(**json.loads(row)) for row in rows]


def numbers_of(result: TurnResult) -> list[str]:
    """The decisions of an answer's evidence, each once, in its order."""
    found = (item.passage.ruling.number for item in result.evidence if item.passage.ruling)
    return list(dict.fromkeys(found))


def quotes_it(result: TurnResult, number: str) -> bool:
    """Whether an answer quotes a decision."""
    return any(f"n° {number}" in each.locator for each in result.answer.citations)


def main() -> None:
    """Ask everything and print the shares."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--data", type=Path, default=default_home())
    reading.add_argument("--shown", action="store_true", help="each question that went wrong")
    chosen, console = reading.parse_args(), Console()
    settings = load_settings(chosen.data)
    embedder = load_embedder(chosen.data, settings)
    reader = load_reader(chosen.data, settings)
    with TemporaryDirectory() as folder:
        alone = _copied(chosen.data, Path(folder) / "alone")
        both = install_rulings(_copied(chosen.data, Path(folder) / "both"), rulings(), embedder)
        _tell_found(_asked(both, embedder, reader), chosen.shown, console)
        _tell_apart(alone, both, embedder, reader, console)


def _copied(home: Path, copy: Path) -> Path:
    """A data folder with the index in service of another, and no more of it."""
    name = current_name(home)
    shutil.copytree(home / "generations" / name, copy / "generations" / name)
    shutil.copy(home / "current", copy / "current")
    return copy


def _assistant(home: Path, embedder: Embedder, reader: PassageReader | None) -> Assistant:
    journal, holder = Journal(home / "journal.jsonl"), SnapshotHolder(home, embedder)
    return Assistant(
        holder,
        embedder,
        ScriptedModel(),
        journal,
        6,
        clock=lambda: DAY,
        tuning=tuning_for(embedder.name),
        reader=reader,
    )


def _answer(assistant: Assistant, question: str) -> TurnResult:
    *_, last = assistant.ask(question)
    assert isinstance(last, Finished)
    return last.result


def _asked(
    home: Path, embedder: Embedder, reader: PassageReader | None
) -> Iterator[tuple[RulingQuestion, TurnResult]]:
    assistant = _assistant(home, embedder, reader)
    for each in track(questions(), "Decisions"):
        yield each, _answer(assistant, each.question)


def _tell_found(
    asked: Iterator[tuple[RulingQuestion, TurnResult]], shown: bool, console: Console
) -> None:
    first, among, quoted, refused, missed = [list[bool]() for _ in range(5)]
    for each, result in asked:
        is_refused = result.answer.outcome is Outcome.ABSTAINED
        if each.number is None:
            refused.append(is_refused)
        else:
            found = numbers_of(result)
            first.append(found[:1] == [each.number])
            among.append(each.number in found[:IN])
            quoted.append(quotes_it(result, each.number))
            missed.append(is_refused)
        is_wrong = not refused[-1] if each.number is None else not quoted[-1]
        if shown and is_wrong:
            console.print(f"{each.question} → {numbers_of(result)[:IN]}, {each.number}")
    console.print(
        f"{len(first)} questions: first {_share(first)}, in {IN} {_share(among)}, quoted "
        f"{_share(quoted)}, refused {_share(missed)}; {len(refused)} without: {_share(refused)}"
    )


def _tell_apart(
    alone: Path, both: Path, embedder: Embedder, reader: PassageReader | None, console: Console
) -> None:
    without, beside = (_assistant(home, embedder, reader) for home in (alone, both))
    cited, changed, lines = [list[bool]() for _ in range(3)]
    for question in track(_law_questions(), "Law"):
        plain, result = _answer(without, question), _answer(beside, question)
        cited.append(any(each.passage.kind is Kind.RULINGS for each in result.evidence))
        changed.append(result.answer != plain.answer)
        lines.append(result.case_law is not None)
    console.print(
        f"{len(cited)} questions of law: {sum(cited)} with a decision among the evidence, "
        f"{sum(changed)} answered otherwise, {sum(lines)} with a line under the answer"
    )


def _law_questions() -> Sequence[str]:
    rows = [row for name in LAW_QUESTIONS for row in (DATA / name).read_text("utf-8").splitlines()]
    return [str(json.loads(row)["question"]) for row in rows[::LAW_EVERY]]


def _share(told: Sequence[bool]) -> str:
    return f"{sum(told) / len(told):.2f}"


if __name__ == "__main__":
    main()
