"""The units of systemd and the image run the service in the same world."""

import re

import pytest

from tests.support.paths import ROOT

UNITS = sorted((ROOT / "assistant/operations/units").glob("*.service"))


@pytest.mark.parametrize("name", [each.name for each in UNITS])
def test_a_unit_changes_the_day_when_the_image_does(name: str) -> None:
    """The law of a day begins at midnight in Paris, wherever the clock of the machine stands."""
    [zone] = re.findall(r"\bTZ=(\S+)", (ROOT / "Containerfile").read_text(encoding="utf-8"))
    unit = (ROOT / "assistant/operations/units" / name).read_text(encoding="utf-8")
    [environment] = re.findall(r"^Environment=(.*)$", unit, re.MULTILINE)
    assert f"TZ={zone}" in environment.split()
