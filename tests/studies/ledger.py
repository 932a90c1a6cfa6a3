"""Questions on the fictional town, asked and compared: python -m tests.studies.ledger [FILE].

*right*: the figure, or every one of its groups, or the rows, are those of the truth, which plain
Python computed once from the files alone and which stands beside each question; *wrong*: another
figure is shown; *declined*: none is. The conventions are those of corpus/commune-fictive; besides:

- a credit note is none of the invoices that are counted, nor one of those of a share or a mean;
  amounts in francs are not added to euros;
- unpaid is an invoice without day of payment that was neither rejected nor sent to payment: no
  credit note is;
- time to pay runs from the later of deposit and delivery, 30 days, unless the invoice is a credit
  note, was rejected, or has no deposit;
- a group of holders holds by itself.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.text import Text

from assistant.calculators.calculation import Buyer
from assistant.calculators.constants import Rate, Rates
from assistant.ledger.late import Basis, terms
from assistant.ledger.parsing.questions import NotUnderstood, parse_plan
from assistant.ledger.query.names import names
from assistant.ledger.query.plan import Population
from assistant.ledger.query.result import PlanResult, ResultLine, compute_result
from assistant.ledger.query.wording import describe_plan, ranked
from assistant.question.language import fold_text
from ingestion.ledger.database import open_ledger
from ingestion.ledger.embedded import Ledger
from ingestion.ledger.importing import ImportOrder, import_files
from ingestion.ledger.rows import FileKind
from tests.support.fake_law import FakeLaw

FOLDER = Path(__file__).parents[2] / "corpus" / "commune-fictive"
TODAY = date(2026, 6, 30)
"""The day on which the export of the town was made."""

RATES = {date(2025, 1, 1): "3.15", date(2025, 7, 1): "2.15", date(2026, 1, 1): "2.15"}
"""The rate of the European Central Bank on the first day of each half-year, in percent."""

Truth = Decimal | Mapping[str, Decimal] | tuple[Decimal, ...] | frozenset[str]
"""A figure, one a label, two compared, or the numbers of the rows asked for."""

DATA = Path(__file__).parents[1] / "data"
QUESTIONS = DATA / "ledger_questions.jsonl"
HELD_OUT = DATA / "ledger_held_out.jsonl"
FRESH = DATA / "ledger_fresh.jsonl"
FRESH_HELD_OUT = DATA / "ledger_fresh_held_out.jsonl"


class Outcome(StrEnum):
    """How an answer compares with the truth."""

    RIGHT = "right"
    WRONG = "wrong"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question; `truth` is None for one that the ledger cannot answer."""

    id: str
    over: Population
    question: str
    truth: Truth | None


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a question: the plan in words and the figures, or what was not understood."""

    asked: Asked
    outcome: Outcome
    told: str

    @property
    def is_as_wanted(self) -> bool:
        """Right, or declined where there is nothing to answer."""
        wanted = Outcome.DECLINED if self.asked.truth is None else Outcome.RIGHT
        return self.outcome is wanted


def questions(path: Path) -> tuple[Asked, ...]:
    """The questions of a file, with the truth of each."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return tuple(
        Asked(
            row["id"],
            Population(row["over"]),
            row["question"],
            None if row.get("unanswerable") else truth(row["truth"]),
        )
        for row in rows
    )


def truth(written: Any) -> Truth:
    """What a question is to be answered, as its file writes it."""
    match written:
        case {"numbers": numbers}:
            return frozenset(numbers)
        case {"lines": lines}:
            return {label: Decimal(value) for label, value in lines.items()}
        case [before, after]:
            return (Decimal(before), Decimal(after))
        case _:
            return Decimal(written)


def town_ledger(home: Path) -> Path:
    """A data folder with the town's files imported."""
    for kind, name in ((FileKind.INVOICES, "factures.csv"), (FileKind.PURCHASES, "marches.csv")):
        import_files(home, ImportOrder(kind, (FOLDER / name,), {}), today=TODAY)
    return home


def town_basis() -> Basis:
    """The law of the day of the export, and the rates of its half-years."""
    rows = tuple(Rate(begins, Decimal(rate), "essai") for begins, rate in RATES.items())
    return Basis(TODAY, terms(Buyer.LOCAL, FakeLaw(TODAY)), Rates(Path("taux.toml"), rows))


def reply(each: Asked, ledger: Ledger, day: date = TODAY) -> Reply:
    """Ask a question and compare."""
    plan = parse_plan(each.question, names(ledger, each.over), day, each.over)
    if isinstance(plan, NotUnderstood):
        return Reply(each, Outcome.DECLINED, f"? {', '.join(plan.words)}")
    result = compute_result(plan, ledger, day, partial(town_basis().costs_of_all, ledger))
    if all(line.value is None for line in ranked(result)):
        return Reply(each, Outcome.DECLINED, "; ".join(result.notes))
    is_right = each.truth is not None and agrees(result, each.truth, ledger)
    found = "; ".join(f"{line.label} {line.value} {line.before or ''}" for line in ranked(result))
    told = f"{describe_plan(plan)} = {found}"
    return Reply(each, Outcome.RIGHT if is_right else Outcome.WRONG, told)


def agrees(result: PlanResult, truth: Truth, ledger: Ledger) -> bool:
    """Whether the figures that answer are those of the truth."""
    match truth:
        case frozenset():
            ids = {each for line in ranked(result) for each in line.rows}
            known = ledger.rows(
                "SELECT id, number FROM invoice UNION ALL SELECT id, contract_id FROM purchase"
            )
            return {number for each, number in known if each in ids} == truth
        case tuple():
            return _pair(result) in {truth, truth[::-1]}
        case Mapping():
            wanted = {_label(label): value for label, value in truth.items() if value}
            return bool(result.lines) and _figures(result.lines) == wanted
        case _ if result.plan.group:
            # "Le montant de la plus grosse facture" has the one row of its rank.
            return [line.value for line in result.lines] == [truth] and result.plan.is_of_some
        case _:
            return result.total.value == truth


def _pair(result: PlanResult) -> tuple[Decimal | None, ...]:
    if result.plan.compared:
        return (result.total.value, result.total.before)
    return tuple(line.value for line in result.lines)


def _figures(lines: Sequence[ResultLine]) -> dict[str, Decimal]:
    """Those that are more than nothing."""
    return {_label(line.label): line.value for line in lines if line.value}


def _label(label: str) -> str:
    """A label as words: statuses are written as the file has them, or as we do."""
    return " ".join(word for word in fold_text(label).split() if word != "du")


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=QUESTIONS)
    console = Console(width=200)
    path = parser.parse_args().file
    with TemporaryDirectory() as folder, open_ledger(town_ledger(Path(folder))) as ledger:
        replies = [reply(each, ledger) for each in questions(path)]
    for found in replies:
        style = "" if found.is_as_wanted else "red" if found.outcome is Outcome.WRONG else "yellow"
        told = f"{found.asked.id} {found.outcome}: {found.asked.question}\n      {found.told}"
        console.print(Text(told, style=style))
        if found.outcome is Outcome.WRONG:
            console.print(Text(f"      truth: {found.asked.truth}"))
    for has_answer in (True, False):
        of = [each for each in replies if (each.asked.truth is not None) is has_answer]
        counts = {each: sum(reply.outcome is each for reply in of) for each in Outcome}
        console.print(f"{'answerable' if has_answer else 'unanswerable'} {len(of)}: {counts}")


if __name__ == "__main__":
    _main()
