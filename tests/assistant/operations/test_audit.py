"""Has any library an advisory, and is a part with one ever loaded?"""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from assistant.operations import audit
from assistant.operations.audit import CLEAN, CONCERNED, UNASKED, accepted, judged, read_report
from tests.support.paths import ROOT
from tests.support.small_index import build_small_index

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
            "1 bibliothèque (torch)",
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
    assert audit.main() == UNASKED
    assert "n'a pas pu se faire" in capsys.readouterr().out


def test_every_library_installed_is_asked_about_by_its_public_version(tmp_path: Path) -> None:
    tool = tmp_path / "tool.py"
    tool.write_text(
        "import json, sys\n"
        "rows = open(sys.argv[-1]).read().split()\n"
        "skipped = [{'name': row, 'skip_reason': ''} for row in rows]\n"
        "print(json.dumps({'dependencies': skipped}))\n"
    )
    asked = audit.audit([sys.executable, str(tool)]).unasked
    assert {"torch", "fastapi", "chromadb"} <= {each.partition("==")[0] for each in asked}
    assert not [each for each in asked if "+" in each or each.startswith("sourcier")]


LOADED = """
import json, sys
for line in sys.argv[1:]:
    exec(line)
loaded = {name: getattr(module, "__file__", None) for name, module in list(sys.modules.items())}
apart = ("diskcache", "chromadb.server", "chromadb.cli", "chromadb.app")
print(json.dumps([name for name, file in loaded.items() if file and name.startswith(apart)]))
print(json.dumps(sorted({name.partition(".")[0] for name in loaded})))
"""


def loaded(*lines: str) -> tuple[list[str], list[str]]:
    """The parts with advisories that a new process has loaded, and all that it has loaded."""
    child = subprocess.run(
        [sys.executable, "-c", LOADED, *lines],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    *_, parts, everything = child.stdout.strip().splitlines()
    return json.loads(parts), json.loads(everything)


def test_what_would_be_loaded_is_seen() -> None:
    parts, _ = loaded("import diskcache", "import chromadb.server")
    assert {"diskcache", "chromadb.server"} <= set(parts)


@pytest.mark.slow
def test_no_part_with_an_advisory_is_loaded_by_a_served_process(
    weights_home: Path, tmp_path: Path
) -> None:
    from assistant.container import load_embedder
    from assistant.settings import Settings

    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(weights_home / "models")
    build_small_index(home, tmp_path, load_embedder(home, Settings()))
    parts, everything = loaded(
        "from pathlib import Path",
        "from fastapi.testclient import TestClient",
        "from assistant.web.app import create_app",
        "from assistant.web.serving import load_site",
        "from assistant.settings import load_settings",
        f"home = Path({str(home)!r})",
        "site = load_site(home, load_settings(home))",
        "page = TestClient(create_app(site)).get('/')",
        "assert page.status_code == 200, page.status_code",
        "import assistant.llm.llama",
        "from assistant.identity import ALONE",
        "asked = 'Below which amount may a town buy without competition?'",
        "list(site.services(ALONE).ask(asked, as_of=None, history=()))",
    )
    assert parts == []
    assert {"chromadb", "gradio", "llama_cpp", "sentence_transformers"} <= set(everything)
