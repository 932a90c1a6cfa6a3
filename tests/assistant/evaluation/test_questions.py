"""Question sets: what is read of a line, and the theme under which a question is counted."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.errors import WrongQuestions
from assistant.evaluation.questions import (
    OTHER,
    OUT_OF_SCOPE,
    PRINCIPLES,
    ExpectedPlace,
    Question,
    read_questions,
    theme_of,
)
from tests.support.graded import question_of

WHOLE = {
    "id": "q-1",
    "question": "Quel délai ?",
    "as_of": "2026-03-15",
    "dossier": "ecole",
    "articles_attendus": ["R2192-10"],
    "articles_utiles": ["L2192-10"],
    "faits": [["trente", "30"], ["jours"]],
    "interdits": ["\\bmois\\b"],
    "attendu_refus": False,
    "piece": "CCAP",
    "page": 7,
    "piece2": "QR",
    "page2": None,
    "theme": "Paiement",
    "type": "fait",
    "categorie": "courante",
    "difficulte": "simple",
    "note": "not read",
}


def _read(folder: Path, *lines: str) -> list[Question]:
    path = folder / "questions.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return read_questions(path)


def test_every_field_is_read(tmp_path: Path) -> None:
    [question] = _read(tmp_path, json.dumps(WHOLE))
    assert question.id == "q-1"
    assert question.text == "Quel délai ?"
    assert question.as_of == date(2026, 3, 15)
    assert question.dossier == "ecole"
    assert question.articles == ("R2192-10",)
    assert question.useful == ("L2192-10",)
    assert [[option.pattern for option in group] for group in question.facts] == WHOLE["faits"]
    assert question.facts[0][0].search("TRENTE jours")
    assert [pattern.pattern for pattern in question.forbidden] == WHOLE["interdits"]
    assert not question.refusal_expected
    assert question.places == (ExpectedPlace("CCAP", 7), ExpectedPlace("QR", None))
    assert question.theme == "Paiement"
    assert (question.kind, question.category, question.difficulty) == ("fait", "courante", "simple")
    assert question.file == str(tmp_path / "questions.jsonl")


def test_an_article_is_expected_however_it_is_written(tmp_path: Path) -> None:
    written = {"articles_attendus": ["art. R. 2192-10"], "articles_utiles": ["L.2192-10"]}
    [question] = _read(tmp_path, json.dumps(WHOLE | written))
    assert (question.articles, question.useful) == (("R2192-10",), ("L2192-10",))


def test_most_fields_may_be_left_out_or_null(tmp_path: Path) -> None:
    nothing = dict.fromkeys(WHOLE.keys() - {"id", "question"})
    lines = [{"id": "a", "question": "?"}, {"id": "b", "question": "?", **nothing}]
    bare, null = _read(tmp_path, *map(json.dumps, lines))
    file = str(tmp_path / "questions.jsonl")
    nothing_expected = Question("a", "?", None, None, (), (), (), (), False, file=file)
    assert bare == nothing_expected
    assert null == replace(nothing_expected, id="b")


def test_blank_lines_are_skipped_and_the_order_kept(tmp_path: Path) -> None:
    lines = [json.dumps({"id": name, "question": "?"}) for name in "cab"]
    assert [each.id for each in _read(tmp_path, lines[0], "", lines[1], "  ", lines[2], "")] == [
        *"cab"
    ]


def test_a_line_separator_inside_a_question_ends_no_line(tmp_path: Path) -> None:
    line = json.dumps({"id": "a", "question": "Un\u2028deux\u0085trois"}, ensure_ascii=False)
    assert [each.text for each in _read(tmp_path, line)] == ["Un\u2028deux\u0085trois"]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '"text"',
        "null",
        '{"question": "?"}',
        '{"id": "a"}',
        json.dumps(WHOLE | {"as_of": "15/03/2026"}),
        json.dumps(WHOLE | {"articles_attendus": "R2192-10"}),
        json.dumps(WHOLE | {"faits": "trente"}),
        json.dumps(WHOLE | {"faits": ["trente"]}),
        json.dumps(WHOLE | {"faits": [["("]]}),
        json.dumps(WHOLE | {"faits": [[30]]}),
        json.dumps(WHOLE | {"interdits": "mois"}),
        json.dumps(WHOLE | {"interdits": ["("]}),
        json.dumps(WHOLE | {"page": "sept"}),
    ],
)
def test_a_line_that_cannot_be_understood_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(WrongQuestions, match="ligne 2"):
        _read(tmp_path, json.dumps(WHOLE), line)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongQuestions, match="absent"):
        read_questions(tmp_path / "absent.jsonl")
    (tmp_path / "latin.jsonl").write_bytes('{"id": "é"}'.encode("latin-1"))
    with pytest.raises(WrongQuestions, match=r"latin\.jsonl"):
        read_questions(tmp_path / "latin.jsonl")


def test_files_are_read_one_after_the_other(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("b.jsonl", "a.jsonl")]
    for path in paths:
        path.write_text(json.dumps({"id": path.stem, "question": "?"}), encoding="utf-8")
    found = [(question.id, question.file) for question in read_questions(*paths)]
    assert found == [("b", str(paths[0])), ("a", str(paths[1]))]


def test_an_identifier_given_twice_is_named(tmp_path: Path) -> None:
    line = json.dumps({"id": "q-1", "question": "?"})
    with pytest.raises(WrongQuestions, match="« q-1 » est donné 2 fois"):
        _read(tmp_path, line, line)


# Themes


CCAP = (ExpectedPlace("CCAP", 7),)


@pytest.mark.parametrize(
    ("article", "theme"),
    [
        ("R2191-3", "Exécution financière"),
        ("L2191-2", "Exécution financière"),
        ("R2192-10", "Facturation et paiement"),
        ("R2122-8", "Choix de la procédure"),
        ("R2100-1", "Marchés : dispositions générales"),
        ("L2313-1", "Défense et sécurité"),
        ("L3114-7", "Concessions"),
        ("L3321-1", "Outre-mer"),
        ("L1211-1", "Acteurs de la commande publique"),
        ("L3", PRINCIPLES),
        ("L3-1", PRINCIPLES),
        ("Annexe 2", OTHER),
        ("10", OTHER),
        ("L4111-1", OTHER),
    ],
)
def test_an_article_has_the_theme_of_its_place_in_the_plan(article: str, theme: str) -> None:
    assert theme_of(question_of(articles=(article, "L2112-1"))) == theme


@pytest.mark.parametrize(
    ("question", "theme"),
    [
        (question_of(articles=("R2191-3",), theme="Avances", places=CCAP), "Avances"),
        (question_of(articles=("R2191-3",), places=CCAP), "Exécution financière"),
        (question_of(places=CCAP), "CCAP"),
        (question_of(places=CCAP, refusal=True), "CCAP"),
        (question_of(refusal=True), OUT_OF_SCOPE),
        (question_of(), OTHER),
    ],
)
def test_the_set_then_the_article_then_the_piece_give_the_theme(
    question: Question, theme: str
) -> None:
    assert theme_of(question) == theme
