"""Accounts from the command line, tokens of programs, limits of both."""

import json
import re
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.testclient import TestClient

from assistant.accounts.admission import Granted
from assistant.accounts.login import MOST
from assistant.accounts.store import contents_of
from assistant.accounts.tokens import DAY
from assistant.cli.command import main
from assistant.errors import WrongAccount
from assistant.identity import Identity, UserRole
from assistant.journal.journal import Journal
from assistant.settings import Settings, load_settings
from assistant.web.protection import (
    ACTS,
    MOST_BYTES,
    READS,
    Buckets,
    Gate,
    Pace,
    RequestLimits,
    Shield,
)
from assistant.web.site import Members, requiring
from ingestion.tenders.dossiers import Dossier, Dossiers
from tests.support.accounts_home import PASSWORD, Clock, Hall
from tests.support.page_app import ByHeader


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


def test_a_token_of_who_comes_by_a_provider_is_renewed_each_quarter(hall: Hall) -> None:
    hall.settle("ana")
    someone = Granted("https://auth.test 42", "bea", "Béa", frozenset({UserRole.BUYER}), None)
    hall.accounts.admission.admit(someone, "")
    tokens = hall.accounts.tokens
    for login, most in (("ana", 366), ("bea", 90)):
        token = tokens.create(login, "Veille", "chef", days=most)
        with pytest.raises(WrongAccount, match=f"{login}, {most} jours"):
            tokens.create(login, "Veille", "chef", days=most + 1)
        hall.clock.now += most * DAY - 1
        assert held(hall, token)
        hall.clock.now += 1
        assert tokens.identity(token) is None


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


def run_token(home: Path, *arguments: str) -> int:
    return main(["--data", str(home), "users", "token", *arguments])


def test_tokens_are_made_listed_and_revoked_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    hall = Hall(home, Clock(time.time()))
    hall.settle("ana", teams={"voirie"})
    Dossiers(home).create(Dossier("parcs-2026", team="parcs"))
    Dossiers(home).create(Dossier("pont-2026", team="voirie"))
    assert run_token(home, "create", "ana", "--name", "Open WebUI", "--days", "30") == 0
    shown = re.search(r"(sourcier_\S+)", capsys.readouterr().out)
    assert shown is not None
    assert held(hall, shown[1]).dossiers is None
    assert run_token(home, "create", "ana", "--dossiers", "parcs-2026") == 1
    assert "parcs-2026" in capsys.readouterr().err
    assert run_token(home, "create", "ana", "--dossiers", "pont-2026", "--name", "Suivi") == 0
    assert run_token(home, "create", "ana", "--rules") == 0
    capsys.readouterr()
    assert run_token(home, "list", "ana", "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert sorted(map(str, (each["dossiers"] for each in listed))) == [
        "None",
        "['pont-2026']",
        "[]",
    ]
    assert {each["login"] for each in listed} == {"ana"}
    for each in listed:
        assert run_token(home, "revoke", each["id"]) == 0
    capsys.readouterr()
    assert run_token(home, "list") == 0
    assert "Aucun jeton" in capsys.readouterr().out
    assert hall.accounts.tokens.identity(shown[1]) is None
    assert run_token(home, "create", "ana", "--days", "400") == 2


def test_nothing_of_the_list_of_tokens_is_cut_in_80_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    home = tmp_path / "home"
    hall = Hall(home, Clock(time.time()))
    hall.settle("anne.martin", teams={"voirie"})
    assert run_token(home, "create", "anne.martin", "--name", "Open WebUI de la mairie") == 0
    shown = re.search(r"(sourcier_\S+)", capsys.readouterr().out)
    assert shown is not None
    assert hall.accounts.tokens.identity(shown[1])  # served today
    assert run_token(home, "list") == 0
    heads, *rows = capsys.readouterr().out.splitlines()
    names = "jeton jusqu'au servi le compte programme rôles dossiers"
    assert " ".join(heads.split()) == names
    assert "…" not in "".join(rows)


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


ALICE, BOB = ({"X-User": name} for name in ("alice", "bob"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(clock: Clock) -> Iterator[TestClient]:
    app = FastAPI()

    @app.post("/length")
    @app.post("/{area}/{path:path}")
    async def length(request: Request) -> int:
        return len(await request.body())

    app.get("/page")(lambda: "read")
    app.add_middleware(RequestLimits, clock=clock)
    app.add_middleware(
        Gate, access=ByHeader(partial(Identity, name="", roles=frozenset(UserRole), teams=None))
    )
    app.add_middleware(Shield, rewrite=lambda page: page)
    with TestClient(app) as client:
        yield client


def post(client: TestClient, who: dict[str, str], content: bytes = b"") -> Any:
    return client.post("/length", content=content, headers=who)


def test_one_who_asks_too_often_is_told_when_to_come_back_and_others_are_not(
    client: TestClient, clock: Clock
) -> None:
    asked = [post(client, ALICE).status_code for _ in range(ACTS.most + 5)]
    assert asked == [200] * ACTS.most + [429] * 5
    refused = post(client, ALICE)
    assert refused.headers["retry-after"] == "1"
    assert "Recommencez dans 1 s" in refused.json()["detail"]
    assert post(client, BOB).status_code == 200
    assert client.get("/page", headers=ALICE).status_code == 200  # what is read is counted apart
    clock.now += 1
    assert [post(client, ALICE).status_code for _ in range(5)] == [200] * ACTS.refill + [429]


def test_the_page_with_its_hundred_files_is_not_too_often(client: TestClient) -> None:
    assert READS.most >= 300
    assert {client.get("/page", headers=ALICE).status_code for _ in range(300)} == {200}


def test_a_bucket_never_holds_more_than_it_can(clock: Clock) -> None:
    buckets = Buckets(Pace(2, 1), clock)
    clock.now += 100
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 1]
    clock.now += 0.5
    assert buckets.take("a") == 0.5


@pytest.mark.parametrize("chunked", [False, True])
def test_a_request_brings_so_much_and_no_more(client: TestClient, chunked: bool) -> None:
    def sent(size: int) -> Any:
        whole = b"x" * size
        content = iter([whole[: size // 2], whole[size // 2 :]]) if chunked else whole
        return client.post("/length", content=content, headers=ALICE)

    assert sent(MOST_BYTES).json() == MOST_BYTES
    refused = sent(MOST_BYTES + 1)
    assert refused.status_code == 413
    assert "au plus 12 Mo" in refused.json()["detail"]
    assert refused.headers["x-frame-options"] == "DENY"


def test_a_length_that_is_no_number_is_refused(client: TestClient) -> None:
    refused = client.post("/length", content=b"x", headers={"Content-Length": "-1"})
    assert refused.status_code == 413


SENT = ("/admin/sources", "/factures/import", "/achats/import", "/dossiers/ecole-2026/pieces")

FORMS = (
    "/admin/publish",
    "/factures/anomalies/expliquer",
    "/achats/import/x",
    "/dossiers/a/delete",
)


@pytest.mark.parametrize(
    ("path", "status"), [*((path, 200) for path in SENT), *((path, 413) for path in FORMS)]
)
def test_only_addresses_that_take_files_count_for_themselves(
    client: TestClient, path: str, status: int
) -> None:
    whole = b"x" * (MOST_BYTES + 1)
    assert client.post(path, content=whole, headers=ALICE).status_code == status
