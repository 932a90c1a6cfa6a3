"""A disk that refuses is said on every page, in French, with what to do."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.accounts.identity import UserRole
from assistant.publishing.service import AdministrationService
from assistant.web.admin.app import admin_app
from assistant.web.site import SingleUser, requiring
from tests.administered import administered, journal_of
from tests.fakes_page import FakeDesk
from tests.page_app import app_over
from tests.review_room import application, house


def full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def told(client: TestClient, method: str, path: str, **form: str) -> str:
    answer = client.request(method, path, data=form or None, follow_redirects=False)
    assert answer.status_code == 503
    return answer.text


def test_on_the_buyer_s_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = FakeDesk()
    monkeypatch.setattr(desk.filing, "create", full)
    client = TestClient(app_over(desk), raise_server_exceptions=False)
    text = told(client, "POST", "/dossiers", id="neuf", reference="", title="", team="")
    assert "Le disque a refusé" in text
    assert "le disque est plein" in text
    assert "No space left" not in text


def test_on_the_referent_s_pages(
    small_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = house(small_home).room
    monkeypatch.setattr(room, "items", full)
    client = TestClient(application(room), raise_server_exceptions=False)
    client.headers["x-user"] = "u-anne"
    assert "Le disque a refusé" in told(client, "GET", "/referent/")


def test_on_the_administrator_s_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = administered(tmp_path / "home", tmp_path)
    office = AdministrationService(home, journal_of(home), ("false",))
    monkeypatch.setattr(office, "start_build", full)
    app = admin_app(office, requiring(SingleUser(), UserRole.ADMINISTRATOR))
    client = TestClient(app, raise_server_exceptions=False)
    assert "Le disque a refusé" in told(client, "POST", "/build")
