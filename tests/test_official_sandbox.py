import gzip
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from ingestion.errors import IngestionError
from ingestion.legislation.archives import read_archives, read_stream
from ingestion.legislation.articles import Changes
from ingestion.sandbox import Limits
from tests.legi_files import (
    CODE_ID,
    FULL,
    NEXT,
    OTHER_CODE_ID,
    VERSION,
    article_name,
    article_xml,
    files_of,
    other,
    suppressions,
    write_archive,
)

ELSEWHERE = other(21, text_id=OTHER_CODE_ID, code="Code des cordes")


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
