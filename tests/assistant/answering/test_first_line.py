from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answering.answer import Outcome, Prominence
from assistant.answering.context import besides
from assistant.answering.pipeline import Assistant
from assistant.answering.quotable import Draft
from assistant.citations.checker import Support
from assistant.evaluation.runs import run_turn
from assistant.journal.journal import Journal
from assistant.question.language import Language
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.tuning import PreparedWeights, Refusal, default_tuning
from ingestion.chunking.passages import Passage
from ingestion.index.question_bank import (
    ANSWERS,
    ArticleGround,
    ArticleRule,
    BankQuestion,
    Elsewhere,
    Form,
    HasAnswer,
    JudgedQuestion,
    Style,
    digest_of,
    digest_of_rule,
)
from tests.support.fakes import WordEmbedder
from tests.support.index_home import ARTICLES, add, build_and_publish, with_articles
from tests.support.passage_texts import evidence_of
from tests.support.small_index import assistant_over


@pytest.fixture(autouse=True, scope="module")
def words_only() -> None:
    """Not here: the fitted weights are what these tests are about."""


SAYS = ARTICLES["R2191-3"]
SHEET = "# Payer, {0}\n\n## Quand payer ? (art. {1})\n\nSous trente jours, dit la fiche {0}.\n"
FOUND = "Puis-je toucher des sous au démarrage ?"
BANKED = BankQuestion(
    "R2191-3-01", FOUND, "R2191-3", digest_of(SAYS), ((0, len(SAYS)),), Form.YES, Style.COMPANY,
    "Oui, le titulaire reçoit une avance.", ("Des sous avant de commencer ?",),
    "Le titulaire d'un marché reçoit une avance.",
)  # fmt: skip


class RememberingReader:
    """Holds every passage for an answer, and remembers what it was asked."""

    name = "remembering"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def read(self, question: str, passages: Sequence[Passage]) -> list[float]:
        self.asked.append(question)
        return [5.0 for _ in passages]


@pytest.fixture
def reader() -> RememberingReader:
    return RememberingReader()


@pytest.fixture
def prepared_weights() -> PreparedWeights:
    return PreparedWeights(vote=2.0, bias=-1.0)


@pytest.fixture
def banked() -> BankQuestion:
    return BANKED


@pytest.fixture
def texts() -> dict[str, str]:
    """What articles of the code say instead of what they say elsewhere."""
    return {}


@pytest.fixture
def without() -> str:
    """The articles of which there are sheets only, "R2191-3 et R2192-10"."""
    return ""


@pytest.fixture
def odds() -> float:
    """How sure it is that the texts answer; above 0 they do."""
    return 1.0


@pytest.fixture
def judged() -> JudgedQuestion | None:
    """A question of people that readers looked at."""
    return None


@pytest.fixture
def left_open() -> float:
    """Above which share of questions around without a whole answer the point may be open."""
    return 1.0


@pytest.fixture
def rules() -> tuple[ArticleRule, ...]:
    """Rules that people alone ask for."""
    return ()


@pytest.fixture
def assistant(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    reader: RememberingReader,
    prepared_weights: PreparedWeights,
    banked: BankQuestion,
    odds: float,
    texts: dict[str, str],
    judged: JudgedQuestion | None,
    left_open: float,
    rules: tuple[ArticleRule, ...],
    without: str,
) -> Assistant:
    monkeypatch.setattr("ingestion.index.build.read_bank", lambda: (banked,))
    monkeypatch.setattr("ingestion.index.build.read_judged", lambda: (judged,) if judged else ())
    monkeypatch.setattr("ingestion.index.build.read_rules", lambda: rules)
    said = {name: text for name, text in (ARTICLES | texts).items() if name not in without}
    embedder, home = WordEmbedder(), with_articles(tmp_path, said)
    if without:
        for name, about in (("un", without), ("deux", without.split(" et ")[-1])):
            sheet = tmp_path / f"{name}.md"
            sheet.write_text(SHEET.format(name, about), encoding="utf-8")
            add(home, sheet)
        build_and_publish(home)
    refusal = dict(default_tuning().refusal) | {
        "rules asked": Refusal(refused=0.0, sure=0.0, bias=odds, left_open=left_open)
    }
    tuning = replace(default_tuning(), prepared=prepared_weights, refusal=refusal)
    journal = Journal(tmp_path / "journal.jsonl")
    return assistant_over(home, journal, embedder, tuning=tuning, reader=reader)


@pytest.mark.parametrize("asked", BANKED.asked)
def test_the_answer_begins_with_the_line_and_quotes_what_carries_it(
    assistant: Assistant, reader: RememberingReader, asked: str
) -> None:
    answer = run_turn(assistant, asked, None, None).answer
    assert [(each.text, each.support) for each in answer.sentences] == [
        (BANKED.rule, Support.PREPARED),
        (SAYS, Support.VERBATIM),
    ]
    assert {(each.locator, each.quote) for each in answer.citations} == {("art. R2191-3", SAYS)}
    assert answer.lead == answer.sentences[0]
    assert answer.outcome is Outcome.ANSWERED
    assert reader.asked == []


@pytest.mark.parametrize("odds", [-1.0])
def test_what_the_texts_do_not_answer_has_no_line(assistant: Assistant) -> None:
    answer = run_turn(assistant, FOUND, None, None).answer
    assert answer.outcome is Outcome.ABSTAINED
    assert answer.lead is None


@pytest.mark.parametrize("odds", [-1.0])
@pytest.mark.parametrize(
    "judged",
    [
        JudgedQuestion(
            "Puis-je toucher des sous de la CAO ?", HasAnswer.NO, elsewhere=Elsewhere.LOCAL_LAW
        )
    ],
)
def test_what_is_settled_elsewhere_says_where_to_look(assistant: Assistant) -> None:
    said = run_turn(assistant, "Puis-je toucher des sous à la CAO ?", None, None).answer
    assert said.outcome is Outcome.ABSTAINED
    assert "code général des collectivités territoriales" in said.notice
    assert "direction des affaires juridiques" not in said.notice


@pytest.mark.parametrize("prepared_weights", [PreparedWeights(bias=1.0)])
@pytest.mark.parametrize(
    "banked", [replace(BANKED, rule="Pour un marché de plus de 12 mois, une avance est reçue.")]
)
def test_a_rule_for_another_case_than_the_figure_asked_about_is_no_line(
    assistant: Assistant,
) -> None:
    asked = "Puis-je toucher des sous au démarrage d'un marché de {} mois ?"
    assert run_turn(assistant, asked.format(18), None, None).answer.lead is not None
    assert run_turn(assistant, asked.format(10), None, None).answer.lead is None


OPEN = JudgedQuestion(
    "Une avance au démarrage, de combien au juste ?", HasAnswer.PARTLY, ("R2191-3",)
)
TWO_SENTENCES = f"{SAYS} Le reste est payé plus tard."


@pytest.mark.parametrize(
    ("language", "label"), [(Language.FRENCH, "En clair"), (Language.ENGLISH, "In plain words")]
)
@pytest.mark.parametrize("prepared_weights", [PreparedWeights(bias=-1.0, of_use=-2.0)])
@pytest.mark.parametrize("texts", [{"R2191-3": TWO_SENTENCES}])
@pytest.mark.parametrize("banked", [replace(BANKED, text_sha256=digest_of(TWO_SENTENCES))])
def test_what_is_not_sure_to_answer_is_told_as_what_its_article_says_above_all_of_its_quotes(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, language: Language, label: str
) -> None:
    monkeypatch.setattr(
        "assistant.answering.first_line.english_rules", lambda: {BANKED.rule: "An advance."}
    )
    answer = run_turn(assistant, FOUND, None, None, language).answer
    rule, *quotes = answer.sentences
    assert answer.lead is None
    assert (rule.support, rule.label, rule.place) == (Support.PREPARED, label, Prominence.BODY)
    assert rule.told == f"{label} : {rule.text}"
    assert " ".join(each.text for each in quotes) == TWO_SENTENCES
    assert {each.citations for each in answer.sentences} == {rule.citations}


NEARER = "Le démarrage se demande au maire."


@pytest.mark.parametrize(
    ("prepared_weights", "is_moved"),
    [(PreparedWeights(bias=1.0), True), (PreparedWeights(bias=-1.0, of_use=-2.0), False)],
)
@pytest.mark.parametrize("texts", [{"R2192-10": NEARER}])
def test_only_a_rule_that_answers_brings_its_article_before_the_nearer_one(
    assistant: Assistant, *, is_moved: bool
) -> None:
    answer = run_turn(assistant, "Des sous avant de commencer, au maire ?", None, None).answer
    rule, *quotes = answer.sentences
    assert rule.text == BANKED.rule
    assert [each.text for each in quotes] == ([SAYS, NEARER] if is_moved else [NEARER, SAYS])
    assert rule.citations == quotes[0 if is_moved else 1].citations


@pytest.mark.parametrize("prepared_weights", [PreparedWeights(bias=-1.0, of_use=-2.0)])
@pytest.mark.parametrize("texts", [{"R2192-10": NEARER}])
def test_a_rule_that_is_not_sure_is_not_told_where_its_article_is_not_quoted(
    assistant: Assistant,
) -> None:
    sentences = run_turn(assistant, "Démarrage demande maire", None, None).answer.sentences
    assert [each.text for each in sentences] == [NEARER]


@pytest.mark.parametrize("left_open", [0.5])
@pytest.mark.parametrize("judged", [OPEN])
@pytest.mark.parametrize("prepared_weights", [PreparedWeights(bias=-1.0, of_use=-2.0)])
def test_a_rule_that_is_not_sure_leaves_open_what_may_be(assistant: Assistant) -> None:
    answer = run_turn(assistant, OPEN.question, None, None).answer
    assert answer.sentences[0].label
    assert answer.preface


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.FRENCH, "Les textes traitent de ce sujet, mais ne tranchent peut-être pas"),
        (Language.ENGLISH, "The texts deal with this subject, but may not settle"),
    ],
)
@pytest.mark.parametrize("left_open", [0.5, 1.0])
@pytest.mark.parametrize("judged", [OPEN])
@pytest.mark.parametrize("prepared_weights", [PreparedWeights()])
def test_where_questions_like_it_are_left_open_the_answer_says_so_first(
    assistant: Assistant, left_open: float, language: Language, said: str
) -> None:
    answer = run_turn(assistant, OPEN.question, None, None, language).answer
    assert SAYS in answer.markdown
    assert answer.preface.startswith(said) is (left_open < 1)
    assert answer.outcome is (Outcome.PARTIAL if left_open < 1 else Outcome.ANSWERED)


@pytest.mark.parametrize("left_open", [0.5])
@pytest.mark.parametrize("judged", [OPEN])
@pytest.mark.parametrize("prepared_weights", [PreparedWeights(bias=1.0)])
def test_a_line_that_is_sure_leaves_nothing_open(assistant: Assistant) -> None:
    answer = run_turn(assistant, OPEN.question, None, None).answer
    assert answer.lead is not None
    assert answer.preface == ""


@pytest.mark.parametrize("prepared_weights", [PreparedWeights(bias=1.0)])
def test_an_answer_in_english_has_no_line_in_french(assistant: Assistant) -> None:
    answer = run_turn(assistant, FOUND, None, None, Language.ENGLISH).answer
    assert answer.sentences
    assert answer.lead is None


@pytest.mark.parametrize("prepared_weights", [PreparedWeights(bias=1.0)])
def test_an_answer_in_english_begins_with_the_line_in_english(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {BANKED.rule: "An advance is due above €50,000."}
    monkeypatch.setattr("assistant.answering.first_line.english_rules", lambda: said)
    answer = run_turn(assistant, FOUND, None, None, Language.ENGLISH).answer
    assert [each.text for each in answer.sentences] == [*said.values(), SAYS]


PAID = ARTICLES["R2192-10"]
ON_TWO = ArticleRule(
    "R2191-3",
    (),
    "Le titulaire reçoit une avance, payée sous 30 jours.",
    text_sha256=digest_of(SAYS),
    spans=((0, len(SAYS)),),
    also=(ArticleGround("R2192-10", digest_of(PAID), ((0, len(PAID)),)),),
)
ASKED_OF_TWO = "Des sous au démarrage bien vite ?"
ANSWERED_BY_TWO = JudgedQuestion(
    ASKED_OF_TWO, HasAnswer.YES, ("R2191-3",), {digest_of_rule(ON_TWO.text): ANSWERS}
)


@pytest.mark.parametrize("rules", [(ON_TWO,)])
@pytest.mark.parametrize("judged", [ANSWERED_BY_TWO])
@pytest.mark.parametrize("banked", [replace(BANKED, rule="")])
@pytest.mark.parametrize(
    ("prepared_weights", "is_line"),
    [(PreparedWeights(bias=1.0), True), (PreparedWeights(bias=-1.0, of_use=-2.0), False)],
)
def test_a_rule_on_two_articles_cites_both_and_as_the_line_quotes_both(
    assistant: Assistant, *, is_line: bool
) -> None:
    answer = run_turn(assistant, ASKED_OF_TWO, None, None).answer
    rule, *quotes = answer.sentences
    assert rule.text == ON_TWO.text
    assert [each.text for each in quotes] == ([SAYS, PAID] if is_line else [SAYS])
    cited = {each.n: each.quote for each in answer.citations}
    assert [cited[number] for number in rule.citations] == [SAYS, PAID]
    assert (answer.lead == rule) is is_line


@pytest.mark.parametrize("rules", [(ON_TWO,)])
@pytest.mark.parametrize("judged", [ANSWERED_BY_TWO])
@pytest.mark.parametrize("banked", [replace(BANKED, rule="")])
@pytest.mark.parametrize("prepared_weights", [PreparedWeights(bias=1.0)])
def test_a_rule_on_two_articles_is_the_line_of_what_asks_for_two_things(
    assistant: Assistant,
) -> None:
    asked = "Puis-je toucher des sous au démarrage, et qui les verse ?"
    answer = run_turn(assistant, asked, None, None).answer
    assert answer.lead is not None
    assert answer.lead.text == ON_TWO.text


@pytest.mark.parametrize("rules", [(ON_TWO,)])
@pytest.mark.parametrize("judged", [ANSWERED_BY_TWO])
@pytest.mark.parametrize("banked", [replace(BANKED, rule="")])
@pytest.mark.parametrize("prepared_weights", [PreparedWeights(bias=1.0)])
@pytest.mark.parametrize(("without", "cited"), [("R2192-10", 2), ("R2191-3 et R2192-10", 1)])
def test_of_several_sheets_about_an_article_a_rule_cites_one(
    assistant: Assistant, cited: int
) -> None:
    answer = run_turn(assistant, ASKED_OF_TWO, None, None).answer
    rule = answer.sentences[0]
    assert rule.text == ON_TWO.text
    assert len(rule.citations) == cited


@pytest.mark.parametrize("rules", [(ON_TWO,)])
@pytest.mark.parametrize("judged", [ANSWERED_BY_TWO])
@pytest.mark.parametrize("banked", [replace(BANKED, rule="")])
@pytest.mark.parametrize("prepared_weights", [PreparedWeights(bias=1.0)])
@pytest.mark.parametrize("texts", [{"R2192-10": f"{PAID} Il court dès la demande."}])
def test_a_rule_is_not_said_where_the_text_of_one_of_its_articles_is_another(
    assistant: Assistant,
) -> None:
    answer = run_turn(assistant, ASKED_OF_TWO, None, None).answer
    assert answer.sentences
    assert all(each.support is Support.VERBATIM for each in answer.sentences)


@pytest.mark.parametrize("banked", [replace(BANKED, spans=((0, len(SAYS) - 1),))])
def test_what_it_rests_on_is_quoted_once(assistant: Assistant) -> None:
    sentences = run_turn(assistant, FOUND, None, None).answer.sentences
    assert [each.text for each in sentences] == [BANKED.rule, SAYS]


LEAD = "Sont écartées du marché les entreprises :"
ITEMS = (
    "1° En liquidation prononcée par un tribunal ;",
    "2° En retard de plus d'un an. Ce retard est constaté par le maire ;",
    "3° Condamnées pour travail dissimulé :\na) En France par un juge ;\nb) Hors de France.",
)
RULE_TEXT = "L'acheteur peut porter l'avance à la moitié du prix."
LEANING = "Il peut alors demander une garantie à première demande."
EXCEPTION = "Elle ne peut toutefois être demandée à une commune."


def _carried(article: str, first: str, last: str) -> BankQuestion:
    """The question of the bank, answered by the words of an article from the first to the last."""
    span = article.index(first), article.index(last) + len(last)
    return replace(BANKED, text_sha256=digest_of(article), spans=(span,))


LISTED = "\n".join((LEAD, *ITEMS))
LISTED_RULE = (
    f"{LEAD}\n1° Le contrat passé avec un tiers. La durée du contrat ne peut dépasser quatre ans ;"
    "\n2° Le concours ouvert par le maire."
)
SHORT = "Il doit :\n1° Une caution donnée à la commune ;\n2° Une garantie donnée au maire."
LEANT_ON = f"{RULE_TEXT} {LEANING} {EXCEPTION} Le reste est payé en fin de marché."


@pytest.mark.parametrize(
    ("banked", "texts", "quoted"),
    [
        (_carried(LISTED, ITEMS[0], ITEMS[0]), {"R2191-3": LISTED}, (LEAD, ITEMS[0])),
        (_carried(LISTED, LEAD, "un tribunal"), {"R2191-3": LISTED}, (LEAD, ITEMS[0])),
        (_carried(LISTED, "Ce retard", "le maire"), {"R2191-3": LISTED}, (LEAD, ITEMS[1])),
        (
            _carried(LISTED, "a) En", "juge ;"),
            {"R2191-3": LISTED},
            (LEAD, *ITEMS[2].splitlines()[:2]),
        ),
        (_carried(LISTED, LEAD, ITEMS[2]), {"R2191-3": LISTED}, (LISTED,)),
        (
            _carried(LISTED_RULE, "La durée", "quatre ans ;"),
            {"R2191-3": LISTED_RULE},
            ("La durée du contrat ne peut dépasser quatre ans ;",),
        ),
        (_carried(SHORT, "1° Une", "commune ;"), {"R2191-3": SHORT}, (SHORT.splitlines()[1],)),
        (
            _carried(LEANT_ON, "demander une garantie", "demande."),
            {"R2191-3": LEANT_ON},
            (f"{RULE_TEXT} {LEANING} {EXCEPTION}",),
        ),
    ],
)
def test_what_a_line_rests_on_is_quoted_with_what_its_sense_needs(
    assistant: Assistant, quoted: tuple[str, ...]
) -> None:
    sentences = run_turn(assistant, FOUND, None, None).answer.sentences
    assert [each.text for each in sentences[: len(quoted) + 1]] == [BANKED.rule, *quoted]


@pytest.mark.parametrize("prepared_weights", [PreparedWeights(bias=-1.0, of_use=-2.0)])
@pytest.mark.parametrize("texts", [{"R2191-3": TWO_SENTENCES}])
@pytest.mark.parametrize("banked", [replace(BANKED, text_sha256=digest_of(TWO_SENTENCES))])
def test_the_article_of_a_rule_that_is_not_sure_is_never_folded(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.answering.extraction.NEAR", 2.0)
    sentences = run_turn(assistant, FOUND, None, None).answer.sentences
    assert " ".join(each.text for each in sentences[1:]) == TWO_SENTENCES
    assert not any(each.place is Prominence.ASIDE for each in sentences)


@pytest.mark.parametrize("banked", [BANKED, replace(BANKED, spans=())])
def test_what_carries_the_line_is_never_folded(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.answering.extraction.NEAR", 2.0)
    sentences = run_turn(assistant, FOUND, None, None).answer.sentences
    assert [each.support for each in sentences] == [Support.PREPARED, Support.VERBATIM]
    assert not any(each.place is Prominence.ASIDE for each in sentences)


@pytest.mark.parametrize("prepared_weights", [PreparedWeights()])
def test_where_the_bank_asks_nothing_is_read(
    assistant: Assistant, reader: RememberingReader
) -> None:
    result = run_turn(assistant, FOUND, None, None)
    assert result.evidence[0].passage.references == ("R2191-3",)
    assert {each.support for each in result.answer.sentences} == {Support.VERBATIM}
    assert reader.asked == []


@pytest.mark.parametrize("prepared_weights", [PreparedWeights()])
def test_of_a_text_that_the_bank_is_not_about_the_reader_tells(
    assistant: Assistant, reader: RememberingReader
) -> None:
    asked = "Quel est le délai de paiement ?"
    answer = run_turn(assistant, asked, None, None).answer
    assert {each.support for each in answer.sentences} == {Support.VERBATIM}
    assert reader.asked == [asked]


DELAY = "Un délai de onze jours est respecté avant la signature du marché."
LONGER = "Ce délai est porté à seize jours sans voie électronique."
ELSEWHERE = "Les marchés négociés en sont dispensés par la suite."


def _draft(item: Evidence, text: str) -> Draft:
    start = item.passage.text.index(text)
    return Draft(text, (item,), start, start + len(text))


def test_what_leans_on_the_words_that_answer_is_said_with_them() -> None:
    item = evidence_of(f"{DELAY} {LONGER} {ELSEWHERE} {LONGER}")
    whole, other = _draft(item, item.passage.text), _draft(evidence_of(ELSEWHERE, 2), ELSEWHERE)
    said = [_draft(item, DELAY)]
    for found in ([whole, other], [other, replace(whole, place=Prominence.ASIDE)]):
        told = besides(found, said)
        assert [each.text for each in told] == [LONGER, ELSEWHERE]
        assert [each.evidence[0].number for each in told] == [1, 2]
        assert told[0].place is Prominence.BODY
    assert [each.text for each in besides([other], said)] == [ELSEWHERE]
