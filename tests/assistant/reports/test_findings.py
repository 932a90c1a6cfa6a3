"""What was measured, as it is said in French."""

import pytest

from assistant.confidence import Estimate, share
from assistant.evaluation.grading import Measure
from assistant.reports.findings import (
    MEANINGS,
    duration,
    estimate_cells,
    in_words,
    interval,
    listed,
    percent,
    said_count,
    scope,
    verdict,
)
from tests.support.graded import answer_of, compared, graded_of, question_of

RIGHT, WRONG = answer_of("Trente jours."), answer_of("Quinze jours.")


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0 %"), (1, "100 %"), (0.874, "87 %"), (0.999, "> 99 %"), (0.001, "< 1 %")],
)
def test_a_share_is_never_rounded_to_all_or_nothing(value: float, said: str) -> None:
    assert percent(value) == said


def test_an_estimate_is_said_with_what_was_said_count() -> None:
    share = Estimate(0.5, 0.214, 0.786, 10, 5)
    assert interval(share) == "21 à 79 %"
    assert said_count(share) == "5 sur 10"
    assert said_count(Estimate(0.5, 0.2, 0.8, 10)) == "10 questions"
    assert said_count(Estimate(0.5, 0.2, 0.8, 1)) == "1 question"


@pytest.mark.parametrize(("seconds", "said"), [(0.054, "0,05 s"), (3.5, "3,50 s"), (33.4, "33 s")])
def test_a_duration_has_the_figures_that_mean_something(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_a_list_says_each_once() -> None:
    assert listed(["b", "a", "b"]) == "b, a"


def test_every_measure_is_explained() -> None:
    assert set(MEANINGS) == set(Measure)


def _said(better: int, worse: int) -> str:
    names = [f"q{n}" for n in range(better + worse)]
    after = [
        graded_of(question_of((("trente",),), name=name), RIGHT if n < better else WRONG)
        for n, name in enumerate(names)
    ]
    before = {name: WRONG if n < better else RIGHT for n, name in enumerate(names)}
    return verdict(compared(before, after))


def test_the_verdict_says_whether_chance_would_do() -> None:
    assert _said(0, 0) == "Aucune réponse n'est devenue correcte ou fausse."
    even = _said(2, 1)
    assert even.startswith("2 réponses devenues correctes, 1 devenue fausse")
    assert "dans 100 % des cas" in even
    assert even.endswith("on ne peut donc pas dire que les deux essais diffèrent.")
    assert _said(6, 0).endswith("cet essai est donc meilleur.")
    assert _said(0, 6).endswith("cet essai est donc moins bon.")


def test_the_scope_says_what_is_not_compared() -> None:
    item = graded_of(question_of(), RIGHT)
    assert scope(compared({"q": RIGHT}, [item])) == "1 question commune."
    assert "0 dans cet essai seul, 1 dans l'autre seul" in scope(
        compared({"q": RIGHT, "old": RIGHT}, [item])
    )


def test_no_interval_is_told_of_fewer_than_ten_things() -> None:
    few, enough = share(4, 9), share(5, 10)
    assert few is not None
    assert enough is not None
    assert estimate_cells(few) == ("44 %", "trop peu pour conclure", "4 sur 9")
    assert estimate_cells(enough) == ("50 %", "24 à 76 %", "5 sur 10")


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"60 ?000|soixante mille", "« 60 000 » ou « soixante mille »"),
        (r"\b30\s+jours\b", "« 30 jours »"),
        (r"s[ée]par[ée]s", "« séparés »"),
        (r"ne .{0,20}pas", "« ne … pas »"),
        (r"1\.2|10\s?%", "« 1.2 » ou « 10 % »"),
    ],
)
def test_a_pattern_is_told_in_words(pattern: str, words: str) -> None:
    assert in_words(pattern) == words
