"""An archive of a run is checked elsewhere, and shows what was altered in it."""

import json
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest

from assistant.answering.record import contract
from assistant.errors import WrongBundle
from assistant.evaluation.bundle import MANIFEST, RESULTS, check_bundle, write_bundle
from assistant.evaluation.grading import Measure
from assistant.evaluation.questions import read_questions
from tests.support.graded import ABSTAINED, answer_of, evaluation_of, graded_of

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


@pytest.mark.parametrize("name", [RESULTS, "questions/01-questions.jsonl"])
def test_what_no_longer_reads_is_said_to_be_altered(archive: Path, name: str) -> None:
    def broken(files: dict[str, bytes]) -> None:
        files[name] += b"{}\n"

    with pytest.raises(WrongBundle, match=f"{name} a été modifié"):
        check_bundle(rewritten(archive, broken))


def test_what_no_longer_reads_and_was_not_altered_says_what_it_is(archive: Path) -> None:
    def of_another_version(files: dict[str, bytes]) -> None:
        files[RESULTS] += b"{}\n"
        manifest = json.loads(files[MANIFEST])
        manifest["files"][RESULTS] = sha256(files[RESULTS]).hexdigest()
        files[MANIFEST] = json.dumps(manifest).encode()

    with pytest.raises(WrongBundle, match=f"ne se lisent pas : {RESULTS}, ligne 4 ") as told:
        check_bundle(rewritten(archive, of_another_version))
    assert "a été modifié" not in str(told.value)


def test_measures_that_were_made_better_are_seen(archive: Path) -> None:
    def better(files: dict[str, bytes]) -> None:
        manifest = json.loads(files[MANIFEST])
        manifest["measures"]["réponses correctes"]["value"] = 1.0
        files[MANIFEST] = json.dumps(manifest).encode()

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
        check_bundle(rewritten(archive, lambda files: files.update({MANIFEST: b"{}"})))


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
        manifest = json.loads(files[MANIFEST])
        files[MANIFEST] = json.dumps(manifest | {lacking: []}).encode()

    with pytest.raises(WrongBundle, match="n'est pas une archive"):
        check_bundle(rewritten(archive, without))
