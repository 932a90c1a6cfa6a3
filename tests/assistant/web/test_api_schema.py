"""What /v1 announces to programs is what it sends."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient

from assistant.answering.answer import Finished
from assistant.answering.record import contract
from assistant.identity import UserRole
from assistant.llm.language_model import EngineUse
from assistant.retrieval.rulings import ApplyingRulings
from assistant.web.site import Members, Site
from ingestion.documents.ruling import Ruling
from tests.support.accounts_home import Hall
from tests.support.announced_schema import announced_by, require_announced, require_of, url_of
from tests.support.fakes_page import FakeService
from tests.support.page_app import app_of, app_over
from tests.support.program_server import DOSSIER, QUESTION, Served, served, user

PATIENCE = 60


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served() as found:
        yield found


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    return Hall(tmp_path / "home")


def test_what_can_be_asked_is_told_without_a_script_or_another_site() -> None:
    with TestClient(app_over(FakeService())) as client:
        page, schema = client.get("/v1/"), client.get("/v1/openapi.json").json()
    for path in schema["paths"]:
        assert f"/v1{path}</code>" in page.text
    assert "/chat/completions" in schema["paths"]
    calls = [call for methods in schema["paths"].values() for call in methods.values()]
    assert {url_of(schema, path) for path in schema["paths"]} >= {"/v1/models", "/v1/responses"}
    assert all(call["security"] == [{"jeton": []}] for call in calls)
    assert schema["components"]["securitySchemes"]["jeton"]["scheme"] == "bearer"
    assert not any("422" in call["responses"] for call in calls)
    assert not any("description" in told for told in schema["components"]["schemas"].values())
    assert not any("description" in call for call in calls)  # ours, in English
    assert "<script" not in page.text
    assert "//" not in page.text.replace("http://testserver", "")


ASKED = {"model": "sourcier", "messages": [{"role": "user", "content": QUESTION}]}
OF_DOSSIER = {"model": DOSSIER, "input": QUESTION}
TEXTS = {"model": "sourcier/embeddings", "input": ["délai", "pénalité"]}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/models", None, 200),
        ("/models/sourcier/embeddings", None, 200),
        ("/models/gpt-4o", None, 404),
        ("/chat/completions", ASKED, 200),
        ("/chat/completions", ASKED | {"messages": [user("Quelle météo ?")]}, 200),
        ("/chat/completions", ASKED | {"messages": []}, 400),
        ("/chat/completions", ASKED | {"n": 2}, 400),
        ("/chat/completions", ASKED | {"messages": [user("Où est l’index ?")]}, 503),
        ("/responses", OF_DOSSIER, 200),
        ("/responses", OF_DOSSIER | {"model": "gpt-4o"}, 404),
        ("/embeddings", TEXTS, 200),
        ("/embeddings", TEXTS | {"encoding_format": "base64"}, 200),
        ("/embeddings", TEXTS | {"dimensions": 3}, 400),
    ],
)
def test_what_is_sent_is_what_the_schema_announces(
    server: Served, path: str, body: object, status: int
) -> None:
    with httpx2.Client(base_url=server.address, timeout=PATIENCE) as client:
        schema = announced_by(server)
        method = "GET" if body is None else "POST"
        reply = client.request(method, url_of(schema, path), json=body)
    assert reply.status_code == status
    require_announced(schema, path, reply)


@pytest.mark.parametrize("status", [401, 403])
def test_whoever_is_not_heard_is_told_so_as_the_schema_announces(
    hall: Hall, server: Served, status: int
) -> None:
    hall.settle("ana", [UserRole.BUYER, UserRole.REFERENT])
    referent = hall.accounts.tokens.create("ana", "Tableau", "chef", roles=[UserRole.REFERENT])
    keys = {401: "sourcier_guessed", 403: referent}
    site = Site(lambda reader: FakeService(), Members(hall.accounts), accounts=hall.accounts)
    with TestClient(app_of(site), headers={"Authorization": f"Bearer {keys[status]}"}) as client:
        reply = client.post("/v1/embeddings", json=TEXTS)
    assert reply.status_code == status
    require_announced(announced_by(server), "/embeddings", reply)


def test_the_rarer_parts_of_a_record_are_announced_too(server: Served) -> None:
    service = FakeService()
    turn = service.ask(QUESTION, as_of=None, history=())
    [result] = [each.result for each in turn if isinstance(each, Finished)]
    ruling = Ruling("Conseil d'État", "490536", date(2024, 4, 4))
    applying = replace(service.evidence[0].passage, ruling=ruling)
    use = EngineUse("modeles.mairie.fr", "ministral-3-8b", (("owned_by", "mairie"),), sent=True)
    rare = replace(result, engine=use, case_law=ApplyingRulings("R2122-8", 1, (applying,)))
    require_of(announced_by(server), "TurnRecord", contract(rare))
