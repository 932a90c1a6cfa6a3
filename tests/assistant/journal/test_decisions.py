"""No index comes into service without a record, whatever stops who puts it there."""

import shutil
from pathlib import Path

import pytest

from assistant.errors import WrongSettings
from assistant.journal.journal import IN_SERVICE, journal_of
from assistant.publishing.decisions import settle_at_start
from ingestion.durable import lock_for_writing, replace_bytes
from ingestion.index.publication import current_name
from tests.assistant.publishing.test_gate import NEW
from tests.support.administered import acts, add_code, administered, candidate, decisions
from tests.support.journals import bodies, recorded
from tests.support.small_index import ARTICLES


class Stopped(BaseException):
    """What ends a process in the midst of what it does."""


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home with a candidate that passed the gate, and its name."""
    folder = tmp_path_factory.mktemp("first")
    home = administered(folder / "home", folder)
    add_code(home, folder, [*ARTICLES, NEW])
    manifest, _ = candidate(home)
    return home, manifest.name


@pytest.fixture
def home(first: tuple[Path, str], tmp_path: Path) -> Path:
    return shutil.copytree(first[0], tmp_path / "home")


@pytest.fixture
def name(first: tuple[Path, str]) -> str:
    return first[1]


def last_told(home: Path) -> str:
    """The index in service by the journal."""
    kept = bodies(journal_of(home), "index")
    told = (str(body["generation"]) for body in kept if body and body["act"] in IN_SERVICE)
    return ["", *told][-1]


def stop(monkeypatch: pytest.MonkeyPatch, failure: BaseException, *, swapped: bool) -> None:
    """Have the swap fail before, or after, it is on disk."""

    def failing(path: Path, content: bytes) -> None:
        is_swap = path.name == "current"
        if swapped or not is_swap:
            replace_bytes(path, content)
        if is_swap:
            raise failure

    monkeypatch.setattr("ingestion.index.folder.replace_bytes", failing)


@pytest.mark.parametrize("swapped", [False, True])
def test_what_is_in_service_is_on_record_whatever_fails(
    home: Path, name: str, monkeypatch: pytest.MonkeyPatch, *, swapped: bool
) -> None:
    served = current_name(home)
    stop(monkeypatch, OSError("the disk"), swapped=swapped)
    with pytest.raises(OSError, match="the disk"), lock_for_writing(home):
        decisions(home).publish(name)
    assert last_told(home) == current_name(home) == (name if swapped else served)
    assert acts(home)[2:] == (["published"] if swapped else ["published", "noticed"])


@pytest.mark.parametrize("swapped", [False, True])
def test_a_rollback_is_on_record_whatever_fails(
    home: Path, name: str, monkeypatch: pytest.MonkeyPatch, *, swapped: bool
) -> None:
    served = current_name(home)
    with lock_for_writing(home):
        decisions(home).publish(name)
    stop(monkeypatch, Stopped(), swapped=swapped)
    with pytest.raises(Stopped), lock_for_writing(home):
        decisions(home).rollback()
    assert last_told(home) == current_name(home) == (served if swapped else name)


def test_what_cannot_be_told_does_not_come_into_service(
    home: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = current_name(home)

    def refusing(*told: object, **more: object) -> str:
        raise WrongSettings("Le journal ne s'écrit pas.")

    monkeypatch.setattr("assistant.journal.journal.Journal.append", refusing)
    with pytest.raises(WrongSettings), lock_for_writing(home):
        decisions(home).publish(name)
    assert current_name(home) == served


def test_what_a_kill_or_a_hand_left_is_told_at_the_next_start(home: Path, name: str) -> None:
    served = current_name(home)
    with lock_for_writing(home):
        decisions(home).publish(name)
    (home / "current").write_text(served)
    settle_at_start(home, journal_of(home))
    settle_at_start(home, journal_of(home))
    assert last_told(home) == served
    assert acts(home)[2:] == ["published", "noticed"]
    *_, (last, body) = recorded(journal_of(home))
    assert (last["user"], body["replaces"]) == ("start", name)


def test_who_starts_while_another_decides_leaves_it_to_them(home: Path, name: str) -> None:
    served = current_name(home)
    with lock_for_writing(home):
        decisions(home).publish(name)
        (home / "current").write_text(served)
        settle_at_start(home, journal_of(home))
        assert acts(home)[2:] == ["published"]


def test_an_index_of_which_the_journal_says_nothing_is_no_surprise(home: Path) -> None:
    settle_at_start(home, journal_of(home))
    assert "noticed" not in acts(home)
