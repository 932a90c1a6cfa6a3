from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from assistant.answering.first_line import (
    CandidateRule,
    PreparedAnswer,
    candidate_rules,
    prepared_answer,
)
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.tuning import PreparedWeights, default_tuning, tuning_for
from ingestion.index.judged_rules import JudgedRules
from ingestion.index.question_bank import (
    JudgedQuestion,
    digest_of_rule,
)
from ingestion.index.questions import LeadingQuestion, QuestionIndex
from ingestion.index.store import DisputedFigure
from tests.support.fakes import RememberingEmbedder, WordEmbedder
from tests.support.passage_texts import article_of, evidence_of

TEXT = "L'acheteur peut acheter sans publicité en dessous de 60 000 euros hors taxes."
ARTICLE = article_of("R2122-8", TEXT)
EVIDENCE = Evidence(1, ARTICLE, 0.9, "0" * 64)
OTHER = evidence_of("Les prix sont fermes ou révisables.", 2)
RULE = "En dessous de 60 000 euros, un achat se fait sans publicité."
ASKED = "Mobilier à 41 000 €, faut-il une annonce ?"
BANK = LeadingQuestion("Mobilier à 52 000 €, une annonce ?", (ARTICLE.id,), "R2122-8-01", RULE)
FARTHER = LeadingQuestion(
    "Un marché de mobilier ?", (ARTICLE.id,), "R2122-8-02", "Une autre règle."
)
SURE = PreparedWeights(bias=1.0)


def _candidates(
    *questions: LeadingQuestion,
    evidence: Sequence[Evidence] = (EVIDENCE,),
    today: bool = True,
    judged: Sequence[JudgedQuestion] = (),
    leaving: str = "",
) -> list[CandidateRule]:
    embedder = WordEmbedder()
    bank = QuestionIndex(questions, embedder.embed_questions([each.text for each in questions]))
    [asked] = embedder.embed_questions([ASKED])
    return candidate_rules(
        asked, evidence, bank, embedder, judgements(judged), is_of_today=today, leaving=leaving
    )


def judgements(judged: Sequence[JudgedQuestion]) -> JudgedRules:
    embedder = WordEmbedder()
    texts = (RULE, FARTHER.rule)
    rules = {digest_of_rule(text): embedder.embed_passages([text])[0] for text in texts}
    asked = [embedder.embed_questions([each.question])[0] for each in judged]
    vectors = np.array(asked, dtype=np.float32).reshape(len(judged), embedder.dimension)
    return JudgedRules(judged, vectors, rules)


def test_a_rule_is_said_on_the_passage_that_it_was_written_on() -> None:
    found = prepared_answer(_candidates(BANK, evidence=[OTHER, EVIDENCE]), SURE)
    assert found == PreparedAnswer(RULE, EVIDENCE)
    assert _candidates(BANK, evidence=[OTHER]) == []


def test_only_the_words_that_it_was_written_on_are_quoted() -> None:
    later = replace(EVIDENCE, passage=replace(ARTICLE, start=100, end=100 + len(TEXT)))
    best = replace(BANK, spans=((0, 40), (90, 110), (120, 130)))
    [found] = _candidates(best, evidence=[later])
    assert [(each.text, each.start, each.end) for each in found.answer.quotes] == [
        (TEXT[:10], 0, 10),
        (TEXT[20:30], 20, 30),
    ]


def test_of_two_rules_the_surer_is_said_and_none_that_is_not_sure() -> None:
    rules = _candidates(FARTHER, BANK)
    found = prepared_answer(rules, PreparedWeights(vote=1.0, bias=-0.5))
    assert found is not None
    assert (found.text, found.is_sure) == (RULE, True)
    assert prepared_answer(rules, PreparedWeights(vote=1.0, bias=-1.1)) is None
    assert prepared_answer([], SURE) is None


@pytest.mark.parametrize(("of_use", "is_told"), [(-0.2, True), (-0.1, False)])
def test_a_rule_that_is_not_sure_is_told_as_such_where_it_may_be_of_use(
    of_use: float, *, is_told: bool
) -> None:
    rules = _candidates(FARTHER, BANK)
    found = prepared_answer(rules, PreparedWeights(vote=1.0, bias=-1.1, of_use=of_use))
    assert (found is not None) is is_told
    assert found is None or (found.text, found.is_sure) == (RULE, False)


def test_the_nearer_its_questions_and_the_more_of_them_the_more_a_rule_counts() -> None:
    near, far = _candidates(FARTHER, BANK)
    assert near.vote > far.vote
    assert near.vote + far.vote == pytest.approx(1.0)
    again = replace(FARTHER, of="R2122-8-03", text="Un avenant à faire signer au maire ?")
    assert _candidates(FARTHER, BANK, again)[1].vote > far.vote


def test_questions_around_that_have_no_whole_answer_make_a_rule_less_sure() -> None:
    [sure] = _candidates(BANK)
    [unsure] = _candidates(BANK, replace(BANK, text=ASKED, of="", rule="", is_open=True))
    assert sure.settled == 1.0
    assert 0.0 < unsure.settled < 0.5
    assert unsure.vote == sure.vote


def test_a_rule_is_as_near_as_its_words_and_ahead_of_the_nearest_other() -> None:
    one, other = _candidates(
        replace(BANK, rule="Mobilier : une annonce."), replace(FARTHER, rule="Annonce.")
    )
    embedder = WordEmbedder()
    [asked] = embedder.embed_questions([ASKED])
    for each in (one, other):
        [vector] = embedder.embed_passages([each.answer.text])
        assert each.nearness == pytest.approx(float(vector @ asked), abs=1e-5)
    assert one.ahead == pytest.approx(one.nearness - other.nearness) == -other.ahead


def test_a_rule_that_answered_questions_like_it_is_likelier_and_one_that_did_not_less() -> None:
    marks = {digest_of_rule(RULE): 2, digest_of_rule(FARTHER.rule): 0}
    near = JudgedQuestion("Mobilier à 30 000 €, faut-il une annonce ?", rules=marks)
    far = JudgedQuestion("Qui ouvre les plis du concours ?", rules={digest_of_rule(RULE): 1})
    sure, unsure = sorted(_candidates(BANK, FARTHER, judged=[near, far]), key=_by_judged)[::-1]
    assert sure.answer.text == RULE
    assert sure.judged > 0.2
    assert unsure.judged < 0
    assert [each.judged for each in _candidates(BANK, FARTHER)] == [0.0, 0.0]


def test_the_vectors_of_rules_that_are_known_are_not_computed_again() -> None:
    embedder = RememberingEmbedder()
    known = judgements([JudgedQuestion(ASKED, rules={digest_of_rule(RULE): 2})])
    rules = ["Une règle mieux dite.", RULE, "Et une autre."]
    assert np.allclose(known.vectors(rules, embedder), WordEmbedder().embed_passages(rules))
    assert embedder.told == [rules[0], rules[2]]
    assert np.allclose(known.vectors([RULE], embedder), WordEmbedder().embed_passages([RULE]))


def _by_judged(rule: CandidateRule) -> float:
    return rule.judged


def test_only_a_rule_that_answers_whole_counts_and_a_mended_one_is_another() -> None:
    asked = "Mobilier à 30 000 €, faut-il une annonce ?"
    for mark in (1, 0, -1):
        judged = [JudgedQuestion(asked, rules={digest_of_rule(RULE): mark})]
        assert _candidates(BANK, judged=judged)[0].judged < 0
    mended = [JudgedQuestion(asked, rules={digest_of_rule("Une règle mieux dite."): 2})]
    assert _candidates(BANK, judged=mended)[0].judged == 0


def test_what_was_judged_of_the_question_itself_can_be_left_out() -> None:
    judged = [JudgedQuestion(ASKED, rules={digest_of_rule(RULE): 2})]
    assert _candidates(BANK, judged=judged)[0].judged > 1
    assert _candidates(BANK, judged=judged, leaving=ASKED)[0].judged == 0


@pytest.mark.parametrize("signal", ["vote", "nearness", "ahead", "share", "judged", "settled"])
def test_each_signal_counts_by_its_weight(signal: str) -> None:
    rule = CandidateRule(PreparedAnswer(RULE, EVIDENCE), 0.3, 0.5, 0.7, 0.2, 0.4)
    weights = replace(PreparedWeights(bias=-2.0), **{signal: 10.0})
    assert rule.odds(weights) == pytest.approx(10 * getattr(rule, signal) - 2)
    assert rule.share == EVIDENCE.score


def test_a_sheet_bears_a_rule_of_today_only_and_none_where_its_articles_say_otherwise() -> None:
    sheet = replace(EVIDENCE, passage=replace(ARTICLE, title="Petits achats", source="fiche.md"))
    sheet = replace(sheet, passage=replace(sheet.passage, references=("R2122-8", "R2123-1")))
    assert _candidates(BANK, evidence=[sheet])
    assert _candidates(BANK, evidence=[sheet], today=False) == []
    figure = DisputedFigure(ARTICLE.id, "60 000 euros", ("R2122-8",))
    assert _candidates(BANK, evidence=[replace(sheet, disputed=(figure,))]) == []
    assert _candidates(BANK, today=False)


@pytest.fixture(autouse=True, scope="module")
def words_only() -> None:
    """Not here: the fitted weights are what these tests are about."""


def test_nothing_is_prepared_where_no_weights_were_fitted() -> None:
    sure = [CandidateRule(PreparedAnswer(RULE, EVIDENCE), 1.0, 1.0, 1.0)]
    assert prepared_answer(sure, tuning_for("other@1").prepared) is None
    assert prepared_answer(sure, default_tuning().prepared) == sure[0].answer
