"""Tokens for programs: whose they are, what they open, what ends them."""

import json
import re
import time
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from assistant.accounts.identity import Identity, UserRole
from assistant.accounts.login import MOST
from assistant.accounts.store import contents_of
from assistant.accounts.tokens import DAY
from assistant.cli.command import main
from assistant.errors import WrongAccount
from assistant.web.protection import Gate
from assistant.web.site import Members, requiring
from ingestion.tenders.dossiers import Dossier, Dossiers
from tests.accounts_home import Clock, Hall


@pytest.fixture
def hall(accounts_home: Path) -> Hall:
    return Hall(accounts_home)


def held(hall: Hall, token: str) -> Identity:
    found = hall.accounts.tokens.identity(token)
    assert found is not None
    return found


def test_a_program_has_the_rights_that_its_token_and_its_owner_both_have(hall: Hall) -> None:
    hall.settle("ana", [UserRole.BUYER, UserRole.REFERENT], {"voirie"})
    tokens, register = hall.accounts.tokens, hall.accounts.register
    wide = tokens.create("ana", "Veille", "chef", roles=[UserRole.BUYER, UserRole.REFERENT])
    narrow = tokens.create("ana", "Suivi", "chef", dossiers=["parcs-2026"])
    ana = register.get("ana")
    assert held(hall, narrow).user == ana.user
    assert held(hall, narrow).roles == {UserRole.BUYER}
    assert held(hall, narrow).dossiers == frozenset({"parcs-2026"})
    assert held(hall, wide).dossiers is None
    register.set_roles("ana", [UserRole.REFERENT], by="chef")
    register.set_teams("ana", {"ecoles"}, by="chef")
    assert held(hall, wide).roles == {UserRole.REFERENT}
    assert held(hall, narrow).roles == frozenset()
    assert held(hall, narrow).teams == frozenset({"ecoles"})
    with pytest.raises(WrongAccount, match="administrateur"):
        tokens.create("ana", "Trop", "chef", roles=[UserRole.ADMINISTRATOR])


def test_a_token_ends_on_its_day_with_its_account_or_when_revoked(hall: Hall) -> None:
    hall.settle("ana")
    tokens = hall.accounts.tokens
    short, long = (tokens.create("ana", "x", "chef", days=days) for days in (1, 30))
    hall.clock.now += DAY
    assert tokens.identity(short) is None
    assert held(hall, long)
    hall.accounts.register.set_disabled("ana", "chef", disabled=True)
    assert tokens.identity(long) is None
    hall.accounts.register.set_disabled("ana", "chef", disabled=False)
    (listed,) = tokens.all("ana")
    assert listed.used == hall.clock.now
    tokens.revoke(listed.id, "chef")
    assert tokens.identity(long) is None
    with pytest.raises(WrongAccount, match="Aucun jeton"):
        tokens.revoke(listed.id, "chef")
    acts = [act for act in hall.acts("account") if act[0].startswith("token")]
    made, ended = ("token_created", "chef"), ("token_revoked", "chef")
    assert acts == [made, made, ended]


def test_what_is_kept_does_not_open_anything(hall: Hall) -> None:
    hall.settle("ana")
    token = hall.accounts.tokens.create("ana", "Suivi", "chef", dossiers=["parcs-2026"])
    held(hall, token)
    kept = repr(contents_of(hall.accounts.sessions._store))
    assert "Suivi" in kept
    assert token not in kept
    written = b"".join(path.read_bytes() for path in hall.home.rglob("*") if path.is_file())
    assert token.encode() not in written
    journal = hall.home / "journal.jsonl"
    told = [hall.journal.body(entry) for entry in hall.journal.entries()]
    assert "parcs-2026" not in journal.read_text() + json.dumps(told)


def test_tries_without_a_token_are_on_record_and_do_not_fill_it(hall: Hall) -> None:
    hall.settle("ana")
    token = hall.accounts.tokens.create("ana", "x", "chef")
    for _ in range(MOST + 5):
        assert hall.accounts.tokens.identity("sourcier_guessed", "192.0.2.1") is None
    assert [act for act, _ in hall.acts("session")].count("refused") == MOST
    assert hall.accounts.tokens.identity(token, "192.0.2.1")


def test_a_token_opens_what_is_for_programs_and_no_page(hall: Hall) -> None:
    hall.settle("ana")
    token = hall.accounts.tokens.create("ana", "x", "chef")
    access = Members(hall.accounts)
    app = FastAPI()

    @app.get("/{path:path}")
    def who(identity: Annotated[Identity, Depends(requiring(access))]) -> str:
        return identity.token

    app.add_middleware(Gate, access=access)
    with TestClient(app, headers={"Authorization": f"Bearer {token}"}) as client:
        (listed,) = hall.accounts.tokens.all()
        assert client.get("/v1/models").json() == listed.id
        for page in ("/factures", "/account", "/v1models", "/admin"):
            assert client.get(page).status_code == 401
        client.headers["Authorization"] = "Bearer sourcier_guessed"
        refused = client.get("/v1/models")
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")


def run(home: Path, *arguments: str) -> int:
    return main(["--data", str(home), "users", "token", *arguments])


def test_tokens_are_made_listed_and_revoked_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    hall = Hall(home, Clock(time.time()))
    hall.settle("ana", teams={"voirie"})
    Dossiers(home).create(Dossier("parcs-2026", team="parcs"))
    Dossiers(home).create(Dossier("pont-2026", team="voirie"))
    assert run(home, "create", "ana", "--name", "Open WebUI", "--days", "30") == 0
    shown = re.search(r"(sourcier_\S+)", capsys.readouterr().out)
    assert shown is not None
    assert held(hall, shown[1]).dossiers is None
    assert run(home, "create", "ana", "--dossiers", "parcs-2026") == 1
    assert "parcs-2026" in capsys.readouterr().err
    assert run(home, "create", "ana", "--dossiers", "pont-2026", "--name", "Suivi") == 0
    assert run(home, "create", "ana", "--rules") == 0
    capsys.readouterr()
    assert run(home, "list", "ana", "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert sorted(map(str, (each["dossiers"] for each in listed))) == [
        "None",
        "['pont-2026']",
        "[]",
    ]
    assert {each["login"] for each in listed} == {"ana"}
    for each in listed:
        assert run(home, "revoke", each["id"]) == 0
    capsys.readouterr()
    assert run(home, "list") == 0
    assert "Aucun jeton" in capsys.readouterr().out
    assert hall.accounts.tokens.identity(shown[1]) is None
    assert run(home, "create", "ana", "--days", "400") == 2
