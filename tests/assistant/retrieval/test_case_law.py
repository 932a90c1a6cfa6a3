"""Case law: installed, found, and asked for."""

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from docx import Document as WordDocument
from fastapi.testclient import TestClient

from assistant.answering.answer import Finished, Outcome, TurnResult
from assistant.answering.pipeline import Assistant
from assistant.answering.record import contract
from assistant.citations.checker import Support
from assistant.journal.journal import journal_of
from assistant.question.language import Language
from assistant.question.scope import subject_of
from assistant.retrieval.evidence import Scope
from assistant.retrieval.hierarchy import Rank, rank_of
from assistant.retrieval.retriever import NAMED
from assistant.retrieval.snapshots import SnapshotHolder
from assistant.web.buyer.conversation import Conversation, Turn, TurnStage, advance
from assistant.web.buyer.turn_view import turn_html
from assistant.web.serving import LocalBuyerService
from ingestion.case_law.installation import CaseLawCopy, case_law_home
from ingestion.case_law.jade import court_of
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Kind
from ingestion.documents.ruling import applied_articles
from ingestion.errors import DamagedSnapshot, IngestionError
from ingestion.index.search import applying
from ingestion.legislation.archive_files import DilaFund
from ingestion.legislation.dila import listed
from ingestion.legislation.mirror import ListedArchive, plan_gathering
from ingestion.library.archive import Archive
from ingestion.library.library import Library
from tests.support.command_line import command_of, on_one_line
from tests.support.dila_server import Dila, cut, offering
from tests.support.fakes import WordEmbedder
from tests.support.index_home import add, build_and_publish, damage, published
from tests.support.jade_files import (
    ALL_RULINGS,
    ELSEWHERE,
    LATER_RULINGS,
    NUMBERED,
    OLDER,
    TRIBUNAL,
    InventedRuling,
    gather_rulings,
    install_rulings,
    write_rulings,
)
from tests.support.legi_files import FULL
from tests.support.page_app import app_over
from tests.support.small_index import answering_embedder, assistant_over, result_of

ALL = (NUMBERED, OLDER, ELSEWHERE, TRIBUNAL)

PLAIN = replace(
    OLDER,
    serial=5,
    number="12LY09999",
    paragraphs=("Le marché est régi par le code des marchés publics.",),
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install_rulings(tmp_path_factory.mktemp("law"), (*ALL, PLAIN), WordEmbedder())


@pytest.fixture(scope="module")
def passages(home: Path) -> dict[str, Passage]:
    found = published(case_law_home(home)).store.all_passages()
    return {each.locator: each for each in found}


def test_only_decisions_of_the_council_and_of_appeal_on_procurement_are_kept(
    home: Path, passages: dict[str, Passage]
) -> None:
    assert {each.ruling and each.ruling.number for each in passages.values()} == {
        "471001", "12LY01234", "12LY09999",
    }  # fmt: skip
    assert [each.source for each in Library(case_law_home(home)).entries] == [
        "caa-de-lyon-2013.jsonl", "conseil-d-etat-2024.jsonl",
    ]  # fmt: skip


def test_reasons_are_cut_by_their_paragraphs_and_named_as_lawyers_do(
    passages: dict[str, Passage],
) -> None:
    assert list(passages) == [
        "CAA de Lyon, 2 mai 2013, n° 12LY01234, considérant 1",
        "CAA de Lyon, 2 mai 2013, n° 12LY01234, considérant 2",
        "CAA de Lyon, 2 mai 2013, n° 12LY09999, motifs",
        "CE, 1er avril 2024, n° 471001, point 1",
        "CE, 1er avril 2024, n° 471001, point 2",
        "CE, 1er avril 2024, n° 471001, point 3",
    ]
    third = passages["CE, 1er avril 2024, n° 471001, point 3"]
    assert third.text == NUMBERED.paragraphs[3]
    assert third.title.endswith("mentionné aux tables du recueil Lebon")
    assert third.headings[0] == NUMBERED.subject
    assert third.not_before == date(2024, 4, 1)
    assert third.address == f"https://www.legifrance.gouv.fr/ceta/id/{NUMBERED.id}"


def test_a_paragraph_is_found_by_the_articles_that_it_applies(
    home: Path, passages: dict[str, Passage]
) -> None:
    lexical = published(case_law_home(home)).lexical
    second = passages["CE, 1er avril 2024, n° 471001, point 2"]
    assert lexical.lookup(applying("R2152-3")) == [second.id]
    assert lexical.lookup("R2152-3") == []
    assert len(lexical.lookup("471001")) == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("les articles L. 2152-5 et R. 2152-3 du code de la commande publique", "L2152-5 R2152-3"),
        ("l'article L. 3 du code de la commande publique ; l'article L. 4 du même code", "L3 L4"),
        ("l'article 53 du code des marchés publics alors en vigueur", "CMP-53"),
        ("l'article 27 du décret du 25 mars 2016 relatif aux marchés publics", "2016-360-27"),
        ("l'article 60 de l'ordonnance n° 2015-899 du 23 juillet 2015", "2015-899-60"),
        ("l'article L. 2122-22 du code général des collectivités territoriales", ""),
        (
            "l'article L. 2152-5 du code de la commande publique, puis l'article L. 551-1 du code "
            "de justice administrative et l'article L. 551-4 de ce code",
            "L2152-5",
        ),
        ("l'article 53 du code des marchés publics. Article 2 : la requête est rejetée", "CMP-53"),
        (
            "l'article L. 2122-1 du code général de la propriété des personnes publiques et le "
            "code de la commande publique",
            "",
        ),
        (
            "l'article L. 2152-5 du code de la commande publique. L'article R. 2152-3 de ce code "
            "dispose que. Selon l'article R. 2152-4, l'acheteur",
            "L2152-5 R2152-3 R2152-4",
        ),
        (
            "l'article L. 3 du code de la commande publique. L'article L. 4 du code précité "
            "prévoit que",
            "L3 L4",
        ),
        (
            "l'article L. 3 du code de la commande publique, l'article L. 551-1 du code de justice "
            "administrative. L'article L. 4 dudit code dispose que",
            "L3",
        ),
        ("l'article 53 du code des marchés publics, l'article 5 du même marché", "CMP-53"),
        ("l'article 27 du décret du 25 mars 2016 n° 2016-360", "2016-360-27"),
        ("l'article 3 du décret n° 2018-1225 et l'ordonnance n° 2015-899", ""),
        ("l'article 5 du cahier approuvé en application du code des marchés publics", ""),
        (
            "l'article L. 2152-5 du code de la commande publique. En vertu de l'article L. 2131-1 "
            "du CGCT",
            "L2152-5",
        ),
    ],
)
def test_articles_are_those_of_procurement_law(text: str, expected: str) -> None:
    found = applied_articles(text)
    assert " ".join(each.key.replace(" ", "-") for each in found) == expected
    assert all(text[each.start : each.end].strip() for each in found)


@pytest.mark.parametrize(
    ("written", "court"),
    [
        ("Conseil d'État", "Conseil d'État"),
        ("Conseil d'Etat", "Conseil d'État"),
        ("CAA de LYON", "CAA de Lyon"),
        ("Cour administrative d'appel de Bordeaux", "CAA de Bordeaux"),
        ("Tribunal des Conflits", None),
    ],
)
def test_courts_have_one_name_each(written: str, court: str | None) -> None:
    assert court_of(written) == court


def test_archives_are_applied_in_turn_and_what_is_withdrawn_goes(tmp_path: Path) -> None:
    home, copy = tmp_path / "home", CaseLawCopy(tmp_path / "home")
    archives = write_rulings(tmp_path / "archives", ALL)
    with copy.alone():
        assert gather_rulings(home, archives)[ALL_RULINGS].kept == 2
        copy.keep()
    changed = replace(NUMBERED, published="A")
    write_rulings(archives, [changed], LATER_RULINGS, gone=[OLDER])
    with copy.alone():
        assert list(gather_rulings(home, archives)) == [LATER_RULINGS]
    resumed = CaseLawCopy(home)  # killed before it was indexed: nothing is read again
    with resumed.alone():
        assert gather_rulings(home, archives) == {}
        assert resumed.keep() == ("caa-de-lyon-2013.jsonl", "conseil-d-etat-2024.jsonl")
    [kept] = Library(resumed.folder).documents()
    assert kept.title == "CE, 1er avril 2024, n° 471001, publié au recueil Lebon"
    assert resumed.installed
    assert resumed.installed.last == LATER_RULINGS


def test_nothing_of_an_archive_that_is_cut_is_applied(tmp_path: Path) -> None:
    archives = write_rulings(tmp_path / "archives", ALL)
    whole = (archives / ALL_RULINGS).read_bytes()
    (archives / ALL_RULINGS).write_bytes(whole[: len(whole) - 40])
    copy = CaseLawCopy(tmp_path / "home")
    with copy.alone():
        with pytest.raises(IngestionError, match="incomplète"):
            gather_rulings(tmp_path / "home", archives)
        assert copy.reached is None
        assert copy.keep() == ()


def test_archives_of_decisions_and_of_law_are_told_apart() -> None:
    page = f'<a href="{FULL}">x</a> 1M <a href="{ALL_RULINGS}">x</a> 2M'
    assert [each.name for each in listed(page, DilaFund.JADE)] == [ALL_RULINGS]
    assert [each.name for each in listed(page)] == [FULL]
    offered = [ListedArchive(name, 1) for name in (LATER_RULINGS, ALL_RULINGS)]
    assert [each.name for each in plan_gathering(offered, None).archives] == [
        ALL_RULINGS, LATER_RULINGS,
    ]  # fmt: skip
    assert plan_gathering(offered, offered[0].moment).archives == ()
    with pytest.raises(IngestionError, match="archive complète"):
        plan_gathering(offered[:1], None)


def test_the_command_installs_updates_and_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("assistant.container.load_embedder", lambda *_: WordEmbedder())
    monkeypatch.setattr("ingestion.legislation.dila.time.sleep", lambda seconds: None)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    home, archives = tmp_path / "home", write_rulings(tmp_path / "archives", [NUMBERED])
    home.mkdir()
    run = on_one_line(command_of(home, capsys, "decisions"))
    assert "sourcier decisions install" in run("status")[1]
    assert run("update", "--from", archives)[0] == 1
    served = Dila({ALL_RULINGS: (archives / ALL_RULINGS).read_bytes()})
    served.failures.append(cut(300))
    with offering(served):
        (home / "settings.toml").write_text(f'law_source = "{served.address}"')
        code, said = run("install")
    assert code == 0
    assert served.asked[0] == ("/OPENDATA/JADE/", "")
    assert served.asked_for(ALL_RULINGS) == ["", "bytes=300-"]
    assert "Décisions : 1, considérants : 3, à jour du 01/01/2026" in said
    write_rulings(archives, [OLDER], LATER_RULINGS)
    assert run("update", "--from", archives)[0] == 0
    assert "Décisions : 2, considérants : 5, à jour du 03/03/2026" in run("status")[1]


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
    return assistant_over(home, journal_of(tmp_path), day=DAY)


def ask(home: Path, tmp_path: Path, question: str, **asked: object) -> TurnResult:
    return result_of(assistant(home, tmp_path).ask(question, **asked))  # type: ignore[arg-type]


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


def test_the_command_and_its_file_say_that_decisions_are_no_rule(
    with_rulings: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asking = assistant(with_rulings, tmp_path)
    monkeypatch.setattr("assistant.container.load_assistant", lambda *_: asking)
    command, file = on_one_line(command_of(with_rulings, capsys)), tmp_path / "réponse.docx"
    told = "Répondu d’après des décisions de justice, qui ne sont pas la règle"
    assert told in command("ask", ASKED)[1]
    command("ask", ASKED, "--docx", str(file))
    assert any(each.text.startswith(told) for each in WordDocument(str(file)).paragraphs)


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
    service = LocalBuyerService(with_rulings, assistant(with_rulings, tmp_path), answering_embedder)
    with TestClient(app_over(service)) as client:
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
