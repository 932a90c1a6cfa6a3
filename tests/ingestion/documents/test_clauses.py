import pytest

from ingestion.documents.document import Block, Role
from ingestion.documents.headings import clause_number, clause_of, with_headings
from tests.support.question_lists import read_lists

HEADINGS, NO_HEADINGS = read_lists("headings.txt")


@pytest.mark.parametrize(("line", "number"), HEADINGS)
def test_headings_of_tenders_and_codes_are_recognised(line: str, number: tuple[str, ...]) -> None:
    clause = clause_of(line)
    assert clause is not None
    assert (clause.heading, clause.number) == (line, number[0] if number else None)


@pytest.mark.parametrize("line", ["", *(line for line, _ in NO_HEADINGS)])
def test_contents_items_amounts_and_dates_are_no_headings(line: str) -> None:
    assert clause_of(line) is None


def test_a_sentence_that_runs_in_after_the_number_is_its_body() -> None:
    clause = clause_of("14.1.1. En cas de retard, l'acheteur applique des pénalités.")
    assert clause is not None
    assert clause.heading == "14.1.1"
    assert clause.body == "En cas de retard, l'acheteur applique des pénalités."
    assert clause_number("14.1.1") == "14.1.1"


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("Article 4 bis – Pénalités", "4bis"),
        ("ARTICLE 4 TER : PRIX", "4ter"),
        ("ARTICLE PREMIER – OBJET", "1"),
        ("Article premier", "1"),
    ],
)
def test_articles_that_came_between_two_and_the_first_one_are_headings(
    line: str, number: str
) -> None:
    assert clause_number(line) == number


@pytest.mark.parametrize(
    "line",
    ["Article 4 bis du CCAP", "Article 4 terrasses", "Article premier du CCAP"],
)
def test_articles_that_are_only_named_are_no_headings(line: str) -> None:
    assert clause_of(line) is None


def headings(*lines: str) -> list[tuple[int, str]]:
    blocks = with_headings([Block(line) for line in lines])
    return [(block.level, block.text) for block in blocks if block.role is Role.HEADING]


def test_levels_follow_the_kind_of_heading() -> None:
    assert headings("CHAPITRE I", "Article 1 – Objet", "texte.", "1.1 Durée", "1.1.2 Fin") == [
        (1, "CHAPITRE I"),
        (2, "Article 1 – Objet"),
        (3, "1.1 Durée"),
        (4, "1.1.2 Fin"),
    ]


def test_a_lone_number_needs_a_sub_clause_or_capitals() -> None:
    assert headings("4 Objet du marché", "4.1 Forme") == [
        (1, "4 Objet du marché"),
        (2, "4.1 Forme"),
    ]
    assert headings("4. OBJET DU MARCHÉ") == [(1, "4. OBJET DU MARCHÉ")]
    assert headings("1 Formulaire de candidature", "2 Attestation") == []


def test_an_entry_of_contents_without_dots_gives_way_to_the_heading() -> None:
    assert headings("3.1 Forme et durée 3", "texte.", "3.1 Forme et durée") == [
        (1, "3.1 Forme et durée")
    ]


def test_annexes_listed_before_the_first_article_are_not_above_it() -> None:
    lines = ["ANNEXES", "Annexe 1 : Plans", "Annexe 2 : Notice", "1 OBJET", "Un texte."]
    assert headings(*lines, "Annexe 1 : Plans", "1 RUES") == [
        (2, "1 OBJET"),
        (1, "Annexe 1 : Plans"),
        (2, "1 RUES"),
    ]


def test_a_paragraph_in_the_style_of_a_heading_stays_in_the_text() -> None:
    (block,) = with_headings([Block("Le titulaire " * 30, Role.HEADING, level=1)])
    assert (block.role, block.level) == (Role.PARAGRAPH, 0)
