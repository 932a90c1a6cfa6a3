import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from assistant.web.pdf_page import Pictures
from ingestion.sandbox import Pool
from tests.support.fakes_page import FakeService
from tests.support.page_app import app_over


@pytest.fixture(scope="module")
def service() -> FakeService:
    return FakeService()


@pytest.fixture(scope="module")
def client(service: FakeService) -> Iterator[TestClient]:
    with TestClient(app_over(service)) as client:
        yield client


def link(service: FakeService, number: int) -> str:
    passage = service.evidence[number - 1].passage
    return f"/document/{passage.document_id}?start={passage.start}&end={passage.end}"


def test_health_says_what_is_served(client: TestClient) -> None:
    assert client.get("/health").json() == {
        "status": "ok",
        "generation": "2026-11-15-a1b2c3",
        "passages": 1412,
    }


def test_the_page_is_french_and_loads_nothing_from_outside(client: TestClient) -> None:
    page = client.get("/").text
    assert re.search(r'<html\s+lang="fr"', page)
    assert not re.findall(r'(?:src|href)="https?:', page)
    assert not re.search(r'property="og:|name="twitter:', page)
    assert "/page/style.css" in page
    assert "fonts.g" not in page


def test_the_style_comes_after_its_palette_in_one_file(client: TestClient) -> None:
    reply = client.get("/page/style.css")
    assert reply.headers["content-type"].startswith("text/css")
    assert 0 < reply.text.index("--paper: #") < reply.text.index("var(--paper)")
    assert client.get("/page/palette.css").status_code == 404


@pytest.mark.parametrize("path", ["/", "/health", "/page/script.js", "/nothing", "/config"])
def test_every_response_is_shielded(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert "http" not in policy


def test_inline_scripts_of_gradio_are_allowed_by_hash_and_documents_have_none(
    client: TestClient, service: FakeService
) -> None:
    assert "'sha256-" in client.get("/").headers["content-security-policy"]
    document = client.get(link(service, 1))
    assert "sha256-" not in document.headers["content-security-policy"]
    assert "<script" not in document.text


def test_only_the_page_of_gradio_may_evaluate(client: TestClient, service: FakeService) -> None:
    def scripts(path: str) -> str:
        policy = client.get(path).headers["content-security-policy"]
        return str(policy.split("script-src")[1].split(";")[0])

    assert "'unsafe-eval'" in scripts("/")
    for path in ("/dossiers", link(service, 1), "/law/R2122-8", "/health", "/nothing"):
        assert scripts(path).strip() == "'self'"


def test_over_https_a_browser_comes_back_over_https(service: FakeService) -> None:
    with TestClient(app_over(service), base_url="https://testserver") as client:
        assert client.get("/health").headers["strict-transport-security"] == "max-age=31536000"


def test_plain_http_promises_nothing_and_no_page_stays_in_the_browser(client: TestClient) -> None:
    page = client.get("/")
    assert "strict-transport-security" not in page.headers
    assert page.headers["cache-control"] == "no-store"


def test_a_text_document_opens_at_the_passage(client: TestClient, service: FakeService) -> None:
    page = client.get(link(service, 1) + "&lang=en")
    assert page.status_code == 200
    assert '<html lang="en">' in page.text
    assert 'class="framed"' in page.text


def test_a_pdf_opens_as_pictures_of_its_pages(client: TestClient, service: FakeService) -> None:
    page = client.get(link(service, 4)).text
    assert "/page/2.png?start=" in page
    assert "Texte de la page" in page


def test_when_too_many_pictures_are_asked_for_the_text_is_shown(
    client: TestClient, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.web.pdf_page.PICTURES", Pictures(Pool(waiting=0)))
    page = client.get(link(service, 4)).text
    assert "Trop d’images de pages sont demandées" in page
    assert "<img" not in page
    assert 'class="framed"' in page
    picture = client.get(link(service, 4).replace("?", "/page/2.png?"))
    assert (picture.status_code, picture.headers["retry-after"]) == (503, "10")


@pytest.mark.slow
def test_the_picture_of_a_page_is_a_png(client: TestClient, service: FakeService) -> None:
    address = link(service, 4).replace("?", "/page/2.png?")
    picture = client.get(address)
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert client.get(address.replace("/2.png", "/7.png")).status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/document/unknown?start=0&end=3", 404),
        ("/document/..%2F..%2Fetc%2Fpasswd?start=0&end=3", 404),
        ("/document/unknown/page/1.png?start=0&end=3", 404),
        ("/page/words.toml", 404),
        ("/page/..%2Fapp.py", 404),
        ("/document/unknown?start=a&end=3", 422),
        ("/document/unknown?start=0&end=3&quote=1-2-3", 422),
    ],
)
def test_what_does_not_exist_is_refused(client: TestClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_a_passage_outside_its_document_says_what_to_do(
    client: TestClient, service: FakeService
) -> None:
    page = client.get(link(service, 1) + "999999")
    assert page.status_code == 404
    assert "Posez de nouveau la question" in page.text


def test_hostile_documents_are_shown_as_text(client: TestClient, service: FakeService) -> None:
    passage = service.hostile[0].passage
    page = client.get(
        f"/document/{passage.document_id}?start={passage.start}&end={passage.end}"
    ).text
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;img src=x" in page


def test_opinions_reach_the_service(client: TestClient, service: FakeService) -> None:
    opinion = {"record_id": "essai-1", "thumb": "down", "comment": "faux"}
    assert client.post("/rate", json=opinion).status_code == 204
    assert service.opinions == [("essai-1", "down", "faux")]
    assert client.post("/rate", json={**opinion, "record_id": "x"}).status_code == 404
    assert client.post("/rate", json={**opinion, "thumb": "sideways"}).status_code == 422
    assert client.post("/rate", json={**opinion, "comment": "x" * 2001}).status_code == 422


def test_handlers_are_not_offered_as_an_interface(client: TestClient) -> None:
    assert client.get("/gradio_api/info").status_code == 404
    handlers = client.get("/config").json()["dependencies"]
    assert {each["api_visibility"] for each in handlers} == {"private"}


def test_no_file_can_be_sent_to_the_page(client: TestClient) -> None:
    assert client.post("/gradio_api/upload", files={"files": b"x"}).status_code == 404


def test_another_host_name_is_refused_when_hosts_are_given(service: FakeService) -> None:
    with TestClient(app_over(service, ("127.0.0.1",))) as client:
        assert client.get("/health", headers={"Host": "127.0.0.1:7860"}).status_code == 200
        assert client.get("/health", headers={"Host": "example.test"}).status_code == 400


@pytest.mark.parametrize("path", ["/", "/config", "/health", "/factures", "/document/x"])
@pytest.mark.parametrize(
    "sent",
    [
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
        {"Origin": "http://localhost:3000"},
        {"Origin": "null"},
    ],
)
def test_another_site_of_this_machine_sees_nothing(
    client: TestClient, path: str, sent: dict[str, str]
) -> None:
    refused = client.get(path, headers={"Origin": "http://localhost:3000"} | sent)
    assert refused.status_code == 403
    assert "vient d’un autre site" in refused.text
    assert "access-control-allow-origin" not in refused.headers


@pytest.mark.parametrize("site", ["none", "same-origin", "cross-site"])
def test_a_link_from_elsewhere_and_the_page_itself_open(client: TestClient, site: str) -> None:
    opened = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert client.get("/", headers=opened).status_code == 200
    assert client.get("/", headers={"Origin": "http://testserver"}).status_code == 200


def test_an_environment_that_asks_for_telemetry_is_overruled() -> None:
    asked = {"FASTAPI_OTEL_AUTO_CONFIGURE": "true", "OTEL_SDK_DISABLED": "false"}
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import assistant.web, fastapi\nprint(fastapi.FastAPI()._telemetry['auto_configure'])",
        ],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "False\n"
