"""The verifier written for a shell says what the first one says."""

import random
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from assistant.journal.chain import Anchor
from assistant.journal.journal import Journal, erase, purge
from tests.support.journals import CHAIN_TAMPERINGS, START, Altered, earlier_lines, fill

TOOLS = ("bash", "sed", "awk", "sha256sum", "xargs", "paste")
SCRIPT = files("assistant.journal").joinpath("verify.sh")

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, TOOLS)), reason=f"needs a shell's tools: {', '.join(TOOLS)}"
)


def lines_told(home: Path, *anchors: Path) -> list[int]:
    """The lines that the script names, none when it finds the journal intact."""
    command = ["bash", str(SCRIPT), str(home), *map(str, anchors)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    told = [line for line in ran.stdout.splitlines() if line.startswith("ligne ")]
    assert ran.returncode == bool(told), ran.stdout
    assert told or "intact" in ran.stdout
    return [int(line.split()[1]) for line in told]


def agree(home: Path, anchors: Path | None = None) -> bool:
    """Whether both say the same; the script names the line where the chain breaks, or the next."""
    faults = Journal(home / "journal.jsonl").faults(anchors)
    told = lines_told(home, *([anchors] if anchors else []))
    if not faults or not told:
        return not faults and not told
    return not {faults[0].line, faults[0].line + 1}.isdisjoint(told)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    fill(tmp_path / "journal.jsonl", 30)
    return tmp_path


@pytest.mark.parametrize("tamper", CHAIN_TAMPERINGS)
def test_they_agree_on_a_tampered_chain(
    home: Path, tamper: Callable[[list[bytes], random.Random], Altered]
) -> None:
    path = home / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    assert lines_told(home) == []
    for seed in range(12):
        altered = tamper(list(lines), random.Random(seed))
        path.write_bytes(b"".join(altered.lines))
        assert agree(home), seed
        assert lines_told(home) or altered.lines == lines, seed


@pytest.mark.parametrize("change", ["byte", "gone"])
def test_they_agree_on_an_altered_body(home: Path, change: str) -> None:
    entry = list(Journal(home / "journal.jsonl").entries())[11]
    path = home / entry["kept"] / f"{entry['sha256']}.json"
    path.write_bytes(path.read_bytes() + b" ")
    if change == "gone":
        path.unlink()
    assert lines_told(home) == [12]
    assert agree(home)


def test_they_agree_on_an_earlier_journal(home: Path) -> None:
    path = home / "journal.jsonl"
    lines = earlier_lines(4)
    path.write_bytes(b"".join(lines))
    Journal(path).append("answer", {"question": "é" * 20_000}, user="u1")
    lines = path.read_bytes().splitlines(keepends=True)
    assert lines_told(home) == []
    for at in range(4):
        altered = list(lines)
        altered[at] = altered[at].replace(b"jours", b"mois")
        path.write_bytes(b"".join(altered))
        assert lines_told(home) == [at + 1]
        assert agree(home)


def test_they_agree_on_what_was_purged_erased_or_removed(home: Path) -> None:
    dossier = home / "dossiers" / "voirie"
    dossier.mkdir(parents=True)
    day = START + timedelta(days=40)
    journal = Journal(home / "journal.jsonl", lambda: day)
    journal.append("answer", {"question": "d'un dossier"}, dossier / "records", user="u1")
    journal.append("answer", {"question": "à oublier"}, user="u3")
    purge(journal, START + timedelta(days=1))
    erase(journal, "u3")
    assert lines_told(home) == []
    shutil.rmtree(dossier / "records")
    assert lines_told(home) == [32]
    assert agree(home)
    shutil.rmtree(dossier)
    assert lines_told(home) == []
    assert agree(home)


def test_they_agree_on_a_dossier_made_again_under_its_name(home: Path) -> None:
    dossier, journal = home / "dossiers" / "voirie", Journal(home / "journal.jsonl")
    dossier.mkdir(parents=True)
    journal.append("answer", {"question": "d'avant"}, dossier / "records", user="u1")
    shutil.rmtree(dossier)
    journal.append("dossier", {"act": "deleted", "dossier": "voirie"}, user="u4")
    erase(journal, "u4")
    dossier.mkdir()
    journal.append("answer", {"question": "d'après"}, dossier / "records", user="u1")
    assert lines_told(home) == []
    assert agree(home)
    shutil.rmtree(dossier / "records")
    assert len(lines_told(home)) == 1  # that of the one made again
    assert agree(home)


def test_they_agree_on_a_cut_tail(home: Path, tmp_path: Path) -> None:
    path = home / "journal.jsonl"
    anchor = Journal(path).anchor()
    assert isinstance(anchor, Anchor)
    elsewhere = shutil.copy(home / "anchors", tmp_path / "elsewhere")
    (home / "anchors").unlink()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:20]))
    assert lines_told(home) == []
    assert lines_told(home, Path(elsewhere)) == [21]
    assert agree(home, Path(elsewhere))


@pytest.mark.parametrize("kept", [5, 20, 77])
def test_they_agree_on_an_anchor_that_a_crash_cut_short(home: Path, kept: int) -> None:
    anchor = Journal(home / "journal.jsonl").anchor()
    assert isinstance(anchor, Anchor)
    with (home / "anchors").open("a") as file:
        file.write(anchor.line[:kept])
    assert lines_told(home) == []
    assert agree(home)


def test_nothing_to_read_is_said(tmp_path: Path) -> None:
    command = ["bash", str(SCRIPT), str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, "Rien à lire" in ran.stderr) == (2, True)
