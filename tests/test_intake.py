"""Files and ZIPs into the folder of a dossier."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.durable import lock_for_writing
from ingestion.index.publication import current_name
from ingestion.library.library import Library
from ingestion.tenders import intake
from ingestion.tenders.intake import Fate, Parcel, Receipt, index, receive
from ingestion.tenders.pieces import PieceKind
from tests.fakes import WordEmbedder
from tests.index_home import published

TEXT = "# {title}\n\n## Article 3 - Durée\n\nLe marché dure douze mois.\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def parcel(name: str, content: bytes | None = None) -> Parcel:
    return Parcel(
        name, io.BytesIO(TEXT.format(title=name).encode() if content is None else content)
    )


def archive(members: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return written.getvalue()


def received(home: Path, *parcels: Parcel) -> dict[str, Receipt]:
    return {receipt.name: receipt for receipt in receive(home, "M24", parcels)}


def told(step: str, done: int, total: int) -> None:
    assert step


def test_each_file_has_its_receipt(home: Path) -> None:
    got = received(
        home,
        parcel("CCAP.md"),
        parcel("dce.zip", archive({"lot 1/RC.md": b"# RC\n\nTexte.\n", "../x.md": b"x"})),
        parcel("vide.md", b""),
        parcel("plan.dwg"),
        parcel("faux.zip", b"rien"),
    )
    assert {name: receipt.fate for name, receipt in got.items()} == {
        "CCAP.md": Fate.ACCEPTED,
        "lot 1/RC.md": Fate.ACCEPTED,
        "../x.md": Fate.REFUSED,
        "vide.md": Fate.REFUSED,
        "plan.dwg": Fate.REFUSED,
        "faux.zip": Fate.REFUSED,
    }
    assert [entry.source for entry in Library(home).entries] == ["CCAP.md", "lot 1/RC.md"]
    assert received(home, parcel("CCAP.md"))["CCAP.md"].fate is Fate.KNOWN


def test_a_doubtful_kind_is_a_warning(home: Path) -> None:
    receipt = received(home, parcel("divers.md"))["divers.md"]
    assert receipt.fate is Fate.WARNED
    assert receipt.warnings[-1].startswith("genre à confirmer, « autre » : ")


def test_what_is_too_large_is_refused_before_it_is_read(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "LARGEST_FILE", 2_000_000)
    receipt = received(home, parcel("gros.md", b"x" * 2_000_001))["gros.md"]
    assert receipt.refusal == "plus de 2 Mo : envoyez-le en plusieurs parties"


@given(st.text(max_size=40))
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    whole = intake.safe_name(parcel(f"{name}.md", b""))
    assert not whole.startswith("/")
    assert not {"", ".", ".."} & set(whole.split("/"))


def test_nothing_is_left_of_what_arrived_nor_of_a_killed_intake(home: Path) -> None:
    (home / "incoming-killed").mkdir()
    (home / "incoming-killed" / "CCAP.md").write_text("secret")
    received(home, parcel("CCAP.md"), parcel("x.zip", archive({"RC.md": b"# RC\n\nTexte.\n"})))
    assert not list(home.glob("incoming-*"))


def test_a_correction_changes_what_locators_say_and_an_empty_dossier_is_not_searched(
    home: Path,
) -> None:
    with lock_for_writing(home):
        received(home, parcel("piece.md"), parcel("offre technique.md"))
        Library(home).set_piece("piece.md", PieceKind.CCTP)
        index(home, WordEmbedder(), told)
    locators = {each.locator for each in published(home).store.all_passages()}
    assert locators == {
        "CCTP, art. 3",
        "offre d'un candidat : offre technique.md, § Article 3 - Durée",
    }
    before = current_name(home)
    with lock_for_writing(home):
        assert index(home, WordEmbedder(), told) is not None
        assert current_name(home) == before
        Library(home).remove(["piece.md", "offre technique.md"])
        assert index(home, WordEmbedder(), told) is None
    assert not (home / "current").exists()
