"""Programs that ask: LangChain, Open WebUI by its requests, and whoever holds a token."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from openai import AuthenticationError, OpenAI, PermissionDeniedError
from pydantic import SecretStr

from assistant.accounts.identity import Identity, UserRole
from assistant.web.site import Members, Site
from tests.accounts_home import Hall
from tests.fakes import WordEmbedder
from tests.fakes_page import FakeDesk
from tests.page_app import app_of, app_over
from tests.page_server import serving
from tests.program_server import DOSSIER, QUESTION, ProgramDesk, Served, told, user


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    desk = ProgramDesk()
    with serving(app_over(desk)) as address:
        yield Served(desk, address)


@pytest.mark.parametrize("is_response", [False, True])
def test_langchain_asks_and_streams(server: Served, *, is_response: bool) -> None:
    model = ChatOpenAI(
        base_url=f"{server.address}v1",
        api_key=SecretStr("any"),
        model="sourcier",
        use_responses_api=is_response,
        temperature=0,
        max_retries=0,
    )
    talk = [("system", "Réponds en latin."), ("human", QUESTION)]
    whole = model.invoke(talk)
    streamed = "".join(chunk.text for chunk in model.stream(talk))
    assert streamed == whole.text
    assert whole.text.startswith("Oui : en dessous de 60 000 € HT")
    assert whole.usage_metadata is not None
    assert whole.usage_metadata["total_tokens"] > 50


def test_langchain_embeds(server: Served) -> None:
    embeddings = OpenAIEmbeddings(
        base_url=f"{server.address}v1",
        api_key=SecretStr("any"),
        model="sourcier/embeddings",
        check_embedding_ctx_length=False,
    )
    expected = WordEmbedder().embed_passages(["délai de paiement"]).tolist()
    assert embeddings.embed_documents(["délai de paiement"]) == expected


def test_open_webui_lists_the_models_and_streams_with_its_own_fields(server: Served) -> None:
    """It names a connection's models by `name`, and shows the links of a chunk as sources."""
    headers = {
        "Authorization": "Bearer any",
        "Content-Type": "application/json",
        "X-OpenWebUI-User-Name": "Ana",
        "X-OpenWebUI-User-Role": "user",
    }
    body = {
        "stream": True,
        "model": DOSSIER,
        "messages": [
            {"role": "system", "content": "Tu es un assistant."},
            {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
        ],
        "stream_options": {"include_usage": True},
        "session_id": "s-1",
        "chat_id": "c-1",
        "id": "m-1",
        "features": {"web_search": False, "code_interpreter": False},
        "background_tasks": {"title_generation": True},
        "variables": {"{{USER_NAME}}": "Ana"},
        "params": {},
        "tool_ids": [],
    }
    with httpx2.Client(base_url=f"{server.address}v1", headers=headers) as client:
        listed = client.get("/models").json()["data"]
        reply = client.post("/chat/completions", json=body)
    assert [each["name"] for each in listed][1] == "2026-04 (démonstration)"
    assert reply.headers["content-type"].startswith("text/event-stream")
    lines = [each for each in reply.text.split("\n\n") if each]
    assert lines[-1] == "data: [DONE]"
    chunks = [json.loads(each.removeprefix("data: ")) for each in lines[:-1]]
    deltas = [each["choices"][0]["delta"] for each in chunks if each["choices"]]
    assert "".join(each.get("content", "") for each in deltas).startswith("Oui")
    sources = [each for delta in deltas for each in delta.get("annotations", ())]
    assert {each["type"] for each in sources} == {"url_citation"}
    assert all(each["url_citation"]["url"].startswith(server.address) for each in sources)
    assert chunks[-1]["usage"]["total_tokens"] > 50


# Accounts.


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    return Hall(tmp_path / "home")


def test_a_program_is_heard_with_a_token_of_a_buyer_until_it_is_revoked(hall: Hall) -> None:
    hall.settle("ana", [UserRole.BUYER, UserRole.REFERENT])
    tokens = hall.accounts.tokens
    buyer = tokens.create("ana", "Open WebUI", "chef")
    referent = tokens.create("ana", "Tableau", "chef", roles=[UserRole.REFERENT])
    given: list[Identity] = []
    desk = FakeDesk()

    def desks(reader: Identity) -> FakeDesk:
        given.append(reader)
        return desk

    site = Site(desks, Members(hall.accounts), accounts=hall.accounts)
    with serving(app_of(site)) as address:

        def ask(key: str) -> Any:
            client = OpenAI(base_url=f"{address}v1", api_key=key, max_retries=0)
            return client.chat.completions.create(model="sourcier", messages=[user(QUESTION)])

        assert told(ask(buyer)).startswith("Oui")
        (program,) = given
        assert (program.user, bool(program.token)) == (hall.accounts.register.get("ana").user, True)
        with pytest.raises(PermissionDeniedError, match="acheteur"):
            ask(referent)
        with pytest.raises(AuthenticationError, match="Il faut un jeton") as unknown:
            ask("sourcier_guessed")
        assert unknown.value.code == "invalid_api_key"
        tokens.revoke(program.token, "chef")
        with pytest.raises(AuthenticationError):
            ask(buyer)
    assert given == [program]


def test_what_can_be_asked_is_told_without_a_script_or_another_site() -> None:
    with TestClient(app_over(FakeDesk())) as client:
        page, schema = client.get("/v1/"), client.get("/v1/openapi.json").json()
    for path in schema["paths"]:
        assert f"/v1{path}</code>" in page.text
    assert "/chat/completions" in schema["paths"]
    assert "<script" not in page.text
    assert "//" not in page.text.replace("http://testserver", "")
