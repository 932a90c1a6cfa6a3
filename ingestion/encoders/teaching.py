"""Teaching the embedder and the reader, batch after batch, from a state on disk."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256
from io import BytesIO
from itertools import permutations
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR

from ingestion.durable import replace_bytes
from ingestion.encoders.lessons import (
    Lesson,
    ReadingLesson,
    digest_of_lessons,
    digest_of_reading_lessons,
    in_batches,
    in_lesson_batches,
    lessons_of,
    reading_lessons_of,
)
from ingestion.encoders.network import (
    Adapter,
    LowRank,
    TextEncoder,
    joined,
    learnt,
    merge,
    open_to_learning,
    read_adapter,
    write_adapter,
)
from ingestion.encoders.reader import POLARITIES, Pairs, Polarity, ReaderNetwork, ReaderOutput
from ingestion.errors import IngestionError
from ingestion.index.search import Embedder
from ingestion.models.catalogue import Taught, Weights, find_taught, taught_digest
from ingestion.progress import StepProgress

# A course of learning: batch after batch, with a state on disk from which it goes on.

Batch = TypeVar("Batch")

STEP = "Apprentissage"
SAVED_EVERY = 10
LONGEST_STEP = 1.0
"""Length to which a gradient is cut, so that one odd batch does not undo the others."""

LAST_RATE = 0.02
"""Share of the rate that is left at the end."""


@dataclass(frozen=True, slots=True)
class LearningRate:
    """It rises to the highest over the first `warm_up` of the steps, then falls."""

    highest: float
    warm_up: float = 0.1

    def share(self, step: int, steps: int) -> float:
        """The share of the rate at a step, 0-based, of `steps`. Pure."""
        rising = max(1, round(self.warm_up * steps))
        if step < rising:
            return (step + 1) / rising
        return max(LAST_RATE, (steps - step) / max(1, steps - rising))


class Course:
    """What learns, and how; `saved` is the file of its state, `identity` what it is a state of."""

    def __init__(
        self, learning: Sequence[nn.Parameter], rate: LearningRate, saved: Path, identity: str
    ) -> None:
        self._learning = list(learning)
        self._rate, self._saved, self._identity = rate, saved, identity

    def follow(
        self, batches: Sequence[Batch], loss: Callable[[Batch], Tensor], progress: StepProgress
    ) -> None:
        """Learn from each batch in turn, from where a course of this identity was left."""
        optimiser = AdamW(self._learning, lr=self._rate.highest, weight_decay=0.01)
        steps = len(batches)
        schedule = LambdaLR(optimiser, lambda step: self._rate.share(step, steps))
        first = self._resume(optimiser, schedule)
        progress(STEP, first, steps)
        for step in range(first, steps):
            loss(batches[step]).backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(self._learning, LONGEST_STEP)
            optimiser.step()
            schedule.step()
            optimiser.zero_grad()
            progress(STEP, step + 1, steps)
            if (step + 1) % SAVED_EVERY == 0:
                self._save(optimiser, schedule, step + 1)

    def _save(self, optimiser: AdamW, schedule: LambdaLR, step: int) -> None:
        self._saved.parent.mkdir(parents=True, exist_ok=True)
        state = {
            "identity": self._identity,
            "step": step,
            "learning": [parameter.detach() for parameter in self._learning],
            "optimiser": optimiser.state_dict(),
            "schedule": schedule.state_dict(),
        }
        written = BytesIO()
        torch.save(state, written)
        replace_bytes(self._saved, written.getvalue())

    def _resume(self, optimiser: AdamW, schedule: LambdaLR) -> int:
        """The step to go on from; 0 without a state, or with one of something else."""
        if not self._saved.exists():
            return 0
        state = torch.load(self._saved, weights_only=True)
        if state["identity"] != self._identity:
            return 0
        for parameter, kept in zip(self._learning, state["learning"], strict=True):
            parameter.data.copy_(kept)
        optimiser.load_state_dict(state["optimiser"])
        schedule.load_state_dict(state["schedule"])
        return int(state["step"])


@contextmanager
def _course_state(home: Path, what: Taught, start: str) -> Iterator[Path]:
    """Where the state of a course is kept, until what it led to is written and this is left.

    `start` is the digest of what it starts from; what starts from another goes on from none of it.
    """
    saved = home / "training" / f"{what}-{start[:12]}.pt"
    yield saved
    saved.unlink(missing_ok=True)


def _identity(lessons_sha256: str, recipe: "RetrieverRecipe | ReaderRecipe") -> str:
    return sha256(f"{lessons_sha256}{recipe}".encode()).hexdigest()


def _card(
    what: Taught, lessons: int, lessons_sha256: str, recipe: "RetrieverRecipe | ReaderRecipe"
) -> dict[str, str]:
    return {
        "taught": what.value,
        "lessons": str(lessons),
        "lessons_sha256": lessons_sha256,
        "recipe": json.dumps(asdict(recipe)),
    }


def _factors(learning: Mapping[str, LowRank]) -> list[nn.Parameter]:
    return [each for layer in learning.values() for each in (layer.down, layer.up)]


# Teaching the embedder: two wordings of a question and the passage that answers near each other.
#
# Contrastive learning within a batch (van den Oord et al., 2018, arXiv:1807.03748; in both
# directions as in Radford et al., 2021, arXiv:2103.00020): each of the three is to be nearer to the
# other two than to those of any other question of the batch. Batches hold blocks of one chapter, so
# that what is near but wrong is among them.

NEVER = -1e4
"""A score that is compared with no right answer."""


@dataclass(frozen=True, slots=True)
class RetrieverRecipe:
    """How the embedder is taught; `question` and `passage` are the tokens read of each.

    Both are multiples of LENGTH_STEP.
    """

    epochs: int = 1
    batch: int = 48
    rank: int = 32
    rate: float = 5e-4
    temperature: float = 0.03
    question: int = 48
    passage: int = 144
    seed: int = 7


def train_retriever(home: Path, weights: Weights, path: Path, progress: StepProgress) -> None:
    """Teach these weights of an embedder from the library, into the file `path`.

    Interrupted, the next call goes on. Raises IngestionError when the library lacks the code.
    """
    lessons = lessons_of(home)
    encoder = TextEncoder(weights.path, weights.model.prefixes if weights.model else None)
    with _course_state(home, Taught.RETRIEVER, weights.sha256) as saved:
        write_adapter(path, teach_retriever(encoder, lessons, saved, progress))


def teach_retriever(
    encoder: TextEncoder,
    lessons: Sequence[Lesson],
    saved: Path,
    progress: StepProgress,
    recipe: RetrieverRecipe | None = None,
) -> Adapter:
    """What an embedder learns from the lessons; it is changed by it.

    The state is kept in the file `saved`: the same call goes on from there.
    """
    recipe = recipe or RetrieverRecipe()
    torch.manual_seed(recipe.seed)
    learning, digest = open_to_learning(encoder.network, recipe.rank), digest_of_lessons(lessons)
    rate, identity = LearningRate(recipe.rate), _identity(digest, recipe)
    course = Course(_factors(learning), rate, saved, identity)
    course.follow(_batches_of(lessons, recipe), partial(_far_apart, encoder, recipe), progress)
    return learnt(learning, _card(Taught.RETRIEVER, len(lessons), digest, recipe))


def _far_apart(encoder: TextEncoder, recipe: RetrieverRecipe, batch: Sequence[Lesson]) -> Tensor:
    """How far the two wordings and the passage of each lesson are from each other."""
    prefixes = encoder.prefixes
    questions = [
        encoder.encode([prefixes.question + each.wordings[n] for each in batch], recipe.question)
        for n in (0, 1)
    ]
    # What several lessons share is read once.
    texts = list(dict.fromkeys(prefixes.passage + each.passage for each in batch))
    place = [texts.index(prefixes.passage + each.passage) for each in batch]
    passages = encoder.encode(texts, recipe.passage)[place]
    return contrast([*questions, passages], same_subject(batch), recipe.temperature)


def contrast(views: Sequence[Tensor], same: Tensor, temperature: float) -> Tensor:
    """How far a batch is from the views of each lesson being nearest to each other.

    Rows are unit vectors, row i of all views belongs together; `same[i, j]` says that j is no wrong
    answer to i.
    """
    no_wrong_answer = same & ~torch.eye(len(same), dtype=torch.bool)
    right = torch.arange(len(same))
    costs = [
        cross_entropy((one @ other.T / temperature).masked_fill(no_wrong_answer, NEVER), right)
        for one, other in permutations(views, 2)
    ]
    return torch.stack(costs).mean()


def same_subject(batch: Sequence[Lesson]) -> Tensor:
    """Which lessons of a batch are about one article, or a law and its decree."""
    return torch.tensor([[one.subject == other.subject for other in batch] for one in batch])


def _batches_of(lessons: Sequence[Lesson], recipe: RetrieverRecipe) -> list[list[Lesson]]:
    """The batches of all epochs; what is left of an epoch is too small to be one."""
    return [
        batch
        for epoch in range(recipe.epochs)
        for batch in in_lesson_batches(lessons, recipe.batch, epoch, recipe.seed)
    ]


# Teaching the reader: which of near passages is right, whether it answers, by which words, how.
#
# Wrong passages are those that the taught embedder holds for near: what is read at work.


KEPT_OF_LAW = 1100
"""Questions of the law among those of dossiers by which a reader goes on, so that it is kept."""

RATE_GOING_ON = 3e-4
"""The rate at which it does."""


@dataclass(frozen=True, slots=True)
class ReaderRecipe:
    """How the reader is taught; a batch is counted in questions, each with all its passages.

    The blocks below `lowest` stay as they are: half the work, and half the file.
    """

    epochs: int = 1
    batch: int = 16
    rank: int = 32
    lowest: int = 6
    rate: float = 7e-4
    seed: int = 7


def train_reader(
    home: Path, weights: Weights, embedder: Embedder, path: Path, progress: StepProgress
) -> None:
    """Teach the reader from the library, into the file `path`.

    One that is there goes on, with what is asked of dossiers and a little of the law; else it
    starts from what the embedder was taught, with all of both. `embedder` is these weights as they
    find: it says which passages are near. Interrupted, the next call goes on. Raises IngestionError
    when the library lacks the code, or when the weights were taught nothing yet.
    """
    before = find_taught(home, Taught.READER, weights.sha256)
    known = before or find_taught(home, Taught.RETRIEVER, weights.sha256)
    if known is None:
        raise IngestionError(
            "Le lecteur part de ce que la recherche a appris, et ce modèle n'a encore rien appris. "
            "Lancez d'abord : sourcier models train retriever"
        )
    lessons = reading_lessons_of(home, embedder, progress, KEPT_OF_LAW if before else None)
    taught, encoder = read_adapter(known), TextEncoder(weights.path)
    merge(encoder.network, taught)
    recipe = ReaderRecipe(rate=RATE_GOING_ON) if before else ReaderRecipe()
    with _course_state(home, Taught.READER, taught_digest(known)) as saved:
        reader = teach_reader(encoder, lessons, saved, progress, recipe, taught.own)
        write_adapter(path, joined(taught, reader))


def teach_reader(
    encoder: TextEncoder,
    lessons: Sequence[ReadingLesson],
    saved: Path,
    progress: StepProgress,
    recipe: ReaderRecipe | None = None,
    heads: Mapping[str, Tensor] | None = None,
) -> Adapter:
    """What a reader learns from the lessons beyond the weights of the encoder, which changes.

    `heads` are those of the reader that the encoder is of, if it is of one. The state is kept in
    the file `saved`: the same call goes on from there.
    """
    recipe = recipe or ReaderRecipe()
    torch.manual_seed(recipe.seed)
    network = ReaderNetwork(encoder)
    if heads:
        network.heads.load_state_dict(heads)
    learning = open_to_learning(network.transformer, recipe.rank, recipe.lowest)
    learns = [*_factors(learning), *network.heads.parameters()]
    digest = digest_of_reading_lessons(lessons)
    course = Course(learns, LearningRate(recipe.rate), saved, _identity(digest, recipe))
    batches = in_batches(lessons, recipe.batch, recipe.epochs, recipe.seed)
    course.follow(batches, partial(_misread, network), progress)
    own = {name: each.detach() for name, each in network.heads.state_dict().items()}
    return learnt(learning, _card(Taught.READER, len(lessons), digest, recipe), own)


def _misread(network: ReaderNetwork, batch: Sequence[ReadingLesson]) -> Tensor:
    """How far what is read in all passages of a batch is from its lessons."""
    questions = [each.question for each in batch for _ in each.passages]
    pairs = network.tokens(questions, [text for each in batch for text in each.passages])
    return cost(network(pairs), pairs, batch)


def cost(read: ReaderOutput, pairs: Pairs, batch: Sequence[ReadingLesson]) -> Tensor:
    """How far what is read is from the lessons: the costs of the four heads together.

    Each lesson has as many passages as the others, the one it is about first.
    """
    shape = (len(batch), -1)
    first = torch.zeros(len(batch), dtype=torch.long)
    right = torch.arange(len(batch)) * len(batch[0].passages)
    answered = torch.tensor([each.is_answered for each in batch])
    answers = torch.zeros_like(read.answers)
    answers[right] = answered.float()
    total = cross_entropy(read.relevant.view(*shape), first)
    total = total + binary_cross_entropy_with_logits(read.answers, answers)
    if answered.any():
        rows = right[answered]
        told = [each for each in batch if each.is_answered]
        goes = [POLARITIES.index(each.polarity or Polarity.OTHER) for each in told]
        total = total + cross_entropy(read.polarity[rows], torch.tensor(goes)) / 2
        wanted = torch.stack(
            [_within(pairs, int(row), each) for row, each in zip(rows, told, strict=True)]
        )
        seen = pairs.of_passage[rows]
        total = total + binary_cross_entropy_with_logits(read.words[rows][seen], wanted[seen])
    return total


def _within(pairs: Pairs, row: int, lesson: ReadingLesson) -> Tensor:
    """Which tokens of a passage are of the words that answer: 1.0 or 0.0 each."""
    starts, ends = pairs.starts[row], pairs.ends[row]
    inside = [(starts < end) & (ends > start) for start, end in lesson.spans]
    return torch.stack(inside).any(0).float()
