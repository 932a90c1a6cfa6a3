"""What the reader learns from: questions with the passage that is meant, and near ones beside."""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from ingestion.chunking.passages import Passage, passages_of
from ingestion.encoders.lessons import require_code
from ingestion.encoders.reader import Polarity, polarity_of
from ingestion.index.dossier_bank import BankDossier, read_dossiers
from ingestion.index.question_bank import is_held_out, read_bank, read_unanswered
from ingestion.index.questions import passages_answering
from ingestion.index.search import Embedder, Vectors, as_indexed, context
from ingestion.index.vectors import embed_cached
from ingestion.library.library import Library
from ingestion.readers.documents import Document

WINDOW = 16
"""Batches among which lessons of like length stand together: padding is read for nothing."""


@dataclass(frozen=True, slots=True)
class ReadingLesson:
    """A question with passages: the first is the one meant, the others are near it and wrong.

    `spans` are half-open offsets, in the first passage, of the words that answer; without any the
    passage does not answer, near as it is. `polarity` is the way the answer goes.
    """

    question: str
    passages: tuple[str, ...]
    spans: tuple[tuple[int, int], ...] = ()
    polarity: Polarity | None = None

    @property
    def is_answered(self) -> bool:
        """Whether the first passage answers."""
        return bool(self.spans)


WRONG = 2
"""Wrong passages beside each right one."""

NEAREST = 10
"""Wrong passages among which those are drawn: the nearest to the question."""

SEED = 7
"""Of their drawing."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, the passages that answer it or are nearest to what it asks, and the answer."""

    question: str
    passages: tuple[Passage, ...]
    spans: tuple[tuple[int, int], ...] = ()
    polarity: Polarity | None = None


def reading_lessons_of(
    home: Path, embedder: Embedder, progress: Callable[[str, int, int], None]
) -> list[ReadingLesson]:
    """A lesson for each question of the bank that is not held out, answered or not.

    The embedder is the one that was taught to find; vectors it has computed are kept in `home`.
    Raises IngestionError when the library does not hold the code.
    """
    documents, _ = Library(home).readable()
    articles = [each for each in documents if each.reference]
    passages = [passage for each in articles for passage in passages_of(each)]
    of_law = require_code(list(_asked_of_law(articles, passages)))
    draw, found = random.Random(SEED), []
    teaching = [
        (of_law, passages),
        *(
            (list(_asked_of(each)), _pieces(each))
            for each in read_dossiers()
            if not each.is_held_out
        ),
    ]
    for asked, among in teaching:
        vectors = _embedded(home, embedder, [as_indexed(each) for each in among], progress, False)
        rows = _embedded(home, embedder, [each.question for each in asked], progress, True)
        for each, row in zip(asked, rows, strict=True):
            found.append(_lesson(each, among, vectors @ row, draw))
    return found


def _embedded(
    home: Path,
    embedder: Embedder,
    texts: Sequence[str],
    progress: Callable[[str, int, int], None],
    as_questions: bool,
) -> Vectors:
    return embed_cached(
        home / "vectors.sqlite",
        embedder,
        texts,
        lambda done: progress("Calcul des vecteurs", done, len(texts)),
        as_questions=as_questions,
    )


def _asked_of_law(documents: Sequence[Document], passages: Sequence[Passage]) -> Iterator[_Asked]:
    by_id = {each.id: each for each in passages}
    for question, ids in passages_answering(read_bank(), documents, passages):
        if not is_held_out(question.article):
            right = tuple(by_id[each] for each in ids)
            yield _Asked(question.question, right, question.spans, polarity_of(question.form))
    for unanswered in read_unanswered():
        near = tuple(each for each in passages if unanswered.nearest in each.references)
        if near and not is_held_out(unanswered.nearest):
            yield _Asked(unanswered.question, near)


def _asked_of(dossier: BankDossier) -> Iterator[_Asked]:
    passages = _pieces(dossier)
    for question in dossier.questions:
        piece, spans = dossier.piece(question.piece).id, dossier.spans(question)
        right = tuple(
            each
            for each in passages
            if each.document_id == piece and any(s < each.end and each.start < e for s, e in spans)
        )
        yield _Asked(question.question, right, spans, polarity_of(question.form))
    for unanswered in dossier.unanswered:
        piece = dossier.piece(unanswered.piece).id
        near = tuple(each for each in passages if each.document_id == piece)
        yield _Asked(unanswered.question, near)


def _pieces(dossier: BankDossier) -> list[Passage]:
    return [passage for each in dossier.pieces for passage in passages_of(each)]


def _lesson(
    asked: _Asked, among: Sequence[Passage], nearness: Vectors, draw: random.Random
) -> ReadingLesson:
    """A lesson with the passage of those meant that is nearest, and wrong ones near to it."""
    order = [among[place] for place in np.argsort(-nearness)]
    meant = {each.id for each in asked.passages}
    subjects = {key.lstrip("LRDA") for each in asked.passages for key in each.references}
    first = next(each for each in order if each.id in meant)
    wrong = [
        each
        for each in order
        if each.id not in meant
        and subjects.isdisjoint(key.lstrip("LRDA") for key in each.references)
    ]
    drawn = draw.sample(wrong[:NEAREST], WRONG)
    shift = len(context(first)) + 1 - first.start
    spans = tuple(
        (max(start, first.start) + shift, min(end, first.end) + shift)
        for start, end in asked.spans
        if start < first.end and first.start < end
    )
    texts = tuple(as_indexed(each) for each in (first, *drawn))
    return ReadingLesson(asked.question, texts, spans, asked.polarity if spans else None)


def in_batches(
    lessons: Sequence[ReadingLesson], size: int, epochs: int, seed: int
) -> list[list[ReadingLesson]]:
    """The batches of all epochs, drawn by the seed, lessons of like length together. Pure."""
    batches: list[list[ReadingLesson]] = []
    for epoch in range(epochs):
        draw = random.Random(seed + epoch)
        order = draw.sample(lessons, len(lessons))
        mine = []
        for first in range(0, len(order), size * WINDOW):
            near = sorted(order[first : first + size * WINDOW], key=_length)
            mine += [near[start : start + size] for start in range(0, len(near), size)]
        batches += draw.sample(mine, len(mine))
    return batches


def _length(lesson: ReadingLesson) -> int:
    return max(map(len, lesson.passages))


def digest_of_reading_lessons(lessons: Sequence[ReadingLesson]) -> str:
    """The sha256 of what is learnt from, order included."""
    digest = sha256()
    for lesson in lessons:
        digest.update(json.dumps(asdict(lesson), ensure_ascii=False).encode())
    return digest.hexdigest()
