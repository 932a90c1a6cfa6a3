"""What commands write is for the account that runs them; what the start says."""

import json
import os
import re
import shlex
import socket
import stat
from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from assistant.cli.command import main
from assistant.errors import WrongSettings
from assistant.settings import Settings
from ingestion.library.library import CORPUS
from tests.index_home import add, build_and_publish, write_articles


@pytest.fixture(autouse=True)
def _usual_mask() -> Iterator[None]:
    """What a shell sets, whatever a command sets for itself."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_journal_dossiers_and_ledger_are_private_before_anything_is_served(tmp_path: Path) -> None:
    home, piece = tmp_path / "home", tmp_path / "CCAP.md"
    piece.write_text("# CCAP\n\nTrente jours.\n")
    commands = (
        ("dossier", "create", "ecole-2026"),
        ("index", "add", str(piece), "--kind", "tender", "--dossier", "ecole-2026"),
        ("invoices", "import", str(CORPUS / "commune-fictive" / "factures.csv")),
        ("journal", "anchor"),
        ("users", "add", "ana", "--role", "acheteur"),
    )
    for words in commands:
        assert main(["--data", str(home), *words]) == 0, words
    written = [home, *home.rglob("*")]
    names = {path.name for path in written}
    assert {"journal.jsonl", "anchors", "records", "dossiers", "ledger", "originals"} <= names
    shared = [str(path) for path in written if path.stat().st_mode & 0o077]
    assert shared == []


def test_what_is_written_while_serving_is_for_its_account_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(home: Path, settings: Settings) -> None:
        (home / "asked").write_text("Une question")
        raise WrongSettings("Rien à servir.")

    monkeypatch.setattr("assistant.web.serving.load_site", asked)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert main(["--data", str(tmp_path), "serve", "--port", str(port)]) == 1
    assert stat.S_IMODE((tmp_path / "asked").stat().st_mode) == 0o600


@pytest.mark.parametrize("articles", [{}, {"R2122-8": "L'acheteur achète sans publicité."}])
def test_the_start_says_how_to_have_the_law_until_it_is_indexed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    articles: Mapping[str, str],
) -> None:
    home = tmp_path / "home"
    (tmp_path / "fiche.md").write_text("# Achats\n\n## Payer (art. R2192-10)\n\nTrente jours.")
    add(home, tmp_path / "fiche.md")
    if articles:
        add(home, write_articles(tmp_path / "code.jsonl", articles))
    build_and_publish(home)
    monkeypatch.setattr(
        "assistant.web.serving.load_site", lambda *_: SimpleNamespace(accounts=None)
    )
    monkeypatch.setattr("assistant.web.app.serve", lambda *_: None)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert main(["--data", str(home), "serve", "--port", str(port)]) == 0
    assert ("sourcier law install" in capsys.readouterr().out) is not bool(articles)


# What systemd and the image start is a command of this program, and they agree on the rest


ROOT = Path(__file__).parent.parent
UNITS = ROOT / "assistant" / "operations" / "units"


def unit(name: str) -> ConfigParser:
    found = ConfigParser(strict=False, interpolation=None)
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read(UNITS / name, encoding="utf-8")
    return found


def started() -> dict[str, list[str]]:
    """What each of them gives to `sourcier`."""
    commands = {
        path.name: shlex.split(unit(path.name)["Service"]["ExecStart"])
        for path in sorted(UNITS.glob("*.service"))
    }
    image = (ROOT / "Containerfile").read_text(encoding="utf-8")
    [told] = re.findall(r"^CMD (.*)$", image, re.MULTILINE)
    commands["Containerfile"] = ["/sourcier", *json.loads(told)]
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    for name in ("accounts", "worker"):
        commands[f"compose.yaml, {name}"] = ["/sourcier", *services[name]["command"]]
    return commands


@pytest.mark.parametrize(("where", "command"), started().items())
def test_what_is_started_is_a_command(
    where: str, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command[0].endswith("/sourcier")
    assert main([*command[1:], "--help"]) == 0
    assert "usage : sourcier" in capsys.readouterr().out


def test_the_timer_starts_the_unit_of_its_name_which_writes_where_the_service_reads() -> None:
    timer, update, service = map(
        unit, ("sourcier-update.timer", "sourcier-update.service", "sourcier.service")
    )
    assert timer["Timer"]["OnCalendar"]
    for key in ("User", "StateDirectory", "Environment", "UMask", "ProtectSystem"):
        assert update["Service"][key] == service["Service"][key]
