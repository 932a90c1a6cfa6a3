"""What was done to a journal is found, and told where it was done."""

import random
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import WrongAnchors
from assistant.journal.bodies import Bodies
from assistant.journal.chain import Anchor
from assistant.journal.journal import Journal
from assistant.journal.verification import ChainFault, Link, Tampering, chain_faults, find_faults
from tests.support.journals import (
    CHAIN_TAMPERINGS,
    START,
    Altered,
    copied,
    earlier_lines,
    fill,
    rewritten,
)

ROUNDS = 100


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal of forty entries."""
    home = tmp_path_factory.mktemp("journal")
    fill(home / "journal.jsonl", 40)
    return home


@pytest.fixture(scope="module")
def lines(home: Path) -> tuple[bytes, ...]:
    return tuple((home / "journal.jsonl").read_bytes().splitlines(keepends=True))


def faults(
    home: Path, lines: list[bytes], anchors: tuple[Anchor, ...] = ()
) -> tuple[ChainFault, ...]:
    return find_faults(lines, Bodies(home), anchors)


@pytest.mark.parametrize("tamper", CHAIN_TAMPERINGS)
def test_a_tampering_of_the_chain_is_located(
    home: Path, lines: tuple[bytes, ...], tamper: Callable[[list[bytes], random.Random], Altered]
) -> None:
    for seed in range(ROUNDS):
        altered = tamper(list(lines), random.Random(seed))
        if altered.lines == list(lines):
            continue
        found = faults(home, altered.lines)
        assert found, seed
        assert {fault.line for fault in found} <= altered.places, (seed, found)
        assert {fault.what for fault in found} <= altered.what, (seed, found)


def anchor(lines: tuple[bytes, ...], number: int) -> Anchor:
    return Anchor(START.date(), number, lines[number - 1].split(b'"hash":"')[1][:64].decode())


@given(st.integers(0, 38))
def test_a_cut_tail_is_seen_by_who_kept_an_anchor(
    home: Path, lines: tuple[bytes, ...], left: int
) -> None:
    known = (anchor(lines, 20), anchor(lines, 39))
    found = faults(home, list(lines[:left]), known)
    assert [(fault.line, fault.what) for fault in found] == [(left + 1, Tampering.CUT)]
    assert faults(home, list(lines[:left])) == ()
    assert faults(home, list(lines), known) == faults(home, list(lines[:39]), known) == ()


def test_a_journal_written_anew_is_seen_by_who_kept_an_anchor(
    home: Path, lines: tuple[bytes, ...], tmp_path: Path
) -> None:
    fill(tmp_path / "journal.jsonl", 40)
    anew = (tmp_path / "journal.jsonl").read_bytes().splitlines(keepends=True)
    assert faults(tmp_path, anew) == ()
    known = (anchor(lines, 20), anchor(lines, 39))
    [fault] = faults(tmp_path, anew, known)
    assert (fault.line, fault.what) == (20, Tampering.EDIT)
    assert "05/01/2026" in fault.reason


@pytest.fixture
def copy(home: Path, tmp_path: Path) -> Path:
    return shutil.copytree(home, tmp_path / "copy")


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_an_altered_body_is_located(copy: Path, seed: int) -> None:
    rng = random.Random(seed)
    journal = Journal(copy / "journal.jsonl")
    entry = rng.choice(list(journal.entries()))
    path = copy / entry["kept"] / f"{entry['sha256']}.json"
    content = bytearray(path.read_bytes())
    place = rng.randrange(len(content))
    change = rng.choice(["byte", "cut", "gone"])
    content[place] ^= 1 + rng.randrange(255)
    path.write_bytes(content if change == "byte" else content[:place])
    if change == "gone":
        path.unlink()
    [fault] = journal.faults()
    assert (fault.line, fault.what) == (entry["number"], Tampering.BODY)
    assert journal.body(entry) is None


def test_several_tamperings_are_all_told(home: Path, lines: tuple[bytes, ...]) -> None:
    altered = list(lines)
    altered[30] = altered[30].replace(b"answer", b"anSwer")
    altered.insert(25, b"?\n")
    altered[20], altered[21] = altered[21], altered[20]
    del altered[10:12]
    found = [(fault.line, fault.what) for fault in faults(home, altered)]
    assert found == [
        (11, Tampering.DELETION),
        (20, Tampering.REORDERING),
        (24, Tampering.INSERTION),
        (30, Tampering.EDIT),
    ]


@given(
    st.lists(
        st.builds(
            Link,
            st.sampled_from(["", "a", "b", "c"]),
            st.sampled_from(["", "a", "b", "0" * 64]),
            st.none() | st.integers(1, 10**14),
            st.booleans(),
        ),
        max_size=8,
    )
)
def test_any_lines_are_told_apart_from_a_chain(links: list[Link]) -> None:
    whole = all(link.is_sound for link in links) and all(
        link.previous == (links[at - 1].hash if at else "0" * 64) and link.number in (None, at + 1)
        for at, link in enumerate(links)
    )
    if not whole:
        assert chain_faults(links)


def test_one_fault_among_thousands_of_entries_is_found_alone(tmp_path: Path) -> None:
    journal = fill(tmp_path / "journal.jsonl", 2000)
    assert journal.faults() == ()
    lines = (tmp_path / "journal.jsonl").read_bytes().splitlines(keepends=True)
    for tamper in (rewritten, copied):
        altered = tamper(list(lines), random.Random(1))
        [fault] = faults(tmp_path, altered.lines)
        assert fault.line in altered.places


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.replace(b'{"at"', b'{ "at"'),
        lambda line: line.replace(b'"kind":"answer"', b'"kind":"other","kind":"answer"'),
        lambda line: line.replace(b'"body":{', b'"body":{"number":9,'),
        lambda line: line.replace(b"jours", b"jour\\u0073"),
        lambda line: line.replace(b"\n", b" \n"),
        lambda line: b"\xef\xbb\xbf" + line,
    ],
)
def test_a_change_that_json_reads_the_same_is_found(
    tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "journal.jsonl"
    fill(path, 3)
    found = 0
    for lines in (earlier_lines(3), path.read_bytes().splitlines(keepends=True)):
        if (altered := change(lines[1])) != lines[1]:  # lines of today hold no body
            path.write_bytes(lines[0] + altered + lines[2])
            assert {fault.line for fault in Journal(path).faults()} == {2}
            found += 1
    assert found


@pytest.mark.parametrize("kept", [5, 20, 77])
def test_an_anchor_that_a_crash_cut_short_accuses_nobody(tmp_path: Path, kept: int) -> None:
    day = START
    journal = Journal(tmp_path / "journal.jsonl", lambda: day)
    journal.append("answer", {})
    [entry] = journal.entries()
    line, file = Anchor(START.date(), 1, entry["hash"]).line, tmp_path / "anchors"
    file.write_text(line[:kept])
    is_whole = kept == len(line) - 1  # it lacks only its end
    assert journal.faults() == ()
    day += timedelta(days=1)
    journal.append("answer", {})
    next_day = line.replace("05", "06", 1)
    assert file.read_text() == (line if is_whole else "") + next_day
    assert journal.faults() == ()


def test_what_is_no_anchor_stays_in_their_file_and_is_said(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl", lambda: START)
    (tmp_path / "anchors").write_text("# note du RSSI")
    journal.append("answer", {})
    journal.anchor()
    assert (tmp_path / "anchors").read_text().startswith("# note du RSSI\n")
    with pytest.raises(WrongAnchors, match="ligne 1"):
        journal.faults()
