"""Dossiers made of files that arrive together, over real ones without a browser."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.identity import ALONE, Identity
from assistant.journal.journal import Journal
from assistant.tenders.opening import OpenedDossier, name_of_sending, open_with
from assistant.tenders.service import DossierService
from assistant.web.buyer.dossier_forms import TimeLeft
from assistant.web.buyer.routes import may_open
from ingestion.errors import IngestionError
from ingestion.tenders.intake import Parcel
from tests.support.fakes import WordEmbedder
from tests.support.fakes_page import FakeService
from tests.support.page_app import app_over

RC = (
    "# Règlement de la consultation\n\nConsultation n° 2026-R-12\n\n"
    "# Article 1 – Objet\n\nLa consultation a pour objet la réfection de la voirie.\n"
)
CCAP = "# CCAP\n\nConsultation n° 2026-R-12\n\n# Article 1 – Durée\n\nLe marché dure 12 mois.\n"
DAY = date(2026, 11, 28)


@pytest.fixture
def filing(tmp_path: Path) -> DossierService:
    journal = Journal(tmp_path / "journal.jsonl")
    return DossierService(tmp_path, journal, WordEmbedder, frozenset({"voirie"}), "u-1")


def parcels(**texts: str) -> list[Parcel]:
    return [Parcel(f"{name}.md", io.BytesIO(text.encode())) for name, text in texts.items()]


def made(filing: DossierService, *sent: Parcel, team: str = "voirie") -> OpenedDossier:
    return open_with(filing, sent, team, DAY)


def test_a_dossier_is_named_from_its_pieces_and_kept_to_its_team(filing: DossierService) -> None:
    opened = made(filing, *parcels(RC=RC, CCAP=CCAP))
    assert opened.dossier is not None
    assert opened.dossier == filing.get("dossier-20261128")
    assert (opened.dossier.reference, opened.dossier.team) == ("2026-R-12", "voirie")
    assert "réfection de la voirie" in opened.dossier.subject
    assert filing.count(opened.dossier.id) == 2
    again = made(filing, *parcels(RC=RC))
    assert again.dossier is not None
    assert again.dossier.id == "dossier-20261128-2"


def test_where_nothing_is_kept_nothing_is_opened(filing: DossierService, tmp_path: Path) -> None:
    opened = made(filing, Parcel("x.exe", io.BytesIO(b"MZ")))
    assert opened.dossier is None
    assert [receipt.refusal is None for receipt in opened.receipts] == [False]
    full = DossierService(tmp_path, Journal(tmp_path / "journal.jsonl"), WordEmbedder, most=0)
    with pytest.raises(IngestionError):
        made(full, *parcels(RC=RC), team="")
    assert filing.all() == ()


@pytest.mark.parametrize(
    ("names", "called"),
    [
        (["lettre.pdf", "DCE_cantines-2026.zip"], "DCE cantines 2026"),
        (["Voirie/RC.pdf", "Voirie/CCAP.pdf"], "Voirie"),
        (["RC.pdf", "CCAP.pdf"], ""),
        (["../../etc/passwd.zip"], "passwd"),
        ([f"{'mot ' * 30}.zip"], "mot mot mot mot mot mot mot mot mot mot"),
    ],
)
def test_files_are_called_as_they_arrive(names: list[str], called: str) -> None:
    assert name_of_sending(names) == called


def test_the_page_hears_of_each_file_then_of_the_dossier() -> None:
    service = FakeService()
    with TestClient(app_over(service), base_url="http://127.0.0.1") as client:
        sent = [
            ("files", (name, io.BytesIO(text)))
            for name, text in (("RC.md", RC.encode()), ("x.exe", b"MZ"))
        ]
        reply = client.post("/dossiers/-/pieces", files=sent)
        told: list[dict[str, Any]] = [json.loads(line) for line in reply.text.splitlines()]
        assert [(each["file"], each["kept"]) for each in told if "file" in each] == [
            ("RC.md", True),
            ("x.exe", False),
        ]
        assert any(each.get("step") for each in told)
        assert service.filing.get(told[-1]["dossier"]).reference == "2026-R-12"
        assert client.post("/dossiers/-/pieces", files={"else": b"x"}).status_code == 409


def test_a_page_that_asks_for_lines_hears_of_each_piece_then_its_dossier_again() -> None:
    service = FakeService()
    with TestClient(app_over(service), base_url="http://127.0.0.1") as client:
        [dossier] = service.filing.all()
        sent = {"files": ("CCAP.md", CCAP.encode())}
        path, asking = f"/dossiers/{dossier.id}/pieces?lang=en", {"Accept": "application/x-ndjson"}
        reply = client.post(path, files=sent, headers=asking)
        told: list[dict[str, Any]] = [json.loads(line) for line in reply.text.splitlines()]
        assert [each["file"] for each in told if "file" in each] == ["CCAP.md"]
        assert any(each.get("step") for each in told)
        page = client.post(path, files=sent).text
        frame = page[: page.index("</header>")]
        assert told[-1]["page"].startswith(frame)
        assert "CCAP.md" in told[-1]["page"].partition('id="report"')[2]


def test_only_teams_of_the_reader_may_have_a_dossier_of_theirs() -> None:
    member = Identity("u-1", "", ALONE.roles, frozenset({"voirie"}))
    assert may_open(member, "voirie")
    assert may_open(member, "")
    assert not may_open(member, "parcs")
    assert may_open(ALONE, "parcs")


def test_the_time_that_is_left_falls_at_an_even_pace_and_starts_anew_with_a_step() -> None:
    left = TimeLeft()
    told = [left.after("vecteurs", done, 100, float(done)) for done in range(0, 101, 20)]
    assert told == [None, 80, 60, 40, 20, 0]
    assert left.after("écriture", 0, 3, 200.0) is None
