"""Files and ZIPs into the folder of a dossier."""

import io
import os
import stat
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.documents.pieces import PieceKind
from ingestion.durable import lock_for_writing
from ingestion.index.publication import current_name
from ingestion.library.library import Library
from ingestion.tenders import intake
from ingestion.tenders.archives import Bounds, ZipMember, unpack
from ingestion.tenders.dossiers import Dossier, Dossiers
from ingestion.tenders.intake import Fate, Parcel, Receipt, index, index_waiting, receive
from tests.support.fakes import WordEmbedder
from tests.support.index_home import published
from tests.support.shared_texts import SHARED

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


def received(home: Path, *parcels: Parcel) -> dict[str, Receipt]:
    return {receipt.name: receipt for receipt in receive(home, "M24", parcels)}


def told(step: str, done: int, total: int) -> None:
    assert step


def test_each_file_has_its_receipt(home: Path) -> None:
    got = received(
        home,
        parcel("CCAP.md"),
        parcel("dce.zip", archive(("lot 1/RC.md", b"# RC\n\nTexte.\n"), ("../x.md", b"x"))),
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
    received(home, parcel("CCAP.md"), parcel("x.zip", archive(("RC.md", b"# RC\n\nTexte.\n"))))
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


def test_a_damaged_dossier_keeps_no_other_from_its_index(home: Path) -> None:
    dossiers = Dossiers(home)
    for name in ("abime", "intact"):
        dossiers.create(Dossier(name))
        received(dossiers.home(name), parcel("CCAP.md"))
    (dossiers.home("abime") / "library.json").write_text("{")
    index_waiting(home, WordEmbedder, told)
    assert current_name(dossiers.home("intact"))


# Archives of pieces, honest and hostile


OUTSIDE = "chemin refusé : il sort de l'archive"
UNSEEN = "nom refusé : caractères invisibles"
SPECIAL = "lien ou fichier spécial refusé"


def entry(name: str, mode: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = mode << 16
    return info


def archive(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in members:
            written.writestr(name, content)
    return output.getvalue()


def opened(tmp_path: Path, data: bytes, **bounds: int) -> list[ZipMember]:
    """What becomes of an archive; nothing but the accepted members may be on the disk."""
    parcel, folder = tmp_path / "colis.zip", tmp_path / "dehors" / "dossier"
    parcel.write_bytes(data)
    folder.mkdir(parents=True)
    members = list(unpack(parcel, folder, bounds=Bounds(**bounds)))
    written = {path for path in tmp_path.rglob("*") if path.is_file() or path.is_symlink()}
    assert written == {parcel, *(member.path for member in members if member.path)}
    assert all((member.path is None) != (member.refusal is None) for member in members)
    return members


def refusals(tmp_path: Path, data: bytes, **bounds: int) -> list[str | None]:
    return [member.refusal for member in opened(tmp_path, data, **bounds)]


def test_pieces_are_written_and_keep_the_names_that_they_have_in_the_archive(
    tmp_path: Path,
) -> None:
    data = archive(("DCE/RC.pdf", b"rc"), ("DCE/lot 1/", b""), ("DCE/lot 1/BPU.xlsx", b"bpu"))
    first, second = opened(tmp_path, data)
    assert (first.name, second.name) == ("DCE/RC.pdf", "DCE/lot 1/BPU.xlsx")
    assert first.path
    assert second.path
    assert (first.path.read_bytes(), second.path.read_bytes()) == (b"rc", b"bpu")


@pytest.mark.parametrize("encoding", ["cp850", "utf-8"])
def test_names_are_read_whatever_the_archiver_does_with_accents(
    tmp_path: Path, encoding: str
) -> None:
    name = "Règlement À signer.pdf".encode(encoding)
    plain = "x" * len(name)
    data = archive((plain, b"a")).replace(plain.encode(), name)
    assert [member.name for member in opened(tmp_path, data)] == ["Règlement À signer.pdf"]


@pytest.mark.parametrize(
    ("name", "mode", "reason"),
    [
        ("../RC.pdf", 0, OUTSIDE),
        ("DCE/../../RC.pdf", 0, OUTSIDE),
        ("..\\RC.pdf", 0, OUTSIDE),
        ("/etc/RC.pdf", 0, OUTSIDE),
        ("\\\\serveur\\RC.pdf", 0, OUTSIDE),
        ("C:\\RC.pdf", 0, OUTSIDE),
        ("C:RC.pdf", 0, OUTSIDE),
        ("RC.pdf", stat.S_IFLNK | 0o777, SPECIAL),
        ("RC.pdf", stat.S_IFCHR | 0o600, SPECIAL),
        ("RC.pdf", stat.S_IFIFO | 0o600, SPECIAL),
        ("RC\x07.pdf", 0, UNSEEN),
        ("RC\n.pdf", 0, UNSEEN),
        ("RC\u202efdp.exe.pdf", 0, UNSEEN),
        ("R\u200bC.pdf", 0, UNSEEN),
        ("a" * 300 + ".pdf", 0, "nom trop long"),
        ("__MACOSX/DCE/._RC.pdf", 0, "fichier du système, pas une pièce"),
        ("DCE/.DS_Store", 0, "fichier du système, pas une pièce"),
        ("lots.zip", 0, "format inconnu (.zip) ; archive : ajoutez les fichiers qu'elle contient"),
    ],
)
def test_names_and_kinds_that_are_refused(
    tmp_path: Path, name: str, mode: int, reason: str
) -> None:
    data = archive((entry(name, mode), b"/etc/passwd"), ("CCAP.pdf", b"ccap"))
    assert refusals(tmp_path, data) == [reason, None]


def test_a_regular_file_is_accepted_with_the_rights_of_its_system(tmp_path: Path) -> None:
    assert refusals(tmp_path, archive((entry("RC.pdf", stat.S_IFREG | 0o4755), b"rc"))) == [None]


def test_a_name_cut_by_a_zero_is_refused_whole(tmp_path: Path) -> None:
    data = archive(("RC.pdf_exe", b"rc")).replace(b"RC.pdf_exe", b"RC.pdf\0exe")
    assert refusals(tmp_path, data) == [UNSEEN]


def test_of_two_names_that_differ_by_case_the_first_is_kept(tmp_path: Path) -> None:
    data = archive(("DCE/RC.pdf", b"1"), ("dce/rc.PDF", b"2"))
    assert refusals(tmp_path, data) == [None, "un autre fichier de l'archive porte ce nom"]


def test_a_protected_member_is_refused(tmp_path: Path) -> None:
    data = bytearray(archive(("RC.pdf", b"rc")))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert refusals(tmp_path, bytes(data)) == ["protégé par mot de passe"]


def test_a_compression_that_claims_memory_is_refused(tmp_path: Path) -> None:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_LZMA) as written:
        written.writestr("RC.pdf", b"rc")
    assert refusals(tmp_path, output.getvalue()) == ["compression inhabituelle"]


def test_sizes_and_ratio_are_bounded_and_the_others_are_read(tmp_path: Path) -> None:
    data = archive(("bombe.pdf", b" " * 2_000_000), ("gros.pdf", os.urandom(5000)), ("a.pdf", b"a"))
    assert refusals(tmp_path, data, member_bytes=3_000_000, total_bytes=3000) == [
        "fichier refusé : contenu décompressé démesuré",
        "fichier refusé : contenu décompressé démesuré",
        None,
    ]


def test_what_is_compressed_too_much_is_refused(tmp_path: Path) -> None:
    (reason,) = refusals(tmp_path, archive(("bombe.pdf", b" " * 2_000_000)))
    assert reason == "fichier refusé : contenu compressé plus de 200 fois"


def test_members_together_are_bounded(tmp_path: Path) -> None:
    data = archive(*((f"{n}.pdf", os.urandom(600)) for n in range(3)))
    accepted = [reason is None for reason in refusals(tmp_path, data, total_bytes=1500)]
    assert accepted == [True, True, False]


def test_a_size_that_lies_is_found_out(tmp_path: Path) -> None:
    content = os.urandom(5000)
    data = archive(("RC.pdf", content)).replace(struct.pack("<L", 5000), struct.pack("<L", 10))
    assert refusals(tmp_path, data) == ["fichier abîmé dans l'archive"]


def test_an_altered_member_is_refused(tmp_path: Path) -> None:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as written:
        written.writestr("RC.pdf", b"quinze pour cent")
        written.writestr("AE.pdf", b"ae")
    data = output.getvalue().replace(b"quinze", b"trente")
    assert refusals(tmp_path, data) == ["fichier abîmé dans l'archive", None]


def test_an_archive_of_too_many_members_is_refused_whole(tmp_path: Path) -> None:
    data = archive(*((f"{n}.pdf", b"") for n in range(4)))
    assert opened(tmp_path, data, members=3) == [
        ZipMember("colis.zip", refusal="archive refusée : plus de 3 éléments")
    ]


def test_a_list_of_members_that_would_fill_the_memory_is_not_read(tmp_path: Path) -> None:
    parcel = tmp_path / "colis.zip"
    directory = 3_000_000_000
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 9, 9, directory, 0, 0)
    with parcel.open("wb") as file:
        file.seek(directory)
        file.write(end)
    tracemalloc.start()
    (refused,) = unpack(parcel, tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.refusal == "archive refusée : trop d'éléments"
    assert peak < 20_000_000


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4", b"PK\x03\x04tronqu\xe9"])
def test_what_is_no_archive_is_said(tmp_path: Path, data: bytes) -> None:
    (refused,) = opened(tmp_path, data)
    assert refused == ZipMember(
        "colis.zip", refusal="ce n'est pas une archive ZIP, ou elle est abîmée"
    )


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_damaged_archive_never_escapes_its_folder_nor_raises(
    tmp_path_factory: pytest.TempPathFactory, damages: list[tuple[int, int]]
) -> None:
    data = bytearray(archive(("DCE/RC.pdf", b"rc" * 40), ("DCE/../CCAP.pdf", b"ccap")))
    for place, value in damages:
        data[place % len(data)] = value
    opened(tmp_path_factory.mktemp("colis"), bytes(data))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("z02_50k_entries.zip", "archive refusée : plus de 1000 éléments"),
        ("z04_symlink.zip", SPECIAL),
    ],
)
def test_hostile_archives_are_refused(tmp_path: Path, name: str, reason: str) -> None:
    path = SHARED / "data/security/office" / name
    if not path.exists():
        pytest.skip(f"hostile files are not here: {path}")
    (refused,) = unpack(path, tmp_path)
    assert refused.refusal == reason
    assert not list(tmp_path.iterdir())
