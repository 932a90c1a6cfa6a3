"""Case law asked for: found, named, dated, and never taken for the rule."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.answering.answer import Outcome
from assistant.answering.record import contract
from assistant.citations.checker import Support
from assistant.question.language import Language
from assistant.question.scope import subject_of
from assistant.retrieval.evidence import NAMED, Scope
from assistant.retrieval.hierarchy import Rank, rank_of
from assistant.retrieval.snapshots import SnapshotHolder
from ingestion.case_law.installation import case_law_home
from ingestion.documents.document import Kind
from ingestion.errors import DamagedSnapshot
from ingestion.library.archive import Archive
from tests.support.case_law import (
    ASKED,
    DAY,
    LOW,
    NEWEST,
    RULE_ASKED,
    ask,
    assistant,
    law_alone,
    with_decisions,
)
from tests.support.index_home import damage, published
from tests.support.small_index import answering_embedder, result_of


@pytest.fixture(scope="module")
def law(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return law_alone(tmp_path_factory.mktemp("rules"))


@pytest.fixture(scope="module")
def with_rulings(law: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("both") / "home"
    shutil.copytree(law, home)
    return with_decisions(home)


def test_decisions_are_named_and_quoted_published_and_newest_first(
    with_rulings: Path, tmp_path: Path
) -> None:
    result = ask(with_rulings, tmp_path, ASKED)
    answer = result.answer
    assert (answer.outcome, result.route) == (Outcome.ANSWERED, "case_law")
    assert [each.spoken_by.split(",")[1].split()[-1] for each in answer.sentences] == [
        "2023", "2022", "2021",
    ]  # fmt: skip
    first = answer.sentences[0]
    assert first.support is Support.VERBATIM
    assert first.text == f"1. {LOW}, par écrit."
    assert f"{NEWEST} : « {first.text} » [1]" in answer.markdown
    assert "Jurisprudence, cherchée dans les 5 décisions installées" in answer.notice
    assert {rank_of(each.passage) for each in result.evidence} == {Rank.RULING}
    told = contract(result)
    assert told["sentences"][0]["spoken_by"] == NEWEST
    assert told["decisions"] is None


def test_a_decision_is_on_record_and_can_be_opened_again(
    with_rulings: Path, tmp_path: Path
) -> None:
    asking = assistant(with_rulings, tmp_path)
    result = result_of(asking.ask(ASKED))
    entry = asking.journal.entry(result.record_id)
    assert entry
    body = asking.journal.body(entry)
    cited = result.answer.citations[0]
    assert body
    kept = Archive(with_rulings).document(body["archive"][cited.document])
    assert kept.text[cited.start : cited.end] == cited.quote
    assert kept.ruling
    assert kept.ruling.number == "480013"


@pytest.mark.parametrize("question", ["Que dit la décision n° 480014 ?", "480014, CE ?"])
def test_a_decision_is_found_by_its_number(
    question: str, with_rulings: Path, tmp_path: Path
) -> None:
    result = ask(with_rulings, tmp_path, question)
    assert {each.passage.ruling and each.passage.ruling.number for each in result.evidence} == {
        "480014"
    }
    assert result.answer.outcome is Outcome.ANSWERED
    assert ask(with_rulings, tmp_path, "Et pour 480099 euros ?").route != "case_law"


def test_decisions_on_an_article_come_by_its_number(with_rulings: Path, tmp_path: Path) -> None:
    result = ask(with_rulings, tmp_path, "Jurisprudence sur l'article L. 2152-6 ?")
    named = [each.passage.ruling.number for each in result.evidence if each.passage.ruling]
    assert named == ["480013", "480012", "480014", "480011"]
    other = ask(with_rulings, tmp_path, "Jurisprudence sur l'article L. 2152-6 du CGCT ?")
    assert all(each.score < NAMED for each in other.evidence)


def test_decisions_of_after_the_day_are_not_known(with_rulings: Path, tmp_path: Path) -> None:
    result = ask(with_rulings, tmp_path, ASKED, as_of=date(2022, 6, 1))
    days = [each.passage.ruling.day for each in result.evidence if each.passage.ruling]
    assert max(days) == date(2022, 3, 4)


def test_what_no_decision_settles_is_said(with_rulings: Path, tmp_path: Path) -> None:
    result = ask(with_rulings, tmp_path, "Jurisprudence sur la recette des crêpes ?")
    assert result.answer.outcome is Outcome.ABSTAINED
    assert "Aucune des 5 décisions installées" in result.answer.notice


@pytest.mark.parametrize(
    ("language", "said"), [(Language.FRENCH, "aucune"), (Language.ENGLISH, "no case law")]
)
def test_case_law_is_refused_where_it_is_not_installed(
    language: Language, said: str, law: Path, tmp_path: Path
) -> None:
    result = ask(law, tmp_path, ASKED, language=language)
    assert (result.answer.outcome, result.route) == (Outcome.ABSTAINED, "out_of_scope")
    assert said in result.answer.notice
    assert "sourcier decisions install" in result.answer.notice


def test_a_question_of_law_is_never_answered_by_a_decision(
    with_rulings: Path, law: Path, tmp_path: Path
) -> None:
    result, alone = (ask(home, tmp_path, RULE_ASKED) for home in (with_rulings, law))
    assert {each.passage.kind for each in result.evidence} == {Kind.RULES}
    assert result.answer.markdown == alone.answer.markdown
    assert [each.locator for each in result.answer.citations] == ["art. L2152-6"]
    assert alone.case_law is None


def test_a_decision_that_came_among_the_rules_would_not_be_shown(with_rulings: Path) -> None:
    found = published(case_law_home(with_rulings)).store.all_passages()
    ruling = next(iter(found))
    assert Scope(DAY, rulings=True).admits(ruling)
    assert not Scope(DAY).admits(ruling)
    assert not Scope(DAY, rulings=True).admits(replace(ruling, kind=Kind.RULES))


def test_under_an_answer_stand_the_decisions_that_apply_its_article(
    with_rulings: Path, tmp_path: Path
) -> None:
    result = ask(with_rulings, tmp_path, RULE_ASKED)
    told = contract(result)["decisions"]
    assert (told["article"], told["count"]) == ("L2152-6", 4)
    assert [each["number"] for each in told["first"]] == ["480013", "480012", "480014"]
    assert told["first"][0] | {"document": ""} == {
        "name": "CE, 4 mars 2023, n° 480013", "court": "Conseil d'État", "number": "480013",
        "date": "2023-03-04", "publication": "B",
        "locator": "CE, 4 mars 2023, n° 480013, point 3", "document": "",
    }  # fmt: skip


def test_decisions_that_are_damaged_are_installed_again_and_the_rules_are_left(
    with_rulings: Path, tmp_path: Path
) -> None:
    copied = Path(shutil.copytree(with_rulings, tmp_path / "home"))
    damage(case_law_home(copied))
    with pytest.raises(DamagedSnapshot, match=r"sourcier decisions install$"):
        SnapshotHolder(copied, answering_embedder()).case_law()


def test_a_question_with_a_number_is_answered_though_the_decisions_are_damaged(
    with_rulings: Path, tmp_path: Path
) -> None:
    copied = Path(shutil.copytree(with_rulings, tmp_path / "home"))
    damage(case_law_home(copied))
    assert ask(copied, tmp_path, f"{RULE_ASKED} Pour le marché 480013 ?").route == "rule"
    with pytest.raises(DamagedSnapshot, match=r"sourcier decisions install$"):
        ask(copied, tmp_path, ASKED)


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("Que dit le juge de l’allotissement ?", "allotissement"),
        ("Y a-t-il une jurisprudence récente sur les pénalités ?", "pénalités"),
        ("Pénalités sans préjudice : que dit le juge ?", "Pénalités sans préjudice"),
        ("Jurisprudence ?", "Jurisprudence ?"),
    ],
)
def test_words_that_ask_for_case_law_are_not_searched(question: str, subject: str) -> None:
    assert subject_of(question) == subject
