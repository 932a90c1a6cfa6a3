"""Teaching the embedder: a question and the passage that answers it near each other.

Contrastive learning within a batch (van den Oord et al., 2018, arXiv:1807.03748; in both directions
as in Radford et al., 2021, arXiv:2103.00020): of the passages of a batch, the right one is to be
nearest to its question, and the other questions as far as the other passages are. Batches hold
blocks of one chapter, so that what is near but wrong is among them.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from ingestion.encoders.adapters import Adapter, learnt, open_to_learning, write_adapter
from ingestion.encoders.course import Course, LearningRate, Progress
from ingestion.encoders.lessons import Lesson, digest_of_lessons, lessons_of, ordered
from ingestion.encoders.network import TextEncoder
from ingestion.models.catalogue import Weights

STATE = "retriever.pt"

NEVER = -1e4
"""A score that is compared with no right answer."""


@dataclass(frozen=True, slots=True)
class RetrieverRecipe:
    """How the embedder is taught; `question` and `passage` are the tokens read of each."""

    epochs: int = 2
    batch: int = 48
    rank: int = 32
    rate: float = 5e-4
    temperature: float = 0.03
    question: int = 48
    passage: int = 144
    seed: int = 7


def train_retriever(home: Path, weights: Weights, path: Path, progress: Progress) -> None:
    """Teach these weights of an embedder from the library, into the file `path`.

    Interrupted, the next call goes on. Raises IngestionError when the library lacks the code.
    """
    lessons = lessons_of(home)
    encoder = TextEncoder(weights.path, weights.model.prefixes if weights.model else None)
    write_adapter(path, teach_retriever(encoder, lessons, home / "training" / STATE, progress))


def teach_retriever(
    encoder: TextEncoder,
    lessons: Sequence[Lesson],
    saved: Path,
    progress: Progress,
    recipe: RetrieverRecipe | None = None,
) -> Adapter:
    """What an embedder learns from the lessons; it is changed by it.

    The state is kept in the file `saved`: the same call goes on from there.
    """
    recipe = recipe or RetrieverRecipe()
    torch.manual_seed(recipe.seed)
    learning = open_to_learning(encoder.network, recipe.rank)
    identity = sha256(f"{digest_of_lessons(lessons)}{recipe}".encode()).hexdigest()
    parameters = [each for layer in learning.values() for each in (layer.down, layer.up)]
    course = Course(parameters, LearningRate(recipe.rate), saved, identity)

    def loss(batch: Sequence[Lesson]) -> Tensor:
        questions = encoder.encode(
            [encoder.prefixes.question + each.question for each in batch], recipe.question
        )
        # What several lessons share is read once.
        texts = list(dict.fromkeys(encoder.prefixes.passage + each.passage for each in batch))
        place = [texts.index(encoder.prefixes.passage + each.passage) for each in batch]
        passages = encoder.encode(texts, recipe.passage)[place]
        return contrast(questions, passages, same_subject(batch), recipe.temperature)

    course.follow(_batches(lessons, recipe), loss, progress)
    card = {
        "taught": "retriever",
        "lessons": str(len(lessons)),
        "lessons_sha256": digest_of_lessons(lessons),
        "recipe": json.dumps(asdict(recipe)),
    }
    return learnt(learning, card)


def contrast(questions: Tensor, passages: Tensor, same: Tensor, temperature: float) -> Tensor:
    """How far a batch is from each question being nearest to its own passage.

    Rows are unit vectors, row i of both belongs together; `same[i, j]` says that j is no wrong
    answer to i.
    """
    own = torch.eye(len(questions), dtype=torch.bool)
    to_passages = (questions @ passages.T / temperature).masked_fill(same & ~own, NEVER)
    to_questions = (questions @ questions.T / temperature).masked_fill(same | own, NEVER)
    right = torch.arange(len(questions))
    forth = cross_entropy(torch.cat([to_passages, to_questions], 1), right)
    back = cross_entropy(to_passages.T, right)
    return (forth + back) / 2


def same_subject(batch: Sequence[Lesson]) -> Tensor:
    """Which lessons of a batch are about one article, or a law and its decree."""
    return torch.tensor([[one.subject == other.subject for other in batch] for one in batch])


def _batches(lessons: Sequence[Lesson], recipe: RetrieverRecipe) -> list[list[Lesson]]:
    """The batches of all epochs; what is left of an epoch is too small to be one."""
    size, batches = recipe.batch, []
    for epoch in range(recipe.epochs):
        order = ordered(lessons, recipe.seed + epoch)
        batches += [order[first : first + size] for first in range(0, len(order), size)]
    return [batch for batch in batches if len(batch) == size]
