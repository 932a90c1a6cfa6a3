"""What a person asked is found again in the evaluation set when their words are erased."""

import json
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from assistant.cli.command import main
from assistant.journal.journal import erase
from assistant.review.gold import FILE, RECORD, GoldQuestion, promoted_from
from tests.review_room import ANNE, CLAIRE, House, house
from tests.small_index import TODAY

PURCHASE = "Puis-je acheter pour 35 000 € sans publicité ?"
ADVANCE = "À partir de quel montant une avance ?"
ASKED, WRITTEN = "relue-claire", "ecrite-par-anne"
ABOUT_PURCHASE = GoldQuestion(ASKED, PURCHASE, TODAY, ("R2122-8",), ("60 000",))


@pytest.fixture
def known(small_home: Path, tmp_path: Path) -> House:
    """A set of two questions: one that Claire asked, one that Anne wrote herself."""
    known = house(copytree(small_home, tmp_path / "home"))
    record_id = known.ask(PURCHASE).record_id
    known.room.promote(ANNE, ABOUT_PURCHASE, record_id)
    known.room.promote(ANNE, GoldQuestion(WRITTEN, ADVANCE, TODAY, ("R2191-3",), ("30 000",)))
    return known


def erased(known: House, *more: str) -> list[str]:
    return ["--data", str(known.home), "journal", "erase", "--user", CLAIRE.user, *more]


def test_they_are_named_to_who_erases_and_stay(
    known: House, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(erased(known)) == 0
    said = capsys.readouterr().out
    assert f"avec ses mots : {ASKED}." in said
    assert WRITTEN not in said
    assert [each.id for each in known.room.gold] == [ASKED, WRITTEN]
    assert main(erased(known, "--json")) == 0
    assert json.loads(capsys.readouterr().out) == {"forgotten": 0, "questions": [ASKED]}


def test_they_are_taken_out_when_that_is_asked_for(
    known: House, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(erased(known, "--questions")) == 0
    assert f"retirées du jeu d'évaluation : {ASKED}." in capsys.readouterr().out
    assert [each.id for each in known.room.gold] == [WRITTEN]
    assert PURCHASE not in (known.home / FILE).read_text()
    last = list(known.journal.entries())[-1]
    assert (known.journal.body(last) or {})["act"] == "removed"
    assert list(known.journal.faults()) == []
    assert main(erased(known)) == 0
    assert "évaluation" not in capsys.readouterr().out


def test_they_are_found_once_who_promoted_them_is_forgotten_too(known: House) -> None:
    known.room.promote(ANNE, replace(ABOUT_PURCHASE, question=f"{PURCHASE} Mieux dite"))
    erase(known.journal, ANNE.user)
    assert promoted_from(known.home, known.journal, CLAIRE.user) == (ASKED,)
    assert promoted_from(known.home, known.journal, ANNE.user) == ()


def test_those_that_an_earlier_version_promoted_are_found_by_the_journal(known: House) -> None:
    path = known.home / FILE
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    earlier = ({name: row[name] for name in row if name != RECORD} for row in rows)
    path.write_text("".join(f"{json.dumps(row)}\n" for row in earlier))
    assert promoted_from(known.home, known.journal, CLAIRE.user) == (ASKED,)
