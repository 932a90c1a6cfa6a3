"""The administrator's pages over a real small index, without a browser."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI, HTTPException
from fastapi.testclient import TestClient
from starlette.requests import Request

from assistant.identity import Identity, UserRole
from assistant.journal.journal import journal_of
from assistant.publishing.build_record import Recorder
from assistant.publishing.service import AdministrationService
from assistant.publishing.withheld import WithheldTexts
from assistant.question.language import Language
from assistant.web.admin.app import admin_app
from assistant.web.admin.pages import sized
from assistant.web.buyer import dossier_forms
from assistant.web.frame import Frame
from ingestion.documents.document import Kind
from ingestion.durable import lock_for_writing
from ingestion.errors import BuildCancelled
from ingestion.index.publication import current_name, finished
from ingestion.legislation.official_copy import OfficialCopy
from ingestion.library.library import Library
from tests.assistant.publishing.test_gate import BROKEN, NEW, TWENTY
from tests.support.administered import (
    PAYMENT,
    USER,
    acts,
    add_code,
    administered,
    candidate,
    with_text,
)
from tests.support.english_pages import french_left
from tests.support.fakes_page import FakeService
from tests.support.index_home import build_and_publish
from tests.support.page_app import app_over
from tests.support.page_texts import parsed, words_of
from tests.support.route_walk import routes_of
from tests.support.small_index import ARTICLES, answering_embedder

ADMINISTRATOR = Identity(USER, "Ana", frozenset({UserRole.ADMINISTRATOR}), None)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("first")
    return administered(folder / "home", folder)


@pytest.fixture
def home(first: Path, tmp_path: Path) -> Path:
    return shutil.copytree(first, tmp_path / "home")


@pytest.fixture
def client(home: Path) -> Iterator[TestClient]:
    with TestClient(served(home)) as client:
        yield client


def served(home: Path, *, let_in: bool = True) -> FastAPI:
    def reader(request: Request) -> Identity:
        if not let_in:
            raise HTTPException(403)
        return ADMINISTRATOR

    app = FastAPI()
    app.mount(
        "/admin", admin_app(AdministrationService(home, journal_of(home), ("false",)), reader)
    )
    return app


def test_every_handler_asks_who_it_is_for(home: Path) -> None:
    app = served(home, let_in=False)
    routes = [(method, path) for method, path in routes_of(app) if path.startswith("/admin/")]
    assert len(routes) > 10
    with TestClient(app) as client:
        for method, path in routes:
            address = path.replace("{name}", "x.tar").replace("{document}", "x")
            reply = client.request(method, address, data={"generation": "x"})
            assert reply.status_code == 403, path
    assert acts(home) == []


def test_another_site_changes_nothing(client: TestClient, home: Path) -> None:
    cross = {"Sec-Fetch-Site": "cross-site"}
    for path in ("build", "publish", "rollback", "backups", "sources/remove"):
        reply = client.post(f"/admin/{path}", data={"source": "code.jsonl"}, headers=cross)
        assert reply.status_code == 403
    assert acts(home) == []


def test_a_candidate_is_shown_with_what_changes_and_is_published(
    client: TestClient, home: Path, tmp_path: Path
) -> None:
    add_code(home, tmp_path, [*ARTICLES, NEW])
    manifest, _ = candidate(home)
    told = words_of(client.get("/admin/").text)
    assert "versions ajoutées : 1" in told
    assert "au moins aussi bien que l'index en service" in told
    assert "R2193-1" in words_of(client.get("/admin/candidat/textes").text)
    page = client.post("/admin/publish", data={"generation": manifest.name, "reason": " Loi "})
    assert (page.status_code, page.url.path) == (200, "/admin/")
    assert current_name(home) == manifest.name
    assert "Candidat" not in words_of(page.text)
    assert "Revenir à l'index précédent" in words_of(page.text)
    client.post("/admin/rollback", data={"reason": ""})
    assert current_name(home) != manifest.name
    assert acts(home)[-2:] == ["published", "rolled_back"]


def test_what_the_gate_refuses_needs_force_and_a_reason(
    client: TestClient, home: Path, tmp_path: Path
) -> None:
    add_code(home, tmp_path, with_text("R2192-10", BROKEN))
    name = candidate(home)[0].name
    told = words_of(client.get("/admin/").text)
    assert "refusé par le contrôle" in told
    assert PAYMENT in told
    assert "Mettre en service malgré tout" in told
    for data in ({"generation": name}, {"generation": name, "force": "yes", "reason": " "}):
        page = client.post("/admin/publish", data=data)
        assert (page.status_code, "devient fausse" in words_of(page.text)) == (409, True)
    page = client.post("/admin/refuse", data={"generation": name, "reason": ""})
    assert (page.status_code, "Dites pourquoi" in words_of(page.text)) == (409, True)
    gc.collect()  # the gate was asked by this process, which may have the candidate open still
    client.post("/admin/refuse", data={"generation": name, "reason": "Abîmé"})
    assert name not in finished(home)


def test_sheets_that_disagree_with_the_articles_are_counted_and_lead_to_both(
    client: TestClient, home: Path, tmp_path: Path
) -> None:
    assert "en désaccord : 0" in words_of(client.get("/admin/").text)
    assert "Les fiches ne disent aucun chiffre" in words_of(client.get("/admin/fiches").text)
    article = ("R2122-8", ("Achats",), "Il achète sous 90 000 euros.", None, None)
    add_code(home, tmp_path, [*ARTICLES, article])
    build_and_publish(home, answering_embedder())
    assert "en désaccord : 1" in words_of(client.get("/admin/").text)
    page = client.get("/admin/fiches").text
    told = words_of(page)
    assert "60 000 € : chiffre que l'article ne dit pas" in told
    assert "R2122-8 90 000 euros" in told
    links = [str(each["href"]) for tag, each in parsed(page).found if tag == "a"]
    sheet, code = (client.get(each) for each in links if each.startswith("/admin/sources/texte"))
    assert "<mark>60" in sheet.text.replace(' id="passage"', "")
    assert "Il achète sous 90 000 euros." in words_of(code.text)


def test_every_text_that_changes_opens_as_the_candidate_has_it(
    client: TestClient, home: Path, tmp_path: Path
) -> None:
    (tmp_path / "note.md").write_text("# Note\n\nUn texte de la ville.\n")
    with lock_for_writing(home):
        Library(home).add(tmp_path / "note.md", "note.md", Kind.RULES)
        Library(home).remove(["petits-achats.md"])
    add_code(home, tmp_path, with_text("R2192-10", BROKEN))
    candidate(home)
    page = parsed(client.get("/admin/candidat/textes").text)
    links = [str(each["href"]) for tag, each in page.found if tag == "a" and "href" in each]
    opened = [each for each in links if each.startswith("/admin/candidat/textes/")]
    told = [client.get(each) for each in opened]
    assert [each.status_code for each in told] == [200] * 3
    said = [words_of(each.text) for each in told]
    assert "modifié" in said[0]
    assert "<ins>" in told[0].text
    assert "· ajouté ·" in said[1]
    assert "Un texte de la ville." in said[1]
    assert "· retiré ·" in said[2]
    assert "60 000 € HT" in said[2]
    assert client.get("/admin/candidat/textes/absent").status_code == 404


def test_what_is_known_of_a_text_is_in_english(home: Path, tmp_path: Path) -> None:
    administration = AdministrationService(home, journal_of(home), ("false",))
    cookies = {"sourcier-language": "en"}
    with TestClient(app_over(FakeService(), (), administration), cookies=cookies) as client:
        client.post("/admin/sources", files=[("files", ("note.md", b"# Note\n\nUn texte.\n"))])
        client.post("/admin/sources/date", data={"source": "note.md", "day": "mi-2025"})
        add_code(home, tmp_path, with_text("R2192-10", BROKEN))
        candidate(home)
        page = parsed(client.get("/admin/candidat/textes").text)
        links = {str(each.get("href")) for tag, each in page.found if tag == "a"}
        paths = [each for each in sorted(links) if each.startswith("/admin/candidat/textes/")]
        paths += ["/admin/sources", "/admin/sources/texte?source=note.md", "/admin/candidat/textes"]
        pages = {path: client.get(path).text for path in paths}
    titles = frozenset({"Code de la commande publique"})
    left = {path: french_left(shown, titles) for path, shown in pages.items()}
    assert {path: texts for path, texts in left.items() if texts} == {}
    assert len(pages) > 4
    assert "State: mi-2025, given by" in words_of(pages["/admin/sources/texte?source=note.md"])
    assert "18 bytes" in words_of(pages["/admin/sources"])


@pytest.mark.parametrize(
    ("size", "told"),
    [(18, "18 bytes"), (2_000, "2,0 kB"), (3 * 10**7, "30 MB"), (12 * 10**8, "1,2 GB")],
)
def test_sizes_are_in_english_on_english_pages(
    size: int, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.web.admin.pages.current_frame", lambda: Frame(Language.ENGLISH))
    assert sized(size) == told.replace(" ", "\u00a0")


def test_a_contradiction_is_shown_side_by_side_and_leads_to_both_places(
    client: TestClient, home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "guide.md"
    path.write_text(f"---\ntitle: Guide\netat_au: 2026-08-23\n---\n## Payer\n\n{TWENTY}\n")
    with lock_for_writing(home):
        Library(home).add(path, path.name, Kind.RULES)
    candidate(home)
    page = client.get("/admin/").text
    assert "est refusé par le contrôle" in words_of(page)
    hrefs = [str(each.get("href")) for tag, each in parsed(page).found if tag == "a"]
    sides = [each for each in hrefs if "/candidat/textes/" in each]
    marked = [
        client.get(each).text.partition("<mark>")[2].partition("</mark>")[0] for each in sides
    ]
    assert [words_of(each) for each in marked] == [TWENTY, TWENTY.replace("20", "trente")]


def test_the_history_says_who_did_what_and_leads_forward_again(
    client: TestClient, home: Path, tmp_path: Path
) -> None:
    add_code(home, tmp_path, [*ARTICLES, NEW])
    name = candidate(home)[0].name
    client.post("/admin/publish", data={"generation": name, "reason": "Décret"})
    client.post("/admin/rollback", data={"reason": "Trop tôt"})
    told = words_of(client.get("/admin/historique").text)
    assert f"mis en service {name} conservé {USER} Décret" in told
    page = client.post("/admin/restore", data={"generation": name, "reason": "Après tout"})
    assert (page.status_code, current_name(home)) == (200, name)
    assert f"{name} en service {USER} Après tout" in words_of(page.text)
    refused = client.post("/admin/restore", data={"generation": "../x"})
    assert (refused.status_code, current_name(home)) == (409, name)


def test_texts_are_added_listed_and_removed(client: TestClient, home: Path) -> None:
    files = [("files", ("note.md", b"# Note\n\nUn texte.\n")), ("files", ("virus.exe", b"MZ"))]
    page = client.post("/admin/sources", files=files, data={"texts": ""})
    told = words_of(page.text)
    assert "Fichiers reçus (2)" in told
    assert "format inconnu (.exe)" in told
    assert "note.md pas encore en service" in told
    page = client.post("/admin/sources/remove", data={"source": "note.md"})
    assert "note.md" not in words_of(page.text)
    page = client.post("/admin/sources/remove", data={"source": "note.md"})
    assert (page.status_code, "Aucun fichier ajouté" in words_of(page.text)) == (409, True)
    assert acts(home) == ["added", "removed"]


def test_a_removed_text_is_taken_back_and_each_says_who_added_it(
    client: TestClient, home: Path
) -> None:
    client.post("/admin/sources", files=[("files", ("note.md", b"# Note\n\nUn texte.\n"))])
    assert f"par {USER}" in words_of(client.get("/admin/sources").text)
    found = words_of(client.get("/admin/sources?q=NOTE").text)
    assert "note.md" in found
    assert "petits-achats.md" not in found
    client.post("/admin/sources/remove", data={"source": "petits-achats.md"})
    assert "petits-achats.md retiré, encore en service" in words_of(
        client.get("/admin/sources").text
    )
    page = client.post("/admin/sources/restore", data={"source": "petits-achats.md"})
    assert "petits-achats.md en service" in words_of(page.text)
    assert acts(home) == ["added", "removed", "added"]
    refused = client.post("/admin/sources/restore", data={"source": "note.md"})
    assert (refused.status_code, "ne peut plus" in words_of(refused.text)) == (409, True)


def test_what_a_refused_candidate_brought_waits_until_somebody_takes_it_again(
    client: TestClient, home: Path, tmp_path: Path
) -> None:
    before = {each.source: each.sha256 for each in Library(home).entries}
    with lock_for_writing(home):
        for name in ("note.md", "petits-achats.md"):
            (tmp_path / name).write_text(f"# Texte\n\nÀ refuser, {name}.\n")
            Library(home).add(tmp_path / name, name, Kind.RULES)
    name = candidate(home)[0].name
    gc.collect()  # the gate was asked by this process, which may have the candidate open still
    client.post("/admin/refuse", data={"generation": name, "reason": "Provisoire"})
    assert {each.source: each.sha256 for each in Library(home).entries} == before
    told = words_of(client.get("/admin/sources").text)
    assert f"note.md {name}" in told
    assert f"{USER} Provisoire" in told
    (note,) = [each.entry for each in WithheldTexts(home).all() if each.entry.source == "note.md"]
    opened = words_of(client.get(f"/admin/sources/texte?withheld={note.sha256}").text)
    assert "À refuser, note.md." in opened
    page = client.post("/admin/sources/reprendre", data={"withheld": note.sha256})
    assert "note.md pas encore en service" in words_of(page.text)
    assert [each.entry.source for each in WithheldTexts(home).all()] == ["petits-achats.md"]
    again = (tmp_path / "petits-achats.md").read_bytes()
    client.post("/admin/sources", files=[("files", ("petits-achats.md", again))])
    assert WithheldTexts(home).all() == (), "who adds it again takes it again"
    assert acts(home)[-4:] == ["refused", "set_aside", "taken_again", "added"]
    assert client.post("/admin/sources/reprendre", data={"withheld": "x"}).status_code == 404


def test_every_file_is_read_on_a_page_of_its_own(client: TestClient) -> None:
    page = client.get("/admin/sources/texte?source=code.jsonl").text
    links = [str(each["href"]) for tag, each in parsed(page).found if tag == "a"]
    articles = [each for each in links if "document=" in each]
    assert len(articles) == len(ARTICLES)
    assert ARTICLES[0][2].split(".")[0] in words_of(client.get(articles[0]).text)
    client.post("/admin/sources/remove", data={"source": "petits-achats.md"})
    told = words_of(client.get("/admin/sources/texte?source=petits-achats.md").text)
    assert "retiré, encore en service" in told
    assert "60 000 € HT" in told
    assert client.get("/admin/sources/texte?source=absent.md").status_code == 404


def test_a_text_without_date_is_asked_for_one(client: TestClient, home: Path) -> None:
    client.post("/admin/sources", files=[("files", ("note.md", b"# Note\n\nUn texte.\n"))])
    listed = words_of(client.get("/admin/sources").text)
    assert "dont la date reste à indiquer" in listed
    for wrong in ("bientôt", "2999-01-01"):
        form = {"source": "note.md", "day": wrong}
        assert client.post("/admin/sources/date", data=form).status_code == 409
    page = client.post("/admin/sources/date", data={"source": "note.md", "day": "mi-2025"})
    assert f"État : mi-2025, indiqué par {USER} le" in words_of(page.text)
    journal = journal_of(home)
    last = [journal.body(each) for each in journal.entries()][-1]
    assert last is not None
    assert (last["act"], last["days"]) == ("dated", ["2025-05-01", "2025-08-31"])
    manifest, _ = candidate(home)
    assert [each[2] for each in manifest.state_ranges] == [1]


def test_more_than_is_taken_at_once_is_refused(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dossier_forms, "MOST_BYTES", 3_000_000)
    page = client.post("/admin/sources", files=[("files", ("gros.md", b"x" * 4_000_000))])
    assert (page.status_code, "Envoi refusé" in words_of(page.text)) == (413, True)


def test_an_archive_that_cannot_be_read_is_one_sentence(client: TestClient, home: Path) -> None:
    files = [("files", ("LEGI_20261120-201500.tar.gz", b"junk"))]
    page = client.post("/admin/sources", files=files)
    assert (page.status_code, "archive abîmée" in words_of(page.text)) == (409, True)
    assert acts(home) == []


def test_upkeep_shows_and_frees_room(client: TestClient, home: Path) -> None:
    served = current_name(home)
    other = "20200101-000000-000"
    shutil.copytree(home / "generations" / served, home / "generations" / other)
    (home / "settings.toml").write_text('update_at = "02:30"\nupdate_from = "/srv/textes"\n')
    page = client.get("/admin/entretien").text
    told = words_of(page)
    assert "à 02:30, depuis /srv/textes" in told
    assert "OnCalendar=*-*-* 02:30:00" in page
    assert other in told
    client.post("/admin/generations/discard", data={"generation": other})
    assert finished(home) == [served]
    page = client.post("/admin/generations/discard", data={"generation": served}).text
    assert "en service" in words_of(page)
    (home / "settings.toml").write_text('update_at = "minuit"\nupdate_from = "/srv/textes"\n')
    reply = client.get("/admin/entretien")
    assert (reply.status_code, "doit être une heure" in words_of(reply.text)) == (503, True)


def test_a_backup_is_made_and_carried_away(client: TestClient, home: Path) -> None:
    client.post("/admin/backups")
    [path] = (home / "backups").iterdir()
    reply = client.get(f"/admin/backups/{path.name}")
    assert reply.content == path.read_bytes()
    assert path.name in reply.headers["content-disposition"]
    for name in ("absent.tar", "..%2Fjournal.jsonl"):
        assert client.get(f"/admin/backups/{name}").status_code == 404
    journal = journal_of(home)
    last = [(each["kind"], journal.body(each), each["user"]) for each in journal.entries()][-1]
    assert last == ("export", {"what": "backup", "file": path.name}, USER)


def test_the_index_of_a_dossier_is_never_put_in_service(client: TestClient, home: Path) -> None:
    served_now = current_name(home)
    [index] = (home / "dossiers").glob("*/generations/*")
    form = {
        "generation": f"../{index.relative_to(home)}",
        "reason": "Essai",
        "force": "yes",
    }
    reply = client.post("/admin/publish", data=form)
    assert (reply.status_code, current_name(home)) == (409, served_now)
    assert acts(home) == []


def test_the_official_texts_are_installed_from_the_page_and_can_be_stopped(
    client: TestClient, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[str, ...]] = []

    class Child:
        """This very process, which lives."""

        pid = os.getpid()

        def __init__(self, command: tuple[str, ...], **_: object) -> None:
            started.append(command)

        def wait(self) -> int:
            return 0

    monkeypatch.setattr("assistant.publishing.processes.Popen", Child)
    assert "Installer les textes officiels" in words_of(client.get("/admin/sources").text)
    page = client.post("/admin/sources/official")
    assert started == [("false", "law", "install", "--user", USER)]
    assert "Lecture en cours." in words_of(page.text)
    record = Recorder(home / "law")
    record("Lecture des archives", 300_000_000, 1_200_000_000)
    assert "300 Mo sur 1,2 Go" in words_of(client.get("/admin/sources").text)
    with OfficialCopy(home).alone():
        refused = client.post("/admin/sources/official")
        assert (refused.status_code, len(started)) == (409, 1)
        assert "Une autre installation" in words_of(refused.text)
    client.post("/admin/sources/official/stop")
    with pytest.raises(BuildCancelled):
        record("Lecture des archives", 400_000_000, 1_200_000_000)
