from collections.abc import Sequence
from dataclasses import replace
from math import e
from pathlib import Path

import numpy as np
import pytest

from assistant.answering.answer import Outcome, Prominence
from assistant.answering.pipeline import Assistant
from assistant.answering.prepared import (
    NO_ANSWERS,
    SHARPNESS,
    NearAnswers,
    PreparedAnswer,
    candidate_answers,
    is_same_case,
    near_answers,
    prepared_answer,
)
from assistant.citations.checker import Support
from assistant.evaluation.runs import run_turn
from assistant.journal.journal import Journal
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.ranking import PreparedWeights, Refusal, default_tuning, tuning_for
from assistant.retrieval.snapshots import SnapshotHolder
from ingestion.chunking.passages import Passage
from ingestion.index.question_bank import BankQuestion, Form, Style, digest_of
from ingestion.index.questions import LeadingQuestion, Likeness, QuestionIndex
from ingestion.index.store import DisputedFigure
from tests.fakes import ScriptedModel, WordEmbedder
from tests.index_home import ARTICLES, with_articles
from tests.passage_texts import article_of, evidence_of

TEXT = "L'acheteur peut acheter sans publicité en dessous de 60 000 euros hors taxes."
ARTICLE = article_of("R2122-8", TEXT)
EVIDENCE = Evidence(1, ARTICLE, 0.9, "0" * 64)
OTHER = evidence_of("Les prix sont fermes ou révisables.", 2)
LEAD = "Oui, en dessous de 60 000 € hors taxes."
WEIGHTS = PreparedWeights(ahead=10.0, bias=-8.0)
BANK = LeadingQuestion("52 000 € de mobilier, je publie ?", (ARTICLE.id,), "R2122-8-01", LEAD)


def _near(*cosines: float, of: Sequence[LeadingQuestion] = (BANK,)) -> NearAnswers:
    """The questions `of`, then others, as alike as these; all lines point one way."""
    rest = [replace(BANK, of=f"other-{n}") for n in range(len(cosines))]
    alike = tuple(
        Likeness(each, cosine) for each, cosine in zip([*of, *rest], cosines, strict=False)
    )
    return NearAnswers(alike, alike, tuple(np.ones((len(alike), 1), np.float32)))


def _found(near: NearAnswers, *evidence: Evidence, today: bool = True) -> PreparedAnswer | None:
    return prepared_answer(candidate_answers(ASKED, near, evidence, is_of_today=today), WEIGHTS)


def _prepared(near: NearAnswers, *evidence: Evidence, today: bool = True) -> str:
    found = _found(near, *evidence, today=today)
    return found.text if found else ""


ASKED = "Mobilier à 41 000 €, faut-il une annonce ?"


def test_the_line_that_answers_is_said_on_its_passage() -> None:
    found = _found(_near(0.9), OTHER, EVIDENCE)
    assert found is not None
    assert (found.text, found.evidence) == (LEAD, EVIDENCE)


def test_only_the_words_that_it_was_written_on_are_quoted() -> None:
    later = replace(EVIDENCE, passage=replace(ARTICLE, start=100, end=100 + len(TEXT)))
    best = replace(BANK, spans=((0, 40), (90, 110), (120, 130)))
    found = _found(_near(0.9, of=[best]), later)
    assert found is not None
    assert [(each.text, each.start, each.end) for each in found.quotes] == [
        (TEXT[:10], 0, 10),
        (TEXT[20:30], 20, 30),
    ]


def test_one_that_is_only_near_is_not_said() -> None:
    assert _prepared(_near(0.7), EVIDENCE) == ""
    assert _prepared(_near(), EVIDENCE) == ""


def test_a_line_that_says_oui_or_non_is_to_be_surer() -> None:
    lines = candidate_answers(ASKED, _near(0.9), [EVIDENCE], is_of_today=True)
    assert prepared_answer(lines, replace(WEIGHTS, polar=-1.5)) is None
    said = replace(BANK, lead="En dessous de 60 000 € hors taxes.")
    lines = candidate_answers(ASKED, _near(0.9, of=[said]), [EVIDENCE], is_of_today=True)
    assert prepared_answer(lines, replace(WEIGHTS, polar=-1.5)) is not None


def test_oui_is_no_answer_to_how_much() -> None:
    asked = "Jusqu'à quel montant ?"
    polar = replace(BANK, text="Quel montant ?")
    assert candidate_answers(asked, _near(0.9, of=[polar]), [EVIDENCE], is_of_today=True) == []
    said = replace(polar, lead="60 000 € hors taxes.")
    [found] = candidate_answers(asked, _near(0.9, of=[said]), [EVIDENCE], is_of_today=True)
    assert found.question == said


@pytest.mark.parametrize(
    ("lead", "is_said"),
    [
        ("Oui, avant le 15 juin.", False),
        ("Oui, en dessous de 60\u202f000 €, pas de 90 000 €.", False),
        ("Oui, en dessous de 60.000 €.", True),
    ],
)
def test_a_figure_of_the_case_it_was_written_on_is_not_said_of_another(
    lead: str, is_said: bool
) -> None:
    assert (_prepared(_near(0.9, of=[replace(BANK, lead=lead)]), EVIDENCE) == lead) is is_said


def test_its_passage_must_be_among_those_found() -> None:
    assert _prepared(_near(0.9), OTHER) == ""
    assert _prepared(_near(0.9), OTHER, EVIDENCE) == LEAD


def test_of_two_lines_the_surer_is_said() -> None:
    better = replace(BANK, of="R2122-8-02", lead="Non, sous 60 000 € hors taxes.")
    near = _near(0.9, 0.99, of=[BANK, better])
    lines = candidate_answers(ASKED, near, [EVIDENCE], is_of_today=True)
    found = prepared_answer(lines, PreparedWeights(ahead=1.0, bias=0.2))
    assert found is not None
    assert found.text == better.lead


def test_a_line_is_ahead_of_the_nearest_other_question() -> None:
    near = _near(0.9, 0.8)
    assert [round(near.ahead(each), 2) for each in near.alike] == [0.1, -0.1]
    [alone] = _near(0.9).alike
    assert _near(0.9).ahead(alone) == pytest.approx(0.9)


def test_what_the_bank_answers_nearby_makes_a_line_surer() -> None:
    yes, no = (replace(BANK, of=line, lead=line) for line in ("Oui.", "Non."))
    value = replace(BANK, of="value", lead="60 000 €.")
    alike = (Likeness(yes, 0.9), Likeness(no, 0.9), Likeness(value, 0.9 - SHARPNESS))
    near = NearAnswers(alike, alike, tuple(np.eye(3, dtype=np.float32)))
    assert near.agreement("Oui, bien sûr.") == pytest.approx(1 / (2 + 1 / e), rel=1e-5)
    assert near.agreement("Oui.", of="Oui.") == 0
    assert near.nearness(near.vectors[1]) == pytest.approx(1 / (2 + 1 / e), rel=1e-5)
    assert near.nearness(near.vectors[1], of="Non.") == 0
    assert NO_ANSWERS.nearness(near.vectors[1]) == 0


def test_where_no_line_is_left_nothing_is_near() -> None:
    embedder = WordEmbedder()
    vectors = embedder.embed_questions([BANK.text])
    index = QuestionIndex((replace(BANK, lead=""),), vectors)
    assert near_answers(vectors[0], [EVIDENCE], index, embedder) is NO_ANSWERS
    [near] = near_answers(vectors[0], [EVIDENCE], QuestionIndex((BANK,), vectors), embedder).found
    assert near.question == BANK


def test_a_sheet_bears_an_answer_of_today_only_and_none_where_its_articles_say_otherwise() -> None:
    sheet = replace(EVIDENCE, passage=replace(ARTICLE, title="Petits achats", source="fiche.md"))
    sheet_only = replace(sheet, passage=replace(sheet.passage, references=("R2122-8", "R2123-1")))
    assert _prepared(_near(0.9), sheet_only) == LEAD
    assert _prepared(_near(0.9), sheet_only, today=False) == ""
    figure = DisputedFigure(ARTICLE.id, "60 000 euros", ("R2122-8",))
    assert _prepared(_near(0.9), replace(sheet_only, disputed=(figure,))) == ""
    assert _prepared(_near(0.9), EVIDENCE, today=False) == LEAD


@pytest.mark.parametrize(
    ("asked", "is_same"),
    [
        ("Pour 41 000 € ?", True),
        ("Pour 41 k€ de chaises dans 3 écoles ?", True),
        ("Pour 60 000 € ?", False),
        ("Pour 75 000 € ?", False),
        ("Pour du mobilier ?", False),
    ],
)
def test_figures_on_other_sides_of_a_limit_are_another_case(asked: str, is_same: bool) -> None:
    assert is_same_case(asked, BANK.text, [LEAD, TEXT]) is is_same


def test_figures_that_no_limit_meets_make_no_difference() -> None:
    assert is_same_case("Une école de 12 classes ?", "Un lycée ?", [TEXT])


@pytest.fixture(autouse=True, scope="module")
def words_only() -> None:
    """Not here: the fitted weights are what these tests are about."""


def test_nothing_is_prepared_where_no_weights_were_fitted() -> None:
    lines = candidate_answers(ASKED, _near(1.0), [EVIDENCE], is_of_today=True)
    assert prepared_answer(lines, tuning_for("other@1").prepared) is None
    assert prepared_answer(lines, default_tuning().prepared) is not None


SAYS = ARTICLES["R2191-3"]
FOUND = "Puis-je toucher des sous au démarrage ?"
BANKED = BankQuestion(
    "R2191-3-01", FOUND, "R2191-3", digest_of(SAYS), ((0, len(SAYS)),), Form.YES, Style.COMPANY,
    "Oui, le titulaire reçoit une avance.", ("Des sous avant de commencer ?",),
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
    return WEIGHTS


@pytest.fixture
def banked() -> BankQuestion:
    return BANKED


@pytest.fixture
def odds() -> float:
    """How sure it is that the texts answer; above 0 they do."""
    return 1.0


@pytest.fixture
def assistant(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    reader: RememberingReader,
    prepared_weights: PreparedWeights,
    banked: BankQuestion,
    odds: float,
) -> Assistant:
    monkeypatch.setattr("ingestion.index.build.read_bank", lambda: (banked,))
    embedder, home = WordEmbedder(), with_articles(tmp_path, ARTICLES)
    refusal = dict(default_tuning().refusal) | {
        "rules asked": Refusal(refused=0.0, sure=0.0, bias=odds)
    }
    tuning = replace(default_tuning(), prepared=prepared_weights, refusal=refusal)
    journal = Journal(tmp_path / "journal.jsonl")
    holder = SnapshotHolder(home, embedder)
    return Assistant(holder, embedder, ScriptedModel(), journal, 6, tuning=tuning, reader=reader)


@pytest.mark.parametrize("asked", BANKED.asked)
def test_the_answer_begins_with_the_line_and_quotes_what_carries_it(
    assistant: Assistant, reader: RememberingReader, asked: str
) -> None:
    answer = run_turn(assistant, asked, None, None).answer
    assert [(each.text, each.support) for each in answer.sentences] == [
        (BANKED.lead, Support.PREPARED),
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


@pytest.mark.parametrize("prepared_weights", [PreparedWeights(bias=1.0)])
def test_what_asks_for_two_things_has_no_line(assistant: Assistant) -> None:
    one = "Puis-je toucher des sous au démarrage"
    for asked, has_line in ((f"{one} ?", True), (f"{one}, et qui les verse ?", False)):
        answer = run_turn(assistant, asked, None, None).answer
        assert answer.sentences
        assert (answer.lead is not None) is has_line


@pytest.mark.parametrize("banked", [replace(BANKED, spans=((0, len(SAYS) - 1),))])
def test_what_it_rests_on_is_quoted_once(assistant: Assistant) -> None:
    sentences = run_turn(assistant, FOUND, None, None).answer.sentences
    assert [each.text for each in sentences] == [BANKED.lead, SAYS[:-1]]


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


def test_of_a_text_that_the_bank_is_not_about_the_reader_tells(
    assistant: Assistant, reader: RememberingReader
) -> None:
    asked = "Quel est le délai de paiement ?"
    answer = run_turn(assistant, asked, None, None).answer
    assert {each.support for each in answer.sentences} == {Support.VERBATIM}
    assert reader.asked == [asked]
