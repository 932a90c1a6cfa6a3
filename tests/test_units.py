"""What systemd and the image start is a command of this program, and they agree on the rest."""

import json
import re
import shlex
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml

from assistant.cli.command import main

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
    commands["compose.yaml"] = ["/sourcier", *services["accounts"]["command"]]
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
