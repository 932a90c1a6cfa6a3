"""An audit that could not ask has failed, and an advisory is accepted until a day only."""

import sys
from datetime import date
from pathlib import Path

import pytest

from assistant.operations import audit as operations_audit
from assistant.operations.audit import CLEAN, CONCERNED, UNASKED, accepted, judged, read_report

TODAY = date(2026, 11, 28)
ACCEPTED = {"name": "CVE-2025-69872 (GHSA-w8v5-vhqr-4h9v)", "again": date(2027, 2, 24)}
KNOWN = {"id": "PYSEC-2025-9", "aliases": ["CVE-2025-69872"], "fix_versions": ["6.0"]}


def library(name: str, *vulns: object) -> dict[str, object]:
    return {"name": name, "version": "1.0", "vulns": list(vulns)}


@pytest.mark.parametrize(
    ("rows", "again", "code", "told"),
    [
        ([library("jinja2")], date(2027, 2, 24), CLEAN, "Aucun avis nouveau"),
        ([library("diskcache", KNOWN)], date(2027, 2, 24), CLEAN, "1 accepté"),
        ([library("diskcache", KNOWN)], TODAY, CONCERNED, "diskcache 1.0 : CVE-2025-69872"),
        (
            [library("jinja2"), {"name": "torch", "skip_reason": "not found"}],
            date(2027, 2, 24),
            UNASKED,
            "torch",
        ),
    ],
)
def test_what_an_audit_says_is_judged(
    rows: list[dict[str, object]], again: date, code: int, told: str
) -> None:
    known = accepted([ACCEPTED | {"again": again}], TODAY)
    ended, said = judged(read_report({"dependencies": rows}), known)
    assert ended == code
    assert told in " ".join(said)


def test_a_tool_that_says_nothing_has_asked_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tool = tmp_path / "tool.py"
    tool.write_text("")
    monkeypatch.setattr(sys, "argv", ["audit", sys.executable, str(tool)])
    assert operations_audit.main() == UNASKED
    assert "n'a pas pu se faire" in capsys.readouterr().out


def test_every_library_installed_is_asked_about_by_its_public_version(tmp_path: Path) -> None:
    tool = tmp_path / "tool.py"
    tool.write_text(
        "import json, sys\n"
        "rows = open(sys.argv[-1]).read().split()\n"
        "skipped = [{'name': row, 'skip_reason': ''} for row in rows]\n"
        "print(json.dumps({'dependencies': skipped}))\n"
    )
    asked = operations_audit.audit([sys.executable, str(tool)]).unasked
    assert {"torch", "fastapi", "chromadb"} <= {each.partition("==")[0] for each in asked}
    assert not [each for each in asked if "+" in each or each.startswith("sourcier")]
