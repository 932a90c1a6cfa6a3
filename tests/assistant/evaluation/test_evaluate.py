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
    LineRole,
    Outcome,
    Removed,
    Sentence,
    TurnResult,
)
from assistant.answering.record import contract
from assistant.citations.checker import Support
from assistant.cli.command import main
from assistant.confidence import Estimate, share
from assistant.errors import WrongResults
from assistant.evaluation.grading import Measure, read_results
from assistant.journal.journal import Journal, journal_of
from assistant.reports.findings import (
    MEANINGS,
    duration,
    estimate_cells,
    in_words,
    interval,
    listed,
    percent,
    said_count,
    scope,
    verdict,
)
from ingestion.errors import UnknownDossier
from ingestion.index.publication import current_name, open_snapshot
from ingestion.index.snapshot import IndexSnapshot
from tests.support.graded import ABSTAINED, answer_of, compared, graded_of, question_of, result_of

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


def _results_file(path: Path, *results: TurnResult) -> Path:
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
    line = Sentence("Trois.", (1,), Support.VERBATIM, role=LineRole.EXCEPTION, label="Attention")
    rule = Sentence("Zéro.", (1,), Support.PREPARED, label="En clair")
    quote = Sentence("Un.", (1, 2), Support.VERBATIM)
    computed = Sentence("Deux.", (), Support.COMPUTED)
    several = Answer(Outcome.ANSWERED, (rule, quote, computed, line))
    results = [result_of(answer) for answer in (full, several, ABSTAINED)]
    found = read_results(_results_file(tmp_path / "results.jsonl", *results))
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


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0 %"), (1, "100 %"), (0.874, "87 %"), (0.999, "> 99 %"), (0.001, "< 1 %")],
)
def test_a_share_is_never_rounded_to_all_or_nothing(value: float, said: str) -> None:
    assert percent(value) == said


def test_an_estimate_is_said_with_what_was_said_count() -> None:
    share = Estimate(0.5, 0.214, 0.786, 10, 5)
    assert interval(share) == "21 à 79 %"
    assert said_count(share) == "5 sur 10"
    assert said_count(Estimate(0.5, 0.2, 0.8, 10)) == "10 questions"
    assert said_count(Estimate(0.5, 0.2, 0.8, 1)) == "1 question"


@pytest.mark.parametrize(("seconds", "said"), [(0.054, "0,05 s"), (3.5, "3,50 s"), (33.4, "33 s")])
def test_a_duration_has_the_figures_that_mean_something(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_a_list_says_each_once() -> None:
    assert listed(["b", "a", "b"]) == "b, a"


def test_every_measure_is_explained() -> None:
    assert set(MEANINGS) == set(Measure)


def _said(better: int, worse: int) -> str:
    names = [f"q{n}" for n in range(better + worse)]
    after = [
        graded_of(question_of((("trente",),), name=name), RIGHT if n < better else WRONG)
        for n, name in enumerate(names)
    ]
    before = {name: WRONG if n < better else RIGHT for n, name in enumerate(names)}
    return verdict(compared(before, after))


def test_the_verdict_says_whether_chance_would_do() -> None:
    assert _said(0, 0) == "Aucune réponse n'est devenue correcte ou fausse."
    even = _said(2, 1)
    assert even.startswith("2 réponses devenues correctes, 1 devenue fausse")
    assert "dans 100 % des cas" in even
    assert even.endswith("on ne peut donc pas dire que les deux essais diffèrent.")
    assert _said(6, 0).endswith("cet essai est donc meilleur.")
    assert _said(0, 6).endswith("cet essai est donc moins bon.")


def test_the_scope_says_what_is_not_compared() -> None:
    item = graded_of(question_of(), RIGHT)
    assert scope(compared({"q": RIGHT}, [item])) == "1 question commune."
    assert "0 dans cet essai seul, 1 dans l'autre seul" in scope(
        compared({"q": RIGHT, "old": RIGHT}, [item])
    )


def test_no_interval_is_told_of_fewer_than_ten_things() -> None:
    few, enough = share(4, 9), share(5, 10)
    assert few is not None
    assert enough is not None
    assert estimate_cells(few) == ("44 %", "trop peu pour conclure", "4 sur 9")
    assert estimate_cells(enough) == ("50 %", "24 à 76 %", "5 sur 10")


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"60 ?000|soixante mille", "« 60 000 » ou « soixante mille »"),
        (r"\b30\s+jours\b", "« 30 jours »"),
        (r"s[ée]par[ée]s", "« séparés »"),
        (r"ne .{0,20}pas", "« ne … pas »"),
        (r"1\.2|10\s?%", "« 1.2 » ou « 10 % »"),
    ],
)
def test_a_pattern_is_told_in_words(pattern: str, words: str) -> None:
    assert in_words(pattern) == words
