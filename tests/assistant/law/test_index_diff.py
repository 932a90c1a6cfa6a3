import json
import time
from datetime import date
from pathlib import Path

import pytest

from assistant.identity import Identity, UserRole
from assistant.journal.journal import Journal
from assistant.law.impact import Impact, Recorded, TouchedAnswer, changes_between, impact_of
from assistant.web.local_service import LocalBuyerService
from ingestion.errors import UnknownSnapshot
from ingestion.index.lexical import Term
from ingestion.index.publication import finished
from tests.support.command_line import Command, command_of, on_one_line
from tests.support.fake_law import ADVANCE, AFTER, BEFORE, CLOSED, CODE, publish_law, sheet
from tests.support.fakes import WordEmbedder
from tests.support.index_home import add
from tests.support.small_index import assistant_over

SHEET = """---
title: Petits achats
---
# Petits achats

## Sous quel montant ? (art. R2122-8)

Sous le seuil de dispense.
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two snapshots: R2122-8 changed, R2191-3 left, a sheet came."""
    home, texts = tmp_path_factory.mktemp("diff") / "home", tmp_path_factory.mktemp("texts")
    publish_law(home, texts, BEFORE, ADVANCE)
    (texts / "petits-achats.md").write_text(SHEET, encoding="utf-8")
    add(home, texts / "petits-achats.md")
    publish_law(home, texts, CLOSED, AFTER)
    journal = Journal(home / "journal.jsonl")
    for question, title, locator in (
        ("Hors sujet ?", CODE, "art. R2123-1"),
        ("Sous quel montant [sic] ?", CODE, "art. R2122-8"),
    ):
        journal.append(
            "answer", {"question": question, "citations": [{"title": title, "locator": locator}]}
        )
    journal.append("opinion", {"record_id": "x", "thumb": "up", "comment": ""})
    return home


@pytest.fixture
def command(home: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """`sourcier index …`: its exit code and all it says, on one line."""
    return on_one_line(command_of(home, capsys, "index"))


def test_what_changed_and_what_to_read_again_is_told(command: Command, home: Path) -> None:
    old, new = finished(home)
    code, said = command("diff")
    assert code == 0
    assert f"De l'index {old} à l'index {new}" in said
    assert "Articles modifiés (1)" in said
    assert "en dessous de[- 40 000-]{+ 60 000+} euros." in said
    assert "depuis le 1er janvier 2020 → du 1er janvier 2020 au 31 mars 2026" in said
    assert f"Versions qui ne sont plus enregistrées (1) {CODE}, R2191-3" in said
    assert "Fiches et pièces ajoutées (1) Petits achats (petits-achats.md)" in said
    assert "Fiches à relire (1) Petits achats (petits-achats.md) : R2122-8" in said
    assert "citent ces articles (1) n° 2" in said
    assert "Sous quel montant [sic] ? : R2122-8" in said


def test_generations_may_be_named_in_any_order(command: Command, home: Path) -> None:
    old, new = finished(home)
    assert command("diff", old, new) == command("diff")
    assert "Versions qui ne sont plus enregistrées (1)" in command("diff", new, old)[1]
    assert "Rien n'a changé dans les textes." in command("diff", new, new)[1]


def test_an_unknown_generation_is_said(command: Command) -> None:
    code, said = command("diff", "20200101-000000-000")
    assert code == 1
    assert "Aucune génération d'index nommée" in said


def test_json_holds_all_of_it(command: Command, home: Path) -> None:
    told = json.loads(command("diff", "--json")[1])
    assert [told["old"], told["new"]] == finished(home)
    (changed,) = told["articles"]["changed"]
    assert changed["after"]["valid_from"] == "2026-04-01"
    assert {each["change"] for each in changed["changes"]} == {"kept", "removed", "added"}
    assert [each["reference"] for each in told["articles"]["removed"]] == ["R2191-3"]
    assert [each["source"] for each in told["documents"]["added"]] == ["petits-achats.md"]
    (answer,) = told["touched"]["answers"]
    assert (answer["number"], answer["articles"]) == (2, ["R2122-8"])
    entries = Journal(home / "journal.jsonl").entries()
    assert answer["record_id"] == list(entries)[1]["hash"][:16]


def test_the_service_tells_the_law_and_its_changes_from_the_index(home: Path) -> None:
    assistant = assistant_over(home, embedder=WordEmbedder())
    service = LocalBuyerService(home, assistant, WordEmbedder)
    (history,) = service.histories("R2122-8")
    assert [each.valid_from for each in history.versions] == [date(2020, 1, 1), date(2026, 4, 1)]
    assert service.near_references("R2122-88") == ("R2122-8",)
    assert service.changes(None, None) == changes_between(home, None, None, assistant.journal)


def test_a_reader_is_told_of_their_own_answers_only(home: Path, tmp_path: Path) -> None:
    assistant = assistant_over(home, Journal(tmp_path / "journal.jsonl"), embedder=WordEmbedder())
    citations = [{"title": CODE, "locator": "art. R2122-8"}]
    for user in ("", "u-1", "u-2"):
        told = {"question": f"Celle de « {user} » ?", "citations": citations}
        assistant.journal.append("answer", told, user=user)
    reader = Identity("u-2", "Ana", frozenset({UserRole.BUYER}), None)
    found = LocalBuyerService(home, assistant, WordEmbedder, reader).changes(None, None)
    seen = [(each.number, each.question) for each in found.impact.answers]
    assert seen == [(1, "Celle de «  » ?"), (3, "Celle de « u-2 » ?")]
    assert len(changes_between(home, None, None, assistant.journal).impact.answers) == 3


def test_the_first_index_has_nothing_before_it(home: Path) -> None:
    with pytest.raises(UnknownSnapshot, match="rien à comparer"):
        changes_between(home, None, finished(home)[0], Journal(home / "journal.jsonl"))


def answer(title: str, locator: str) -> Recorded:
    citations = [{"title": title, "locator": locator}]
    body = {"question": "Combien ?", "citations": citations}
    return {"at": "2026-05-02T08:00:00+00:00", "hash": "a" * 64}, body


@pytest.mark.parametrize(
    ("title", "locator", "expected"),
    [
        (CODE, "art. R2122-8", True),
        ("Autre code", "art. R2122-8", False),
        ("Petits achats", "art. L2113-1 et R2122-8, fiche « Petits achats »", True),
        ("CCAP", "CCAP, art. 12.3, p. 7", False),
        (CODE, "art. R2122-9", False),
    ],
)
def test_an_answer_is_touched_through_the_law_of_its_code_or_a_sheet(
    title: str, locator: str, expected: bool
) -> None:
    found = impact_of({(CODE, "R2122-8")}, (), (), [answer(title, locator)])
    assert [each.articles for each in found.answers] == ([("R2122-8",)] if expected else [])


def test_sheets_and_terms_are_touched_by_the_articles_that_they_name() -> None:
    named = sheet("Voir les articles R. 2122-8 et R. 2123-1.")
    other = sheet("Voir l'article R. 2191-3.", "avances.md")
    terms = [Term(("petit achat",), ("R2122-8", "L1")), Term(("avance",), ("R2191-3",))]
    found = impact_of({(CODE, "R2122-8")}, [named, other], terms, ())
    assert [(each.source, each.articles) for each in found.sheets] == [(named.source, ("R2122-8",))]
    assert found.terms == (Term(("petit achat",), ("R2122-8",)),)
    assert impact_of(set(), [named], terms, [answer(CODE, "art. R2122-8")]) == Impact()


def test_an_answer_asked_at_night_is_of_the_day_of_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry, body = answer(CODE, "art. R2122-8")
    with monkeypatch.context() as there:
        there.setenv("TZ", "Europe/Paris")
        time.tzset()
        night = ({**entry, "at": "2026-05-01T22:30:00+00:00"}, body)
        (touched,) = impact_of({(CODE, "R2122-8")}, (), (), [night]).answers
    time.tzset()
    assert touched.asked_on == date(2026, 5, 2)


def test_an_answer_keeps_its_number_among_answers_and_its_day() -> None:
    purged = (answer(CODE, "art. R2122-8")[0], None)
    recorded = [purged, answer(CODE, "art. L1"), answer(CODE, "art. R2122-8")]
    (touched,) = impact_of({(CODE, "R2122-8")}, (), (), recorded).answers
    assert isinstance(touched, TouchedAnswer)
    assert (touched.number, f"{touched.asked_on}", touched.record_id) == (3, "2026-05-02", "a" * 16)
