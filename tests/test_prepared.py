from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answering.answer import Outcome, Prominence
from assistant.answering.pipeline import Assistant
from assistant.answering.prepared import is_same_case, prepared_answer, sameness
from assistant.citations.checker import Support
from assistant.evaluation.runs import run_turn
from assistant.journal.journal import Journal
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.ranking import Refusal, Sameness, default_tuning, tuning_for
from assistant.retrieval.snapshots import SnapshotHolder
from ingestion.chunking.passages import Passage
from ingestion.index.question_bank import BankQuestion, Form, Style, digest_of
from ingestion.index.questions import LeadingQuestion, Likeness
from ingestion.index.store import DisputedFigure
from tests.fakes import ScriptedModel, WordEmbedder
from tests.index_home import ARTICLES, with_articles
from tests.passage_texts import article_of, evidence_of

TEXT = "L'acheteur peut acheter sans publicité en dessous de 60 000 euros hors taxes."
ARTICLE = article_of("R2122-8", TEXT)
EVIDENCE = Evidence(1, ARTICLE, 0.9, "0" * 64)
OTHER = evidence_of("Les prix sont fermes ou révisables.", 2)
LEAD = "Oui, en dessous de 60 000 € hors taxes."
WEIGHTS = Sameness(cosine=10.0, bias=-8.0)
BANK = LeadingQuestion("52 000 € de mobilier, je publie ?", (ARTICLE.id,), "R2122-8-01", LEAD)


def _alike(*cosines: float, of: Sequence[LeadingQuestion] = (BANK,)) -> list[Likeness]:
    rest = [replace(BANK, of=f"other-{n}") for n in range(len(cosines))]
    return [Likeness(each, cosine) for each, cosine in zip([*of, *rest], cosines, strict=False)]


def _prepared(question: str, alike: list[Likeness], *evidence: Evidence, today: bool = True) -> str:
    found = prepared_answer(question, alike, 0.0, evidence, WEIGHTS, is_of_today=today)
    return found.text if found else ""


ASKED = "Mobilier à 41 000 €, faut-il une annonce ?"


def test_the_same_question_has_its_answer_on_its_passage() -> None:
    found = prepared_answer(ASKED, _alike(0.9), 0.0, [OTHER, EVIDENCE], WEIGHTS, is_of_today=True)
    assert found is not None
    assert (found.text, found.evidence) == (LEAD, EVIDENCE)


def test_only_the_words_that_it_was_written_on_are_quoted() -> None:
    later = replace(EVIDENCE, passage=replace(ARTICLE, start=100, end=100 + len(TEXT)))
    best = replace(BANK, spans=((0, 40), (90, 110), (120, 130)))
    found = prepared_answer(ASKED, _alike(0.9, of=[best]), 0.0, [later], WEIGHTS, is_of_today=True)
    assert found is not None
    assert [(each.text, each.start, each.end) for each in found.quotes] == [
        (TEXT[:10], 0, 10),
        (TEXT[20:30], 20, 30),
    ]


def test_one_that_is_only_near_has_none() -> None:
    assert _prepared(ASKED, _alike(0.7), EVIDENCE) == ""
    assert _prepared(ASKED, [], EVIDENCE) == ""


def test_nor_one_whose_answer_went_with_its_text() -> None:
    assert _prepared(ASKED, _alike(0.9, of=[replace(BANK, lead="")]), EVIDENCE) == ""


def test_its_passage_must_be_among_the_first_found() -> None:
    others = [replace(OTHER, number=n) for n in range(1, 4)]
    assert _prepared(ASKED, _alike(0.9), OTHER) == ""
    assert _prepared(ASKED, _alike(0.9), *others[:2], EVIDENCE) == LEAD
    assert _prepared(ASKED, _alike(0.9), *others, EVIDENCE) == ""


def test_a_sheet_bears_an_answer_of_today_only_and_none_where_its_articles_say_otherwise() -> None:
    sheet = replace(EVIDENCE, passage=replace(ARTICLE, title="Petits achats", source="fiche.md"))
    sheet_only = replace(sheet, passage=replace(sheet.passage, references=("R2122-8", "R2123-1")))
    assert _prepared(ASKED, _alike(0.9), sheet_only) == LEAD
    assert _prepared(ASKED, _alike(0.9), sheet_only, today=False) == ""
    figure = DisputedFigure(ARTICLE.id, "60 000 euros", ("R2122-8",))
    assert _prepared(ASKED, _alike(0.9), replace(sheet_only, disputed=(figure,))) == ""
    assert _prepared(ASKED, _alike(0.9), EVIDENCE, today=False) == LEAD


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


def test_wordings_of_one_question_and_a_lead_over_others_make_it_surer() -> None:
    weights = Sameness(cosine=0.0, ahead=1.0, votes=0.1, bias=0.0)
    alone = sameness(_alike(0.9, 0.8), 0.0, weights)
    assert alone == pytest.approx(0.2)
    wordings = [Likeness(BANK, 0.9), Likeness(BANK, 0.85), *_alike(0.9, 0.6)[1:]]
    assert sameness(wordings, 0.0, weights) == pytest.approx(0.5)


def test_neighbours_of_one_place_and_far_from_the_unanswered_make_it_surer() -> None:
    weights = Sameness(place=0.1, unanswered=-1.0, bias=0.0)
    elsewhere = replace(BANK, of="other", passage_ids=("elsewhere",))
    alike = [*_alike(0.9, 0.8), Likeness(elsewhere, 0.7)]
    assert sameness(alike, 0.0, weights) == pytest.approx(0.2)
    assert sameness(alike, -0.3, weights) == pytest.approx(0.5)


@pytest.fixture(autouse=True, scope="module")
def words_only() -> None:
    """Not here: the fitted weights are what these tests are about."""


def test_nothing_is_prepared_where_sameness_was_not_fitted() -> None:
    assert sameness(_alike(1.0), -0.4, tuning_for("other@1").sameness) < 0
    same = [Likeness(BANK, cosine) for cosine in (1.0, 0.85, 0.8)]
    assert sameness([*same, *_alike(0, 0.7, 0.65)[1:]], -0.4, default_tuning().sameness) > 0


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
def sameness_weights() -> Sameness:
    return WEIGHTS


@pytest.fixture
def banked() -> BankQuestion:
    return BANKED


@pytest.fixture
def assistant(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    reader: RememberingReader,
    sameness_weights: Sameness,
    banked: BankQuestion,
) -> Assistant:
    monkeypatch.setattr("ingestion.index.build.read_bank", lambda: (banked,))
    embedder, home = WordEmbedder(), with_articles(tmp_path, ARTICLES)
    refusal = dict(default_tuning().refusal) | {
        "rules asked": Refusal(refused=0.0, sure=0.0, bias=1.0)
    }
    tuning = replace(default_tuning(), sameness=sameness_weights, refusal=refusal)
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


@pytest.mark.parametrize("banked", [BANKED, replace(BANKED, spans=())])
def test_what_carries_the_line_is_never_folded(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.answering.extraction.NEAR", 2.0)
    sentences = run_turn(assistant, FOUND, None, None).answer.sentences
    assert [each.support for each in sentences] == [Support.PREPARED, Support.VERBATIM]
    assert not any(each.place is Prominence.ASIDE for each in sentences)


@pytest.mark.parametrize("sameness_weights", [Sameness()])
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
