import gzip
import tarfile
from pathlib import Path

import pytest

from ingestion.errors import UnreadableFile
from ingestion.legislation.articles import SourceRefusal
from ingestion.legislation.legi import (
    LegiMember,
    in_order,
    is_complete,
    is_incremental,
    is_official,
    members,
    size_of,
    sources_at,
    suppressed,
)
from tests.legi_files import (
    FULL,
    LAST,
    NEXT,
    VERSION,
    article_name,
    article_xml,
    files_of,
    other,
    suppressions,
    write_archive,
    write_folder,
)

FILES = files_of(VERSION, other(12)) | suppressions(other(13))


def found(path: Path) -> list[LegiMember]:
    return [member for member in members(path) if isinstance(member, LegiMember)]


def refused(path: Path) -> list[SourceRefusal]:
    return [refusal for refusal in members(path) if isinstance(refusal, SourceRefusal)]


def entry(name: str, kind: bytes, link: str = "") -> tarfile.TarInfo:
    special = tarfile.TarInfo(name)
    special.type, special.linkname = kind, link
    return special


def test_articles_and_suppressions_are_streamed_and_their_neighbours_passed(tmp_path: Path) -> None:
    streamed = found(write_archive(tmp_path / NEXT, FILES))
    assert [member.name for member in streamed if member.is_article] == [
        article_name(VERSION),
        article_name(other(12)),
    ]
    assert streamed[0].data == article_xml(VERSION)
    (listed,) = (member for member in streamed if not member.is_article)
    assert suppressed(listed.data) == (other(13).id,)
    assert not refused(tmp_path / NEXT)
    assert list(tmp_path.iterdir()) == [tmp_path / NEXT]


def test_a_folder_unpacked_is_read_like_its_archive(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "legi", FILES | {".cache/LEGIARTI000000000099.xml": b"x"})
    archive = write_archive(tmp_path / NEXT, FILES)
    read = {(member.name, member.data) for member in found(folder)}
    assert read == {(member.name, member.data) for member in found(archive)}
    assert max(member.position for member in found(folder)) == size_of(folder)
    assert max(member.position for member in found(archive)) <= size_of(archive)


def test_lists_of_suppressions_are_read_however_written() -> None:
    lines = b"a/LEGIARTI000000000001\r\n/b/LEGIARTI000000000002.xml \n\n\xff\nLEGIARTI3\nx/LEGITEXT"
    assert suppressed(lines) == ("LEGIARTI000000000001", "LEGIARTI000000000002")


@pytest.mark.parametrize(
    ("special", "reason"),
    [
        (entry("../LEGIARTI000000000099.xml", tarfile.REGTYPE), "il sort de l'archive"),
        (entry("a/../../b.xml", tarfile.REGTYPE), "il sort de l'archive"),
        (entry("/etc/LEGIARTI000000000099.xml", tarfile.REGTYPE), "il sort de l'archive"),
        (entry("LEGIARTI000000000099.xml", tarfile.SYMTYPE, "/etc/passwd"), "lien"),
        (entry("a/LEGIARTI000000000099.xml", tarfile.LNKTYPE, "b"), "lien"),
        (entry("null", tarfile.CHRTYPE), "lien ou fichier spécial"),
        (entry("pipe", tarfile.FIFOTYPE), "lien ou fichier spécial"),
    ],
)
def test_a_hostile_entry_is_refused_and_the_others_read(
    tmp_path: Path, special: tarfile.TarInfo, reason: str
) -> None:
    path = write_archive(tmp_path / NEXT, FILES, special)
    assert len(found(path)) == 3
    (refusal,) = refused(path)
    assert refusal.name == special.name
    assert reason in refusal.reason


def test_a_link_in_a_folder_is_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "legi", FILES)
    (folder / "LEGIARTI000000000099.xml").symlink_to("/etc/passwd")
    assert refused(folder) == [SourceRefusal("LEGIARTI000000000099.xml", "lien refusé")]


def test_a_file_too_big_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.legislation.legi._MOST_BYTES_A_FILE", 100)
    assert len(refused(write_archive(tmp_path / NEXT, files_of(VERSION)))) == 1
    assert len(refused(write_folder(tmp_path / "legi", files_of(VERSION)))) == 1


@pytest.mark.parametrize("bound", ["_MOST_FILES", "_MOST_BYTES"])
def test_an_archive_beyond_the_bounds_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr(f"ingestion.legislation.legi.{bound}", 2)
    with pytest.raises(UnreadableFile, match="démesuré"):
        list(members(write_archive(tmp_path / NEXT, FILES)))


def test_an_archive_cut_short_anywhere_is_never_taken_for_a_whole_one(tmp_path: Path) -> None:
    path = write_archive(tmp_path / NEXT, FILES)
    whole = path.read_bytes()
    for length in (0, 1, 30, len(whole) // 2, len(whole) - 9, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(UnreadableFile, match="abîmée ou incomplète"):
            list(members(path))


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / NEXT
    for data in (b"text", gzip.compress(b"x" * 2000), gzip.compress(b"")):
        path.write_bytes(data)
        with pytest.raises(UnreadableFile, match="abîmée"):
            list(members(path))


def test_sources_are_found_by_name(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "legi", FILES | {"note.md": b"x"})
    archive = write_archive(folder / NEXT, FILES)
    assert sources_at(tmp_path) == (archive, tmp_path)
    assert sources_at(archive) == (archive,)
    assert sources_at(folder / article_name(VERSION)) == (folder / article_name(VERSION),)
    assert sources_at(folder / "note.md") == ()
    assert sources_at(tmp_path / "absent.tar.gz") == ()
    assert sources_at(write_folder(tmp_path / "notes", {"note.md": b"x"})) == ()
    assert [
        path.name for path in folder.rglob("*") if path.is_file() and not is_official(path)
    ] == ["note.md"]


def test_archives_are_in_the_order_of_their_dates_after_those_without() -> None:
    names = [LAST, "legi", FULL, NEXT, "autre"]
    paths = in_order([Path(name) for name in names])
    assert [path.name for path in paths] == ["legi", "autre", FULL, NEXT, LAST]
    assert [is_complete(name) for name in names] == [False, False, True, False, False]
    assert [is_incremental(name) for name in names] == [True, False, False, True, False]
