"""`sourcier index build | gate | publish | update` where the gate has something to say."""

import gc
from pathlib import Path

import pytest

from assistant.retrieval.ranking import default_tuning
from ingestion.durable import lock_for_writing
from ingestion.index.publication import current_name, finished
from tests.administered import PAYMENT, acts, add_code, administered, decisions, with_text
from tests.command_line import Command, command_of, on_one_line, use_small_models
from tests.small_index import ARTICLES, answering_embedder, write_code
from tests.test_gate import BROKEN, NEW

DONE, BROKEN_CODE, REFUSED = 0, 1, 4


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return administered(tmp_path / "home", tmp_path)


@pytest.fixture
def command(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """`sourcier index …`: its exit code and all it says, on one line."""
    use_small_models(monkeypatch, answering_embedder)
    # The cosines of the embedder of these tests are where those of the fitted one are.
    monkeypatch.setattr("assistant.container.tuning_for", lambda _: default_tuning())

    return on_one_line(command_of(home, capsys, "index"))


def test_a_better_index_enters_service_by_itself(
    command: Command, home: Path, tmp_path: Path
) -> None:
    add_code(home, tmp_path, [*ARTICLES, NEW])
    code, said = command("build")
    assert code == DONE
    assert "répond au moins aussi bien" in said
    assert current_name(home) == finished(home)[-1]
    assert acts(home) == ["built", "gate_passed", "published"]
    assert command("gate")[1].startswith("Aucun autre index n'est en service")


def test_a_worse_one_waits_for_force_and_a_reason(
    command: Command, home: Path, tmp_path: Path
) -> None:
    served = current_name(home)
    add_code(home, tmp_path, with_text("R2192-10", BROKEN))
    code, said = command("build")
    assert code == REFUSED
    assert f"{PAYMENT} : devenue fausse" in said
    assert "--force --reason" in said
    assert current_name(home) == served
    assert command("gate")[0] == REFUSED
    code, said = command("publish")
    assert code == BROKEN_CODE
    assert "devient fausse" in said
    assert command("publish", "--force")[0] == BROKEN_CODE
    assert command("publish", "--force", "--reason", "Attendu")[0] == DONE
    assert current_name(home) == finished(home)[-1] != served
    assert command("rollback", "--reason", "Erreur")[0] == DONE
    assert current_name(home) == served


def test_an_update_takes_what_is_new_in_a_folder_and_publishes_nothing(
    command: Command, home: Path, tmp_path: Path
) -> None:
    served, watched = current_name(home), tmp_path / "watched"
    code, said = command("update")
    assert (code, "update_from" in said) == (BROKEN_CODE, True)
    (home / "settings.toml").write_text(f'update_at = "02:30"\nupdate_from = "{watched}"\n')
    assert "n'existe pas" in command("update")[1]
    watched.mkdir()
    write_code(watched, [NEW])
    code, said = command("update")
    assert (code, "ajoutés : 1" in said) == (DONE, True)
    assert current_name(home) == served != finished(home)[-1]
    assert "déjà présents : 1" in command("update")[1]
    assert "OnCalendar=*-*-* 02:30:00" in command("update", "--units")[1]
    gc.collect()  # the gate was asked by this process, which may have the candidate open still
    with lock_for_writing(home):
        decisions(home).refuse(finished(home)[-1], "Provisoire")
    assert "ajoutés" not in command("update")[1], "what a refusal set aside comes back by nobody"


def test_the_history_tells_the_way_forward_after_a_rollback(
    command: Command, home: Path, tmp_path: Path
) -> None:
    add_code(home, tmp_path, [*ARTICLES, NEW])
    command("build")
    name = current_name(home)
    command("rollback", "--reason", "Trop tôt")
    code, said = command("history")
    assert code == DONE
    assert "Trop tôt" in said
    assert f"sourcier index restore {name}" in said
    assert command("restore", name, "--reason", "Relu") == (
        DONE,
        f"L'index {name} est de nouveau en service.",
    )
    assert acts(home)[-2:] == ["rolled_back", "restored"]
    assert command("restore", "absent")[0] == BROKEN_CODE
