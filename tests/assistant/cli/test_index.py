"""`sourcier index`: files added and removed, built, judged, published and put back."""

import gc
import json
from pathlib import Path
from typing import Any

import pytest

from assistant.cli.adding import PROCUREMENT_CODE
from assistant.cli.index_build import take_in
from assistant.cli.options import Terminal
from assistant.journal.journal import journal_of
from assistant.retrieval.tuning import default_tuning
from ingestion.documents.document import Kind
from ingestion.durable import lock_for_writing
from ingestion.index.publication import current_name, finished
from ingestion.index.store import snapshots_folder
from ingestion.library.corpus import Addition
from ingestion.library.library import Added, Library
from ingestion.tenders.dossiers import library_of
from tests.assistant.publishing.test_gate import BROKEN, NEW
from tests.support.administered import PAYMENT, acts, add_code, administered, decisions, with_text
from tests.support.command_line import Command, command_of, on_one_line, use_small_models
from tests.support.index_home import ARTICLES, add, answers, published, write_articles
from tests.support.journals import bodies
from tests.support.legi_files import article_xml, other
from tests.support.small_index import ARTICLES as SMALL_CODE
from tests.support.small_index import answering_embedder, write_code


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A folder with a readable file, an unreadable one and a hidden one."""
    folder = tmp_path / "textes [v2]"
    (folder / ".cache").mkdir(parents=True)
    write_articles(folder / "code.jsonl", ARTICLES)
    (folder / "vide [1].md").touch()
    (folder / ".cache" / "hidden.md").write_text("caché")
    return folder


@pytest.fixture
def command(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """`sourcier index …`: its exit code and all it says, on one line."""
    use_small_models(monkeypatch)

    return on_one_line(command_of(home, capsys, "index"))


def test_files_are_added_and_the_others_refused_one_by_one(command: Command, texts: Path) -> None:
    code, said = command("add", texts)
    assert code == 0
    assert "vide [1].md : fichier vide" in said
    assert "Lecture des fichiers" in said
    assert "ajoutés : 1 ; déjà présents : 0 ; refusés : 1" in said
    assert "ajoutés : 0 ; déjà présents : 1 ; refusés : 1" in command("add", texts)[1]


def test_what_was_added_before_an_interruption_is_on_record(
    command: Command, home: Path, texts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Library.add

    def interrupted(library: Library, path: Path, *told: Any) -> Added:
        if path.name.startswith("vide"):
            raise KeyboardInterrupt
        return read(library, path, *told)

    monkeypatch.setattr("ingestion.library.library.Library.add", interrupted)
    assert command("add", texts)[0] == 130
    [body] = bodies(journal_of(home), "index")
    assert [each["file"] for each in body["files"]] == ["textes [v2]/code.jsonl"]


def test_a_file_whose_remark_was_cut_short_is_on_record(
    command: Command, home: Path, texts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(addition: Addition, added: Added, progress: object) -> None:
        if addition.path.name == "code.jsonl":
            raise KeyboardInterrupt

    monkeypatch.setattr("assistant.cli.adding._tell_added", interrupted)
    assert command("add", texts)[0] == 130
    [body] = bodies(journal_of(home), "index")
    assert [each["file"] for each in body["files"]] == ["textes [v2]/code.jsonl"]


def test_files_are_named_from_the_folder_added_wherever_one_stands(
    command: Command, texts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(texts / ".cache")
    command("add", "..")
    _, said = command("status", "--files")
    assert "textes [v2]/code.jsonl │ rules" in said


def test_nothing_to_add_is_said(command: Command, tmp_path: Path) -> None:
    code, said = command("add")
    assert code == 2
    assert "--builtin" in said
    code, said = command("add", tmp_path / "absent.pdf")
    assert code == 1
    assert "absent.pdf : introuvable" in said


def test_files_of_a_dossier_are_its_pieces(command: Command, home: Path, tmp_path: Path) -> None:
    piece = tmp_path / "CCAP.md"
    piece.write_text("# CCAP\n\n## Article 5 – Prix\n\nLes prix sont fermes.\n")
    assert command("add", "--dossier", "ecole", piece)[0] == 0
    with library_of(home, "ecole") as library:
        [entry] = library.entries
    assert (entry.source, entry.kind, entry.dossier) == ("CCAP.md", Kind.TENDER, "ecole")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--kind", "tender"), "--dossier ID"),
        (("--kind", "invoices"), "--dossier ID"),
        (("--kind", "rules", "--dossier", "ecole"), "retirez --dossier"),
    ],
)
def test_a_kind_that_no_question_would_find_there_is_refused(
    command: Command, home: Path, texts: Path, words: tuple[str, ...], told: str
) -> None:
    code, said = command("add", *words, texts)
    assert (code, told in said) == (2, True)
    assert not home.exists()


def test_from_adding_to_going_back(command: Command, home: Path, texts: Path) -> None:
    assert command("status")[0] == 1
    command("add", texts)
    code, said = command("build")
    assert code == 0
    assert "5 passages" in said
    assert "Calcul des vecteurs" in said
    first = current_name(home)
    assert f"Rien n'a changé : l'index {first} reste en service" in command("build")[1]
    write_articles(texts / "code.jsonl", ARTICLES | {"R1-1": "Texte nouveau."})
    assert "remplace le fichier" in command("add", texts)[1]
    code, said = command("build", "--no-publish")
    second = finished(home)[-1]
    assert f"sourcier index publish {second}" in said
    assert current_name(home) == first
    assert command("publish")[0] == 0
    assert answers(published(home), "nouveau") == ["R1-1", "R1-1"]
    assert command("rollback")[0] == 0
    assert current_name(home) == first
    code, said = command("status")
    assert code == 0
    assert f"▶ │ {first}" in said
    assert second in said


def test_files_are_removed(command: Command, home: Path, texts: Path) -> None:
    command("add", texts)
    command("build")
    code, said = command("remove", "absent")
    assert code == 1
    assert "status --files" in said
    code, said = command("remove", "textes [v2]/")
    assert code == 0
    assert "textes [v2]/code.jsonl : retiré" in said
    assert "Retirés mais encore en service : 1" in command("status")[1]


def test_a_file_replaced_under_its_name_is_said_to_wait(command: Command, texts: Path) -> None:
    command("add", texts)
    command("build")
    assert "dont pas encore en service : 0" in command("status")[1]
    write_articles(texts / "code.jsonl", {**ARTICLES, "R2122-8": "Le seuil est de 60 000 euros."})
    command("add", texts)
    assert "dont pas encore en service : 1" in command("status")[1]


def test_a_damaged_index_is_said_with_the_remedy(command: Command, home: Path, texts: Path) -> None:
    command("add", texts)
    command("build")
    (snapshots_folder(home) / current_name(home) / "vectors.npy").unlink()
    code, said = command("verify")
    assert code == 1
    assert "vectors.npy" in said
    assert "sourcier index build" in said
    (snapshots_folder(home) / current_name(home) / "manifest.sha256").unlink()
    assert "abîmé" in command("status")[1]
    assert command("build")[0] == 0
    assert command("verify")[0] == 0


def test_a_damaged_dossier_keeps_no_other_from_its_index(
    command: Command, home: Path, texts: Path, tmp_path: Path
) -> None:
    piece = tmp_path / "CCAP.md"
    piece.write_text("# CCAP\n\n## Article 5 – Prix\n\nLes prix sont fermes.\n")
    command("add", texts)
    for name in ("abime", "intact"):
        command("add", "--dossier", name, piece)
    (home / "dossiers" / "abime" / "library.json").write_text("{")
    code, said = command("build")
    assert code == 1
    assert "Dossier abime : " in said
    assert "Dossier intact : 1 passages." in said


def test_a_second_writer_is_refused_before_the_model_is_loaded(
    command: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(*_: object) -> None:
        pytest.fail("the model was loaded")

    monkeypatch.setattr("assistant.container.load_embedder", load)
    with lock_for_writing(home):
        code, said = command("build")
    assert code == 1
    assert said == (
        "Une autre indexation est en cours dans ce dossier. Réessayez quand elle est finie."
    )


def test_versions_that_contradict_each_other_are_told_at_build_and_after(
    command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "versions.jsonl"
    version = {"code": "Code", "num": "R1-1", "valide_du": "2026-01-01"}
    lines = (json.dumps(version | {"texte": f"Texte n° {n} [sic]."}) for n in range(6))
    path.write_text("\n".join(lines))
    command("add", path)
    code, said = command("build")
    told = "Code, R1-1 : deux versions sont en vigueur les mêmes jours, depuis le 01/01/2026"
    assert code == 0
    assert said.count(told) == 10
    assert "… et 5 autres : sourcier index status --warnings" in said
    _, said = command("status")
    assert "Avertissements : 15" in said
    assert told not in said
    assert command("status", "--warnings")[1].count(told) == 15


def test_without_anything_added_the_corpus_provided_is_indexed(
    command: Command, monkeypatch: pytest.MonkeyPatch, texts: Path
) -> None:
    from ingestion.documents.document import Kind

    given = [Addition(texts / "code.jsonl", "code.jsonl", Kind.RULES)]
    monkeypatch.setattr("ingestion.tenders.dossiers.builtin_additions", lambda: given)
    code, said = command("build")
    assert code == 0
    assert "j'indexe le corpus fourni" in said
    assert "5 passages" in said


# `sourcier index build | gate | publish | update` where the gate has something to say


DONE, BROKEN_CODE, REFUSED = 0, 1, 4


@pytest.fixture
def served_home(tmp_path: Path) -> Path:
    return administered(tmp_path / "home", tmp_path)


@pytest.fixture
def asking(
    served_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """`sourcier index …`: its exit code and all it says, on one line."""
    use_small_models(monkeypatch, answering_embedder)
    # The cosines of the embedder of these tests are where those of the fitted one are.
    monkeypatch.setattr("assistant.container.tuning_for", lambda _: default_tuning())

    return on_one_line(command_of(served_home, capsys, "index"))


def test_a_better_index_enters_service_by_itself(
    asking: Command, served_home: Path, tmp_path: Path
) -> None:
    add_code(served_home, tmp_path, [*SMALL_CODE, NEW])
    code, said = asking("build")
    assert code == DONE
    assert "répond au moins aussi bien" in said
    assert current_name(served_home) == finished(served_home)[-1]
    assert acts(served_home) == ["built", "gate_passed", "published"]
    assert asking("gate")[1].startswith("Aucun autre index n'est en service")


def test_a_worse_one_waits_for_force_and_a_reason(
    asking: Command, served_home: Path, tmp_path: Path
) -> None:
    served = current_name(served_home)
    add_code(served_home, tmp_path, with_text("R2192-10", BROKEN))
    code, said = asking("build")
    assert code == REFUSED
    assert f"{PAYMENT} : devenue fausse" in said
    assert "--force --reason" in said
    assert current_name(served_home) == served
    assert asking("gate")[0] == REFUSED
    code, said = asking("publish")
    assert code == BROKEN_CODE
    assert "devient fausse" in said
    assert asking("publish", "--force")[0] == BROKEN_CODE
    assert asking("publish", "--force", "--reason", "Attendu")[0] == DONE
    assert current_name(served_home) == finished(served_home)[-1] != served
    assert asking("rollback", "--reason", "Erreur")[0] == DONE
    assert current_name(served_home) == served


def test_an_update_takes_what_is_new_in_a_folder_and_publishes_nothing(
    asking: Command, served_home: Path, tmp_path: Path
) -> None:
    served, watched = current_name(served_home), tmp_path / "watched"
    code, said = asking("update")
    assert (code, "update_from" in said) == (BROKEN_CODE, True)
    (served_home / "settings.toml").write_text(f'update_at = "02:30"\nupdate_from = "{watched}"\n')
    assert "n'existe pas" in asking("update")[1]
    watched.mkdir()
    write_code(watched, [NEW])
    code, said = asking("update")
    assert (code, "ajoutés : 1" in said) == (DONE, True)
    assert current_name(served_home) == served != finished(served_home)[-1]
    assert "ajoutés" not in asking("update")[1]
    units = asking("update", "--units")[1]
    assert "OnCalendar=*-*-* 02:30:00 Europe/Paris" in units
    assert "Environment=TZ=Europe/Paris" in units, "the night of Paris begins another day"
    gc.collect()  # the gate was asked by this process, which may have the candidate open still
    with lock_for_writing(served_home):
        decisions(served_home).refuse(finished(served_home)[-1], "Provisoire")
    assert "ajoutés" not in asking("update")[1], "what a refusal set aside comes back by nobody"


def test_an_update_brings_nothing_back_that_somebody_removed_or_replaced(
    served_home: Path, tmp_path: Path
) -> None:
    watched, library = tmp_path / "watched", Library(served_home)
    for folder in (watched, elsewhere := tmp_path / "elsewhere"):
        folder.mkdir()
    for amount, folder in (("40 000", watched), ("60 000", elsewhere)):
        (folder / "note.md").write_text(f"# Note\n\nLe seuil est de {amount} euros.\n")

    def night() -> list[str]:
        assert take_in(served_home, str(watched), Terminal()) == DONE
        return [each.text for each in library.documents() if each.title == "Note"]

    assert "40 000" in night()[0]
    add(served_home, elsewhere / "note.md")
    assert "60 000" in night()[0]
    with lock_for_writing(served_home):
        library.remove(["watched/note.md"])
    assert night() == []
    (watched / "note.md").write_text("# Note\n\nLe seuil est de 80 000 euros.\n")
    assert "80 000" in night()[0]


def test_an_update_takes_the_loose_files_that_came_since(
    asking: Command, served_home: Path, tmp_path: Path
) -> None:
    watched = tmp_path / "watched"
    watched.mkdir()
    (served_home / "settings.toml").write_text(f'update_from = "{watched}"\n')
    for serial, read in ((11, 1), (12, 2)):
        version = other(serial, number=f"R{serial}-1", text_id=PROCUREMENT_CODE)
        (watched / f"{version.id}.xml").write_bytes(article_xml(version))
        assert f"{read} versions lues, 1 ajoutées" in asking("update")[1]
    assert "versions lues" not in asking("update")[1]


def test_the_history_tells_the_way_forward_after_a_rollback(
    asking: Command, served_home: Path, tmp_path: Path
) -> None:
    add_code(served_home, tmp_path, [*SMALL_CODE, NEW])
    asking("build")
    name = current_name(served_home)
    asking("rollback", "--reason", "Trop tôt")
    code, said = asking("history")
    assert code == DONE
    assert "Trop tôt" in said
    assert f"sourcier index restore {name}" in said
    assert asking("restore", name, "--reason", "Relu") == (
        DONE,
        f"L'index {name} est de nouveau en service.",
    )
    assert acts(served_home)[-2:] == ["rolled_back", "restored"]
    assert asking("restore", "absent")[0] == BROKEN_CODE
