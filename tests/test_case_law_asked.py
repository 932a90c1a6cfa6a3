"""Decisions asked for by words, by number or by article; never among the rules."""

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.answering.answer import Finished, Outcome, TurnResult
from assistant.answering.pipeline import Assistant
from assistant.answering.record import contract
from assistant.citations.checker import Support
from assistant.journal.journal import Journal
from assistant.law.hierarchy import Rank, rank_of
from assistant.question.language import Language
from assistant.question.scope import subject_of
from assistant.retrieval.evidence import Scope
from assistant.retrieval.snapshots import SnapshotHolder
from assistant.web.buyer.conversation import Conversation, Turn, TurnStage, advance
from assistant.web.buyer.turn_view import turn_html
from assistant.web.serving import LocalBuyerService
from ingestion.case_law.installation import case_law_home
from ingestion.library.archive import Archive
from ingestion.readers.documents import Kind
from tests.fakes import ScriptedModel
from tests.index_home import add, build_and_publish, published
from tests.jade_files import NUMBERED, OLDER, InventedRuling, install_rulings
from tests.page_app import app_over
from tests.small_index import answering_embedder

DAY = date(2026, 9, 1)
RULE = (
    "Lorsqu'une offre paraît anormalement basse, l'acheteur exige que l'opérateur économique "
    "fournisse des précisions sur le montant de son offre."
)
LOW = "L'offre anormalement basse du puisatier devait être vérifiée avant son rejet par l'acheteur"
APPLYING = "3. En application de l'article L. 2152-6 du code de la commande publique, rien."


def decided(serial: int, day: date, published: str, said: str) -> InventedRuling:
    paragraphs = (f"1. {said}.", "2. Le maire préside la commission des rivières.", APPLYING)
    number = f"4800{serial:02}"
    return replace(
        NUMBERED, serial=serial, number=number, day=day, published=published, paragraphs=paragraphs
    )


RULINGS = (
    decided(11, date(2021, 3, 4), "C", LOW),
    decided(12, date(2022, 3, 4), "B", f"{LOW}, sans délai"),
    decided(13, date(2023, 3, 4), "B", f"{LOW}, par écrit"),
    decided(14, date(2024, 3, 4), "C", "La réception des ouvrages met fin aux rapports du contrat"),
    OLDER,
)
NEWEST = "CE, 4 mars 2023, n° 480013, point 1"


@pytest.fixture(scope="module")
def law(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rules")
    article = {
        "code": "Code de la commande publique", "num": "L2152-6", "chemin": ["Offres"],
        "texte": RULE, "valide_du": "2019-04-01",
    }  # fmt: skip
    (folder / "code.jsonl").write_text(json.dumps(article), encoding="utf-8")
    add(folder / "home", folder / "code.jsonl")
    build_and_publish(folder / "home", answering_embedder())
    return folder / "home"


@pytest.fixture(scope="module")
def with_rulings(law: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("both") / "home"
    shutil.copytree(law, home)
    return install_rulings(home, RULINGS, answering_embedder())


def assistant(home: Path, tmp_path: Path) -> Assistant:
    embedder = answering_embedder()
    journal = Journal(tmp_path / "journal.jsonl")
    holder = SnapshotHolder(home, embedder)
    return Assistant(holder, embedder, ScriptedModel(), journal, 6, clock=lambda: DAY)


def ask(home: Path, tmp_path: Path, question: str, **asked: object) -> TurnResult:
    *_, last = assistant(home, tmp_path).ask(question, **asked)  # type: ignore[arg-type]
    assert isinstance(last, Finished)
    return last.result


ASKED = "Jurisprudence sur l'offre anormalement basse du puisatier rejetée par l'acheteur ?"


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
    *_, last = asking.ask(ASKED)
    assert isinstance(last, Finished)
    entry = asking.journal.entry(last.result.record_id)
    assert entry
    body = asking.journal.body(entry)
    cited = last.result.answer.citations[0]
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


RULE_ASKED = "Que faire d'une offre anormalement basse du puisatier avant son rejet ?"


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
    turn = advance(Turn(RULE_ASKED, DAY), Finished(result))
    page = str(turn_html(turn, 0, Conversation((turn,))))
    assert "Quatre décisions appliquent l’article L2152-6" in page
    assert 'href="/law/L2152-6?as_of=2026-09-01&amp;lang=fr#rulings"' in page


def test_the_page_says_that_decisions_are_not_the_rule(with_rulings: Path, tmp_path: Path) -> None:
    turn = advance(Turn(ASKED, None), Finished(ask(with_rulings, tmp_path, ASKED)))
    assert turn.stage is TurnStage.FINISHED
    page = str(turn_html(turn, 0, Conversation((turn,))))
    assert "décisions de justice, qui ne sont pas la règle" in page
    assert f'<p class="spoken-by">{NEWEST}</p>' in page.replace("\u202f", " ").replace("\xa0", " ")
    assert "décision de justice, pas la règle" in page
    assert "https://www.legifrance.gouv.fr/ceta/id/CETATEXT000000000013" in page


def test_the_page_of_an_article_lists_its_decisions_and_opens_them(
    with_rulings: Path, tmp_path: Path
) -> None:
    desk = LocalBuyerService(with_rulings, assistant(with_rulings, tmp_path), answering_embedder)
    with TestClient(app_over(desk)) as client:
        page = client.get("/law/L2152-6").text
        assert page.index("n° 480013") < page.index("n° 480012") < page.index("n° 480011")
        assert "elles ne sont pas la règle" in page
        known_then = client.get("/law/L2152-6?as_of=2022-06-01").text
        assert "n° 480012" in known_then
        assert "n° 480013" not in known_then
        [address] = {line.split('"')[0] for line in page.split('href="')[1:] if "480013" in line}
        opened = client.get(address.replace("&amp;", "&"))
        assert 'id="passage"' in opened.text
        assert "devait être vérifiée avant son rejet" in opened.text
        assert client.get("/law/CMP%2053").status_code == 200


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
