"""`sourcier serve`: what it says before the page can be asked for."""

from pathlib import Path

import pytest

from assistant.cli.serving import WITHOUT_LAW, _welcome
from tests.support.index_home import add, build_and_publish
from tests.support.small_index import SMALL_PURCHASES

ADDRESS = "http://127.0.0.1:7860"


def test_an_index_of_sheets_alone_is_told_where_the_law_comes_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, sheet = tmp_path / "home", tmp_path / "achats.md"
    sheet.write_text(SMALL_PURCHASES, encoding="utf-8")
    add(home, sheet)
    build_and_publish(home)
    _welcome(home, None, ADDRESS)
    said = capsys.readouterr().out
    assert WITHOUT_LAW in said
    assert ADDRESS in said


def test_an_index_of_the_law_is_not(small_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _welcome(small_home, None, ADDRESS)
    said = capsys.readouterr().out
    assert WITHOUT_LAW not in said
    assert ADDRESS in said
