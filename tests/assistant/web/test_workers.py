"""Several processes serve one folder, or one store: who is known to one is known to all."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import time
from typing import cast

import httpx2
import pytest

from assistant.publishing.migration import migrate
from assistant.web import workers
from assistant.web.front import COOKIE
from assistant.web.workers import do_alone
from ingestion.index.publication import current_name, repository_of
from tests.support.accounts_home import PASSWORD, Clock, Hall
from tests.support.administered import add_code, administered, candidate, with_text
from tests.support.page_server import free_port
from tests.support.paths import ROOT
from tests.support.postgresql_server import Server


@contextmanager
def served(home: Path, port: int, workers: int = 2) -> Iterator["subprocess.Popen[str]"]:
    """`sourcier serve --workers N` with the fakes, once it can be asked."""
    command = [sys.executable, "-m", "tests.support.command_line", "--data", str(home), "serve"]
    command += ["--workers", str(workers), "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert any("répond sur" in line for line in process.stdout)
            yield process
        finally:
            process.kill()


def workers_of(process: "subprocess.Popen[str]") -> dict[int, int]:
    """The numbers of the processes that answer, by their place."""
    threads = Path(f"/proc/{process.pid}/task").glob("*/children")
    children = [each for thread in threads for each in thread.read_text().split()]
    last = {int(each): Path(f"/proc/{each}/cmdline").read_bytes()[-2:-1] for each in children}
    return {int(place): pid for pid, place in last.items() if place.isdigit()}


def browser_at(site: str, place: str) -> httpx2.Client:
    """One whose worker is that of a place; the address is told just before it is listened at."""
    patient = httpx2.HTTPTransport(retries=6)
    cookies = {COOKIE: place}
    return httpx2.Client(base_url=site, cookies=cookies, timeout=60, transport=patient)


def index_of(browser: httpx2.Client) -> str:
    return str(browser.get("/health").json()["generation"])


@pytest.mark.slow
def test_a_login_a_publication_and_a_killed_worker(tmp_path: Path, postgresql: Server) -> None:
    home, port = administered(tmp_path / "home", tmp_path), free_port()
    add_code(home, tmp_path, with_text("R2192-10", "Le délai est de vingt jours."))
    first, second = current_name(home), candidate(home)[0].name
    Hall(home, Clock(time())).settle("ana")
    address = postgresql.fresh()
    migrate(home, "", address, lambda step, done, total: None)
    settings = f'store = "{address}"\naccess = "accounts"\n'
    (home / "settings.toml").write_text(settings, encoding="utf-8")

    site = f"http://127.0.0.1:{port}"
    with (
        served(home, port) as process,
        browser_at(site, "0") as here,
        browser_at(site, "1") as there,
    ):
        entered = here.post("/login", data={"login": "ana", "password": PASSWORD})
        assert entered.headers["location"] == "/"
        there.cookies.update({"sourcier-session": here.cookies["sourcier-session"]})
        assert there.get("/account").status_code == 200
        opened = here.post("/dossiers", data={"id": "voirie-2026", "stage": "analyse"})
        assert opened.status_code == 303
        assert "voirie-2026" in there.get("/dossiers").text
        for served_now in (first, second, first):
            repository_of(home).serve(served_now)
            assert {index_of(here), index_of(there)} == {served_now}

        killed = workers_of(process)[0]
        os.kill(killed, signal.SIGKILL)
        taken = here.get("/account")
        assert taken.status_code == 200
        assert f"{COOKIE}=1;" in taken.headers["set-cookie"]
        with httpx2.Client(base_url=site, headers={"cookie": f"{COOKIE}=0"}) as back:
            assert any(
                "set-cookie" not in back.get("/health").headers or Event().wait(0.2)
                for _ in range(600)
            )
        again = workers_of(process)
        assert again[0] != killed
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert not [pid for pid in again.values() if Path(f"/proc/{pid}").exists()]


def test_what_one_process_does_for_all_is_taken_over_when_it_is_gone(tmp_path: Path) -> None:
    begun, taken = Event(), Event()
    do_alone(tmp_path, begun.set)
    assert begun.is_set()
    do_alone(tmp_path, taken.set, every=0.01)
    assert not taken.is_set()
    workers._DUTIES.pop().close()
    assert taken.wait(10)
    workers._DUTIES.pop().close()


def test_one_that_cannot_be_started_now_is_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    looks, ending = [OSError("no memory"), None, None], Event()

    class Unlucky:
        """A worker that has ended, and for which there is no memory at the first look."""

        def keep(self) -> None:
            found = looks.pop(0)
            if not looks:
                ending.set()
            if found:
                raise found

    monkeypatch.setattr(workers, "LOOK", 0.001)
    workers._keep([cast("workers.Worker", Unlucky())], ending)
    assert not looks
