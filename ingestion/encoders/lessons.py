"""What is learnt from: the bank's questions with the passages of the library that answer them."""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import numpy as np

from ingestion.chunking.passages import Passage, passages_of
from ingestion.documents.document import Document
from ingestion.encoders.reader import Polarity, polarity_of
from ingestion.errors import IngestionError
from ingestion.index.dossier_bank import BankDossier, read_dossiers
from ingestion.index.question_bank import BankQuestion, is_held_out, read_bank, read_unanswered
from ingestion.index.question_links import passages_answering
from ingestion.index.search import Embedder, Vectors, as_indexed, context
from ingestion.index.vectors import embed_cached
from ingestion.library.library import Library
from ingestion.progress import StepProgress

FEWEST = 1000
"""Lessons below which the library cannot be one that holds the code."""

BLOCK = 8
"""Questions of one chapter that stand side by side: near ones are told apart within a batch."""

TIMES_OF_DOSSIERS = 3
"""Times that an epoch asks what is asked of a dossier, each in other words: there are few."""


Asked = TypeVar("Asked")


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question in one or more wordings, and a passage that answers it, as both searches read it.

    `subject` is the number that a law and its decree share: passages of one subject are no wrong
    answers to each other's questions. `chapter` is where the article stands, or the dossier, which
    is searched alone.
    """

    wordings: tuple[str, ...]
    passage: str
    subject: str
    chapter: str
    is_of_dossier: bool = False

    def worded(self, epoch: int) -> "Lesson":
        """The same with two of its wordings, other ones at the next epoch; 0-based."""
        count = len(self.wordings)
        two = tuple(self.wordings[place % count] for place in (epoch, epoch + 1))
        return replace(self, wordings=two)


def lessons_of(home: Path) -> list[Lesson]:
    """A lesson for each question of the bank that the library's texts answer, none held out.

    Raises IngestionError when the library does not hold the code.
    """
    documents, _ = Library(home).readable()
    passages = [passage for document in documents for passage in passages_of(document)]
    found = require_code(pair(read_bank(), documents, passages))
    return [*found, *(lesson for each in read_dossiers() for lesson in lessons_of_dossier(each))]


def require_code(asked: list[Asked]) -> list[Asked]:
    """The same questions; raises IngestionError when so few are asked of a library without it."""
    if len(asked) < FEWEST:
        raise IngestionError(
            f"Seules {len(asked)} questions ont leur article parmi les textes ajoutés. Ajoutez "
            "d'abord le code de la commande publique : sourcier index add CHEMIN"
        )
    return asked


def lessons_of_dossier(dossier: BankDossier) -> list[Lesson]:
    """A lesson for each question that its pieces answer; none of a dossier held out.

    Every passage of the dossier but the right one is a wrong answer.
    """
    if dossier.is_held_out:
        return []
    passages = {each.id: passages_of(each) for each in dossier.pieces}
    found = []
    for question in dossier.questions:
        (start, end), *_ = dossier.spans(question)
        passage = next(
            each
            for each in passages[dossier.piece(question.piece).id]
            if each.start < end and start < each.end
        )
        found.append(Lesson(question.asked, as_indexed(passage), passage.id, dossier.name, True))
    return found


def pair(
    bank: Sequence[BankQuestion], documents: Sequence[Document], passages: Sequence[Passage]
) -> list[Lesson]:
    """A lesson for each question that an article of these texts answers, none held out. Pure.

    Sheets on an article are not learnt from: they need not say what the question asks.
    """
    texts = {passage.id: passage for passage in passages}
    articles = {document.id for document in documents if document.reference}
    of_articles = [passage for passage in passages if passage.document_id in articles]
    found = []
    for question, ids in passages_answering(bank, documents, of_articles):
        if is_held_out(question.article):
            continue
        passage = texts[ids[0]]
        subject = question.article.lstrip("LRDA")
        chapter = subject.split("-")[0]
        found.append(Lesson(question.asked, as_indexed(passage), subject, chapter))
    return found


def in_lesson_batches(
    lessons: Sequence[Lesson], size: int, epoch: int, seed: int
) -> list[list[Lesson]]:
    """The batches of one epoch, 0-based, drawn by the seed; what is left over is in none. Pure.

    Batches of the law hold blocks of one chapter. One of a dossier holds nothing else: only its own
    passages are near when it is searched.
    """
    draw = random.Random(seed + epoch)
    law = [each.worded(epoch) for each in lessons if not each.is_of_dossier]
    blocks = _blocks(law, BLOCK, draw)
    draw.shuffle(blocks)
    batches = _whole([lesson for block in blocks for lesson in block], size)
    for time in range(TIMES_OF_DOSSIERS * epoch, TIMES_OF_DOSSIERS * (epoch + 1)):
        told = [each.worded(time) for each in lessons if each.is_of_dossier]
        batches += _blocks(told, size, draw)
    draw.shuffle(batches)
    return [batch for batch in batches if len(batch) == size]


def _blocks(lessons: Sequence[Lesson], size: int, draw: random.Random) -> list[list[Lesson]]:
    """The lessons of each chapter, drawn by so many."""
    chapters: dict[str, list[Lesson]] = {}
    for lesson in draw.sample(lessons, len(lessons)):
        chapters.setdefault(lesson.chapter, []).append(lesson)
    return [each for chapter in chapters.values() for each in _whole(chapter, size)]


def _whole(lessons: Sequence[Lesson], size: int) -> list[list[Lesson]]:
    """The lessons in their order, by so many, fewer in the last."""
    return [list(lessons[first : first + size]) for first in range(0, len(lessons), size)]


def digest_of_lessons(lessons: Sequence[Lesson]) -> str:
    """The sha256 of what is learnt from, order included."""
    digest = sha256()
    for lesson in lessons:
        digest.update(repr(lesson).encode())
    return digest.hexdigest()


# What the reader learns from: questions with the passage that is meant, and near ones beside.

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
    home: Path, embedder: Embedder, progress: StepProgress, most_of_law: int | None = None
) -> list[ReadingLesson]:
    """A lesson for each question of the bank that is not held out, answered or not.

    What a dossier answers is asked in every wording. Of the law `most_of_law` are drawn, all where
    that is None. The embedder is the one that was taught to find; vectors it has computed are kept
    in `home`. Raises IngestionError when the library does not hold the code.
    """
    documents, _ = Library(home).readable()
    articles = [each for each in documents if each.reference]
    passages = [passage for each in articles for passage in passages_of(each)]
    of_law = require_code(list(_asked_of_law(articles, passages)))
    draw = random.Random(SEED)
    if most_of_law is not None:
        of_law = draw.sample(of_law, min(most_of_law, len(of_law)))
    dossiers = [each for each in read_dossiers() if not each.is_held_out]
    taught = [(of_law, passages), *((list(_asked_of(each)), _pieces(each)) for each in dossiers)]
    embed = partial(_embedded, home, embedder, progress)
    return [
        lesson for asked, among in taught for lesson in _lessons_among(asked, among, embed, draw)
    ]


def _embedded(
    home: Path,
    embedder: Embedder,
    progress: StepProgress,
    texts: Sequence[str],
    *,
    as_questions: bool,
) -> Vectors:
    return embed_cached(
        home / "vectors.sqlite",
        embedder,
        texts,
        lambda done: progress("Calcul des vecteurs", done, len(texts)),
        as_questions=as_questions,
    )


def _lessons_among(
    asked: Sequence[_Asked],
    among: Sequence[Passage],
    embed: Callable[..., Vectors],
    draw: random.Random,
) -> Iterator[ReadingLesson]:
    """A lesson for each question, wrong passages drawn from those that stand beside the right."""
    vectors = embed([as_indexed(each) for each in among], as_questions=False)
    rows = embed([each.question for each in asked], as_questions=True)
    for each, row in zip(asked, rows, strict=True):
        yield _lesson(each, among, vectors @ row, draw)


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
        polarity = polarity_of(question.form)
        yield from (_Asked(wording, right, spans, polarity) for wording in question.asked)
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
