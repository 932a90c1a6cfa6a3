"""Archives listed, planned, and brought from a server that fails in every way."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from ingestion.errors import IngestionError
from ingestion.legislation.dila import DilaServer, listed
from ingestion.legislation.mirror import (
    ArchiveFolder,
    ListedArchive,
    plan_installation,
    plan_update,
)
from tests.support.dila_server import Answer, Dila, code, cut, offering
from tests.support.legi_files import FULL, NEXT

DATA = bytes(range(256)) * 4000
ARCHIVE = ListedArchive(NEXT, len(DATA))
OLDER_FULL = "Freemium_legi_global_20250713-140000.tar.gz"


@pytest.fixture
def dila(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dila]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with offering(Dila({NEXT: DATA, FULL: b"full"})) as dila:
        yield dila


def server(dila: Dila, waits: list[float] | None = None) -> DilaServer:
    return DilaServer(dila.address, pause=(waits if waits is not None else []).append)


def brought(dila: Dila, waits: list[float] | None = None) -> bytes:
    return b"".join(server(dila, waits).pieces(ARCHIVE))


def day(number: int, hour: int = 20, month: int = 3) -> ListedArchive:
    return ListedArchive(f"LEGI_2026{month:02}{number:02}-{hour:02}3000.tar.gz", 10)


# The list


def test_the_page_of_a_folder_tells_archives_and_about_their_sizes(dila: Dila) -> None:
    assert server(dila).listing() == (
        ListedArchive(NEXT, len(DATA) >> 10 << 10),
        ListedArchive(FULL, 1024),
    )


def test_other_servers_pages_are_read_too() -> None:
    page = (
        f'<tr><td><a href="/OPENDATA/LEGI/{FULL}">x</a></td><td align="right">2026-01-01 14:12  '
        f'</td><td align="right">1.1G</td></tr><a href="LEGI_notes.tar.gz">x</a> 3K'
        f'<a href="{NEXT}">{NEXT}</a>  1 Mar 2026 20:30   52431\r\n<a href="{NEXT}">again</a>'
    )
    assert list(listed(page)) == [
        ListedArchive(FULL, int(1.1 * (1 << 30))),
        ListedArchive(NEXT, 52431),
    ]


def test_a_page_without_archives_names_the_setting(dila: Dila) -> None:
    dila.archives = {}
    with pytest.raises(IngestionError, match="law_source"):
        server(dila).listing()


# What is taken


def test_the_newest_complete_archive_goes_first_then_the_days_since() -> None:
    full, old = ListedArchive(FULL, 1000), ListedArchive(OLDER_FULL, 900)
    jan = [day(2, month=1), day(1, month=1), day(3, 3, month=1)]
    plan = plan_installation((old, *jan, full), None)
    assert plan.archives == (full, day(1, month=1), day(2, month=1), day(3, 3, month=1))
    assert (plan.missing, plan.beyond, plan.size) == ((), None, 1030)


def test_a_day_without_archive_is_missing_and_one_made_past_midnight_is_not() -> None:
    reached = datetime(2026, 3, 1, 20, 30)
    plan = plan_update((day(3, 3), day(5), day(4, 3)), reached)
    assert plan.missing == ()
    plan = plan_update((day(2), day(5)), reached)
    assert plan.missing == (date(2026, 3, 3), date(2026, 3, 4))
    assert plan.archives == (day(2), day(5))


def test_what_follows_a_hole_too_long_is_left() -> None:
    plan = plan_update((day(2), day(12), day(13)), datetime(2026, 3, 1, 20, 30))
    assert (plan.archives, plan.beyond, plan.missing) == ((day(2),), day(12), ())


def test_what_is_installed_goes_on_from_where_it_is_until_a_newer_complete_archive() -> None:
    reached = datetime(2026, 3, 1, 20, 30)
    offered = (ListedArchive(FULL, 1000), day(1), day(2))
    assert plan_installation(offered, reached).archives == (day(2),)
    newer = ListedArchive("Freemium_legi_global_20260302-140000.tar.gz", 1000)
    assert plan_installation((*offered, newer), reached).archives == (newer, day(2))


def test_older_archives_than_what_is_installed_are_refused() -> None:
    with pytest.raises(IngestionError, match=r"01/03/2026.*ceux du 02/03/2026"):
        plan_installation((ListedArchive(FULL, 1), day(1)), datetime(2026, 3, 2, 20, 30))
    with pytest.raises(IngestionError, match="sourcier law install"):
        plan_update((day(1),), None)


def test_a_folder_offers_its_archives_and_no_other_file(tmp_path: Path) -> None:
    (tmp_path / NEXT).write_bytes(DATA)
    (tmp_path / "notes.tar.gz").touch()
    folder = ArchiveFolder(tmp_path)
    assert folder.listing() == (ARCHIVE,)
    assert b"".join(folder.pieces(ARCHIVE)) == DATA
    with pytest.raises(IngestionError, match="n'existe pas"):
        ArchiveFolder(tmp_path / "absent").listing()


# Bringing one


def test_what_is_cut_three_times_goes_on_where_it_stopped(dila: Dila) -> None:
    dila.failures.extend([cut(100_000), cut(0), code(503)])
    waits: list[float] = []
    assert brought(dila, waits) == DATA
    first, *others = dila.asked_for(NEXT)
    assert first == ""
    assert others == ["bytes=100000-"] * 3
    assert waits == [1, 2, 4]


def test_a_server_that_cannot_resume_is_read_again_past_what_is_known(dila: Dila) -> None:
    dila.resumes = False
    dila.failures.append(cut(100_000))
    assert brought(dila) == DATA


def test_an_archive_that_changes_meanwhile_is_refused(dila: Dila) -> None:
    dila.failures.append(cut(100_000))
    pieces = server(dila).pieces(ARCHIVE)
    next(pieces)
    dila.archives = {NEXT: DATA + b"more"}
    with pytest.raises(IngestionError, match=r"1024000 puis 1024004"):
        list(pieces)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (code(404), "manque sur le serveur"),
        (code(403), "code 403"),
        (code(302, Location="https://ailleurs.example/x"), "autre serveur : refusé"),
        (code(302, Location="//127.0.0.1:1/x"), "autre serveur : refusé"),
    ],
)
def test_what_no_attempt_would_change_is_refused_at_once(
    dila: Dila, answer: Answer, said: str
) -> None:
    dila.failures.append(answer)
    with pytest.raises(IngestionError, match=said):
        brought(dila)
    assert len(dila.asked) == 1


def test_a_redirection_on_the_same_server_is_followed(dila: Dila) -> None:
    dila.failures.append(code(302, Location=f"/ailleurs/{NEXT}"))
    assert brought(dila) == DATA


def test_a_server_that_stays_silent_is_given_up_and_the_proxy_named(dila: Dila) -> None:
    dila.failures.extend([code(503)] * 20)
    waits: list[float] = []
    with pytest.raises(IngestionError, match="https_proxy"):
        brought(dila, waits)
    assert waits == [1, 2, 4, 8, 16, 32, 60]


def test_a_server_that_says_when_to_come_back_is_heard(dila: Dila) -> None:
    dila.failures.extend([code(503, **{"Retry-After": "9"}), code(429, **{"Retry-After": "1"})])
    waits: list[float] = []
    assert brought(dila, waits) == DATA
    assert waits == [9, 2]


def test_the_proxy_of_the_environment_is_asked(dila: Dila, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", dila.address.removesuffix("/OPENDATA/LEGI/"))
    asked = DilaServer("http://dila.example/OPENDATA/LEGI/")
    assert b"".join(asked.pieces(ARCHIVE)) == DATA
    assert dila.asked == [(f"http://dila.example/OPENDATA/LEGI/{NEXT}", "")]
