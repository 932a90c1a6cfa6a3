"""How passages are ranked, and by which questions they are found."""

from collections.abc import Sequence
from dataclasses import replace
from math import exp
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis import strategies as st

from assistant.retrieval.candidates import Phrases, Searcher, phrases_of
from assistant.retrieval.evidence import Scope
from assistant.retrieval.ranking import (
    RANK_OFFSET,
    foreign_regime,
    fuse,
    is_foreign,
    likelihoods,
    signals,
    strength,
)
from assistant.retrieval.retriever import Retriever
from ingestion.chunking.passages import Passage, passages_of
from ingestion.documents.document import Document, Heading, Kind
from ingestion.index.lexical import Term
from ingestion.index.question_bank import (
    ANSWERS,
    ArticleRule,
    BankQuestion,
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
    read_leading_questions,
    write_questions,
)
from tests.support.fakes import WordEmbedder
from tests.support.index_home import ARTICLES, passages_of_texts, published, with_articles
from tests.support.small_index import TODAY

PAID, ADVANCE, LIST = passages_of_texts(
    [
        "Le délai de paiement est de trente jours.",
        "Une avance est due au-delà de 50 000 euros.",
        "Le marché peut être modifié :\n1° Quand il le prévoit ;\n2° Quand c'est nécessaire.",
    ]
)


def found(question: str, *passages: Passage, everyday: str = "") -> list[dict[str, float]]:
    return signals(question, [(passage, everyday) for passage in passages], {})


def test_ranks_are_fused_whatever_the_number_of_rankings() -> None:
    scores = fuse(["a", "b"], ["b", "c"], [])
    assert max(scores, key=lambda each: scores[each]) == "b"
    assert scores["a"] == 1 / (RANK_OFFSET + 1)
    assert set(scores) == {"a", "b", "c"}
    assert fuse() == fuse([], []) == {}


@given(ids=some.lists(some.text(min_size=1, max_size=3), unique=True, min_size=1))
def test_two_equal_rankings_keep_their_order(ids: list[str]) -> None:
    fused = fuse(ids, ids)
    assert sorted(fused, key=lambda each: -fused[each]) == ids


def test_a_better_rank_is_a_greater_signal_and_no_rank_is_none() -> None:
    texts = [(PAID, ""), (ADVANCE, ""), (LIST, "")]
    first, second, third = signals("?", texts, {"words": [ADVANCE.id, PAID.id]})
    assert 1 > second["words"] > first["words"] > 0
    assert "words" not in third


def test_words_that_few_passages_have_cover_more() -> None:
    question = "Le délai de l'avance ?"
    paid, advance, listed = found(question, PAID, ADVANCE, replace(LIST, text="Le délai court."))
    assert advance["coverage"] > paid["coverage"] == listed["coverage"] > 0


def test_everyday_words_and_headings_cover_too() -> None:
    plain = found("Un MAPA ?", PAID, ADVANCE)
    told = signals("Un MAPA ?", [(PAID, "MAPA"), (ADVANCE, "")], {})
    headed = found("Un MAPA ?", replace(PAID, headings=("MAPA",)), ADVANCE)
    assert plain[0]["coverage"] == 0
    assert told[0]["coverage"] == headed[0]["coverage"] == 1


def test_another_regime_is_told_unless_it_is_named() -> None:
    defence = replace(PAID, headings=("Marchés publics de défense ou de sécurité",))
    assert is_foreign("Quel délai ?", defence)
    assert not is_foreign("Quel délai en défense ?", defence)
    assert not is_foreign("Quel délai ?", PAID)
    assert found("Quel délai ?", defence)[0]["other regime"] == 1


def test_strength_weighs_the_signals() -> None:
    weights = {"words": 2.0, "coverage": 3.0, "amount": 7.0}
    assert strength({"words": 1.0, "coverage": 0.5}, weights) == pytest.approx(3.5)
    assert strength({}, weights) == 0


@given(some.lists(some.integers(-20, 20).map(float), min_size=1, max_size=40))
def test_likelihoods_add_up_and_keep_the_order(strengths: list[float]) -> None:
    shares = likelihoods(strengths)
    assert sum(shares) == pytest.approx(1)
    assert shares.index(max(shares)) == strengths.index(max(strengths))


def test_without_candidates_there_are_no_likelihoods() -> None:
    assert likelihoods([]) == []


TERMS = (
    Term(("avance",), ("R2191-3", "L2191-2")),
    Term(("remboursement de l'avance", "rembourser l'avance"), ("R2191-11",)),
    Term(("MAPA", "procédure adaptée"), ("L2123-1", "R2123-1", "R2123-4")),
    Term(("le marché",), ("L1111-1",)),
)

PHRASES = Phrases(TERMS)


def test_a_phrase_leads_to_its_articles_in_order() -> None:
    assert PHRASES.articles("C'est quoi un MAPA ?") == ["L2123-1", "R2123-1", "R2123-4"]


def test_a_phrase_counts_only_when_all_its_words_are_asked() -> None:
    assert PHRASES.articles("Quelle procédure ?") == []
    assert PHRASES.articles("Une PROCEDURE bien adaptee ?")[0] == "L2123-1"


def test_the_phrase_that_says_more_leads_first() -> None:
    found = PHRASES.articles("Quand se fait le remboursement de l'avance ?")
    assert found == ["R2191-11", "R2191-3", "L2191-2"]


def test_a_phrase_without_a_meaningful_word_leads_nowhere() -> None:
    assert "L1111-1" not in PHRASES.articles("Le marché de l'acheteur ?")


def test_a_glossary_is_prepared_once() -> None:
    assert phrases_of(TERMS) is phrases_of(tuple(TERMS))


ORDINARY = ("Deuxième partie : marchés publics", "Livre Ier : dispositions générales")
DEFENCE = ("Livre III : marchés publics de défense ou de sécurité", "Délais de paiement")
CONCESSION = ("TROISIÈME PARTIE : CONCESSIONS", "Passation")
PARTNERSHIP = ("Livre II : dispositions propres aux marchés de partenariat",)
WORKS = ("Livre IV : maîtrise d’ouvrage publique et maîtrise d’œuvre privée",)
OVERSEAS = ("Dispositions applicables à Mayotte",)


@pytest.mark.parametrize(
    ("headings", "named"),
    [
        (DEFENCE, "Quel délai de paiement pour un marché de défense ?"),
        (DEFENCE, "MDS : quel délai de paiement ?"),
        (DEFENCE, "Which threshold for a defence contract?"),
        (DEFENCE, "Un marché de sécurité peut-il être négocié ?"),
        (CONCESSION, "Quelle est la durée d'une concession ?"),
        (CONCESSION, "Quelle est la durée d'une DSP ?"),
        (CONCESSION, "duree d'une delegation de service public"),
        (CONCESSION, "Que remet le délégataire chaque année ?"),
        (CONCESSION, "Que contrôle l'autorité concédante ?"),
        (CONCESSION, "Combien d'années pour un affermage ?"),
        (PARTNERSHIP, "Qui autorise un marché de partenariat ?"),
        (PARTNERSHIP, "Qui autorise un PPP ?"),
        (WORKS, "Que doit définir le maître d'ouvrage ?"),
        (WORKS, "Que doit définir le maître d’ouvrage ?"),
        (WORKS, "Quand faut-il un concours de maîtrise d’œuvre ?"),
        (WORKS, "que doit le maitre d'oeuvre"),
        (WORKS, "Combien payer l'architecte ?"),
        (WORKS, "Que dit la loi MOP ?"),
        (OVERSEAS, "Quel seuil à Mayotte ?"),
        (OVERSEAS, "Quel seuil à La Réunion ?"),
        (OVERSEAS, "Notre mairie à La Réunion doit-elle publier un avis ?"),
        (OVERSEAS, "Quel seuil à Saint-Barthélemy et à Saint-Martin ?"),
        (OVERSEAS, "Quel seuil dans les TAAF ?"),
        (("Circonstances exceptionnelles",), "Que faire en cas de crise ?"),
        (("Livre V : autres marchés publics",), "Qu'est-ce que la quasi-régie ?"),
    ],
)
def test_a_twin_of_another_regime_is_foreign_unless_it_is_named(
    headings: tuple[str, ...], named: str
) -> None:
    assert foreign_regime("Quel est le délai de paiement ?", headings) is not None
    assert foreign_regime(named, headings) is None


@pytest.mark.parametrize(
    ("headings", "question"),
    [
        (DEFENCE, "Faut-il une attestation de sécurité sociale ?"),
        (DEFENCE, "Qui désigne le coordonnateur de sécurité du chantier ?"),
        (CONCESSION, "Le maire a-t-il une délégation du conseil pour signer ?"),
        (PARTNERSHIP, "Quelle est la durée d'un partenariat d'innovation ?"),
        (OVERSEAS, "Qui assiste à la réunion de négociation ?"),
        (OVERSEAS, "Faut-il un compte rendu de réunion ?"),
        (("Circonstances exceptionnelles",), "Une prestation exceptionnelle est-elle payée ?"),
    ],
)
def test_a_word_in_another_sense_names_no_regime(headings: tuple[str, ...], question: str) -> None:
    assert foreign_regime(question, headings) is not None


@pytest.mark.parametrize("question", ["Quel est le seuil ?", "Quelle concession ?", ""])
def test_the_ordinary_text_is_never_foreign(question: str) -> None:
    assert foreign_regime(question, ORDINARY) is None
    assert foreign_regime(question, ()) is None


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


def test_what_no_text_answers_leads_nowhere() -> None:
    article, other = _article(), _article(reference="R2185-1")
    nowhere = UnansweredQuestion("s-1", "Combien de devis ?", "R2181-1", Lacking.FIGURE)
    question = _bank(article.text, (0, 40))
    found = leading_questions([question], [nowhere], (), (), [article], _passages(article))
    assert [each.text for each in found if not each.passage_ids] == ["Combien de devis ?"]
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
    nowhere = JudgedQuestion(ASKED_BY_OTHERS, HasAnswer.NO, ("R2181-1",))
    unread = JudgedQuestion("Non relue ?", None, ("R2181-1",))
    asked = _bank(article.text, (0, 40))
    found = leading_questions(
        [asked], (), [elsewhere, nowhere, unread], (), [article], _passages(article)
    )
    assert [(each.text, bool(each.passage_ids)) for each in found] == [
        (asked.question, True),
        (ASKED_BY_OTHERS, False),
    ]


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
    assert found.rule_passage_ids == (last,) != found.passage_ids
    in_part = replace(asked, rules={digest_of_rule(TOLD): 1})
    for other in (in_part, replace(asked, answered=HasAnswer.PARTLY)):
        [unsaid] = _by_people(other, rules=[rule])
        assert (unsaid.rule, unsaid.rule_passage_ids) == ("", unsaid.passage_ids)
    for changed in (replace(rule, text_sha256=digest_of("Un autre.")), replace(rule, spans=())):
        assert [each.rule for each in _by_people(asked, rules=[changed])] == [""]


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


def test_the_questions_most_alike_have_a_rule_and_come_once_each(tmp_path: Path) -> None:
    vectors = np.array([[1.0, 0.0], [0.8, 0.6], [0.6, 0.8], [0.0, 1.0]], np.float32)
    questions = [
        LeadingQuestion("un", ("a",), "1", "oui"),
        LeadingQuestion("un autrement", ("a",), "1", "oui"),
        LeadingQuestion("deux", ("b",), "2"),
        LeadingQuestion("trois", ("b",), "3", "non"),
    ]
    write_questions(tmp_path, questions, vectors)
    alike = read_leading_questions(tmp_path).alike
    assert [each.question.text for each in alike(vectors[2], 9)] == ["un autrement", "trois"]
    assert [each.question.text for each in alike(vectors[3], 1)] == ["trois"]
    people = tuple(replace(each, of="") for each in questions)
    alike = QuestionIndex(people, vectors).alike
    assert [each.question.text for each in alike(vectors[0], 9)] == ["un", "un autrement", "trois"]


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
    assert (left.rule, left.spans, left.rule_passage_ids) == ("", (), ("a",))


def test_a_question_nearer_to_those_that_no_text_answers_says_so(tmp_path: Path) -> None:
    vectors = np.eye(3, dtype=np.float32)
    questions = [LeadingQuestion("un", ("a",)), LeadingQuestion("deux", ())]
    write_questions(tmp_path, [*questions, LeadingQuestion("trois", ("b",))], vectors)
    index = read_leading_questions(tmp_path)
    assert index.unanswered(vectors[1]) == pytest.approx(1.0)
    assert index.unanswered(vectors[0]) == pytest.approx(-0.5)
    assert {hit.passage_id for hit in index.search(vectors[1], 9)} == {"a", "b"}
    write_questions(tmp_path, questions[:1], vectors[:1])
    assert read_leading_questions(tmp_path).unanswered(vectors[0]) == 0.0


def test_passages_come_in_the_order_of_their_nearest_questions(tmp_path: Path) -> None:
    vectors = np.array([[0, 1], [1, 0], [0.6, 0.8]], dtype=np.float32)
    questions = [LeadingQuestion("", ("a", "b"), "1"), LeadingQuestion("", ("a",), "2"),
                 LeadingQuestion("", ("c",), "3")]  # fmt: skip
    write_questions(tmp_path, questions, vectors)
    index = read_leading_questions(tmp_path)
    assert len(index) == 3
    hits = index.search(vectors[1], 10)
    assert [(hit.passage_id, round(hit.score, 3)) for hit in hits] == [
        ("c", 0.6),
        ("a", 0.5),
        ("b", 0.0),
    ]
    assert [hit.passage_id for hit in index.search(vectors[1], 1)] == ["c"]
    assert "c" in index
    assert "d" not in index


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
    with TemporaryDirectory() as folder:
        questions = [LeadingQuestion("", tuple(names), of=of) for names, _, of in asked]
        vectors = np.array([[cosine] for _, cosine, _ in asked], dtype=np.float32)
        write_questions(Path(folder), questions, vectors)
        found = read_leading_questions(Path(folder)).search(np.ones(1, dtype=np.float32), 9)
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


def test_an_article_is_found_by_a_question_that_shares_no_word_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = ARTICLES["R2191-3"]
    asked = "Puis-je toucher des sous au démarrage ?"
    bank = (BankQuestion("R2191-3-01", asked, "R2191-3", digest_of(text), ((0, 20),),
                         Form.YES, Style.COMPANY, "Oui."),)  # fmt: skip
    monkeypatch.setattr("ingestion.index.build.read_bank", lambda: bank)
    home = with_articles(tmp_path, ARTICLES)
    found = Searcher(published(home), WordEmbedder()).candidates(asked, Scope(TODAY))
    for each in found:
        is_asked = each.passage.references == ("R2191-3",)
        nearness = 0.0 if is_asked else each.cosine
        assert each.signals["unasked"] == float(not is_asked)
        assert each.signals["unasked nearness"] == nearness
    evidence = Retriever(published(home), WordEmbedder()).retrieve(
        "Toucher des sous au démarrage, possible ?", Scope(TODAY), 3
    )
    assert evidence[0].passage.references == ("R2191-3",)
    assert asked not in evidence[0].passage.text
