"""A question that asks several things: each point is answered by a rule of its own, or named."""

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answering.answer import Outcome, Prominence
from assistant.answering.context import unsaid
from assistant.answering.pipeline import Assistant
from assistant.answering.quotable import Draft
from assistant.citations.checker import Support
from assistant.evaluation.runs import run_turn
from assistant.journal.journal import Journal
from assistant.retrieval.tuning import PreparedWeights, Refusal, default_tuning
from ingestion.index.question_bank import BankQuestion, Form, Style, digest_of
from tests.support.fakes import WordEmbedder
from tests.support.index_home import ARTICLES, with_articles
from tests.support.passage_texts import evidence_of
from tests.support.small_index import assistant_over


@pytest.fixture(autouse=True, scope="module")
def words_only() -> None:
    """Not here: the fitted weights are what these tests are about."""


def _banked(article: str, asked: str, rule: str) -> BankQuestion:
    text = ARTICLES[article]
    spans = ((0, len(text)),)
    return BankQuestion(
        f"{article}-01", asked, article, digest_of(text), spans, Form.YES, Style.COMPANY, "Oui.",
        (), rule,
    )  # fmt: skip


ADVANCE = _banked(
    "R2191-3",
    "Puis-je toucher des sous au démarrage ?",
    "Toucher des sous au démarrage est permis.",
)
PAID = _banked(
    "R2192-10", "Quel délai le maire respecte-t-il ?", "Le maire respecte quel délai : 30 jours."
)
BOTH = "Puis-je toucher des sous au démarrage, et quel délai le maire respecte-t-il ?"
WITH_ANOTHER = "Puis-je toucher des sous au démarrage, et que disent Pierre, Paul, Jacques, Louis ?"


OF_THE_WHOLE = replace(
    ADVANCE,
    id="R2191-3-02",
    question="Des sous au démarrage et un délai du maire ?",
    rule="Toucher des sous au démarrage, délai du maire.",
)


@pytest.fixture
def bank() -> tuple[BankQuestion, ...]:
    return ADVANCE, PAID


@pytest.fixture
def bias() -> float:
    """Of the odds that a rule answers, ten of whose parts are how near it is."""
    return -6.0


@pytest.fixture
def odds() -> float:
    """How sure it is that the texts answer the whole; above 0 they do."""
    return 1.0


@pytest.fixture
def of_a_point() -> float:
    return 0.0


@pytest.fixture
def assistant(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    bank: tuple[BankQuestion, ...],
    bias: float,
    odds: float,
    of_a_point: float,
) -> Assistant:
    monkeypatch.setattr("ingestion.index.build.read_bank", lambda: bank)
    monkeypatch.setattr("ingestion.index.build.read_judged", lambda: ())
    monkeypatch.setattr("ingestion.index.build.read_rules", lambda: ())
    refusal = dict(default_tuning().refusal) | {
        "rules asked": Refusal(refused=0.0, sure=0.0, bias=odds, left_open=1.0)
    }
    prepared = PreparedWeights(nearness=10.0, bias=bias, of_use=-9.0, of_a_point=of_a_point)
    tuning = replace(default_tuning(), prepared=prepared, refusal=refusal)
    journal = Journal(tmp_path / "journal.jsonl")
    home = with_articles(tmp_path, ARTICLES)
    return assistant_over(home, journal, WordEmbedder(), tuning=tuning)


def test_each_point_has_its_line_above_the_words_that_carry_both(assistant: Assistant) -> None:
    answer = run_turn(assistant, BOTH, None, None).answer
    first, second, *quotes = answer.sentences
    assert [first.text, second.text] == [ADVANCE.rule, PAID.rule]
    assert {first.support, second.support} == {Support.PREPARED}
    assert {first.label, second.label} == {""}
    assert first.place is Prominence.LEAD
    said = [each.text for each in quotes]
    assert {ARTICLES["R2191-3"], ARTICLES["R2192-10"]} <= {*said}
    assert len({*said}) == len(said)
    cited = {each.n: each.quote for each in answer.citations}
    assert [cited[each.citations[0]] for each in (first, second)] == [
        ARTICLES["R2191-3"],
        ARTICLES["R2192-10"],
    ]
    assert "Plusieurs questions" not in answer.notice
    assert "seuls les textes cités" not in answer.notice


def test_what_is_one_question_has_one_line(assistant: Assistant) -> None:
    answer = run_turn(assistant, ADVANCE.question, None, None).answer
    prepared = [each.text for each in answer.sentences if each.support is Support.PREPARED]
    assert prepared == [ADVANCE.rule]


def test_a_point_that_no_rule_answers_is_named(assistant: Assistant) -> None:
    answer = run_turn(assistant, WITH_ANOTHER, None, None).answer
    assert answer.lead is not None
    assert answer.lead.text == ADVANCE.rule
    assert "Pour « que disent Pierre, Paul, Jacques, Louis ? », seuls les" in answer.notice


@pytest.mark.parametrize("of_a_point", [-9.0])
def test_a_rule_that_may_answer_a_point_is_told_as_such(assistant: Assistant) -> None:
    answer = run_turn(assistant, WITH_ANOTHER, None, None).answer
    assert "seuls les textes cités" not in answer.notice
    assert answer.sentences[0].label == ""


@pytest.mark.parametrize("bias", [-8.0])
@pytest.mark.parametrize("of_a_point", [-9.0])
@pytest.mark.parametrize(
    ("bank", "told"),
    [
        ((ADVANCE, PAID), [ADVANCE.rule, PAID.rule]),
        ((ADVANCE, PAID, OF_THE_WHOLE), []),  # its article is not quoted
    ],
)
def test_where_no_point_is_sure_its_rules_are_told_beside_that_of_the_whole_only(
    assistant: Assistant, told: list[str]
) -> None:
    answer = run_turn(assistant, BOTH, None, None).answer
    assert answer.lead is None
    prepared = [each for each in answer.sentences if each.support is Support.PREPARED]
    assert [each.text for each in prepared] == told
    assert all(each.label == "En clair" for each in prepared)


@pytest.mark.parametrize("odds", [-1.0])
def test_what_is_refused_as_a_whole_is_answered_on_the_point_that_is_sure(
    assistant: Assistant,
) -> None:
    answer = run_turn(assistant, WITH_ANOTHER, None, None).answer
    assert answer.outcome is Outcome.PARTIAL
    assert [each.text for each in answer.sentences][:2] == [ADVANCE.rule, ARTICLES["R2191-3"]]
    assert "que disent Pierre" in answer.notice


def test_of_quotes_only_what_shares_no_words_with_the_said_ones_is_left() -> None:
    one, two, three = "Un avis est publié.", "Il dit le montant.", "Le délai est court."
    item, other = evidence_of(f"{one} {two} {three}"), evidence_of(one, 2)

    def draft(start: str, end: str) -> Draft:
        text = item.passage.text
        first, last = text.index(start), text.index(end) + len(end)
        return Draft(text[first:last], (item,), first, last)

    apart = Draft(one, (other,), 0, len(one))
    left = unsaid([draft(one, three), apart], [draft(two, two)])
    assert [each.text for each in left] == [one, three, one]
    assert [item.passage.text[each.start : each.end] for each in left[:2]] == [one, three]
    assert unsaid([draft(one, one)], [draft(one, three)]) == []
