"""A run of an evaluation: what it was made with, and how it compares with an earlier one."""

import subprocess
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from assistant.answering.answer import Answer
from assistant.evaluation.grading import Measure
from assistant.evaluation.runs import (
    AnswerChange,
    code_version,
    falls,
    hash_file,
    identify,
    machine,
)
from assistant.settings import Settings
from ingestion.durable import file_sha256
from tests.support.graded import (
    ABSTAINED,
    MANIFEST,
    answer_of,
    compared,
    evaluation_of,
    graded_of,
    question_of,
)
from tests.support.weights_fakes import taught_reader


def _git(folder: Path, *command: str) -> str:
    identity = ("-c", "user.name=n", "-c", "user.email=n@example.org")
    done = subprocess.run(
        ("git", "-C", str(folder), *identity, *command), capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_code_is_named_by_its_commit_and_whether_it_was_changed(tmp_path: Path) -> None:
    _git(tmp_path, "init", "--quiet")
    (tmp_path / "a.py").write_text("1")
    _git(tmp_path, "add", ".")
    _git(tmp_path, "commit", "--quiet", "--message", "a")
    commit = _git(tmp_path, "rev-parse", "HEAD")
    assert code_version(tmp_path).endswith(f", commit {commit}")
    (tmp_path / "a.py").write_text("2")
    assert code_version(tmp_path).endswith(f", commit {commit}, fichiers modifiés depuis")


def test_code_without_a_commit_is_named_by_its_version(tmp_path: Path) -> None:
    version = code_version(tmp_path)
    assert version.startswith("sourcier ")
    assert "commit" not in version
    (tmp_path / ".git").mkdir()  # not a repository
    assert code_version(tmp_path) == version


def test_a_run_is_identified_by_files_prompts_and_machine(tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_bytes(b"{}")
    identity = identify(tmp_path, "script@1", MANIFEST, Settings(), [questions])
    assert identity.files == (hash_file(questions, str(questions)),)
    assert identity.files[0].sha256 == sha256(b"{}").hexdigest()
    assert "write.md" in [prompt.name for prompt in identity.prompts]
    assert identity.began.tzinfo is not None
    assert identity.machine == machine()
    assert " cœurs, " in machine()


def test_a_run_names_what_its_weights_were_taught(tmp_path: Path) -> None:
    base, reader = taught_reader(tmp_path)
    identity = identify(tmp_path, "script@1", MANIFEST, Settings(embedder=str(base)), [])
    assert [(each.name, each.sha256) for each in identity.weights] == [
        (str(base), file_sha256(base)),
        (reader.name, file_sha256(reader)),
    ]
    assert identity.weights[1].origin == "appris sur cette machine"


def test_a_run_is_complete_when_every_question_was_asked() -> None:
    assert evaluation_of([]).complete
    assert not evaluation_of([], planned=1).complete


# Baseline


THIRTY = (("trente",),)
RIGHT = answer_of("Trente jours.", "art. R1-1")
REWORDED = answer_of("Le délai : trente jours.", "art. R1-1")
WRONG = answer_of("Quinze jours.", "art. R1-2")


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (WRONG, RIGHT, AnswerChange.BETTER),
        (ABSTAINED, RIGHT, AnswerChange.BETTER),
        (RIGHT, WRONG, AnswerChange.WORSE),
        (RIGHT, REWORDED, AnswerChange.REWORDED),
        (WRONG, ABSTAINED, AnswerChange.REWORDED),
        (RIGHT, RIGHT, AnswerChange.SAME),
    ],
)
def test_a_verdict_or_a_word_has_changed(
    before: Answer, after: Answer, change: AnswerChange
) -> None:
    [pair] = compared({"q": before}, [graded_of(question_of(THIRTY), after)]).pairs
    assert pair.change is change


def test_only_common_questions_are_measured() -> None:
    after = [
        graded_of(question_of(THIRTY, name=name), answer)
        for name, answer in (("a", RIGHT), ("b", WRONG), ("new", RIGHT))
    ]
    comparison = compared({"a": RIGHT, "b": RIGHT, "old": WRONG, "older": WRONG}, after)
    assert (len(comparison.pairs), comparison.added, comparison.dropped) == (2, 1, 2)
    before, now = (each[Measure.CORRECT] for each in (comparison.before, comparison.after))
    assert before is not None
    assert now is not None
    assert (before.value, now.value) == (1, 0.5)
    assert [pair.after.question.id for pair in comparison.of(AnswerChange.WORSE)] == ["b"]


def test_a_question_put_in_other_words_is_another() -> None:
    item = graded_of(replace(question_of(THIRTY), text="Quel autre délai ?"), RIGHT)
    comparison = compared({"q": RIGHT}, [item])
    assert (comparison.pairs, comparison.added, comparison.dropped) == ((), 1, 1)


def test_chance_is_that_of_the_questions_that_changed() -> None:
    names = "abcdef"
    after = [graded_of(question_of(THIRTY, name=name), RIGHT) for name in names]
    assert compared(dict.fromkeys(names, WRONG), after).chance == pytest.approx(2 / 64)
    assert compared(dict.fromkeys(names, RIGHT), after).chance == 1


def test_a_measure_falls_when_it_loses_more_than_is_tolerated() -> None:
    question = question_of(THIRTY, articles=("R1-1",))
    after = [
        graded_of(replace(question, id=f"q{n}"), WRONG if n == 0 else RIGHT) for n in range(50)
    ]
    comparison = compared({f"q{n}": RIGHT for n in range(50)}, after)
    assert falls(comparison, 0.02) == []
    fallen = falls(comparison, 0.019)
    assert [fall.measure for fall in fallen] == [
        Measure.CORRECT,
        Measure.RECALL,
        Measure.PRECISION,
    ]
    assert (fallen[0].before, fallen[0].after) == (1, 0.98)


def test_what_rises_or_cannot_be_measured_does_not_fall() -> None:
    after = [graded_of(question_of(THIRTY, articles=("R1-1",)), RIGHT)]
    assert falls(compared({"q": WRONG}, after), 0) == []
    assert falls(compared({}, after), 0) == []
    # A refusal cites nothing: it has no exact quotes to lose.
    refused = [graded_of(question_of(refusal=True), ABSTAINED)]
    assert falls(compared({"q": RIGHT}, refused), 0) == []
