"""The tools as programs reach them: a child process by stdio, and an address of the site."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult

from assistant.identity import UserRole
from assistant.journal.journal import Journal
from assistant.tools.server import TOOLS
from assistant.web.local_service import LocalBuyerService
from assistant.web.site import Members, SingleUser, Site
from tests.support.accounts_home import Hall
from tests.support.fakes_page import FakeService
from tests.support.journals import recorded
from tests.support.page_app import app_of
from tests.support.page_server import serving
from tests.support.paths import ROOT
from tests.support.small_index import answering_embedder, assistant_over
from tests.support.tool_service import PENALTY, ROADS, SCHOOLS, tool_home

ASKED = {"question": "Quelle pénalité de retard ?", "dossier": ROADS}
NAMES = [tool.name for tool in TOOLS]
PROTOCOLS = ("auto", "legacy")
LOOPBACK = ("127.0.0.1", "localhost")
PATIENCE = 60.0
"""Seconds that a busy machine may take."""

Talk = Callable[[Client], Awaitable[Any]]

NOISY = """
from assistant.tools.server import serve_by_stdio
from ingestion.errors import ModelUnavailable
import subprocess, sys

def load():
    print("a library says something", flush=True)
    subprocess.run([sys.executable, "-c", "print('and a child too')"], check=True)
    raise ModelUnavailable("Poids absents. Lancez : sourcier models pull")

serve_by_stdio(load)
"""

MESSAGES = (
    {
        "method": "initialize",
        "id": 1,
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    },
    {"method": "notifications/initialized"},
    {"method": "tools/call", "id": 2, "params": {"name": "ask", "arguments": {"question": "?"}}},
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tool_home(tmp_path_factory.mktemp("served"))


def with_client(server: Any, talk: Talk, mode: str = "auto") -> Any:
    async def connected() -> Any:
        async with Client(server, mode=mode) as client:
            return await talk(client)

    return asyncio.run(connected())


async def ask(client: Client) -> tuple[list[str], CallToolResult]:
    """The names of the tools, and an answer about a dossier."""
    tools = (await client.list_tools()).tools
    return [each.name for each in tools], await client.call_tool("ask", ASKED)


async def search(client: Client) -> CallToolResult:
    """What the rules have on a subject."""
    return await client.call_tool("search_texts", {"query": "retenue de garantie"})


def test_an_assistant_starts_the_command_and_is_answered(home: Path) -> None:
    arguments = ["-m", "tests.support.command_line", "--data", str(home), "mcp"]
    child = StdioServerParameters(command=sys.executable, args=arguments, cwd=ROOT)
    names, answer = with_client(child, ask)
    assert names == NAMES
    told = answer.structured_content
    assert PENALTY.format(150) in told["answer"]
    *_, entry = Journal(home / "journal.jsonl").entries()
    assert (entry["hash"][:16], entry["user"]) == (told["record_id"], "local")


def test_nothing_but_the_protocol_is_on_standard_output() -> None:
    sent = "".join(json.dumps({"jsonrpc": "2.0"} | each) + "\n" for each in MESSAGES)
    with subprocess.Popen(
        [sys.executable, "-c", NOISY],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        assert child.stdin
        assert child.stdout
        child.stdin.write(sent)
        child.stdin.flush()
        first, second = (json.loads(child.stdout.readline()) for _ in range(2))
        rest, noise = child.communicate()
    assert (first["id"], first["result"]["serverInfo"]["name"]) == (1, "sourcier")
    [content] = second["result"]["content"]
    assert (second["result"]["isError"], content["text"]) == (
        True,
        "Poids absents. Lancez : sourcier models pull",
    )
    assert rest == ""
    assert "a library says something" in noise
    assert "and a child too" in noise
    assert child.returncode == 0


@dataclass(frozen=True, slots=True)
class Served:
    """The tools of a site, and the tokens of programs by their owners."""

    address: str
    tokens: dict[str, str]

    def talk(self, talk: Talk, mode: str = "auto", token: str = "") -> Any:
        """What a client is told that shows a token."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}

        @asynccontextmanager
        async def transport() -> Any:
            async with (
                httpx2.AsyncClient(headers=headers, timeout=PATIENCE) as http,
                streamable_http_client(self.address, http_client=http) as streams,
            ):
                yield streams

        return with_client(transport(), talk, mode)

    def post(self, **headers: str) -> httpx2.Response:
        """What a message gets that is sent with these headers."""
        accepted = {"Accept": "application/json, text/event-stream"}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
        return httpx2.post(self.address, json=body, headers=accepted | headers, timeout=PATIENCE)


@pytest.fixture(scope="module")
def alone(home: Path) -> Iterator[Served]:
    """The site of a machine without accounts."""
    services = partial(LocalBuyerService, home, assistant_over(home), answering_embedder)
    site = Site(lambda reader: FakeService(), SingleUser(), tools=services)
    with serving(app_of(site, LOOPBACK)) as address:
        yield Served(f"{address}mcp", {})


@pytest.fixture(scope="module")
def members(home: Path) -> Iterator[Served]:
    """The site of a machine with accounts: two buyers, of a team each, and a référent."""
    hall = Hall(home)
    people = {"ana": (UserRole.BUYER, "voirie"), "bob": (UserRole.BUYER, "ecoles")}
    people |= {"rene": (UserRole.REFERENT, "voirie")}
    tokens = {}
    for login, (role, team) in people.items():
        hall.settle(login, [role], {team})
        tokens[login] = hall.accounts.tokens.create(login, "essai", "tests", roles=[role])
    tokens["narrow"] = hall.accounts.tokens.create("ana", "essai", "tests", dossiers=[])
    services = partial(LocalBuyerService, home, assistant_over(home), answering_embedder)
    site = Site(lambda reader: FakeService(), Members(hall.accounts), tools=services)
    with serving(app_of(site, LOOPBACK)) as address:
        yield Served(f"{address}mcp", tokens)


@pytest.mark.parametrize("mode", PROTOCOLS)
def test_the_user_of_a_machine_is_answered_over_http(alone: Served, mode: str) -> None:
    names, answer = alone.talk(ask, mode)
    assert names == NAMES
    assert PENALTY.format(150) in answer.structured_content["answer"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "https://ailleurs.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Host": "ailleurs.example"}, 400),
    ],
)
def test_no_other_site_reaches_the_tools_through_a_browser(
    alone: Served, headers: dict[str, str], status: int
) -> None:
    assert alone.post(**headers).status_code == status


def test_nothing_is_told_unasked(alone: Served) -> None:
    refused = httpx2.get(alone.address, headers={"Accept": "text/event-stream"}, timeout=PATIENCE)
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")


def test_a_token_asks_in_its_owners_name_and_sees_the_dossiers_of_their_team(
    members: Served, home: Path
) -> None:
    answered = {who: members.talk(ask, token=members.tokens[who])[1] for who in ("ana", "bob")}
    told = answered["ana"].structured_content
    assert PENALTY.format(150) in told["answer"]
    *_, (entry, body) = recorded(Journal(home / "journal.jsonl"))
    ana = Hall(home).accounts.register.get("ana").user
    assert (entry["hash"][:16], entry["user"]) == (told["record_id"], ana)
    assert body["token"].startswith("t-")
    members.talk(search, token=members.tokens["ana"])
    *_, (entry, searched) = recorded(Journal(home / "journal.jsonl"))
    assert (entry["kind"], entry["user"], searched["token"]) == ("search", ana, body["token"])
    [refusal] = answered["bob"].content
    known = f"Dossiers de l'utilisateur : {SCHOOLS}, ecole-2026."
    assert answered["bob"].is_error
    assert refusal.text == f"Il n'y a pas de dossier '{ROADS}'. {known}"


def test_what_a_token_narrows_is_narrowed_for_every_tool(members: Served) -> None:
    async def all_tools(client: Client) -> list[str]:
        found = []
        for name in ("ask", "search_texts", "dossier_fiche", "dossier_review"):
            word = {"ask": "question", "search_texts": "query"}.get(name)
            given = {"dossier": ROADS} | ({word: "Quelle pénalité ?"} if word else {})
            [content] = (await client.call_tool(name, given)).content
            found.append(content.text)  # type: ignore[union-attr]
        return found

    said = members.talk(all_tools, token=members.tokens["narrow"])
    assert set(said) == {f"Il n'y a pas de dossier '{ROADS}'. Il n'en a aucun."}


@pytest.mark.parametrize(("who", "status"), [("nobody", 401), ("rene", 403), ("ana", 200)])
def test_only_a_buyers_token_opens_the_tools(members: Served, who: str, status: int) -> None:
    token = members.tokens.get(who, "sourcier_guessed")
    response = members.post(Authorization=f"Bearer {token}")
    assert response.status_code == status
    assert ("www-authenticate" in response.headers) == (status == 401)
