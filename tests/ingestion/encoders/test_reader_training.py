from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ingestion.encoders.embedder import TaughtReader
from ingestion.encoders.lessons import (
    WRONG,
    ReadingLesson,
    in_batches,
    reading_lessons_of,
)
from ingestion.encoders.network import LENGTH_STEP, Adapter, TextEncoder, write_adapter
from ingestion.encoders.reader import (
    POLARITIES,
    TOKENS,
    Pairs,
    Polarity,
    ReaderNetwork,
    ReaderOutput,
    polarity_of,
)
from ingestion.encoders.teaching import ReaderRecipe, cost, teach_reader, train_reader
from ingestion.errors import IngestionError, ModelUnavailable
from ingestion.index.question_bank import (
    BankQuestion,
    Form,
    Lacking,
    Style,
    UnansweredQuestion,
    digest_of,
    is_held_out,
)
from ingestion.index.search import as_indexed, context
from ingestion.models.catalogue import Weights
from tests.support.fakes import WordEmbedder
from tests.support.index_home import add, write_articles
from tests.support.passage_texts import article_of
from tests.support.weights_fakes import tiny_embedder

ANSWERED = ReadingLesson("?", ("Le délai est de six mois.", "Autre."), ((12, 24),), Polarity.OTHER)
SILENT = ReadingLesson("?", ("Le délai court.", "Autre."))


def _pairs(count: int) -> Pairs:
    """Pairs of four tokens: one of the question, three of the passage, eight characters each."""
    starts = torch.tensor([[0, 0, 8, 16]]).repeat(count, 1)
    ends = torch.tensor([[0, 8, 16, 24]]).repeat(count, 1)
    ones = torch.ones(count, 4, dtype=torch.long)
    return Pairs(ones, ones, starts, ends)


def _read(relevant: list[float], answers: list[float], words: list[float]) -> ReaderOutput:
    count = len(relevant)
    polarity = torch.zeros(count, 4)
    polarity[:, POLARITIES.index(Polarity.OTHER)] = 5.0
    said = torch.tensor([words] * count)
    return ReaderOutput(torch.tensor(relevant), torch.tensor(answers), polarity, said)


RIGHT = ([5.0, -5.0, 5.0, -5.0], [5.0, -5.0, -5.0, -5.0], [0.0, -5.0, 5.0, 5.0])


@pytest.mark.parametrize("head", range(3))
def test_each_head_that_is_wrong_costs(head: int) -> None:
    batch, pairs = [ANSWERED, SILENT], _pairs(4)
    right = cost(_read(*RIGHT), pairs, batch)
    wrong = [list(each) for each in RIGHT]
    wrong[head] = [-value for value in wrong[head]]
    assert right < 0.1
    assert cost(_read(*wrong), pairs, batch) > right + 1


def test_the_words_of_the_question_cost_nothing() -> None:
    heads = [list(each) for each in RIGHT]
    before = cost(_read(*heads), _pairs(4), [ANSWERED, SILENT])
    heads[2][0] = 9.0
    assert cost(_read(*heads), _pairs(4), [ANSWERED, SILENT]) == before


def test_a_batch_without_answers_costs_what_is_told_of_relevance() -> None:
    read = _read([5.0, -5.0], [-5.0, -5.0], [0.0, 0.0, 0.0, 0.0])
    assert cost(read, _pairs(2), [SILENT]) < 0.1


def test_conditions_and_choices_are_one_polarity() -> None:
    turned = (Form.YES_IF, Form.NO_UNLESS, Form.DEPENDS)
    assert {polarity_of(each) for each in turned} == {Polarity.CONDITIONAL}
    told = [polarity_of(each) for each in (Form.YES, Form.NO, Form.DELAY)]
    assert told == [Polarity.YES, Polarity.NO, Polarity.OTHER]


@given(st.lists(st.integers(1, 30), max_size=70), st.integers(1, 5))
def test_an_epoch_holds_each_lesson_once(lengths: list[int], size: int) -> None:
    lessons = [ReadingLesson(f"{n}", ("x" * length,)) for n, length in enumerate(lengths)]
    batches = in_batches(lessons, size, 1, 7)
    said = sorted(int(each.question) for batch in batches for each in batch)
    assert said == list(range(len(lessons)))
    assert all(len(batch) <= size for batch in batches)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A folder of a tiny embedder."""
    return tiny_embedder(tmp_path)


UN, MARCHE = article_of("R1", "un"), article_of("R1", "marché")


@pytest.mark.slow
def test_a_reader_tells_what_it_was_taught(base: Path, tmp_path: Path) -> None:
    texts = {passage.text: as_indexed(passage) for passage in (UN, MARCHE)}
    before = len(context(UN)) + 1
    lessons = [
        ReadingLesson("un", (texts["marché"], texts["un"]), ((before, before + 6),), Polarity.NO),
        ReadingLesson("marché", (texts["un"], texts["marché"])),
    ] * 8
    recipe = ReaderRecipe(epochs=30, batch=4, rank=2, lowest=0, rate=0.02)
    saved = tmp_path / "saved.pt"
    adapter = teach_reader(TextEncoder(base), lessons, saved, lambda *_: None, recipe)
    assert adapter.card["taught"] == "reader"
    write_adapter(tmp_path / "taught.safetensors", adapter)
    reader = TaughtReader(base, "tiny", tmp_path / "taught.safetensors")
    wrong, right = reader.read("un", [UN, MARCHE])
    assert right > 1 > -1 > wrong
    assert reader.read("marché", [UN])[0] < -1
    assert reader.read("un", []) == []


@pytest.mark.slow
def test_a_reader_that_is_there_goes_on_from_what_it_tells(base: Path, tmp_path: Path) -> None:
    heads = ReaderNetwork(TextEncoder(base)).heads.state_dict()
    recipe, saved = ReaderRecipe(epochs=0, rank=2, lowest=0), tmp_path / "saved.pt"
    adapter = teach_reader(TextEncoder(base), [], saved, lambda *_: None, recipe, heads)
    assert adapter.own.keys() == heads.keys()
    assert all(torch.equal(adapter.own[name], each) for name, each in heads.items())


@pytest.mark.slow
def test_what_is_told_of_a_pair_does_not_depend_on_the_others(base: Path) -> None:
    network = ReaderNetwork(TextEncoder(base)).train(False)
    passages = ["un", "un marché un marché un", "marché"] * 9
    with torch.inference_mode():
        together = network(network.tokens(["un"] * len(passages), passages))
        alone = [network(network.tokens(["un"], [each])) for each in passages]
    apart = torch.cat([each.relevant for each in alone])
    torch.testing.assert_close(together.relevant, apart, atol=1e-4, rtol=1e-4)
    for row, each in enumerate(alone):
        said = together.words[row][: each.words.shape[1]]
        torch.testing.assert_close(said, each.words[0], atol=1e-4, rtol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("longer", ["question", "passage", "both"])
def test_what_is_too_long_is_cut(base: Path, longer: str) -> None:
    network, long = ReaderNetwork(TextEncoder(base)), "un marché " * 400
    question = "un" if longer == "passage" else long
    passage = "marché" if longer == "question" else long
    pairs = network.tokens([question], [passage])
    assert pairs.ids.shape[1] == TOKENS
    assert pairs.of_passage.any()


@pytest.mark.slow
def test_a_length_is_one_of_few(base: Path) -> None:
    network = ReaderNetwork(TextEncoder(base))
    lengths = {network.tokens(["un"], ["marché " * n]).ids.shape[1] for n in range(1, 40, 3)}
    assert len(lengths) < 5
    assert all(length % LENGTH_STEP == 0 for length in lengths)


@pytest.mark.slow
def test_what_another_network_was_taught_is_refused(base: Path, tmp_path: Path) -> None:
    write_adapter(
        tmp_path / "taught.safetensors", Adapter({}, {}, {"relevant.weight": torch.ones(1, 3)})
    )
    with pytest.raises(ModelUnavailable, match="models train reader"):
        TaughtReader(base, "tiny", tmp_path / "taught.safetensors")


def _bank_of(articles: Mapping[str, str]) -> tuple[BankQuestion, ...]:
    """A question on each article, answered by its last word."""
    return tuple(
        BankQuestion(
            f"{reference}-01", f"Que dit {reference} ?", reference, digest_of(text),
            ((len(text) - 6, len(text)),), Form.YES, Style.SHORT, "",
        )
        for reference, text in articles.items()
    )  # fmt: skip


def _lessons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unanswered: tuple[UnansweredQuestion, ...] = ()
) -> list[ReadingLesson]:
    """The lessons of thirty articles and their decrees, whose texts name them."""
    articles = {
        f"{letter}2142-{number}": f"L'article {letter}2142-{number} dit un mot."
        for number in range(1, 31)
        for letter in "LR"
    }
    home = tmp_path / "home"
    add(home, write_articles(tmp_path / "code.jsonl", articles))
    lessons = "ingestion.encoders.lessons"
    monkeypatch.setattr(f"{lessons}.read_bank", lambda: _bank_of(articles))
    monkeypatch.setattr(f"{lessons}.read_unanswered", lambda: unanswered)
    monkeypatch.setattr(f"{lessons}.read_dossiers", tuple)
    monkeypatch.setattr("ingestion.encoders.lessons.FEWEST", 10)
    return reading_lessons_of(home, WordEmbedder(), lambda *_: None)


def _article_of(passage: str) -> str:
    return passage.split("L'article ")[1].split()[0]


def test_the_first_passage_answers_and_those_beside_it_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for lesson in _lessons(tmp_path, monkeypatch):
        first, *others = map(_article_of, lesson.passages)
        assert lesson.question == f"Que dit {first} ?"
        [(start, end)] = lesson.spans
        assert lesson.passages[0][start:end] == "n mot."
        assert len(others) == WRONG
        assert all(other[1:] != first[1:] for other in others), "a law is no wrong answer here"
        assert lesson.polarity is Polarity.YES


def test_nothing_held_out_is_learnt_to_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = tuple(
        UnansweredQuestion(f"s-{n}", f"Et combien pour {n} ?", f"R2142-{n}", Lacking.FIGURE)
        for n in range(1, 31)
    )
    lessons = _lessons(tmp_path, monkeypatch, silent)
    taught = {number for number in range(1, 31) if not is_held_out(f"R2142-{number}")}
    assert 0 < len(taught) < 30
    told = [each for each in lessons if each.is_answered]
    assert {each.question for each in told} == {
        f"Que dit {letter}2142-{number} ?" for number in taught for letter in "LR"
    }
    others = [each for each in lessons if not each.is_answered]
    assert {each.question for each in others} == {f"Et combien pour {n} ?" for n in taught}
    assert all(each.polarity is None for each in others)


def test_without_the_code_there_is_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(IngestionError, match="sourcier index add"):
        reading_lessons_of(tmp_path, WordEmbedder(), lambda *_: None)


def test_a_reader_starts_from_what_finding_was_taught(tmp_path: Path) -> None:
    untaught = Weights(tmp_path, None, "0" * 64)
    with pytest.raises(IngestionError, match="models train retriever"):
        train_reader(tmp_path, untaught, WordEmbedder(), tmp_path / "out", lambda *_: None)
