"""To what the heading above an article limits it, told where neither question nor text does."""

from dataclasses import replace

import pytest

from assistant.answering.context import under_headings
from assistant.answering.extraction import Draft
from assistant.law.headings import limiting_heading
from ingestion.chunking.passages import Passage
from tests.passage_texts import article_of, evidence_of

FORMAL = "Section 2 : Marchés passés selon une procédure formalisée"
TITLE = "Titre VIII : ACHÈVEMENT DE LA PROCÉDURE"
TEXT = "L'acheteur communique en outre le nom de l'attributaire."


def below(*headings: str, text: str = TEXT) -> Passage:
    """An article below these headings, the highest first."""
    return replace(article_of("R2181-3", text), headings=headings)


@pytest.mark.parametrize(
    ("headings", "told"),
    [
        ((TITLE, FORMAL), "Marchés passés selon une procédure formalisée"),
        ((FORMAL, "Paragraphe 1 : Contenu"), "Marchés passés selon une procédure formalisée"),
        ((FORMAL, "Sous-section 2 : Appel d'offres restreint"), "Appel d'offres restreint"),
        (
            ("Chapitre III : MARCHÉS DE DÉFENSE OU DE SÉCURITÉ",),
            "Marchés de défense ou de sécurité",
        ),
        ((TITLE,), ""),
        ((), ""),
    ],
)
def test_the_lowest_heading_that_limits_is_told_without_its_number(
    headings: tuple[str, ...], told: str
) -> None:
    assert limiting_heading(below(*headings), "Que dire au perdant ?") == told


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Que dire au perdant d'une procédure formalisée ?", False),
        ("Que dire au perdant d'un MAPA ?", True),
        ("Que dire au perdant ?", True),
    ],
)
def test_a_limit_that_the_question_names_is_not_told_again(question: str, told: bool) -> None:
    assert bool(limiting_heading(below(FORMAL), question)) == told


def test_a_limit_that_the_article_names_is_not_told_again() -> None:
    named = below(FORMAL, text="En procédure formalisée, l'acheteur communique ses motifs.")
    assert limiting_heading(named, "Que dire au perdant ?") == ""
    of_open = below("Appel d'offres ouvert", text="Le délai d'un appel d'offres ouvert est long.")
    assert limiting_heading(of_open, "Quel délai ?") == ""


def test_only_articles_are_limited_by_their_headings() -> None:
    sheet = replace(evidence_of(TEXT).passage, headings=(FORMAL,))
    assert limiting_heading(sheet, "Que dire au perdant ?") == ""


def test_the_first_quote_of_a_passage_stands_below_its_heading() -> None:
    formal, plain = below(FORMAL), article_of("R2181-1", "L'acheteur notifie sans délai.")
    found = [
        Draft(passage.text, (replace(evidence_of(""), passage=passage),), 0, 10)
        for passage in (formal, formal, plain)
    ]
    told = [each.spoken_by for each in under_headings(found, "Que dire au perdant ?")]
    assert told == ["Marchés passés selon une procédure formalisée", "", ""]


def test_an_item_keeps_the_lead_of_its_list() -> None:
    item = Draft(TEXT, (replace(evidence_of(""), passage=below(FORMAL)),), 0, 10, spoken_by="Sont")
    assert [each.spoken_by for each in under_headings([item], "Que dire ?")] == ["Sont"]
