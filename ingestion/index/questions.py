"""The questions that lead to a passage: those of the bank whose article it is.

They are searched by meaning, question against question, since buyers do not speak as the law does;
they are never shown as text of the law, and never quoted.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ingestion.chunking.passages import Passage
from ingestion.index.question_bank import BankQuestion, digest_of
from ingestion.index.search import Hit, Vectors
from ingestion.readers.documents import Document

LEADS_TO, VECTORS = "questions.json", "questions.npy"

NEAREST = 3
"""Questions of a passage by which it is found: several that are near say more than one."""


@dataclass(frozen=True, slots=True)
class LeadingQuestion:
    """A question, and the identifiers of the passages that answer it."""

    text: str
    passage_ids: tuple[str, ...]


def leading_questions(
    bank: Iterable[BankQuestion], documents: Sequence[Document], passages: Sequence[Passage]
) -> tuple[LeadingQuestion, ...]:
    """The questions of the bank that lead to one of these passages, in each of their wordings.

    In the bank's order. Pure.
    """
    return tuple(
        LeadingQuestion(wording, ids)
        for question, ids in passages_answering(bank, documents, passages)
        for wording in question.asked
    )


def passages_answering(
    bank: Iterable[BankQuestion], documents: Sequence[Document], passages: Sequence[Passage]
) -> Iterator[tuple[BankQuestion, tuple[str, ...]]]:
    """Each question that some of these passages answer, with their identifiers. Pure.

    Of an article, those passages of it that overlap the answering words, or all of them where its
    text is not the one that the question was written from; where the article itself is not there,
    the sections of sheets that are about it.
    """
    texts = {each.id: each for each in documents}
    articles: dict[str, list[Passage]] = {}
    sheets: dict[str, list[Passage]] = {}
    for passage in passages:
        if passage.dossier is None:
            is_article = texts[passage.document_id].reference is not None
            for reference in passage.references:
                (articles if is_article else sheets).setdefault(reference, []).append(passage)
    digests = {each.id: digest_of(each.text) for each in documents if each.reference}
    for question in bank:
        leads_to = articles.get(question.article) or sheets.get(question.article, [])
        answering = [
            each
            for each in leads_to
            if digests.get(each.document_id) == question.text_sha256 and _overlaps(each, question)
        ]
        if leads_to:
            yield question, tuple(each.id for each in answering or leads_to)


def _overlaps(passage: Passage, question: BankQuestion) -> bool:
    return any(start < passage.end and passage.start < end for start, end in question.spans)


class QuestionIndex:
    """Passages by how near a question is to those that lead to them."""

    def __init__(self, folder: Path) -> None:
        """Open what `write_questions` left in a folder; one without any leads nowhere."""
        leads_to: list[list[str]] = []
        if (folder / LEADS_TO).exists():
            leads_to = json.loads((folder / LEADS_TO).read_bytes())
            self._vectors: Vectors = np.load(folder / VECTORS, allow_pickle=False)
        self._questions = len(leads_to)
        self._passage_ids = sorted({name for names in leads_to for name in names})
        place = {name: number for number, name in enumerate(self._passage_ids)}
        links = sorted((place[name], row) for row, names in enumerate(leads_to) for name in names)
        self._places, self._rows = np.array(links, dtype=np.intp).reshape(-1, 2).T
        self._sizes = np.bincount(self._places, minlength=len(place))
        self._asked = frozenset(self._passage_ids)

    def __len__(self) -> int:
        return self._questions

    def __contains__(self, passage_id: str) -> bool:
        """Whether a question leads to this passage."""
        return passage_id in self._asked

    def search(self, vector: Vectors, k: int) -> list[Hit]:
        """At most `k` hits, best first; the score is the mean cosine of the `NEAREST` questions."""
        if not self._questions:
            return []
        cosines = (self._vectors @ vector)[self._rows]
        order = np.lexsort((-cosines, self._places))
        first = np.cumsum(self._sizes) - self._sizes
        is_near = np.arange(len(order)) - first[self._places] < NEAREST
        near = np.bincount(self._places, weights=np.where(is_near, cosines[order], 0.0))
        scores = near / np.minimum(self._sizes, NEAREST)
        best = np.argsort(-scores, kind="stable")[:k]
        return [Hit(self._passage_ids[place], float(scores[place])) for place in best]


def write_questions(folder: Path, questions: Sequence[LeadingQuestion], vectors: Vectors) -> None:
    """Write a new index into a folder; row i of `vectors` belongs to `questions[i]`."""
    leads_to = [each.passage_ids for each in questions]
    (folder / LEADS_TO).write_text(json.dumps(leads_to), encoding="utf-8")
    np.save(folder / VECTORS, vectors)
