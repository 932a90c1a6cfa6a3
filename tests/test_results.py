import json
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answering.answer import Answer, Outcome, Removed, Sentence, TurnResult
from assistant.answering.record import contract
from assistant.citations.checker import Support
from assistant.errors import WrongResults
from assistant.evaluation.grading import read_results
from tests.graded import ABSTAINED, answer_of, result_of


def _written(path: Path, *results: TurnResult) -> Path:
    lines = (
        json.dumps({"id": f"q{n}", **contract(result)}, ensure_ascii=False)
        for n, result in enumerate(results)
    )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_what_eval_writes_is_read_back(tmp_path: Path) -> None:
    full = replace(
        answer_of("Trente\u2028jours.", "art. R2192-10", "CCAP, p. 7"),
        removed=(Removed("Faux.", "nature"),),
        notice="À vérifier.",
    )
    several = Answer(
        Outcome.ANSWERED,
        (Sentence("Un.", (1, 2), Support.VERBATIM), Sentence("Deux.", (), Support.COMPUTED)),
    )
    results = [result_of(answer) for answer in (full, several, ABSTAINED)]
    found = read_results(_written(tmp_path / "results.jsonl", *results))
    assert list(found.values()) == results
    assert list(found) == ["q0", "q1", "q2"]


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "maybe"},
        {"citations": [{"n": 1}]},
        {"sentences": [{"text": "…", "citations": [1], "support": None}]},
        {"answer": "Autre chose."},
        {"as_of": "hier"},
        {"seconds": {}},
        {"as_of_source": None},
    ],
)
def test_a_line_that_is_no_result_is_named(tmp_path: Path, change: dict[str, object]) -> None:
    good = {"id": "a", **contract(result_of(answer_of("Trente.")))}
    path = tmp_path / "results.jsonl"
    path.write_text("\n".join(map(json.dumps, (good, good | change))), encoding="utf-8")
    with pytest.raises(WrongResults, match="ligne 2"):
        read_results(path)


@pytest.mark.parametrize("line", ["{", "[]", "1", "null", "{}"])
def test_a_line_that_is_no_object_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "results.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(WrongResults, match="ligne 1"):
        read_results(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongResults, match="absent"):
        read_results(tmp_path / "absent.jsonl")
