"""The pages of the dossiers, over real ones, without a browser."""

import io
import zipfile
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from assistant.identity import ALONE, Identity
from assistant.web.buyer import dossier_forms
from ingestion.documents.pieces import PieceKind
from tests.support.fakes_page import FakeService
from tests.support.page_app import app_over
from tests.support.page_texts import parsed, words_of

CCAP = b"# CCAP\n\n## Article 12 - P\xc3\xa9nalit\xc3\xa9s\n\nLa p\xc3\xa9nalit\xc3\xa9 est due.\n"
DOSSIER = "/dossiers/montelyre-2026"


@pytest.fixture(scope="module")
def service() -> FakeService:
    return FakeService()


@pytest.fixture(scope="module")
def client(service: FakeService) -> Iterator[TestClient]:
    with TestClient(app_over(service)) as client:
        yield client


def sent(client: TestClient, *files: tuple[str, bytes]) -> tuple[int, str]:
    """The status and the words of the page that answers."""
    page = client.post(f"{DOSSIER}/pieces", files=[("files", file) for file in files])
    return page.status_code, words_of(page.text)


def zipped(**files: bytes) -> bytes:
    parcel = io.BytesIO()
    with zipfile.ZipFile(parcel, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return parcel.getvalue()


def test_a_dossier_is_created_described_and_listed(
    client: TestClient, service: FakeService
) -> None:
    form = {
        "id": "voirie-2026",
        "reference": "2026-07",
        "subject": "Réfection <b>",
        "stage": "clos",
    }
    page = client.post("/dossiers", data=form)
    assert page.url.path == "/dossiers/voirie-2026"
    assert "Réfection <b>" in words_of(page.text)
    changed = {"reference": "2026-08", "stage": "analyse", "deadline": "2026-12-01", "sent": ""}
    page = client.post("/dossiers/voirie-2026", data=changed)
    assert "1er décembre 2026" in words_of(page.text)
    assert "2026-08" in words_of(client.get("/dossiers").text)
    assert service.filing.get("voirie-2026").subject == ""
    assert client.post("/dossiers", data=form).status_code == 409
    refused = client.post("/dossiers", data={"id": "é"})
    assert "ne peut pas nommer" in words_of(refused.text)
    service.filing.delete("voirie-2026")


def test_the_pages_of_dossiers_say_where_they_are_kept(
    client: TestClient, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = client.post("/dossiers", data={"id": "ecole-2026"}).url.path
    for lang, here in (("fr", "cette machine"), ("en", "this machine")):
        pages = [f"/dossiers?lang={lang}", f"{own}?lang={lang}"]
        monkeypatch.setattr(service, "servers", frozenset({"ledger"}))
        for address in pages:
            text = words_of(client.get(address).text)
            assert here in text
            assert "PostgreSQL" not in text
        monkeypatch.setattr(service, "servers", frozenset({"store"}))
        kept, deleted = (words_of(client.get(address).text) for address in pages)
        assert "PostgreSQL" in kept
        assert here not in kept
        assert "PostgreSQL" in deleted
    service.filing.delete("ecole-2026")


def test_the_page_of_a_dossier_says_who_sees_it(
    client: TestClient, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = "<dt>Visible de</dt><dd>tous les comptes</dd>"
    assert everybody not in client.get(DOSSIER).text
    monkeypatch.setattr(service, "reader", Identity("u-1", "", ALONE.roles, None))
    assert everybody in client.get(DOSSIER).text
    sent = {"files": ("CCAP.md", CCAP)}
    assert client.post("/dossiers/-/pieces", files=sent, data={"team": " voirie "}).is_success
    (made,) = (each for each in service.filing.all() if each.team)
    assert "<dt>Visible de</dt><dd>voirie</dd>" in client.get(f"/dossiers/{made.id}").text
    service.filing.delete(made.id)


def test_files_are_taken_in_and_each_is_reported(client: TestClient) -> None:
    archive = zipped(RC__md=b"# RC\n\nLes offres.\n", virus__exe=b"MZ")
    _, told = sent(client, ("CCAP.md", CCAP), ("dce.zip", archive), ("mémoire technique.md", CCAP))
    assert "Fichiers reçus (4)" in told
    assert "virus.exe refuséformat inconnu (.exe)" in told
    assert "CCAP.md acceptéRC.md accepté" in told
    assert "même contenu que CCAP.md" in told
    assert "CCAP.md déjà là" in sent(client, ("CCAP.md", CCAP))[1]


def test_a_kind_is_corrected_and_a_piece_removed(client: TestClient, service: FakeService) -> None:
    sent(client, ("CCAP.md", CCAP), ("divers.md", b"Un texte de plus.\n"))
    correction = {"source": "divers.md", "piece": "CCTP"}
    assert client.post(f"{DOSSIER}/pieces/kind", data=correction).status_code == 200
    kinds = {
        each.entry.source: each.entry.piece for each in service.filing.pieces("montelyre-2026")
    }
    assert kinds["divers.md"] is PieceKind.CCTP
    assert client.post(f"{DOSSIER}/pieces/remove", data={"source": "divers.md"}).status_code == 200
    page = client.post(f"{DOSSIER}/pieces/remove", data={"source": "divers.md"})
    assert (page.status_code, "Aucune pièce" in words_of(page.text)) == (409, True)
    wrong = {"source": "CCAP.md", "piece": "roman"}
    assert client.post(f"{DOSSIER}/pieces/kind", data=wrong).status_code == 422


def test_more_than_is_taken_at_once_is_refused_in_french(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dossier_forms, "MOST_BYTES", 3_000_000)
    status, told = sent(client, ("gros.md", b"x" * 4_000_000))
    assert (status, "Envoi refusé : au plus 200 fichiers" in told) == (413, True)
    monkeypatch.undo()
    monkeypatch.setattr(dossier_forms, "MOST_FILES", 2)
    assert sent(client, *((f"{n}.md", CCAP) for n in range(3)))[0] == 413
    malformed = {"Content-Type": "multipart/form-data; boundary=x"}
    assert client.post(f"{DOSSIER}/pieces", content=b"junk", headers=malformed).status_code == 413


def test_a_dossier_is_removed_once_its_identifier_is_typed_again(
    client: TestClient, service: FakeService
) -> None:
    client.post("/dossiers", data={"id": "ephemere"})
    page = client.post("/dossiers/ephemere/delete", data={"confirmation": "autre"})
    assert (page.status_code, "rien n'a été supprimé" in words_of(page.text)) == (409, True)
    page = client.post("/dossiers/ephemere/delete", data={"confirmation": " ephemere"})
    assert page.url.path == "/dossiers"
    assert client.get("/dossiers/ephemere").status_code == 404


def test_the_fiche_leaves_as_a_file(client: TestClient) -> None:
    sent(client, ("CCAP.md", CCAP))
    assert "Fiche de synthèse" in words_of(client.get(DOSSIER).text)
    for suffix, kind in (("csv", "text/csv"), ("docx", "application/vnd.openxml")):
        reply = client.get(f"{DOSSIER}/fiche.{suffix}")
        assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-store")
        assert reply.headers["content-type"].startswith(kind)
        named = f'attachment; filename="fiche-montelyre-2026.{suffix}"'
        assert reply.headers["content-disposition"] == named
    assert "La pénalité est due." in client.get(f"{DOSSIER}/fiche.csv").text
    unknown = client.get("/dossiers/absent-2026/fiche.csv")
    assert (unknown.status_code, "Il n'y a pas de dossier" in words_of(unknown.text)) == (404, True)
    assert client.get(f"{DOSSIER}/fiche.exe").status_code == 422


@pytest.mark.parametrize("path", ["", "/pieces", "/pieces/kind", "/pieces/remove", "/delete"])
def test_what_does_not_exist_says_so_and_is_not_taken_in(client: TestClient, path: str) -> None:
    data = {"source": "x.md", "piece": "RC", "confirmation": "absent-2026"}
    page = client.post(f"/dossiers/absent-2026{path}", data=data)
    assert (page.status_code, "Il n'y a pas de dossier" in words_of(page.text)) == (404, True)


def test_nothing_of_a_dossier_stays_in_a_browser(client: TestClient) -> None:
    for path in ("/dossiers", DOSSIER):
        reply = client.get(path)
        assert reply.headers["cache-control"] == "no-store"
        assert (
            "'unsafe-inline'" not in reply.headers["content-security-policy"].split("style-src")[0]
        )
        assert not [
            a for tag, a in parsed(reply.text).found if tag == "script" and not a.get("src")
        ]


def test_the_pages_speak_english_as_well(client: TestClient) -> None:
    page = words_of(client.get(f"{DOSSIER}?lang=en").text)
    assert "Ask about this tender file" in page
    assert "Poser" not in page
