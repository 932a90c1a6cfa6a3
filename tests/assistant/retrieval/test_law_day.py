from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assistant.retrieval.evidence import Scope
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.tuning import default_tuning
from ingestion.index.snapshot import IndexSnapshot
from tests.support.fake_law import ADVANCE, AFTER, BEFORE, CLOSED, OLD, publish_law
from tests.support.fakes import WordEmbedder
from tests.support.index_home import published

QUESTION = "En dessous de quel montant l'acheteur achète-t-il sans publicité ?"
FIRST = {**CLOSED, "texte": "Sans publicité en dessous de 25 000 euros, l'acheteur achète."}
FIRST |= {"valide_du": "2019-04-01", "valide_au": "2019-12-31"}
UNDATED = {**BEFORE, "texte": "L'acheteur achète sans publicité à tout montant."}
UNDATED |= {"valide_du": None, "valide_au": None}
ENDED = {**UNDATED, "etat": "MODIFIE"}


def law(folder: Path, *articles: Mapping[str, Any]) -> IndexSnapshot:
    publish_law(folder / "home", folder, *articles)
    return published(folder / "home")


def evidence(generation: IndexSnapshot, day: date, question: str = QUESTION) -> list[str]:
    retriever = Retriever(generation, WordEmbedder(), default_tuning())
    found = retriever.retrieve(question, Scope(day), 20)
    return [item.passage.text for item in found if "R2122-8" in item.passage.references]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> IndexSnapshot:
    """Three dated versions of an article, one of unknown dates, two ended on an unknown day."""
    folder = tmp_path_factory.mktemp("law")
    return law(folder, FIRST, CLOSED, AFTER, UNDATED, ENDED, OLD, ADVANCE)


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(2019, 4, 1), FIRST),
        (date(2019, 12, 31), FIRST),
        (date(2020, 1, 1), CLOSED),
        (date(2026, 3, 31), CLOSED),
        (date(2026, 4, 1), AFTER),
        (date(2026, 11, 24), AFTER),
        (date(2031, 1, 1), AFTER),
    ],
)
@pytest.mark.parametrize("question", [QUESTION, "Que dit l'article R. 2122-8 ?"])
def test_the_evidence_is_the_version_of_the_day_alone(
    history: IndexSnapshot, day: date, version: Mapping[str, Any], question: str
) -> None:
    assert evidence(history, day, question) == [version["texte"]]


def test_a_version_of_unknown_beginning_speaks_only_where_no_dated_one_does(
    history: IndexSnapshot,
) -> None:
    assert evidence(history, date(2019, 3, 31)) == [UNDATED["texte"]]
    assert evidence(history, date(2019, 4, 1)) == [FIRST["texte"]]


@pytest.mark.parametrize("ended", [ENDED, OLD])
def test_a_version_ended_on_an_unknown_day_is_never_evidence(
    tmp_path: Path, ended: Mapping[str, Any]
) -> None:
    generation = law(tmp_path, ended, ADVANCE)
    asked = f"R. 2122-8 : {ended['texte']}"
    for day in (date(2019, 6, 1), date(2026, 11, 24), date(2031, 1, 1)):
        assert evidence(generation, day, asked) == []
    assert [version.text for version in generation.store.versions("R2122-8")] == [ended["texte"]]
    assert len(list(generation.store.all_passages())) == 1


def test_an_ended_version_does_not_displace_one_of_unknown_beginning(tmp_path: Path) -> None:
    begun = {**BEFORE, "etat": "MODIFIE"}
    generation = law(tmp_path, UNDATED, begun)
    assert evidence(generation, date(2021, 1, 1)) == [UNDATED["texte"]]


def test_the_version_of_another_text_does_not_displace_an_article(tmp_path: Path) -> None:
    generation = law(tmp_path, {**UNDATED, "code": "Autre code"}, AFTER)
    assert set(evidence(generation, date(2026, 4, 1))) == {UNDATED["texte"], AFTER["texte"]}
