"""The questions that lead to passages: which do, and what they tell of a question like them."""

from collections.abc import Sequence
from dataclasses import replace
from math import exp
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.chunking.passages import Passage, passages_of
from ingestion.documents.document import Document, Heading, Kind
from ingestion.index.question_bank import (
    ANSWERS,
    ArticleGround,
    ArticleRule,
    BankQuestion,
    Elsewhere,
    Form,
    HasAnswer,
    JudgedQuestion,
    Lacking,
    Style,
    UnansweredQuestion,
    digest_of,
    digest_of_rule,
)
from ingestion.index.question_links import leading_questions
from ingestion.index.questions import (
    LESS_SURE,
    NEAREST,
    SHARPNESS,
    LeadingQuestion,
    QuestionIndex,
    RuleGround,
    read_leading_questions,
    write_questions,
)

FIRST = "L'acheteur prévient les candidats évincés par écrit et sans attendre. " * 12
SECOND = "Le délai de suspension court dès cet envoi et dure onze jours au moins. " * 12


def _article(text: str = FIRST + SECOND, reference: str = "R2181-1") -> Document:
    return Document("aa" * 32, "Code", "code.jsonl", Kind.RULES, text, reference=reference)


def _sheet(reference: str) -> Document:
    title = f"Prévenir les perdants (art. {reference})"
    text = f"{title}\nOn prévient tout le monde."
    heading = Heading(2, title, 0, len(title))
    return Document("bb" * 32, "Fiche", "fiche.md", Kind.RULES, text, headings=(heading,))


def _bank(text: str, *spans: tuple[int, int], article: str = "R2181-1") -> BankQuestion:
    return BankQuestion(
        f"{article}-01", "Je dis quoi aux perdants ?", article, digest_of(text), spans,
        Form.WHO, Style.SHORT, "",
    )  # fmt: skip


def _passages(*documents: Document) -> list[Passage]:
    return [passage for document in documents for passage in passages_of(document)]


def _led_to(question: BankQuestion, *documents: Document) -> list[str]:
    passages = _passages(*documents)
    found = leading_questions([question], (), (), (), documents, passages)
    texts = {each.id: each.text for each in passages}
    return [texts[passage_id] for each in found for passage_id in each.passage_ids]


def test_a_question_leads_to_the_passage_that_has_its_answer() -> None:
    article = _article()
    assert len(_passages(article)) > 1
    [only] = _led_to(_bank(article.text, (len(article.text) - 40, len(article.text))), article)
    assert article.text.rstrip().endswith(only)


def test_of_a_text_that_has_changed_since_every_passage_is_led_to() -> None:
    article = _article()
    assert len(_led_to(_bank("Un autre texte.", (0, 5)), article)) == len(_passages(article))


def test_a_sheet_stands_for_the_article_that_is_not_there() -> None:
    sheet = _sheet("R2181-1")
    question = _bank(FIRST + SECOND, (0, 40))
    assert _led_to(question, sheet) == [each.text for each in _passages(sheet)]
    assert not {each.text for each in _passages(sheet)} & set(_led_to(question, sheet, _article()))


def test_nothing_leads_to_another_article() -> None:
    assert _led_to(_bank(FIRST, (0, 40), article="R2182-1"), _article(), _sheet("R2183-1")) == []


def test_a_question_leads_to_its_passage_in_each_of_its_wordings() -> None:
    article = _article()
    question = replace(_bank(article.text, (0, 40)), wordings=("Et les autres ?", "Qui prévenir ?"))
    found = leading_questions([question], (), (), (), [article], _passages(article))
    assert [each.text for each in found] == [question.question, "Et les autres ?", "Qui prévenir ?"]
    assert len({each.passage_ids for each in found}) == 1


@pytest.mark.parametrize(
    ("lacking", "named", "told"),
    [
        (Lacking.OTHER_TEXT, Elsewhere.LABOUR, Elsewhere.LABOUR),
        (Lacking.FIGURE, Elsewhere.PROBITY, Elsewhere.PROBITY),
        (Lacking.FIGURE, None, None),
        (Lacking.CASE_LAW, None, Elsewhere.RULINGS),
        (Lacking.PRACTICE, None, Elsewhere.PRACTICE),
    ],
)
def test_what_is_lacking_stands_somewhere(
    lacking: Lacking, named: Elsewhere | None, told: Elsewhere | None
) -> None:
    assert UnansweredQuestion("s-1", "Et cela ?", "R2181-1", lacking, named).place is told


def test_what_no_text_answers_leads_nowhere() -> None:
    article, other = _article(), _article(reference="R2185-1")
    nowhere = UnansweredQuestion(
        "s-1", "Combien de devis ?", "R2181-1", Lacking.FIGURE, Elsewhere.BUYER
    )
    question = _bank(article.text, (0, 40))
    found = leading_questions([question], [nowhere], (), (), [article], _passages(article))
    assert found[-1] == LeadingQuestion("Combien de devis ?", (), "s-1", elsewhere=Elsewhere.BUYER)
    assert leading_questions([question], [nowhere], (), (), [other], _passages(other)) == ()


ASKED_BY_OTHERS = "Faut-il écrire à ceux qui n'ont pas gagné ?"


@pytest.mark.parametrize("answered", [HasAnswer.YES, HasAnswer.PARTLY])
def test_what_readers_found_to_answer_is_led_to_whole(answered: HasAnswer) -> None:
    article, sheet = _article(), _sheet("R2182-1")
    judged = JudgedQuestion(ASKED_BY_OTHERS, answered, ("R2182-1", "R2181-1", "R2183-1"))
    passages = _passages(article, sheet)
    [found] = leading_questions((), (), [judged], (), [article, sheet], passages)
    assert found.is_open is (answered is HasAnswer.PARTLY)
    assert set(found.passage_ids) == {each.id for each in passages}
    assert found.passage_ids[0] == _passages(sheet)[0].id


def test_what_readers_found_to_answer_may_not_be_there_or_not_answer() -> None:
    article = _article()
    elsewhere = JudgedQuestion("Et chez les autres ?", HasAnswer.YES, ("R2185-1",))
    nowhere = JudgedQuestion(
        ASKED_BY_OTHERS, HasAnswer.NO, ("R2181-1",), elsewhere=Elsewhere.RULINGS
    )
    unread = JudgedQuestion("Non relue ?", None, ("R2181-1",))
    asked = _bank(article.text, (0, 40))
    found = leading_questions(
        [asked], (), [elsewhere, nowhere, unread], (), [article], _passages(article)
    )
    assert [(each.text, bool(each.passage_ids)) for each in found] == [
        (asked.question, True),
        (ASKED_BY_OTHERS, False),
    ]
    assert found[-1].elsewhere is Elsewhere.RULINGS


TOLD, OTHERWISE = "L'acheteur écrit aux perdants.", "Les perdants reçoivent une lettre."


def _by_people(
    *judged: JudgedQuestion, rules: Sequence[ArticleRule], bank: Sequence[BankQuestion] = ()
) -> list[LeadingQuestion]:
    article, other = _article(), _article(reference="R2182-1")
    passages = _passages(article, other)
    found = leading_questions(bank, (), judged, rules, [article, other], passages)
    return [each for each in found if not each.of]


def _answered_by(text: str, *rules: str, articles: Sequence[str] = ("R2181-1",)) -> JudgedQuestion:
    marks = {digest_of_rule(rule): ANSWERS for rule in rules}
    return JudgedQuestion(text, HasAnswer.YES, tuple(articles), marks)


def test_of_several_rules_the_one_that_readers_chose_is_said_else_the_usual_one() -> None:
    rules = [
        ArticleRule("R2181-1", (), each, text_sha256=digest_of(_article().text), spans=((0, 9),))
        for each in (TOLD, OTHERWISE)
    ]
    usual = _answered_by("Et aux perdants ?", TOLD)
    both = _answered_by(ASKED_BY_OTHERS, OTHERWISE, TOLD)
    for best, said in (("", TOLD), (digest_of_rule(OTHERWISE), OTHERWISE), ("mended", TOLD)):
        found = _by_people(usual, replace(both, best=best), rules=rules)
        assert [each.rule for each in found] == [TOLD, said]


def test_what_answers_a_question_of_people_is_said_to_who_asks_like_them() -> None:
    text = _article().text
    span = (len(text) - 40, len(text))
    rule = ArticleRule("R2181-1", (), TOLD, text_sha256=digest_of(text), spans=(span,))
    asked = _answered_by(ASKED_BY_OTHERS, TOLD, articles=("R2182-1", "R2181-1"))
    [found] = _by_people(asked, rules=[rule])
    assert (found.rule, found.spans) == (TOLD, (span,))
    last = _passages(_article())[-1].id
    [ground] = found.grounds
    assert ground.passage_ids == (last,) != found.passage_ids
    in_part = replace(asked, rules={digest_of_rule(TOLD): 1})
    for other in (in_part, replace(asked, answered=HasAnswer.PARTLY)):
        [unsaid] = _by_people(other, rules=[rule])
        assert (unsaid.rule, unsaid.bearing, unsaid.spans) == ("", (), ())
    for changed in (replace(rule, text_sha256=digest_of("Un autre.")), replace(rule, spans=())):
        assert [each.rule for each in _by_people(asked, rules=[changed])] == [""]


def test_a_rule_on_several_articles_is_said_where_all_are_there_as_they_were() -> None:
    text = _article().text
    also = ArticleGround("R2182-1", digest_of(text), ((len(text) - 40, len(text)),))
    rule = ArticleRule("R2181-1", (), TOLD, "", digest_of(text), ((0, 40),), (also,))
    asked = _answered_by(ASKED_BY_OTHERS, TOLD)
    [found] = _by_people(asked, rules=[rule])
    first = _passages(_article())[0].id
    last = _passages(_article(reference="R2182-1"))[-1].id
    assert found.grounds == (RuleGround((first,), rule.spans), RuleGround((last,), also.spans))
    for gone in (
        replace(also, article="R2183-1"),
        replace(also, text_sha256=digest_of("Un autre.")),
    ):
        [unsaid] = _by_people(asked, rules=[replace(rule, also=(gone,))])
        assert (unsaid.rule, unsaid.also) == ("", ())


def test_a_rule_that_the_bank_asks_for_rests_on_the_words_of_most_of_its_questions() -> None:
    first = _bank(_article().text, (0, 40))
    second, third = (replace(first, id=f"R2181-1-0{number}", spans=((0, 60),)) for number in (2, 3))
    rule = ArticleRule("R2181-1", (first.id, second.id, third.id), TOLD)
    for bank, last in (([first], 40), ([first, second], 40), ([first, second, third], 60)):
        [found] = _by_people(_answered_by(ASKED_BY_OTHERS, TOLD), rules=[rule], bank=bank)
        assert (found.rule, found.spans) == (TOLD, ((0, last),))


def test_of_rules_that_answer_the_one_that_answers_most_is_said() -> None:
    digest = digest_of(_article().text)
    rules = [
        ArticleRule("R2181-1", (), text, text_sha256=digest, spans=((0, 40),))
        for text in (TOLD, OTHERWISE)
    ]
    asked = [
        _answered_by("Un ?", OTHERWISE, TOLD),
        _answered_by("Deux ?", TOLD),
        _answered_by("Trois ?", OTHERWISE),
        _answered_by("Quatre ?", TOLD),
    ]
    assert [each.rule for each in _by_people(*asked, rules=rules)] == [TOLD, TOLD, OTHERWISE, TOLD]


def test_its_rule_goes_with_the_text_that_it_was_written_on() -> None:
    article = _article()
    question = replace(_bank(article.text, (0, 40)), rule="L'acheteur informe aussitôt, par écrit.")

    def rule(asked: BankQuestion, *documents: Document) -> str:
        [found] = leading_questions([asked], (), (), (), documents, _passages(*documents))
        return found.rule

    changed = replace(question, text_sha256=digest_of("Un autre texte."))
    assert rule(question, article) == question.rule
    assert rule(changed, article) == ""
    assert rule(changed, _sheet("R2181-1")) == question.rule


def test_the_questions_most_alike_have_a_rule_and_come_once_each() -> None:
    vectors = np.array([[1.0, 0.0], [0.8, 0.6], [0.6, 0.8], [0.0, 1.0]], np.float32)
    bank = (
        LeadingQuestion("un", ("a",), "1", "oui"),
        LeadingQuestion("un autrement", ("a",), "1", "oui"),
        LeadingQuestion("deux", ("b",), "2"),
        LeadingQuestion("trois", ("b",), "3", "non"),
    )
    people = tuple(replace(each, of="") for each in bank)

    def alike(asked: tuple[LeadingQuestion, ...], row: int, k: int) -> list[str]:
        found = QuestionIndex(asked, vectors).alike(vectors[row], k)
        return [each.question.text for each in found]

    assert alike(bank, 2, 9) == ["un autrement", "trois"]
    assert alike(bank, 3, 1) == ["trois"]
    assert alike(people, 0, 9) == ["un", "un autrement", "trois"]


def test_a_passage_is_as_near_as_the_nearest_three_of_its_questions_equal_ones_too() -> None:
    cosines = {"a": (0.5, 0.5, 0.5, 0.5), "b": (1.0, 0.0, 0.0), "c": (0.75, 0.75), "d": (0.25,)}
    asked = [(name, cosine) for name, of in cosines.items() for cosine in of]
    questions = tuple(
        LeadingQuestion(f"{name}{n}", (name,), "1") for n, (name, _) in enumerate(asked)
    )
    vectors = np.array([[cosine, 0.0] for _, cosine in asked], np.float32)
    index = QuestionIndex(questions, vectors)
    found = [
        (each.passage_id, each.score) for each in index.search(np.array([1.0, 0.0], np.float32), 9)
    ]
    assert found == [("c", 0.75), ("a", 0.5), ("b", pytest.approx(1 / 3)), ("d", 0.25)]
    assert QuestionIndex((LeadingQuestion("sans", ()),), vectors[:1]).search(vectors[0], 9) == []


AROUND_IT = (
    LeadingQuestion("un", ("a",), "1", "Une règle."),
    LeadingQuestion("deux", ("a",), is_open=True),
    LeadingQuestion("trois", ()),
    LeadingQuestion("quatre", ("a",)),
)


@pytest.mark.parametrize(
    ("known", "settled", "left_open"),
    [
        ((0,), 1.0, 0.0),
        ((0, 1), 1 / (1 + exp(-0.2 / SHARPNESS)), 1 - 1 / (1 + exp(-0.2 / SHARPNESS))),
        ((1, 2), 0.0, 1.0),
        ((3,), 0.0, 0.0),
        ((), 0.0, 0.0),
    ],
)
def test_how_many_of_the_questions_around_have_a_whole_answer_is_told_by_how_near_they_are(
    known: tuple[int, ...], settled: float, left_open: float
) -> None:
    vectors = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0], [-1.0, 0.0]], np.float32)
    index = QuestionIndex(tuple(AROUND_IT[row] for row in known), vectors[list(known)])
    assert index.settled(vectors[0]) == pytest.approx(settled)
    assert index.left_open(vectors[0]) == pytest.approx(left_open, abs=1e-6)


@pytest.mark.parametrize(
    ("places", "told"),
    [
        ((), None),
        ((Elsewhere.LABOUR,), Elsewhere.LABOUR),
        ((None,), None),
        ((Elsewhere.LABOUR, Elsewhere.FIRMS), None),
        ((Elsewhere.LABOUR, Elsewhere.LABOUR, Elsewhere.FIRMS), Elsewhere.LABOUR),
        ((Elsewhere.LABOUR, None), None),
    ],
)
def test_where_to_look_is_told_where_the_questions_around_agree(
    places: tuple[Elsewhere | None, ...], told: Elsewhere | None
) -> None:
    answered = LeadingQuestion("répondue", ("a",))
    asked = [LeadingQuestion(str(row), (), elsewhere=each) for row, each in enumerate(places)]
    vectors = np.array([[1.0, 0.0], *[[0.8, 0.6]] * len(places)], np.float32)
    assert QuestionIndex((answered, *asked), vectors).elsewhere(vectors[0]) is told


def test_the_nearer_of_the_questions_around_counts_more_for_where_to_look() -> None:
    asked = (
        LeadingQuestion("près", (), elsewhere=Elsewhere.EUROPE),
        LeadingQuestion("loin", (), elsewhere=Elsewhere.FIRMS),
    )
    vectors = np.array([[1.0, 0.0], [0.8, 0.6]], np.float32)
    index = QuestionIndex(asked, vectors)
    assert [index.elsewhere(each) for each in vectors] == [Elsewhere.EUROPE, Elsewhere.FIRMS]


def test_what_people_ask_around_shares_out_the_passages_that_answer_them() -> None:
    asked = (
        LeadingQuestion("un", ("a", "b")),
        LeadingQuestion("deux", ("a",)),
        LeadingQuestion("trois", ()),
        LeadingQuestion("de la banque", ("c",), "1"),
    )
    vectors = np.array([[1.0, 0.0], [0.8, 0.6], [0.8, -0.6], [1.0, 0.0]], np.float32)
    shares = QuestionIndex(asked, vectors).answering(vectors[0])
    farther = exp(-0.2 / SHARPNESS)
    total = 1 + 2 * farther
    assert shares == pytest.approx({"a": (1 + farther) / total, "b": 1 / total}, abs=1e-6)
    assert QuestionIndex(asked[3:], vectors[3:]).answering(vectors[0]) == {}


def test_a_question_whose_rule_is_unknown_leaves_nothing_open() -> None:
    vectors = np.array([[1.0, 0.0], [0.8, 0.6]], np.float32)
    index = QuestionIndex((AROUND_IT[3], AROUND_IT[1]), vectors)
    assert index.left_open(vectors[0]) < 0.1
    assert index.settled(vectors[0]) == 0.0


def test_only_the_nearest_wordings_are_around(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.index.questions.AROUND", 1)
    vectors = np.array([[1.0, 0.0], [0.8, 0.6]], np.float32)
    assert QuestionIndex(AROUND_IT[:2], vectors).settled(vectors[0]) == 1.0


def test_a_rule_that_no_passage_bears_any_more_is_not_said() -> None:
    asked = LeadingQuestion("un", ("a", "b"), "", "Une règle.", ((0, 4),), ("b", "c"))
    assert asked.without({"a", "b"}) == replace(asked, passage_ids=(), bearing=("c",))
    left = asked.without({"b", "c"})
    assert (left.rule, left.spans, left.bearing) == ("", (), ())
    assert left.passage_ids == ("a",)


def test_a_rule_that_lost_one_of_its_articles_is_not_said() -> None:
    also = (RuleGround(("c", "d"), ((0, 4),)),)
    asked = LeadingQuestion("un", ("a",), "", "Une règle.", ((0, 4),), ("a", "b"), also=also)
    assert asked.without({"b", "c"}) == replace(
        asked, bearing=("a",), also=(RuleGround(("d",), ((0, 4),)),)
    )
    assert asked.without({"c", "d"}) == LeadingQuestion("un", ("a",))


def test_a_question_nearer_to_those_that_no_text_answers_says_so() -> None:
    asked = (LeadingQuestion("un", ("a",)), LeadingQuestion("deux", ()))
    vectors = np.eye(3, dtype=np.float32)
    index = QuestionIndex((*asked, LeadingQuestion("trois", ("b",))), vectors)
    assert index.unanswered(vectors[1]) == pytest.approx(1.0)
    assert index.unanswered(vectors[0]) == pytest.approx(-0.5)
    assert {hit.passage_id for hit in index.search(vectors[1], 9)} == {"a", "b"}
    assert QuestionIndex(asked[:1], vectors[:1]).unanswered(vectors[0]) == 0.0


def test_passages_come_in_the_order_of_their_nearest_questions(tmp_path: Path) -> None:
    vectors = np.array([[0, 1], [1, 0], [0.6, 0.8]], dtype=np.float32)
    led_to = (("a", "b"), ("a",), ("c",))
    questions = [LeadingQuestion("", names, str(n)) for n, names in enumerate(led_to, 1)]
    write_questions(tmp_path, questions, vectors)
    index = read_leading_questions(tmp_path)
    assert len(index) == 3
    hits = [(hit.passage_id, round(hit.score, 3)) for hit in index.search(vectors[1], 10)]
    assert hits == [("c", 0.6), ("a", 0.5), ("b", 0.0)]
    assert [hit.passage_id for hit in index.search(vectors[1], 1)] == ["c"]
    assert ("c" in index, "d" in index) == (True, False)


@given(
    st.lists(
        st.tuples(
            st.sets(st.sampled_from("abcd"), min_size=1),
            st.floats(-1, 1),
            st.sampled_from(["", "R2181-1-01"]),
        ),
        min_size=1,
    )
)
def test_a_passage_is_as_near_as_its_nearest_questions_and_those_of_the_bank_count_more(
    asked: list[tuple[set[str], float, str]],
) -> None:
    questions = tuple(LeadingQuestion("", tuple(names), of=of) for names, _, of in asked)
    vectors = np.array([[cosine] for _, cosine, _ in asked], dtype=np.float32)
    found = QuestionIndex(questions, vectors).search(np.ones(1, dtype=np.float32), 9)
    for hit in found:
        counted = (
            cosine if of else cosine - LESS_SURE
            for names, cosine, of in asked
            if hit.passage_id in names
        )
        near = sorted(counted, reverse=True)
        assert hit.score == pytest.approx(fmean(near[:NEAREST]), abs=1e-6)
    assert {hit.passage_id for hit in found} == {name for names, *_ in asked for name in names}
    assert found == sorted(found, key=lambda hit: -hit.score)


def test_a_snapshot_made_before_there_were_questions_leads_nowhere(tmp_path: Path) -> None:
    assert read_leading_questions(tmp_path).search(np.ones(2, dtype=np.float32), 5) == []
