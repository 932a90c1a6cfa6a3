"""A calculation asked in words, as lines of an answer."""

from datetime import date
from pathlib import Path

from assistant.answering.computation import Worked, calculate_answer
from assistant.calculators.constants import Rates
from tests.fake_law import FakeLaw

DAY = date(2026, 9, 1)
NO_RATES = Rates(Path("taux.toml"))


def _worked(question: str, law: FakeLaw | None = None) -> Worked | None:
    return calculate_answer(question, DAY, law or FakeLaw(DAY), NO_RATES)


def test_what_asks_for_no_calculation_has_none() -> None:
    assert _worked("Qu'est-ce qu'une retenue de garantie ?") is None


def test_the_result_comes_before_the_steps() -> None:
    found = _worked(
        "Quel chiffre d'affaires minimal puis-je exiger pour un marché de 300 000 € HT ?"
    )
    assert found is not None
    first, *steps = found.lines
    assert "450\u202f000" in first.text
    assert steps
    assert found.cautions
    assert not found.asks_back


def test_likely_answers_have_their_cases_and_what_they_share_is_said_once() -> None:
    found = _worked("Quelle procédure pour 95 000 € HT ? Nous sommes une commune.")
    assert found is not None
    assert "travaux" in found.asks_back
    said = [line.text for line in found.lines]
    assert len(said) == len(set(said))
    works, others = (text for text in said if text.startswith("Si "))
    assert works.startswith("Si travaux :\n- Marché : possible sans publicité")
    assert others.startswith("Si fournitures ou services :\n- Marché : procédure adaptée")
    assert "écrit" not in works + others
    assert any("écrit" in text for text in said)


def test_nothing_is_asked_where_every_answer_gives_the_same() -> None:
    found = _worked("Quelle procédure pour 20 000 € HT de fournitures ?")
    assert found is not None
    assert found.lines
    assert not found.asks_back


def test_a_refusal_is_a_caution_that_names_the_article() -> None:
    law = FakeLaw(DAY, silent=("chiffre d'affaires minimal",))
    found = _worked(
        "Quel chiffre d'affaires minimal puis-je exiger pour un marché de 300 000 € HT ?", law
    )
    assert found is not None
    assert not found.lines
    assert "R2142-7" in found.cautions[0]


def test_every_line_rests_on_words_of_the_law() -> None:
    for question in (
        "Quel chiffre d'affaires minimal puis-je exiger pour un marché de 300 000 € HT ?",
        "Ma retenue de garantie de 7 % sur un marché de 200 000 € est-elle légale ?",
        "Quelle procédure pour 95 000 € HT ? Nous sommes une commune.",
    ):
        found = _worked(question)
        assert found is not None
        assert found.lines
        assert all(line.grounds for line in found.lines)
