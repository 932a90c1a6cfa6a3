"""Teaching the reader: which of near passages is right, whether it answers, by which words, how.

Wrong passages are those that the taught embedder holds for near: what is read at work.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from ingestion.encoders.adapters import (
    Adapter,
    joined,
    learnt,
    merge,
    open_to_learning,
    read_adapter,
    write_adapter,
)
from ingestion.encoders.course import Course, LearningRate, Progress
from ingestion.encoders.network import TextEncoder
from ingestion.encoders.reader import POLARITIES, Pairs, Polarity, ReaderNetwork, ReaderOutput
from ingestion.encoders.reading_lessons import (
    ReadingLesson,
    digest_of_reading_lessons,
    in_batches,
    reading_lessons_of,
)
from ingestion.errors import IngestionError
from ingestion.index.search import Embedder
from ingestion.models.catalogue import Weights
from ingestion.models.taught import Taught, find_taught

STATE = "reader.pt"


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
    home: Path, weights: Weights, embedder: Embedder, path: Path, progress: Progress
) -> None:
    """Teach the reader from the library, into the file `path`, from what the embedder was taught.

    `embedder` is these weights as they find: it says which passages are near. Interrupted, the next
    call goes on. Raises IngestionError when the library lacks the code, or when the weights were
    taught nothing yet.
    """
    retriever = find_taught(home, Taught.RETRIEVER, weights.sha256)
    if retriever is None:
        raise IngestionError(
            "Le lecteur part de ce que la recherche a appris, et ce modèle n'a encore rien appris. "
            "Lancez d'abord : sourcier models train retriever"
        )
    lessons = reading_lessons_of(home, embedder, progress)
    taught, encoder = read_adapter(retriever), TextEncoder(weights.path)
    merge(encoder.network, taught)
    reader = teach_reader(encoder, lessons, home / "training" / STATE, progress)
    write_adapter(path, joined(taught, reader))


def teach_reader(
    encoder: TextEncoder,
    lessons: Sequence[ReadingLesson],
    saved: Path,
    progress: Progress,
    recipe: ReaderRecipe | None = None,
) -> Adapter:
    """What a reader learns from the lessons beyond the weights of the encoder, which changes.

    The state is kept in the file `saved`: the same call goes on from there.
    """
    recipe = recipe or ReaderRecipe()
    torch.manual_seed(recipe.seed)
    network = ReaderNetwork(encoder)
    learning = open_to_learning(network.transformer, recipe.rank, recipe.lowest)
    digest = digest_of_reading_lessons(lessons)
    identity = sha256(f"{digest}{recipe}".encode()).hexdigest()
    factors = [each for layer in learning.values() for each in (layer.down, layer.up)]
    learns = [*factors, *network.heads.parameters()]
    course = Course(learns, LearningRate(recipe.rate), saved, identity)

    def loss(batch: Sequence[ReadingLesson]) -> Tensor:
        questions = [each.question for each in batch for _ in each.passages]
        pairs = network.tokens(questions, [text for each in batch for text in each.passages])
        return cost(network(pairs), pairs, batch)

    course.follow(in_batches(lessons, recipe.batch, recipe.epochs, recipe.seed), loss, progress)
    card = {
        "taught": "reader",
        "lessons": str(len(lessons)),
        "lessons_sha256": digest,
        "recipe": json.dumps(asdict(recipe)),
    }
    own = {name: each.detach() for name, each in network.heads.state_dict().items()}
    return learnt(learning, card, own)


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
