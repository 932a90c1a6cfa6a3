"""An evaluation, what it was made with, and its bundle that others check."""

import json
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest

from assistant.answering.answer import Answer
from assistant.answering.record import contract
from assistant.errors import WrongBundle
from assistant.evaluation.bundle import MANIFEST as TABLE_OF_CONTENTS
from assistant.evaluation.bundle import RESULTS, check_bundle, write_bundle
from assistant.evaluation.grading import Measure
from assistant.evaluation.questions import (
    OTHER,
    OUT_OF_SCOPE,
    PRINCIPLES,
    ExpectedPlace,
    Question,
    read_questions,
    theme_of,
)
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


# Themes


CCAP = (ExpectedPlace("CCAP", 7),)


@pytest.mark.parametrize(
    ("article", "theme"),
    [
        ("R2191-3", "Exécution financière"),
        ("L2191-2", "Exécution financière"),
        ("R2192-10", "Facturation et paiement"),
        ("R2122-8", "Choix de la procédure"),
        ("R2100-1", "Marchés : dispositions générales"),
        ("L2313-1", "Défense et sécurité"),
        ("L3114-7", "Concessions"),
        ("L3321-1", "Outre-mer"),
        ("L1211-1", "Acteurs de la commande publique"),
        ("L3", PRINCIPLES),
        ("L3-1", PRINCIPLES),
        ("Annexe 2", OTHER),
        ("10", OTHER),
        ("L4111-1", OTHER),
    ],
)
def test_an_article_has_the_theme_of_its_place_in_the_plan(article: str, theme: str) -> None:
    assert theme_of(question_of(articles=(article, "L2112-1"))) == theme


@pytest.mark.parametrize(
    ("question", "theme"),
    [
        (question_of(articles=("R2191-3",), theme="Avances", places=CCAP), "Avances"),
        (question_of(articles=("R2191-3",), places=CCAP), "Exécution financière"),
        (question_of(places=CCAP), "CCAP"),
        (question_of(places=CCAP, refusal=True), "CCAP"),
        (question_of(refusal=True), OUT_OF_SCOPE),
        (question_of(), OTHER),
    ],
)
def test_the_set_then_the_article_then_the_piece_give_the_theme(
    question: Question, theme: str
) -> None:
    assert theme_of(question) == theme


# An archive of a run is checked elsewhere, and shows what was altered in it


ROWS = (
    {"id": "q1", "question": "Quel délai ?", "faits": [["trente"]], "articles_attendus": ["R1"]},
    {"id": "q2", "question": "Quel délai ?", "faits": [["trente"]]},
    {"id": "q3", "question": "Quel délai ?", "attendu_refus": True},
)
ANSWERS = (answer_of("Trente jours.", "art. R1"), answer_of("Quinze jours."), ABSTAINED)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    questions, results = tmp_path / "questions.jsonl", tmp_path / "out.jsonl"
    questions.write_text("".join(f"{json.dumps(row)}\n" for row in ROWS))
    asked = read_questions(questions)
    graded = [graded_of(each, answer) for each, answer in zip(asked, ANSWERS, strict=True)]
    lines = ({"id": each.question.id, **contract(each.result)} for each in graded)
    results.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    write_bundle(tmp_path / "essai.zip", evaluation_of(graded), [questions], results)
    return tmp_path / "essai.zip"


def rewritten(archive: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with ZipFile(archive) as file:
        files = {name: file.read(name) for name in file.namelist()}
    change(files)
    with ZipFile(archive, "w") as file:
        for name, content in files.items():
            file.writestr(name, content)
    return archive


def test_a_whole_archive_gives_its_measures_again(archive: Path) -> None:
    found = check_bundle(archive)
    assert found.faults == ()
    correct = found.measured[Measure.CORRECT]
    assert correct is not None
    assert (correct.part, correct.whole) == (2, 3)
    assert found.conditions.index.content == "4" * 64


def test_a_result_that_was_made_better_is_seen(archive: Path) -> None:
    def better(files: dict[str, bytes]) -> None:
        files[RESULTS] = files[RESULTS].replace(b"Quinze", b"Trente")

    told = check_bundle(rewritten(archive, better)).faults
    assert any("results.jsonl a été modifié" in fault for fault in told)
    assert any(fault.startswith("« réponses correctes » : recalculé, 1.0000") for fault in told)


def test_measures_that_were_made_better_are_seen(archive: Path) -> None:
    def better(files: dict[str, bytes]) -> None:
        manifest = json.loads(files[TABLE_OF_CONTENTS])
        manifest["measures"]["réponses correctes"]["value"] = 1.0
        files[TABLE_OF_CONTENTS] = json.dumps(manifest).encode()

    [fault] = check_bundle(rewritten(archive, better)).faults
    assert fault == "« réponses correctes » : recalculé, 0.6667 ; annoncé, 1.0000."


def test_a_question_that_was_left_out_is_seen(archive: Path) -> None:
    def fewer(files: dict[str, bytes]) -> None:
        files[RESULTS] = files[RESULTS].split(b"\n", 1)[1]
        files["notes.txt"] = b"tout va bien"

    told = check_bundle(rewritten(archive, fewer)).faults
    assert "results.jsonl a 2 résultats, le manifeste en annonce 3." in told
    assert "notes.txt a été ajouté." in told


def test_what_is_no_archive_is_said(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "vide.zip").write_text("rien")
    with pytest.raises(WrongBundle, match="ne se lit pas"):
        check_bundle(tmp_path / "vide.zip")
    with pytest.raises(WrongBundle, match="n'est pas une archive"):
        check_bundle(rewritten(archive, lambda files: files.update({TABLE_OF_CONTENTS: b"{}"})))


def test_an_archive_with_any_byte_altered_is_refused_or_does_not_hold(archive: Path) -> None:
    whole, told = archive.read_bytes(), 0
    for place in range(0, len(whole), 41):
        archive.write_bytes(whole[:place] + bytes([whole[place] ^ 0x15]) + whole[place + 1 :])
        with suppress(WrongBundle):
            check_bundle(archive)
            told += 1
    assert told < len(range(0, len(whole), 41)) / 2


@pytest.mark.parametrize("lacking", ["conditions", "measures", "asked", "files"])
def test_a_manifest_that_is_none_is_said(archive: Path, lacking: str) -> None:
    def without(files: dict[str, bytes]) -> None:
        manifest = json.loads(files[TABLE_OF_CONTENTS])
        files[TABLE_OF_CONTENTS] = json.dumps(manifest | {lacking: []}).encode()

    with pytest.raises(WrongBundle, match="n'est pas une archive"):
        check_bundle(rewritten(archive, without))
