"""An evaluation from the command line, and what the answers showed."""

import json
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pytest

from assistant.answering.answer import (
    Answer,
    Citation,
    Event,
    Finished,
)
from assistant.answering.record import contract
from assistant.cli.command import main
from assistant.journal.journal import Journal, journal_of
from ingestion.errors import UnknownDossier
from ingestion.index.publication import current_name, open_snapshot
from ingestion.index.snapshot import IndexSnapshot
from tests.support.graded import ABSTAINED, answer_of, result_of

DONE, BROKEN, USAGE, FALLEN, INTERRUPTED = 0, 1, 2, 4, 130
RIGHT, WRONG = answer_of("Trente jours."), answer_of("Quinze jours.")
Captured = pytest.CaptureFixture[str]
Evaluate = Callable[..., int]


@dataclass(frozen=True)
class Scripted:
    """Answers each question as its script says; one that is not in it interrupts."""

    generation: IndexSnapshot
    answers: dict[str, Answer]
    journal: Journal
    model_name: str = "script@1"

    def ask(self, question: str, **_: object) -> Generator[Event, None, None]:
        if question not in self.answers:
            raise KeyboardInterrupt
        result = result_of(self.answers[question])
        name = self.generation.manifest.name
        yield Finished(replace(result, question=question, generation=name))

    def dossier(self, dossier_id: str, teams: None) -> IndexSnapshot:
        raise UnknownDossier(f"Aucun dossier {dossier_id}.")


@pytest.fixture
def generation(small_home: Path) -> IndexSnapshot:
    return open_snapshot(small_home, current_name(small_home))


@pytest.fixture
def evaluate(
    small_home: Path, generation: IndexSnapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Evaluate:
    """Runs `eval` on the questions "q0" …, answered as given; None is an interruption."""
    monkeypatch.setenv("COLUMNS", "160")

    def run(answers: Sequence[Answer | None], *options: object) -> int:
        script = {f"Question {n} ?": answer for n, answer in enumerate(answers) if answer}
        loaded = Scripted(generation, script, journal_of(tmp_path))
        monkeypatch.setattr("assistant.container.load_assistant", lambda *_: loaded)
        questions = _questions(tmp_path / "questions.jsonl", range(len(answers)))
        command = ["--data", small_home, "eval", questions, *options]
        return main([*map(str, command), "--out", str(tmp_path / "out.jsonl")])

    return run


def test_an_evaluation_is_on_record(
    evaluate: Evaluate, generation: IndexSnapshot, tmp_path: Path
) -> None:
    assert evaluate([RIGHT, None]) == INTERRUPTED
    journal, results = journal_of(tmp_path), tmp_path / "out.jsonl"
    [entry] = journal.entries()
    assert (entry["kind"], entry["user"]) == ("evaluation", "local")
    assert journal.body(entry) == {
        "act": "measured",
        "generation": generation.manifest.name,
        "asked": 1,
        "of": 2,
        "results": sha256(results.read_bytes()).hexdigest(),
    }


def _questions(path: Path, numbers: Sequence[int], *, prefix: str = "q", **more: str) -> Path:
    rows = (
        {"id": f"{prefix}{n}", "question": f"Question {n} ?", "faits": [["trente"]]} | more
        for n in numbers
    )
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def _earlier(path: Path, *answers: Answer, generation: str = "other") -> Path:
    results = (
        replace(result_of(answer), question=f"Question {n} ?", generation=generation)
        for n, answer in enumerate(answers)
    )
    rows = ({"id": f"q{n}", **contract(result)} for n, result in enumerate(results))
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def _written(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_measures_are_shown_with_their_intervals(evaluate: Evaluate, capsys: Captured) -> None:
    assert evaluate([RIGHT, RIGHT, WRONG, ABSTAINED]) == DONE
    shown = capsys.readouterr().out
    assert "réponses correctes" in shown
    assert "0.50 (2/4)" in shown
    assert "trop peu pour conclure" in shown
    assert "Réponses fausses : q2, q3" in shown
    assert "2 en tout, 0 hors citations" in shown
    assert "0.10 / 0.10 s" in shown
    assert "Incomplet" not in shown


def test_several_files_are_asked_one_after_the_other(evaluate: Evaluate, tmp_path: Path) -> None:
    more = _questions(tmp_path / "more.jsonl", [0, 1], prefix="m")
    page = tmp_path / "report.html"
    assert evaluate([RIGHT, WRONG], more, "--report", page) == DONE
    assert _written(tmp_path / "out.jsonl") == ["q0", "q1", "m0", "m1"]
    html = page.read_text(encoding="utf-8")
    assert "2 réponses correctes sur 4" in html
    assert "Par fichier de questions" in html
    assert sha256(more.read_bytes()).hexdigest() in html


def test_an_interruption_reports_what_was_measured(
    evaluate: Evaluate, tmp_path: Path, capsys: Captured
) -> None:
    page = tmp_path / "report.html"
    assert evaluate([RIGHT, WRONG, None, RIGHT], "--report", page) == INTERRUPTED
    shown = capsys.readouterr().out
    assert "Incomplet : 2 questions posées sur 4." in shown
    assert "0.50 (1/2)" in shown
    assert _written(tmp_path / "out.jsonl") == ["q0", "q1"]
    assert "1 réponse correcte sur 2" in page.read_text(encoding="utf-8")


def test_an_interruption_before_any_answer_is_reported_too(
    evaluate: Evaluate, tmp_path: Path, capsys: Captured
) -> None:
    page = tmp_path / "report.html"
    assert evaluate([None], "--report", page) == INTERRUPTED
    assert "Incomplet : 0 questions posées sur 1." in capsys.readouterr().out
    assert "0 réponse correcte sur 0" in page.read_text(encoding="utf-8")


def test_a_fall_since_the_baseline_is_said_and_has_its_code(
    evaluate: Evaluate, tmp_path: Path, capsys: Captured
) -> None:
    baseline = _earlier(tmp_path / "before.jsonl", RIGHT, RIGHT, WRONG, ABSTAINED)
    page = tmp_path / "report.html"
    options = ("--baseline", baseline, "--report", page)
    assert evaluate([RIGHT, WRONG, WRONG, ABSTAINED], *options) == FALLEN
    shown = capsys.readouterr().out
    assert "4 questions communes. 0 réponse devenue correcte, 1 devenue fausse" in shown
    assert "Devenue fausse : q1" in shown
    assert "En baisse : réponses correctes, 0.25 contre 0.50." in shown
    assert "En baisse : F1" not in shown
    assert "before.jsonl" in page.read_text(encoding="utf-8")
    assert evaluate([RIGHT, WRONG, WRONG, ABSTAINED], *options, "--tolerance", "0.25") == DONE


def test_a_rise_since_the_baseline_is_no_fall(
    evaluate: Evaluate, tmp_path: Path, capsys: Captured
) -> None:
    baseline = _earlier(tmp_path / "before.jsonl", WRONG, RIGHT)
    assert evaluate([RIGHT, RIGHT], "--baseline", baseline, "--tolerance", "0") == DONE
    shown = capsys.readouterr().out
    assert "Devenue correcte : q0" in shown
    assert "En baisse" not in shown


def test_the_results_may_replace_the_baseline(evaluate: Evaluate, tmp_path: Path) -> None:
    baseline = _earlier(tmp_path / "out.jsonl", RIGHT)
    assert evaluate([WRONG], "--baseline", baseline) == FALLEN
    assert _written(baseline) == ["q0"]


def _quoting(generation: IndexSnapshot, quote: str, digest: str = "") -> Answer:
    document = next(iter(generation.store.documents()))
    known = digest or sha256(document.text.encode()).hexdigest()
    citation = Citation(1, document.id, "Code", "art. R1-1", quote, "p", 0, 3, known)
    return replace(RIGHT, citations=(citation,))


def test_quotes_are_read_again_in_the_index(
    evaluate: Evaluate, generation: IndexSnapshot, capsys: Captured
) -> None:
    words = next(iter(generation.store.documents())).text[:3]
    answers = [
        _quoting(generation, words),
        _quoting(generation, "???"),
        _quoting(generation, words, "0" * 64),
    ]
    evaluate(answers)
    assert "0.33 (1/3)" in capsys.readouterr().out


def test_quotes_of_an_index_that_is_gone_are_not_held_against_the_baseline(
    evaluate: Evaluate, generation: IndexSnapshot, tmp_path: Path, capsys: Captured
) -> None:
    words = next(iter(generation.store.documents())).text[:3]
    moved = _quoting(generation, words, "0" * 64)
    good, wrong = _quoting(generation, words), _quoting(generation, "???")
    name = generation.manifest.name
    before = tmp_path / "before.jsonl"
    # Of another index, nothing is known of its quotes: there is nothing to fall from.
    assert evaluate([wrong], "--baseline", _earlier(before, moved)) == DONE
    assert evaluate([wrong], "--baseline", _earlier(before, moved, generation=name)) == DONE
    assert evaluate([wrong], "--baseline", _earlier(before, good, generation=name)) == FALLEN
    assert "En baisse : citations exactes, 0.00 contre 1.00." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--baseline", "absent.jsonl"), "absent.jsonl est illisible"),
        (("--report", "absent/report.html"), "inaccessible"),
    ],
)
def test_what_cannot_be_read_or_written_is_said_before_the_work(
    evaluate: Evaluate,
    tmp_path: Path,
    capsys: Captured,
    options: tuple[str, str],
    told: str,
) -> None:
    name, place = options
    assert evaluate([RIGHT], name, tmp_path / place) == BROKEN
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize(
    ("name", "option"),
    [("out.jsonl", ""), ("more.jsonl", "--report"), ("more.jsonl", "--bundle")],
)
def test_a_question_set_is_never_written_over(
    evaluate: Evaluate, tmp_path: Path, capsys: Captured, name: str, option: str
) -> None:
    path = _questions(tmp_path / name, [7])
    kept = path.read_bytes()
    assert evaluate([RIGHT], path, *((option, path) if option else ())) == USAGE
    assert "serait écrasé" in capsys.readouterr().err
    assert path.read_bytes() == kept


@pytest.mark.parametrize("option", ["--report", "--bundle"])
def test_the_results_of_a_run_are_not_written_over(
    evaluate: Evaluate, tmp_path: Path, capsys: Captured, option: str
) -> None:
    assert evaluate([RIGHT], option, tmp_path / "out.jsonl") == USAGE
    assert "serait écrasé" in capsys.readouterr().err


def test_a_dossier_that_is_missing_is_said_before_the_work(
    evaluate: Evaluate, tmp_path: Path, capsys: Captured
) -> None:
    more = _questions(tmp_path / "more.jsonl", [7], dossier="ecole")
    assert evaluate([RIGHT], more) == BROKEN
    assert "Aucun dossier ecole" in capsys.readouterr().err
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize("value", ["beaucoup", "2", "-0.1", "nan"])
def test_a_tolerance_is_a_share(evaluate: Evaluate, capsys: Captured, value: str) -> None:
    assert evaluate([RIGHT], "--tolerance", value) == USAGE
    assert f"« {value} » n'est pas un nombre de 0 à 1" in capsys.readouterr().err


def test_help_names_the_codes_that_a_script_relies_on(evaluate: Evaluate, capsys: Captured) -> None:
    assert evaluate([], "--help") == DONE
    assert "4 une mesure a baissé depuis « --baseline »" in capsys.readouterr().out


def test_an_archive_of_the_run_is_verified_by_itself(
    evaluate: Evaluate, tmp_path: Path, capsys: Captured
) -> None:
    archive = tmp_path / "essai.zip"
    assert evaluate([RIGHT, WRONG], "--bundle", archive) == DONE
    capsys.readouterr()
    assert main(["eval", "--verify", str(archive)]) == DONE
    assert "L'archive tient" in capsys.readouterr().out
    assert main(["eval", "--verify", str(tmp_path / "out.jsonl")]) == BROKEN
    assert main(["eval", "--out", "x.jsonl"]) == USAGE
