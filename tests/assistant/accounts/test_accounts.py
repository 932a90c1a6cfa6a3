"""Local accounts: how one comes in, how guessing ends, how a session is over at once."""

import os
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import pytest
from argon2 import PasswordHasher

from assistant.accounts.login import (
    LOCKED,
    MOST,
    MOST_FAILURES,
    WINDOW,
    LoginRefusal,
    Passwords,
    Throttle,
    weakness,
)
from assistant.accounts.register import INVITED
from assistant.accounts.sessions import IDLE, LONGEST
from assistant.accounts.store import NAME, accounts_at, contents_of
from assistant.errors import WrongAccount
from assistant.identity import Identity, UserRole
from ingestion.postgresql import named_server
from tests.support.accounts_home import CHEAP, PASSWORD, Clock, Hall

WRONG = "un autre mot de passe"


@pytest.fixture
def hall(accounts_home: Path) -> Hall:
    return Hall(accounts_home)


def inside(hall: Hall, token: str | None) -> Identity | None:
    assert token is not None
    return hall.accounts.sessions.identity(token)


def test_an_invitation_opens_an_account_once(hall: Hall) -> None:
    register, entering = hall.accounts.register, hall.accounts.entering
    invitation = register.create("ana", "Ana", {UserRole.BUYER}, {"voirie"}, by="tests")
    assert hall.enter("ana") is None
    with pytest.raises(WrongAccount, match="12 caractères"):
        entering.choose(invitation, "court", "")
    token = entering.choose(invitation, PASSWORD, "")
    assert isinstance(token, str)
    identity = inside(hall, token)
    assert identity is not None
    assert (identity.name, identity.roles) == ("Ana", frozenset({UserRole.BUYER}))
    assert identity.teams == frozenset({"voirie"})
    assert entering.choose(invitation, PASSWORD, "") == LoginRefusal()
    assert inside(hall, hall.enter("ANA")) == identity


def test_an_invitation_is_over_after_three_days_or_a_newer_one(hall: Hall) -> None:
    register, entering = hall.accounts.register, hall.accounts.entering
    first = register.create("ana", "", {UserRole.BUYER}, frozenset(), by="tests")
    second = register.invite("ana", by="tests")
    assert entering.choose(first, PASSWORD, "") == LoginRefusal()
    hall.clock.now += INVITED
    assert register.guest(second) is None
    assert entering.choose(second, PASSWORD, "") == LoginRefusal()


def test_the_first_start_makes_one_administrator(hall: Hall) -> None:
    invitation = hall.accounts.register.first_administrator()
    assert invitation is not None
    assert hall.accounts.register.first_administrator() is None
    identity = inside(hall, str(hall.accounts.entering.choose(invitation, PASSWORD, "")))
    assert identity is not None
    assert identity.roles == {UserRole.ADMINISTRATOR}


def test_five_failures_in_a_row_lock_an_account_even_for_the_right_password(hall: Hall) -> None:
    hall.settle("ana")
    for _ in range(MOST_FAILURES - 1):
        assert hall.enter("ana", WRONG) is None
    assert hall.enter("ana")  # a right one in between begins the count again
    for _ in range(MOST_FAILURES):
        assert hall.enter("ana", WRONG) is None
    assert hall.enter("ana") is None
    hall.clock.now += LOCKED - 1
    assert hall.enter("ana") is None
    hall.clock.now += 2
    assert hall.enter("ana")


def test_twenty_guesses_at_once_are_no_more_than_five(hall: Hall) -> None:
    hall.settle("ana")
    with ThreadPoolExecutor(20) as guessing:
        list(guessing.map(lambda n: hall.enter("ana", WRONG, f"192.0.2.{n}"), range(20)))
    for _ in range(MOST_FAILURES):
        hall.enter("ana", WRONG)
    user = hall.accounts.register.get("ana").user
    bodies = [
        hall.journal.body(entry) or {}
        for entry in hall.journal.entries()
        if entry.get("user") == user
    ]
    assert len([body for body in bodies if body.get("reason") == "password"]) == MOST_FAILURES


def test_an_administrator_ends_a_lock(hall: Hall) -> None:
    hall.settle("ana")
    for _ in range(MOST_FAILURES):
        hall.enter("ana", WRONG)
    hall.accounts.register.unlock("ana", by="tests")
    assert hall.enter("ana")


def test_an_address_that_fails_with_many_names_has_to_wait(hall: Hall) -> None:
    hall.settle("ana")
    for n in range(MOST):
        assert hall.enter(f"nobody-{n}") is None
    refused = hall.accounts.entering.enter("ana", PASSWORD, "192.0.2.1", "")
    assert isinstance(refused, LoginRefusal)
    assert 0 < refused.wait <= WINDOW + 1
    assert hall.enter("ana", address="192.0.2.2")
    hall.clock.now += WINDOW + 1
    assert hall.enter("ana")


def test_the_oldest_addresses_are_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.accounts.login.MOST_ADDRESSES", 2)
    throttle = Throttle(Clock())
    for _ in range(MOST):
        throttle.count("a")
    throttle.count("b")
    assert throttle.wait("a")
    throttle.count("c")
    assert not throttle.wait("a")


class Counted(Passwords):
    """Counts the comparisons, which is where the time goes."""

    def __init__(self) -> None:
        super().__init__(CHEAP)
        self.compared: list[bool] = []

    def match(self, kept: str | None, password: str) -> bool:
        self.compared.append(kept is not None)
        return super().match(kept, password)


def test_every_refusal_costs_one_comparison(tmp_path: Path) -> None:
    passwords = Counted()
    hall = Hall(tmp_path / "home", passwords=passwords)
    hall.settle("chef", [UserRole.ADMINISTRATOR])
    hall.settle("closed")
    hall.accounts.register.set_disabled("closed", "tests", disabled=True)
    hall.settle("known")
    passwords.compared.clear()
    for login in ("known", "nobody", "closed"):
        assert hall.enter(login, WRONG, "192.0.2.1") is None
    assert passwords.compared == [True, False, True]


def test_a_comparison_with_nothing_hashes_all_the_same() -> None:
    verified: list[str | bytes] = []

    class Recording(PasswordHasher):
        def verify(self, *compared: str | bytes) -> Literal[True]:
            verified.append(compared[0])
            return super().verify(*compared)

    passwords = Passwords(Recording(time_cost=1, memory_cost=8, parallelism=1))
    assert not passwords.match(None, WRONG)
    [kept] = verified
    assert str(kept).startswith("$argon2id$")


@pytest.mark.parametrize("act", ["disable", "roles", "teams", "reset", "revoke", "password"])
def test_what_changes_an_account_ends_its_sessions_at_once(hall: Hall, act: str) -> None:
    hall.settle("chef", [UserRole.ADMINISTRATOR])
    tokens = [hall.settle("ana"), hall.enter("ana")]
    assert all(inside(hall, token) for token in tokens)
    register, sessions = hall.accounts.register, hall.accounts.sessions
    user = register.get("ana").user
    if act == "disable":
        register.set_disabled("ana", "tests", disabled=True)
        assert hall.enter("ana") is None
    elif act == "roles":
        register.set_roles("ana", {UserRole.REFERENT}, by="tests")
    elif act == "teams":
        register.set_teams("ana", None, by="tests")
    elif act == "reset":
        register.invite("ana", by="tests")
        assert hall.enter("ana") is None
    elif act == "revoke":
        assert sessions.revoke(user) == 2
    else:
        renewed = hall.accounts.entering.change(user, PASSWORD, f"{PASSWORD} neuf", "")
        assert inside(hall, str(renewed))
    assert not any(inside(hall, token) for token in tokens)
    assert ("revoked", "tests" if act in {"disable", "roles", "teams", "reset"} else user) in (
        hall.acts("session")
    )


def test_a_disabled_account_comes_back_without_its_sessions(hall: Hall) -> None:
    token = hall.settle("ana")
    hall.accounts.register.set_disabled("ana", "tests", disabled=True)
    hall.accounts.register.set_disabled("ana", "tests", disabled=False)
    assert inside(hall, token) is None
    assert hall.enter("ana")


def test_the_present_password_is_asked_before_another(hall: Hall) -> None:
    token = hall.settle("ana")
    user = hall.accounts.register.get("ana").user
    for _ in range(MOST_FAILURES):
        assert hall.accounts.entering.change(user, WRONG, f"{PASSWORD} neuf", "") == LoginRefusal()
    # A stolen session does not guess on: the right one is refused as well now, and alike.
    hall.clock.now += 60
    for password in (PASSWORD, WRONG):
        refused = hall.accounts.entering.change(user, password, f"{PASSWORD} neuf", "")
        assert refused == LoginRefusal(LOCKED - 60 + 1)
    assert inside(hall, token)


def test_a_session_is_over_when_idle_or_too_long(hall: Hall) -> None:
    token = hall.settle("ana")
    for _ in range(LONGEST // IDLE):
        hall.clock.now += IDLE - 1
        assert inside(hall, token)
    hall.clock.now += IDLE - 1
    assert inside(hall, token) is None
    idle = hall.enter("ana")
    hall.clock.now += IDLE
    assert inside(hall, idle) is None
    assert hall.accounts.sessions.of(hall.accounts.register.get("ana").user) == ()


def test_one_closes_a_single_session_of_ones_own_only(hall: Hall) -> None:
    ana, bea = hall.settle("ana"), hall.settle("bea")
    user = hall.accounts.register.get("ana").user
    (session,) = hall.accounts.sessions.of(user, ana)
    assert session.is_this
    other = hall.accounts.register.get("bea").user
    assert hall.accounts.sessions.revoke(other, session.id) == 0
    hall.accounts.sessions.close(ana)
    assert inside(hall, ana) is None
    assert inside(hall, bea)


def test_nothing_that_opens_a_session_is_kept(hall: Hall) -> None:
    token = hall.settle("ana")
    invitation = hall.accounts.register.create("bea", "", {UserRole.BUYER}, frozenset(), by="x")
    hall.enter("ana", WRONG)
    hall.enter("motdepasse-tape-ici")
    kept = b"".join(path.read_bytes() for path in hall.home.rglob("*") if path.is_file())
    kept += repr(contents_of(hall.accounts.sessions._store)).encode()
    assert b"bea" in kept
    for secret in (token, invitation, PASSWORD, WRONG, "motdepasse-tape-ici"):
        assert secret.encode() not in kept
    assert b"ana" not in (hall.home / "journal.jsonl").read_bytes()


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    home = Hall(tmp_path).home
    assert stat.S_IMODE((home / NAME).stat().st_mode) == 0o600


def test_everything_is_on_record_by_pseudonym(hall: Hall) -> None:
    token = hall.settle("ana")
    user = hall.accounts.register.get("ana").user
    hall.accounts.sessions.close(token)
    hall.enter("ana", WRONG)
    hall.enter("nobody")
    assert hall.acts("session") == [
        ("opened", user),
        ("closed", user),
        ("refused", user),
        ("refused", ""),
    ]
    assert hall.acts("account") == [("created", "tests"), ("password", user)]
    assert not list(hall.journal.faults())


def test_no_writer_misses_what_another_wrote_and_none_leaves_half(hall: Hall) -> None:
    def add(_: int) -> None:
        store = accounts_at(hall.home, named_server(hall.home, "store"))
        for _ in range(5):
            with store.writing() as writing:
                (row,) = writing.rows("SELECT count FROM {schema}.refusals")
                writing.run("UPDATE {schema}.refusals SET count = ?", row["count"] + 1)

    with ThreadPoolExecutor(4) as several:
        list(several.map(add, range(4)))
    store = hall.accounts.sessions._store

    def fail() -> None:
        with store.writing() as writing:
            assert writing.run("UPDATE {schema}.refusals SET count = 0") == 1
            raise WrongAccount

    with pytest.raises(WrongAccount):
        fail()
    assert store.rows("SELECT count FROM {schema}.refusals")[0]["count"] == 20


@pytest.mark.parametrize("login", ["a", "é", "ana b", "-ana", "x" * 65])
def test_what_cannot_name_an_account_is_refused(hall: Hall, login: str) -> None:
    with pytest.raises(WrongAccount, match="ne peut pas nommer"):
        hall.accounts.register.create(login, "", {UserRole.BUYER}, frozenset(), by="x")


def test_what_cannot_be_done_says_why(hall: Hall) -> None:
    register = hall.accounts.register
    hall.settle("chef", [UserRole.ADMINISTRATOR])
    with pytest.raises(WrongAccount, match="existe déjà"):
        register.create("CHEF", "", {UserRole.BUYER}, frozenset(), by="x")
    with pytest.raises(WrongAccount, match="Aucun compte"):
        register.set_roles("nobody", {UserRole.BUYER}, by="x")
    with pytest.raises(WrongAccount, match="au moins un rôle"):
        register.set_roles("chef", set(), by="x")
    with pytest.raises(WrongAccount, match="aucun administrateur"):
        register.set_roles("chef", {UserRole.BUYER}, by="x")
    with pytest.raises(WrongAccount, match="aucun administrateur"):
        register.set_disabled("chef", "x", disabled=True)
    assert register.get("chef").roles == {UserRole.ADMINISTRATOR}


def test_a_closed_account_is_given_no_link_and_keeps_its_password(hall: Hall) -> None:
    hall.settle("ana")
    register = hall.accounts.register
    register.set_disabled("ana", "tests", disabled=True)
    with pytest.raises(WrongAccount, match="fermé : rouvrez-le"):
        register.invite("ana", by="tests")
    register.set_disabled("ana", "tests", disabled=False)
    assert hall.enter("ana")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("onze signes", "12 caractères"),
        ("x" * 201, "200"),
        ("ana est mon nom", "nom du compte"),
        ("ababababababab", "répète"),
        ("correct cheval pile", ""),
    ],
)
def test_a_password_is_long_and_not_the_name(password: str, reason: str) -> None:
    assert (reason in weakness(password, "Ana")) if reason else not weakness(password, "Ana")


KILLED = """
import sys
from pathlib import Path
from tests.support.accounts_home import Hall
hall = Hall(Path(sys.argv[1]))
for n in range(10_000):
    hall.settle(f"user-{n}")
    print(n, flush=True)
"""


def test_a_kill_loses_no_account_that_was_told(tmp_path: Path) -> None:
    for _ in range(3):
        home = tmp_path / f"home-{_}"
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(home)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        told = [int(child.stdout.readline()) for _ in range(5)]
        os.kill(child.pid, signal.SIGKILL)
        told += [int(line) for line in child.stdout]
        child.wait()
        child.stdout.close()
        after = Hall(home)
        for n in told:
            assert after.enter(f"user-{n}")
        assert not list(after.journal.faults())
