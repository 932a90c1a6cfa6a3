"""Teaching the embedder: two wordings of a question and the passage that answers near each other.

Contrastive learning within a batch (van den Oord et al., 2018, arXiv:1807.03748; in both directions
as in Radford et al., 2021, arXiv:2103.00020): each of the three is to be nearer to the other two
than to those of any other question of the batch. Batches hold blocks of one chapter, so that what
is near but wrong is among them.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import permutations
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

    epochs: int = 1
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
        prefixes = encoder.prefixes
        questions = [
            encoder.encode(
                [prefixes.question + each.wordings[n] for each in batch], recipe.question
            )
            for n in (0, 1)
        ]
        # What several lessons share is read once.
        texts = list(dict.fromkeys(prefixes.passage + each.passage for each in batch))
        place = [texts.index(prefixes.passage + each.passage) for each in batch]
        passages = encoder.encode(texts, recipe.passage)[place]
        return contrast([*questions, passages], same_subject(batch), recipe.temperature)

    course.follow(_batches(lessons, recipe), loss, progress)
    card = {
        "taught": "retriever",
        "lessons": str(len(lessons)),
        "lessons_sha256": digest_of_lessons(lessons),
        "recipe": json.dumps(asdict(recipe)),
    }
    return learnt(learning, card)


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


def _batches(lessons: Sequence[Lesson], recipe: RetrieverRecipe) -> list[list[Lesson]]:
    """The batches of all epochs; what is left of an epoch is too small to be one."""
    size, batches = recipe.batch, []
    for epoch in range(recipe.epochs):
        told = [each.worded(epoch) for each in lessons]
        order = ordered(told, recipe.seed + epoch)
        batches += [order[first : first + size] for first in range(0, len(order), size)]
    return [batch for batch in batches if len(batch) == size]
