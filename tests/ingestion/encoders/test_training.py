import copy
import errno
from collections import Counter
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from ingestion.chunking.passages import passages_of
from ingestion.documents.document import Document, Kind
from ingestion.encoders import teaching
from ingestion.encoders.embedder import SentenceTransformerEmbedder
from ingestion.encoders.lessons import (
    TIMES_OF_DOSSIERS,
    Lesson,
    in_lesson_batches,
    lessons_of,
    pair,
)
from ingestion.encoders.network import (
    Adapter,
    TextEncoder,
    joined,
    learnt,
    merge,
    open_to_learning,
    read_adapter,
    write_adapter,
)
from ingestion.encoders.teaching import (
    Course,
    LearningRate,
    RetrieverRecipe,
    contrast,
    same_subject,
    teach_retriever,
    train_retriever,
)
from ingestion.errors import IngestionError, ModelUnavailable
from ingestion.index.question_bank import BankQuestion, Form, Style, digest_of, is_held_out
from ingestion.models.catalogue import (
    Prefixes,
    Taught,
    Weights,
    find_taught,
    own_folder,
    taught_file,
)
from tests.support.weights_fakes import tiny_embedder

TRUTH = torch.tensor([[2.0, -1.0, 0.5]])


class _Stopped(Exception):
    pass


def _points() -> list[Tensor]:
    draw = torch.Generator().manual_seed(11)
    return [torch.randn(8, 3, generator=draw) for _ in range(40)]


def _learn(saved: Path, identity: str = "one", stop_at: int | None = None) -> tuple[Tensor, int]:
    """A line learnt from points, stopped after a step perhaps; the first step told comes too."""
    torch.manual_seed(5)
    line = nn.Linear(3, 1)
    told: list[int] = []

    def loss(rows: Tensor) -> Tensor:
        missed: Tensor = line(rows) - rows @ TRUTH.T
        return (missed**2).mean()

    def progress(step: str, done: int, total: int) -> None:
        told.append(done)
        if done == stop_at:
            raise _Stopped

    course = Course(list(line.parameters()), LearningRate(0.2), saved, identity)
    with suppress(_Stopped):
        course.follow(_points(), loss, progress)
    return line.weight.detach().clone(), told[0]


def test_a_course_that_was_stopped_ends_as_one_that_was_not(tmp_path: Path) -> None:
    whole, _ = _learn(tmp_path / "whole.pt")
    _learn(tmp_path / "saved.pt", stop_at=27)
    again, first = _learn(tmp_path / "saved.pt")
    assert first == 20, "the last state kept"
    torch.testing.assert_close(again, whole, rtol=0, atol=0)
    torch.testing.assert_close(whole, TRUTH, rtol=0, atol=0.2)


def test_a_course_of_something_else_begins_anew(tmp_path: Path) -> None:
    _learn(tmp_path / "saved.pt", stop_at=27)
    assert _learn(tmp_path / "saved.pt", identity="two")[1] == 0


def test_a_course_is_forgotten_once_what_it_led_to_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taught(encoder: object, lessons: object, saved: Path, progress: object) -> Adapter:
        saved.parent.mkdir(exist_ok=True)
        saved.write_bytes(b"the state of hours")
        return Adapter({}, {}, {"a": torch.ones(1)})

    monkeypatch.setattr(teaching, "lessons_of", lambda _: [])
    monkeypatch.setattr(teaching, "TextEncoder", lambda *_: None)
    monkeypatch.setattr(teaching, "teach_retriever", taught)
    weights = Weights(tmp_path, None, "ab" * 32)
    (tmp_path / "no folder").touch()
    with pytest.raises(OSError, match="no folder"):
        train_retriever(tmp_path, weights, tmp_path / "no folder" / "out", lambda *_: None)
    [state] = (tmp_path / "training").iterdir()
    assert state.read_bytes() == b"the state of hours"
    train_retriever(tmp_path, weights, tmp_path / "out", lambda *_: None)
    assert not list((tmp_path / "training").iterdir())
    assert read_adapter(tmp_path / "out").own


def test_the_rate_rises_and_falls() -> None:
    shares = [LearningRate(1.0).share(step, 100) for step in range(100)]
    assert shares[0] == pytest.approx(0.1)
    assert max(shares) == shares[9] == pytest.approx(1.0)
    assert shares[9:] == sorted(shares[9:], reverse=True)
    assert 0 < shares[-1] < 0.05


def _units(*rows: list[float]) -> Tensor:
    return nn.functional.normalize(torch.tensor(rows), dim=-1)


def test_a_right_passage_that_is_nearest_costs_least() -> None:
    questions, apart = _units([1.0, 0.1], [0.1, 1.0]), torch.zeros(2, 2, dtype=torch.bool)
    right = contrast([questions, _units([1.0, 0.0], [0.0, 1.0])], apart, 0.1)
    crossed = contrast([questions, _units([0.0, 1.0], [1.0, 0.0])], apart, 0.1)
    assert right < crossed


def test_passages_of_one_subject_are_no_wrong_answers() -> None:
    questions, passages = _units([1.0, 0.1], [1.0, 0.2]), _units([0.0, 1.0], [1.0, 0.0])
    lessons = [Lesson(("?",), text, "2112-1", "2112") for text in ("law", "decree")]
    same = same_subject(lessons)
    assert contrast([questions, passages], same, 0.1).item() == pytest.approx(0, abs=1e-6)
    assert contrast([questions, passages], ~same, 0.1).item() > 1


def test_two_wordings_of_a_question_are_to_be_near_each_other() -> None:
    questions, apart = _units([1.0, 0.0], [0.0, 1.0]), torch.zeros(2, 2, dtype=torch.bool)
    between = _units([1.0, 1.0], [1.0, 1.0])  # as near to each question: it tells nothing
    near = contrast([questions, questions, between], apart, 0.1)
    far = contrast([questions, questions.flip(0), between], apart, 0.1)
    assert far > near + 1


def test_each_epoch_takes_two_other_wordings() -> None:
    lesson = Lesson(("a", "b", "c"), "", "1", "1")
    assert [lesson.worded(epoch).wordings for epoch in range(3)] == [
        ("a", "b"), ("b", "c"), ("c", "a"),
    ]  # fmt: skip
    assert Lesson(("a",), "", "1", "1").worded(5).wordings == ("a", "a")


def _asked(chapter: str, count: int, is_of_dossier: bool) -> list[Lesson]:
    return [
        Lesson((f"{chapter} {n}",), "", f"{chapter} {n}", chapter, is_of_dossier)
        for n in range(count)
    ]


@given(st.lists(st.integers(0, 30), max_size=6), st.integers(0, 3))
def test_an_epoch_holds_each_lesson_once_but_what_does_not_fill_a_batch(
    counts: list[int], seed: int
) -> None:
    lessons = [each for n, count in enumerate(counts) for each in _asked(f"{n}", count, False)]
    batches = in_lesson_batches(lessons, 5, 0, seed)
    held = Counter(each.subject for batch in batches for each in batch)
    assert {len(batch) for batch in batches} <= {5}
    assert set(held.values()) <= {1}
    assert len(lessons) - held.total() < 5
    assert batches == in_lesson_batches(lessons, 5, 0, seed)


def test_what_is_asked_of_a_dossier_is_asked_again_among_its_own_questions() -> None:
    lessons = [*_asked("loi", 40, False), *_asked("halle", 11, True), *_asked("voirie", 7, True)]
    batches = in_lesson_batches(lessons, 5, 0, 0)
    assert Counter(tuple(sorted({each.chapter for each in batch})) for batch in batches) == {
        ("loi",): 8, ("halle",): 2 * TIMES_OF_DOSSIERS, ("voirie",): TIMES_OF_DOSSIERS,
    }  # fmt: skip


def _article(reference: str) -> Document:
    text = f"L'article {reference} dit sous quel délai les perdants sont prévenus par écrit."
    return Document(digest_of(reference), "Code", "c.jsonl", Kind.RULES, text, reference=reference)


def test_questions_that_are_held_out_are_not_learnt_from() -> None:
    documents = [_article(f"R2142-{number}") for number in range(1, 30)]
    bank = [
        BankQuestion(
            f"{each.reference}-01", f"Quand ? {each.reference}", each.reference or "",
            digest_of(each.text), ((0, len(each.text)),), Form.DELAY, Style.SHORT, "",
        )
        for each in documents
    ]  # fmt: skip
    passages = [passage for each in documents for passage in passages_of(each)]
    lessons = pair(bank, documents, passages)
    held_out = {each.reference for each in documents if is_held_out(each.reference or "")}
    assert held_out
    asked = {each.wordings[0].removeprefix("Quand ? ") for each in lessons}
    assert asked == {each.reference for each in documents} - held_out
    assert all(each.wordings[0].removeprefix("Quand ? ") in each.passage for each in lessons)


@pytest.mark.slow
def test_what_is_taught_brings_questions_near_their_passages(tmp_path: Path) -> None:
    base = tiny_embedder(tmp_path)
    lessons = [Lesson(("un",), "marché", "1", "1"), Lesson(("marché",), "un", "2", "1")] * 8
    costs: list[float] = []
    apart = torch.zeros(2, 2, dtype=torch.bool)
    recipe = RetrieverRecipe(epochs=30, batch=2, rank=2, rate=0.05, temperature=0.1)
    adapter = teach_retriever(
        TextEncoder(base), lessons, tmp_path / "saved.pt", lambda *_: None, recipe
    )
    assert adapter.card["lessons"] == "16"
    write_adapter(tmp_path / "taught.safetensors", adapter)
    for taught in (None, tmp_path / "taught.safetensors"):
        embedder = SentenceTransformerEmbedder(base, "tiny", taught)
        questions = torch.tensor(embedder.embed_questions(["un", "marché"]))
        passages = torch.tensor(embedder.embed_passages(["marché", "un"]))
        costs.append(contrast([questions, passages], apart, 0.1).item())
    assert costs[1] < costs[0] / 2


@pytest.mark.slow
def test_prefixes_are_those_given_else_those_of_the_folder(tmp_path: Path) -> None:
    folder = tiny_embedder(tmp_path)
    own, given = TextEncoder(folder), TextEncoder(folder, Prefixes("q: ", "p: "))
    assert own.prefixes == Prefixes("query: ", "passage: ")
    assert given.prefixes == Prefixes("q: ", "p: ")
    plain, other = (
        SentenceTransformerEmbedder(folder, "tiny", None, prefixes)
        for prefixes in (None, Prefixes("un ", "marché "))
    )
    assert (plain.embed_questions(["un"]) != other.embed_questions(["un"])).any()


@pytest.mark.slow
def test_a_question_asked_again_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder = SentenceTransformerEmbedder(tiny_embedder(tmp_path), "tiny")
    both = embedder.embed_questions(["un", "marché"])
    [first] = embedder.embed_questions(["un"])
    with monkeypatch.context() as patch:
        patch.setattr(SentenceTransformerEmbedder, "_embed", None)
        [again] = embedder.embed_questions(["un"])
    assert (again == first).all()
    assert np.allclose(first, both[0], atol=1e-2)
    with pytest.raises(ValueError, match="read-only"):
        again[0] = 0.0
    [other] = embedder.embed_questions(["marché"])
    assert np.allclose(other, both[1], atol=1e-2)


def test_without_the_code_there_is_nothing_to_learn_from(tmp_path: Path) -> None:
    with pytest.raises(IngestionError, match="sourcier index add"):
        lessons_of(tmp_path)


# What was taught, kept and found


class _Network(nn.Module):
    """Two layers of numbered blocks, and one that is not of them."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(6, 8), nn.GELU(), nn.Linear(8, 4))
        self.head = nn.Linear(4, 2)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        answer: torch.Tensor = self.head(self.encoder(rows))
        return answer


def _taught_network() -> tuple[_Network, Adapter, torch.Tensor, torch.Tensor]:
    """A network, what it was taught, rows, and what the taught network makes of them."""
    torch.manual_seed(3)
    network, rows = _Network(), torch.randn(5, 6)
    plain = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    learning = open_to_learning(network, rank=2)
    for layer in learning.values():
        layer.up.data.normal_()
    expected = network(rows).detach()
    untaught = _Network()
    untaught.load_state_dict(plain)
    return untaught, learnt(learning, {"lessons": "5"}), rows, expected


def test_what_was_learnt_is_merged_into_the_weights(tmp_path: Path) -> None:
    network, adapter, rows, expected = _taught_network()
    write_adapter(tmp_path / "a" / "file.safetensors", adapter)
    read = read_adapter(tmp_path / "a" / "file.safetensors")
    assert read.card == {"lessons": "5"}
    assert not torch.allclose(network(rows), expected, atol=1e-2)
    merge(network, read)
    torch.testing.assert_close(network(rows), expected, atol=1e-2, rtol=1e-2)


def test_what_cannot_be_written_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "file.safetensors"
    write_adapter(path, Adapter({}, {}, {"a": torch.zeros(1)}))
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_adapter(path, Adapter({}, {}, {"a": torch.ones(1)}))
    assert list(tmp_path.iterdir()) == [path]
    assert not read_adapter(path).own["a"].any()


@pytest.mark.parametrize(("lowest", "blocks"), [(0, (0, 2)), (2, (2,))])
def test_only_linear_layers_of_blocks_from_the_lowest_on_learn(
    lowest: int, blocks: tuple[int, ...]
) -> None:
    network = _Network()
    opened = open_to_learning(network, rank=2, lowest=lowest)
    assert set(opened) == {f"encoder.{block}" for block in blocks}
    learning = {name for name, each in network.named_parameters() if each.requires_grad}
    assert learning == {f"encoder.{block}.{part}" for block in blocks for part in ("down", "up")}


def test_what_was_learnt_twice_is_one_adapter() -> None:
    network, first, rows, _ = _taught_network()
    second = Adapter(
        {"encoder.2": torch.randn(3, 8)}, {"encoder.2": torch.randn(4, 3)}, {"a": rows}, {"b": "c"}
    )
    both = joined(first, second)
    assert (both.own, both.card) == (second.own, second.card)
    twice = copy.deepcopy(network)
    merge(twice, first)
    merge(twice, second)
    merge(network, both)
    torch.testing.assert_close(network(rows), twice(rows), atol=1e-4, rtol=1e-4)


def test_layers_of_its_own_are_kept(tmp_path: Path) -> None:
    own = {"relevant.weight": torch.tensor([[0.5, -2.0]])}
    write_adapter(tmp_path / "file.safetensors", Adapter({}, {}, own))
    assert read_adapter(tmp_path / "file.safetensors").own["relevant.weight"].tolist() == [
        [0.5, -2.0]
    ]


@pytest.mark.parametrize("content", [b"", b"not weights", b"\x08" + bytes(7) + b"{}      "])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.safetensors"
    path.write_bytes(content)
    with pytest.raises(ModelUnavailable, match="models train"):
        read_adapter(path)


def test_the_data_folder_comes_before_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tmp_path / "shipped"
    monkeypatch.setattr("ingestion.models.catalogue.SHIPPED", shipped)
    assert find_taught(tmp_path, Taught.RETRIEVER, "ab" * 32) is None
    shipped.mkdir()
    with_project = taught_file(shipped, Taught.RETRIEVER, "ab" * 32)
    with_project.touch()
    assert find_taught(tmp_path, Taught.RETRIEVER, "ab" * 32) == with_project
    assert find_taught(tmp_path, Taught.RETRIEVER, "cd" * 32) is None, "of other weights"
    own_folder(tmp_path).mkdir(parents=True)
    own = taught_file(own_folder(tmp_path), Taught.RETRIEVER, "ab" * 32)
    own.touch()
    assert find_taught(tmp_path, Taught.RETRIEVER, "ab" * 32) == own
