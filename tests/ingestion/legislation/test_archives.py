import gzip
import tarfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zlib import error as ZlibError  # noqa: N812 - the library's own name says nothing

import pytest

from ingestion.errors import IngestionError, UnreadableFile
from ingestion.legislation.archive_files import (
    LegiMember,
    archive_members,
    in_order,
    is_complete,
    is_incremental,
    is_official,
    members,
    moment_of,
    size_of,
    sources_at,
    suppressed,
)
from ingestion.legislation.archives import read_archives, read_stream
from ingestion.legislation.articles import Changes, SourceRefusal
from ingestion.sandbox import Limits
from tests.support.legi_files import (
    CODE_ID,
    ELSEWHERE,
    FULL,
    LAST,
    NEXT,
    OTHER_CODE_ID,
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
    monkeypatch.setattr("ingestion.legislation.archive_files._MOST_BYTES_A_FILE", 100)
    assert len(refused(write_archive(tmp_path / NEXT, files_of(VERSION)))) == 1
    assert len(refused(write_folder(tmp_path / "legi", files_of(VERSION)))) == 1


@pytest.mark.parametrize("bound", ["_MOST_FILES", "_MOST_BYTES"])
def test_an_archive_beyond_the_bounds_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr(f"ingestion.legislation.archive_files.{bound}", 2)
    with pytest.raises(UnreadableFile, match="démesuré"):
        list(members(write_archive(tmp_path / NEXT, FILES)))


def test_an_archive_cut_short_anywhere_is_never_taken_for_a_whole_one(tmp_path: Path) -> None:
    path = write_archive(tmp_path / NEXT, FILES)
    whole = path.read_bytes()
    for length in (0, 1, 30, len(whole) // 2, len(whole) - 9, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(UnreadableFile, match="abîmée ou incomplète"):
            list(members(path))


@pytest.mark.parametrize("beyond", [0, 100])
def test_an_archive_cut_at_a_header_before_it_was_packed_is_refused(
    tmp_path: Path, beyond: int
) -> None:
    path = write_archive(tmp_path / NEXT, FILES)
    with tarfile.open(path) as whole:
        second = whole.getmembers()[1].offset
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())[: second + beyond]))
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


# Archives read in a child process


@pytest.fixture(autouse=True, scope="module")
def kept_children() -> None:
    """Not kept: what becomes of a child is what these tests are about."""


def read(*paths: Path, texts: Sequence[str] = ()) -> tuple[Changes, ...]:
    return read_archives(paths, texts, lambda done, total: None)


def archive(folder: Path, files: Mapping[str, bytes], name: str = NEXT) -> Path:
    return write_archive(folder / name, files)


def test_archives_are_read_one_after_the_other(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    paths = [
        archive(tmp_path, files_of(VERSION), FULL),
        archive(tmp_path, files_of(other(12)) | suppressions(VERSION)),
    ]
    changes = read_archives(paths, (), lambda done, total: told.append((done, total)))
    assert changes == (
        Changes(FULL, (VERSION,), is_complete=True),
        Changes(NEXT, (other(12),), (VERSION.id,)),
    )
    size = sum(path.stat().st_size for path in paths)
    assert told[-1] == (size, size)


def test_only_the_texts_chosen_are_read(tmp_path: Path) -> None:
    loose = {f"{ELSEWHERE.id}.xml": article_xml(ELSEWHERE)}
    mentioning = other(22, text_id=OTHER_CODE_ID, lines=(f"Voir {CODE_ID}.",))
    loose[f"{mentioning.id}.xml"] = article_xml(mentioning)
    path = archive(tmp_path, files_of(VERSION, other(23, text_id=OTHER_CODE_ID)) | loose)
    (chosen,) = read(path, texts=[CODE_ID])
    assert chosen.versions == (VERSION,)
    (everything,) = read(path)
    assert len(everything.versions) == 4


def test_a_file_refused_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    broken = article_name(other(12))
    elsewhere = article_name(ELSEWHERE)
    files = {broken: b"<ARTICLE>", elsewhere: b"<ARTICLE>"} | files_of(VERSION)
    (changes,) = read(archive(tmp_path, files), texts=[CODE_ID])
    assert changes.versions == (VERSION,)
    assert [refusal.name for refusal in changes.refused] == [broken]
    assert "XML" in changes.refused[0].reason


def test_nothing_is_taken_when_one_archive_cannot_be_read(tmp_path: Path) -> None:
    cut = archive(tmp_path, files_of(other(12)))
    cut.write_bytes(cut.read_bytes()[:-30])
    with pytest.raises(IngestionError, match=rf"^{NEXT} : archive abîmée .* Rien n'a été ajouté"):
        read(archive(tmp_path, files_of(VERSION), FULL), cut)


def test_an_archive_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    path = archive(tmp_path, {f"{number}.xml": b"" for number in range(60_000)})
    with pytest.raises(IngestionError, match="lecture trop longue"):
        read_archives([path], (), lambda done, total: None, limits=Limits(seconds=1))


def test_memory_that_lacks_while_unpacking_is_no_fault_of_the_archive() -> None:
    class Unpacking(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise ZlibError("Error -4 while decompressing data")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ingestion.legislation.archive_files.gzip.open", lambda _: Unpacking())
        with pytest.raises(MemoryError):
            list(archive_members(NEXT, BytesIO(), lambda: 0))


def test_an_archive_that_takes_too_much_memory_is_stopped(tmp_path: Path) -> None:
    header = tarfile.TarInfo("bomb")
    header.type, header.size = tarfile.XHDTYPE, 300 << 20
    path = tmp_path / NEXT
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(header.tobuf())
        for _ in range(300):
            file.write(bytes(1 << 20))
    with pytest.raises(IngestionError, match="gourmande en mémoire"):
        read_archives([path], (), lambda done, total: None, limits=Limits(memory=200 << 20))


def test_more_than_the_library_reads_is_refused_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.legislation.archives.MOST_CHARACTERS", 500)
    path = archive(tmp_path, files_of(VERSION, ELSEWHERE))
    with pytest.raises(IngestionError, match="--text LEGITEXT"):
        read(path)
    assert read(path, texts=[CODE_ID])[0].versions == (VERSION,)


def test_an_archive_of_refused_files_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.legislation.archives._MOST_REFUSALS", 1)
    files = {article_name(other(number)): b"<" for number in range(3)}
    with pytest.raises(IngestionError, match="plus de 1 fichiers refusés"):
        read(archive(tmp_path, files))


def test_a_stream_with_more_than_the_library_reads_is_refused_and_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.legislation.archives.MOST_CHARACTERS", 1000)
    long = [other(serial, lines=("Le puisatier creuse. " * 200,)) for serial in range(100, 160)]
    data = archive(tmp_path, files_of(*long)).read_bytes()
    taken = iter([data, *(bytes(1 << 20) for _ in range(20))])
    with pytest.raises(IngestionError, match="millions de caractères"):
        read_stream(NEXT, taken, ())


def test_a_name_may_tell_no_moment() -> None:
    assert moment_of("LEGI_20260131-203000.tar.gz") == datetime(2026, 1, 31, 20, 30)
    for name in ("LEGI_20260132-203000.tar.gz", "LEGI.tar.gz"):
        assert moment_of(name) is None
