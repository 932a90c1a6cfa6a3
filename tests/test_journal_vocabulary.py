"""Whatever the code writes in the journal has a name that a French reader is told."""

import re
from pathlib import Path

import pytest

from assistant.journal.journal import ACTS, KINDS

ROOT = Path(__file__).parent.parent / "assistant"
SOURCES = list(ROOT.rglob("*.py"))
APPENDED = re.compile(
    r'(?:journal\.append|self\._record|_add\(\s*chain,|journal\.forget)\(?\s*"([a-z_]+)"'
    r'(?:,\s*\{"act": "([a-z_]+)")?'
)


def written() -> set[tuple[str, str]]:
    """The kinds, with their acts where these stand beside them, that the code writes."""
    found = (APPENDED.findall(path.read_text(encoding="utf-8")) for path in SOURCES)
    return {pair for pairs in found for pair in pairs}


def test_the_code_is_read() -> None:
    assert {("export", ""), ("dossier", "deleted"), ("anchor", ""), ("retention", "")} <= written()


@pytest.mark.parametrize(("kind", "act"), sorted(written()))
def test_what_is_written_is_in_the_vocabulary(kind: str, act: str) -> None:
    assert kind in KINDS
    assert not act or act in ACTS[kind]


def test_acts_are_of_kinds() -> None:
    assert set(ACTS) <= set(KINDS)
