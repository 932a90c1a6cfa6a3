"""Case law: read from archives, cut by paragraphs, and found by the articles that it applies."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ingestion.case_law.installation import CaseLawCopy, case_law_home
from ingestion.case_law.jade import court_of, read_decision
from ingestion.case_law.reader import read_rulings
from ingestion.chunking.passages import Passage
from ingestion.documents.ruling import applied_articles
from ingestion.errors import IngestionError
from ingestion.index.search import applying
from ingestion.legislation.archive_files import DilaFund
from ingestion.legislation.dila import listed
from ingestion.legislation.mirror import ListedArchive, plan_gathering
from ingestion.library.library import Library
from tests.support.fakes import WordEmbedder
from tests.support.index_home import published
from tests.support.jade_files import (
    ALL_RULINGS,
    ELSEWHERE,
    LATER_RULINGS,
    NUMBERED,
    OLDER,
    TRIBUNAL,
    gather_rulings,
    install_rulings,
    ruling_xml,
    write_rulings,
)
from tests.support.legi_files import FULL

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


@pytest.mark.parametrize("written", ["D E C I D E :", "DÉCIDE", "O R D O N N E :", "ARRÊTE :"])
def test_what_is_decided_is_no_reason(written: str) -> None:
    line = read_decision(ruling_xml(NUMBERED).replace(b"D E C I D E :", written.encode()))
    [decision] = read_rulings((line or "").encode()).contents
    marks = [block.mark for block in decision.blocks]
    assert marks[-4:] == ["point 3", *["dispositif"] * 3]


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
