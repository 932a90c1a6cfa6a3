"""`sourcier users`, and what `sourcier serve` asks before it serves others than this machine."""

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from assistant.cli.command import main
from assistant.journal.journal import Journal
from assistant.settings import Settings, load_settings
from tests.accounts_home import PASSWORD, Clock, Hall


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def run(home: Path, *arguments: str) -> int:
    return main(["--data", str(home), "users", *arguments])


def told(home: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert run(home, "list", "--json") == 0
    listed: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return listed


def test_an_account_is_created_changed_and_closed(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(home, "add", "chef", "--roles", "administrateur") == 0
    added = ("--name", "Ana Silva", "--roles", "acheteur", "referent", "--teams", "voirie")
    assert run(home, "add", "ana", *added) == 0
    link = re.search(
        r"http://127.0.0.1:7860/invitation/(\S+)", capsys.readouterr().out.split("ana")[1]
    )
    assert link is not None
    hall = Hall(home, Clock(time.time()))
    session = hall.accounts.entering.choose(link[1], PASSWORD, "")
    (ana, _) = told(home, capsys)
    assert ana["roles"] == ["acheteur", "referent"]
    assert (ana["teams"], ana["state"]) == (["voirie"], "ouvert")
    assert run(home, "teams", "ana", "*") == 0
    assert run(home, "roles", "ana", "acheteur") == 0
    assert run(home, "disable", "ana") == 0
    (ana, _) = told(home, capsys)
    assert (ana["teams"], ana["roles"], ana["state"]) == (None, ["acheteur"], "fermé")
    assert hall.accounts.sessions.identity(str(session)) is None
    for act in ("enable", "unlock", "revoke", "reset"):
        assert run(home, act, "ana") == 0
    (ana, chef) = told(home, capsys)
    assert (ana["state"], chef["state"]) == ("invité", "invité")
    journal = Journal(home / "journal.jsonl")
    by = {entry.get("user") for entry in journal.entries() if entry["kind"] == "account"}
    assert by == {"terminal", ana["user"]}


def test_the_list_is_readable(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(home, "list") == 0
    assert "Créez le premier" in capsys.readouterr().out
    run(home, "add", "ana", "--teams", "*")
    run(home, "list")
    assert "toutes" in capsys.readouterr().out


def test_what_cannot_be_done_is_one_french_sentence(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(home, "disable", "ana") == 1
    assert "Aucun compte « ana »" in capsys.readouterr().err
    assert run(home, "add", "ana", "--roles", "roi") == 2
    assert "« roi » n'est pas un rôle (acheteur, referent" in capsys.readouterr().err


def test_links_have_the_address_that_people_type(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home.mkdir()
    (home / "settings.toml").write_text('address = "https://sourcier.mairie.fr"\n')
    run(home, "add", "ana")
    assert "https://sourcier.mairie.fr/invitation/" in capsys.readouterr().out


def test_another_address_than_this_machine_is_served_to_accounts_only(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(home), "serve", "--host", "0.0.0.0"]) == 1
    assert 'écrivez access = "accounts" dans' in capsys.readouterr().err


@pytest.mark.parametrize(
    "line", ['access = "everybody"', 'address = "sourcier.mairie.fr"', 'address = "ftp://x"']
)
def test_settings_of_access_are_checked(
    home: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    home.mkdir()
    (home / "settings.toml").write_text(line)
    assert main(["--data", str(home), "serve"]) == 1
    assert line.split()[0] in capsys.readouterr().err


def test_one_user_and_no_account_is_the_default(home: Path) -> None:
    assert load_settings(home) == Settings(access="alone", address="")
