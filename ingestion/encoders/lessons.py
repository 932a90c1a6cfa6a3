"""What is learnt from: the bank's questions with the passages of the library that answer them."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from ingestion.chunking.passages import Passage, passages_of
from ingestion.errors import IngestionError
from ingestion.index.dossier_bank import BankDossier, read_dossiers
from ingestion.index.question_bank import BankQuestion, is_held_out, read_bank
from ingestion.index.questions import passages_answering
from ingestion.index.search import as_indexed
from ingestion.library.library import Library
from ingestion.readers.documents import Document

FEWEST = 1000
"""Lessons below which the library cannot be one that holds the code."""

BLOCK = 8
"""Questions of one chapter that stand side by side: near ones are told apart within a batch."""


Asked = TypeVar("Asked")


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question in one or more wordings, and a passage that answers it, as both searches read it.

    `subject` is the number that a law and its decree share: passages of one subject are no wrong
    answers to each other's questions. `chapter` is where the article stands, or the dossier.
    """

    wordings: tuple[str, ...]
    passage: str
    subject: str
    chapter: str

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
        found.append(Lesson((question.question,), as_indexed(passage), passage.id, dossier.name))
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


def ordered(lessons: Sequence[Lesson], seed: int) -> list[Lesson]:
    """The lessons of one epoch, in blocks of one chapter, drawn by the seed. Pure."""
    draw = random.Random(seed)
    chapters: dict[str, list[Lesson]] = {}
    for lesson in draw.sample(lessons, len(lessons)):
        chapters.setdefault(lesson.chapter, []).append(lesson)
    blocks = [
        chapter[first : first + BLOCK]
        for chapter in chapters.values()
        for first in range(0, len(chapter), BLOCK)
    ]
    draw.shuffle(blocks)
    return [lesson for block in blocks for lesson in block]


def digest_of_lessons(lessons: Sequence[Lesson]) -> str:
    """The sha256 of what is learnt from, order included."""
    digest = sha256()
    for lesson in lessons:
        digest.update(repr(lesson).encode())
    return digest.hexdigest()
