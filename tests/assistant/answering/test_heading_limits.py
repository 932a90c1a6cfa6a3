"""To what the heading above an article limits it, told where neither question nor text does."""

from dataclasses import replace

import pytest

from assistant.answering.context import under_headings
from assistant.answering.quotable import Draft
from assistant.retrieval.headings import limiting_headings
from ingestion.chunking.passages import Passage
from tests.support.passage_texts import article_of, evidence_of
from tests.support.question_lists import read_lists

FORMAL = "Section 2 : Marchés passés selon une procédure formalisée"
TITLE = "Titre VIII : ACHÈVEMENT DE LA PROCÉDURE"
TEXT = "L'acheteur communique en outre le nom de l'attributaire."
(LIMITS,) = read_lists("heading_limits.txt")
NAMED = [(heading, question) for heading, questions in LIMITS for question in questions]


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
        (
            (
                "Livre III : MARCHÉS DE DÉFENSE OU DE SÉCURITÉ",
                "Section 1 : Appel d'offres restreint",
            ),
            "Marchés de défense ou de sécurité, Appel d'offres restreint",
        ),
        (("Livre préliminaire  CONTRATS DE CONCESSION MIXTES",), "Contrats de concession mixtes"),
        ((TITLE,), ""),
        ((), ""),
    ],
)
def test_the_headings_that_limit_are_told_without_their_numbers(
    headings: tuple[str, ...], told: str
) -> None:
    assert limiting_headings(below(*headings), "Que dire au perdant ?") == told


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Que dire au perdant d'une procédure formalisée ?", False),
        ("Que dire au perdant d'un appel d'offres ?", False),
        ("Que dire au perdant d'un MAPA ?", True),
        ("Que dire au perdant d'un MAPA avec négociation ?", True),
        ("Que dire au perdant d'un MAPA, et non d'un appel d'offres ?", True),
        ("Que dire au perdant d'une procédure adaptée, et non d'un appel d'offres ?", True),
        ("Que dire au perdant après la commission d'appel d'offres ?", True),
        ("Que dire au perdant ?", True),
    ],
)
def test_a_limit_that_the_question_names_is_not_told_again(question: str, told: bool) -> None:
    assert bool(limiting_headings(below(FORMAL), question)) == told


@pytest.mark.parametrize("heading", [heading for heading, _ in LIMITS])
def test_each_heading_that_limits_is_told_where_nothing_names_it(heading: str) -> None:
    _, _, told = heading.partition(" : ")
    assert limiting_headings(below(heading), "Que dire au perdant ?") == told


@pytest.mark.parametrize(("heading", "question"), NAMED)
def test_a_limit_is_named_by_each_of_its_words(heading: str, question: str) -> None:
    assert limiting_headings(below(heading), question) == ""


DEFENCE = "Livre III : MARCHÉS DE DÉFENSE OU DE SÉCURITÉ PASSÉS SELON UNE PROCÉDURE ADAPTÉE"


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Que dire au perdant d'un MAPA ?", True),
        ("Que dire au perdant d'un marché de défense ?", True),
        ("Que dire au perdant d'un MAPA de défense ?", False),
    ],
)
def test_of_two_limits_each_must_be_named(question: str, told: bool) -> None:
    assert bool(limiting_headings(below(DEFENCE), question)) == told


def test_only_articles_are_limited_by_their_headings() -> None:
    sheet = replace(evidence_of(TEXT).passage, headings=(FORMAL,))
    assert limiting_headings(sheet, "Que dire au perdant ?") == ""


def quoted(passage: Passage, text: str, spoken_by: str = "") -> Draft:
    """Words of a passage as they are quoted."""
    item = replace(evidence_of(""), passage=passage)
    return Draft(text, (item,), 0, 10, spoken_by=spoken_by)


def test_the_first_quote_of_a_passage_stands_below_its_heading() -> None:
    formal, plain = below(FORMAL), article_of("R2181-1", "L'acheteur notifie sans délai.")
    found = [quoted(formal, "Il dit pourquoi."), quoted(formal, TEXT), quoted(plain, plain.text)]
    told = [each.spoken_by for each in under_headings(found, "Que dire au perdant ?")]
    assert told == ["Marchés passés selon une procédure formalisée", "", ""]


def test_only_what_is_quoted_of_an_article_can_name_its_limit() -> None:
    named = "En procédure formalisée, l'acheteur communique ses motifs."
    passage = below(FORMAL, text=f"{named} {TEXT}")
    asked = "Que dire au perdant ?"
    [without] = under_headings([quoted(passage, TEXT)], asked)
    assert without.spoken_by
    both = under_headings([quoted(passage, named), quoted(passage, TEXT)], asked)
    assert [each.spoken_by for each in both] == ["", ""]


def test_an_item_keeps_the_lead_of_its_list_and_the_next_quote_has_the_heading() -> None:
    found = [quoted(below(FORMAL), TEXT, "Sont dits"), quoted(below(FORMAL), "Il dit pourquoi.")]
    told = [each.spoken_by for each in under_headings(found, "Que dire ?")]
    assert told == ["Sont dits", "Marchés passés selon une procédure formalisée"]
