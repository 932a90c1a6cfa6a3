"""The front of several workers: who asks stays with one, hears it speak, and gets another."""

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
import uvicorn
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from assistant.web.front import ANYONE, COOKIE, Front, behind_proxies

Asked = Callable[[str], httpx2.Client]


class Answering:
    """A worker that says who it is and what it was sent, and speaks on when it may."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.may_end = threading.Event()
        self.was_left = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if scope["path"] == "/slow":
            await self._speak(receive, send)
            return
        told = {
            "worker": self.number,
            "target": scope["raw_path"].decode() + "?" + scope["query_string"].decode(),
            "client": scope["client"][0],
            "scheme": scope["scheme"],
            "host": request.headers["host"],
            "several": request.headers.getlist("x-several"),
            "body": (await request.body()).decode(),
        }
        headers = [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(told).encode()})

    async def _speak(self, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first ", "more_body": True})
        await receive()
        leaving = asyncio.ensure_future(receive())
        while not self.may_end.is_set() and not leaving.done():
            await asyncio.wait({leaving}, timeout=0.01)
        if leaving.done():
            self.was_left.set()
            return
        await send({"type": "http.response.body", "body": b"last"})


@contextmanager
def running(app: Any, **where: Any) -> Iterator[None]:
    config = uvicorn.Config(
        app, log_level="critical", proxy_headers=False, timeout_graceful_shutdown=1, **where
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def workers() -> list[Answering]:
    return [Answering(0), Answering(1)]


@pytest.fixture
def stops() -> Iterator[list[ExitStack]]:
    stacks = [ExitStack(), ExitStack()]
    yield stacks
    for stack in stacks:
        stack.close()


@pytest.fixture
def address(tmp_path: Path, workers: list[Answering], stops: list[ExitStack]) -> Iterator[str]:
    places = [tmp_path / "0", tmp_path / "1"]
    for worker, place, stop in zip(workers, places, stops, strict=True):
        app = behind_proxies(worker, ANYONE)
        stop.enter_context(running(app, uds=str(place), lifespan="off"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    front = behind_proxies(Front(places), ("127.0.0.1",))
    with running(front, port=port):
        yield f"http://127.0.0.1:{port}"


def told(client: httpx2.Client, path: str = "/who", **asked: Any) -> Mapping[str, Any]:
    reply = client.request(asked.pop("method", "GET"), path, **asked)
    assert reply.status_code == 201
    return dict(reply.json())


def test_a_browser_stays_with_its_worker_and_a_program_with_that_of_its_token(address: str) -> None:
    firsts = set()
    for _ in range(2):
        with httpx2.Client(base_url=address) as browser:
            first = told(browser)["worker"]
            assert [told(browser)["worker"] for _ in range(3)] == [first] * 3
            firsts.add(first)
    assert firsts == {0, 1}
    with httpx2.Client(base_url=address) as program:
        for token in ("a", "b", "c", "d"):
            headers = {"authorization": f"Bearer {token}"}
            met = set()
            for _ in range(3):
                reply = program.get("/who", headers=headers)
                assert COOKIE not in reply.cookies
                met.add(reply.json()["worker"])
            assert len(met) == 1
            firsts -= met
    assert not firsts


def test_a_place_that_is_none_is_that_of_a_newcomer(address: str) -> None:
    for place in ("9", "9" * 5000, "²", "-1"):
        with httpx2.Client(base_url=address, cookies={COOKIE: quote(place)}) as browser:
            assert told(browser)["worker"] in {0, 1}


def test_a_request_comes_as_it_was_sent_and_from_whom_a_proxy_says(address: str) -> None:
    headers = [
        ("host", "sourcier.example"),
        ("x-several", "un"),
        ("x-several", "deux"),
        ("x-forwarded-for", "192.0.2.7"),
        ("x-forwarded-proto", "https"),
    ]
    with httpx2.Client(base_url=address) as client:
        reply = client.post("/a%2Fb/%C3%A9?x=%20&x=2", headers=headers, content="été")
    assert reply.json() | {"worker": 0} == {
        "worker": 0,
        "target": "/a%2Fb/%C3%A9?x=%20&x=2",
        "client": "192.0.2.7",
        "scheme": "https",
        "host": "sourcier.example",
        "several": ["un", "deux"],
        "body": "été",
    }
    cookies = reply.headers.get_list("set-cookie")
    assert cookies[:2] == ["a=1", "b=2"]
    assert cookies[2].startswith(f"{COOKIE}=")
    assert cookies[2].endswith("Secure")


def test_an_answer_is_heard_as_it_is_spoken(address: str, workers: list[Answering]) -> None:
    with httpx2.Client(base_url=address) as client, client.stream("GET", "/slow") as reply:
        heard = reply.iter_raw()
        assert next(heard) == b"first "
        for worker in workers:
            worker.may_end.set()
        assert b"".join(heard) == b"last"


def test_a_worker_is_told_that_its_reader_left(address: str, workers: list[Answering]) -> None:
    cookies = {COOKIE: "1"}
    with httpx2.Client(base_url=address, cookies=cookies) as client:
        with client.stream("GET", "/slow") as reply:
            assert next(reply.iter_raw()) == b"first "
        assert workers[1].was_left.wait(10)


def test_who_loses_a_worker_gets_another_and_nothing_is_asked_twice(
    address: str, tmp_path: Path, stops: list[ExitStack]
) -> None:
    with httpx2.Client(base_url=address, cookies={COOKIE: "0"}) as browser:
        assert told(browser)["worker"] == 0
        stops[0].close()
        reply = browser.post("/who", content="question")
        assert (reply.json()["worker"], reply.json()["body"]) == (1, "question")
        assert reply.cookies[COOKIE] == "1"
        with _ending_without_a_word(tmp_path / "0"):
            assert told(browser, headers={"cookie": f"{COOKIE}=0"})["worker"] == 1
            cut = httpx2.post(f"{address}/who", content="x", headers={"cookie": f"{COOKIE}=0"})
            assert cut.status_code == 502
        stops[1].close()
        assert browser.get("/who").status_code == 503


@contextmanager
def _ending_without_a_word(place: Path) -> Iterator[None]:
    """A worker that ends once it has been asked."""
    place.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))
        listener.listen()

        def work() -> None:
            while True:
                try:
                    asked, _ = listener.accept()
                except OSError:
                    return
                with asked:
                    asked.recv(65536)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        yield
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
