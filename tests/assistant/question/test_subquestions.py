"""A question about several things, cut into questions that stand alone."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.question.subquestions import MOST, asks_several, points_of, subjects
from ingestion.library.corpus import CORPUS
from tests.support.question_lists import read_lists, read_rows

CUT, WHOLE = read_lists("subjects.txt")


@pytest.mark.parametrize(("question", "parts"), CUT, ids=lambda value: str(value)[:40])
def test_several_questions_are_cut(question: str, parts: tuple[str, ...]) -> None:
    assert subjects(question) == parts


@pytest.mark.parametrize("question", [question for question, _ in WHOLE])
def test_what_is_one_question_or_not_certainly_several_stays_whole(question: str) -> None:
    assert subjects(question) == (question,)


@pytest.mark.parametrize("question", ["", " ", "?", ".", "45 000 €", "et ?"])
def test_what_is_no_question_is_given_back(question: str) -> None:
    assert subjects(question) == (question,)


def test_there_are_cases_enough() -> None:
    assert len(CUT) + len(WHOLE) >= 80


ALONE = (
    "Faut-il allotir ?",
    "Quel est le délai de paiement ?",
    "Comment informer les candidats évincés ?",
    "Combien de temps conserver les offres ?",
    "Peut-on négocier en MAPA ?",
    "À partir de quel montant verser une avance ?",
)


@given(st.permutations(ALONE), st.integers(2, MOST))
def test_questions_put_side_by_side_are_found_again(order: list[str], count: int) -> None:
    chosen = tuple(order[:count])
    assert subjects(" ".join(chosen)) == chosen
    assert [subjects(part) for part in chosen] == [(part,) for part in chosen]


@pytest.mark.parametrize(("first", "second"), list(combinations(ALONE, 2)))
def test_questions_joined_by_and_are_found_again(first: str, second: str) -> None:
    joined = f"{first.removesuffix(' ?')} et {second[:1].lower()}{second[1:]}"
    found = subjects(joined)
    assert len(found) == 2
    assert found[1] == second


@given(st.text(alphabet="abeéàçfilnoqrtu '-,.?€0123456789", max_size=80))
def test_any_text_gives_one_to_four_questions(text: str) -> None:
    assert 1 <= len(subjects(text)) <= MOST


@pytest.mark.parametrize("name", ["questions_execution.jsonl", "questions_passation.jsonl"])
def test_no_question_of_our_own_is_cut(name: str) -> None:
    for row in read_rows(name):
        assert subjects(row["question"]) == (row["question"],)


def test_no_question_of_the_sheets_is_cut() -> None:
    headings = [
        line.lstrip("# ").partition(" (art.")[0]
        for path in sorted((CORPUS / "fiches").glob("*.md"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("#")
    ]
    assert len(headings) > 500
    for heading in headings:
        assert subjects(heading) == (heading,)


@pytest.mark.parametrize(
    ("question", "is_several"),
    [
        ("Puis-je négocier ?", False),
        ("Nous sommes une commune. Jusqu'à quel montant ?", False),
        ("Délai de paiement : combien de jours ?", False),
        ("Pour savoir quelle procédure suivre, j'additionne tout ?", False),
        ("Combien de jours si l'avis part le 4 mai et que tout est dématérialisé ?", False),
        ("Peut-on tout arrêter, et que dire aux entreprises ?", True),
        ("À quel moment définir le besoin, et avec quel niveau de détail ?", True),
    ],
)
def test_what_a_question_asks(question: str, is_several: bool) -> None:
    assert asks_several(question) is is_several


@pytest.mark.parametrize(
    ("question", "points"),
    [
        ("On peut négocier ? C'est légal ?", ("On peut négocier", "C'est légal ?")),
        ("À partir de quel montant l'avance est due et on la récupère quand ?",
         ("À partir de quel montant l'avance est due", "on la récupère quand ?")),
        ("Qui accepte le sous-traitant, sous combien de jours, et que vaut le silence ?",
         ("Qui accepte le sous-traitant", "sous combien de jours", "que vaut le silence ?")),
        ("Marché de 40 000 €. Faut-il un écrit, et la mairie doit prévenir qui ?",
         ("Marché de 40 000 €. Faut-il un écrit", "la mairie doit prévenir qui ?")),
        ("dois je motiver, et ou je l'ecris", ("dois je motiver", "ou je l'ecris")),
        ("Peut-on réserver un marché de pain et de fruits ?", ()),
        ("Toutes les offres étaient trop chères ; que peut-on faire ?", ()),
        ("Le maire veut un avenant, peut-il le signer ?", ()),
        ("Je suis maire, et si je coupe en trois, que risque la commune ?", ()),
        ("Doit-on publier, ou faut-il trois devis ?", ()),
        ("Pourquoi un seul lot ? Cela nous exclut, nous les petits.", ()),
        ("Qui ? Quand ? Où ? Comment ? Combien ?", ()),
        ("", ()),
        ("?", ()),
    ],
)  # fmt: skip
def test_the_points_of_a_question_each_ask(question: str, points: tuple[str, ...]) -> None:
    assert points_of(question) == points


@given(st.text(alphabet="abeéàçfilnoqrtu '-,;.?€0123456789", max_size=80))
def test_points_stand_in_their_order_in_any_text(question: str) -> None:
    place = 0
    for point in points_of(question):
        place = question.index(point, place) + len(point)
    assert len(points_of(question)) in (0, 2, 3, 4)
