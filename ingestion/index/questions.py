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


@dataclass(frozen=True, slots=True)
class LeadingQuestion:
    """A question, and the identifiers of the passages that answer it."""

    text: str
    passage_ids: tuple[str, ...]


def leading_questions(
    bank: Iterable[BankQuestion], documents: Sequence[Document], passages: Sequence[Passage]
) -> tuple[LeadingQuestion, ...]:
    """The questions of the bank that lead to one of these passages, in the bank's order. Pure."""
    return tuple(
        LeadingQuestion(question.question, ids)
        for question, ids in passages_answering(bank, documents, passages)
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
    """Passages by the cosine between a question and the nearest of those that lead to them."""

    def __init__(self, folder: Path) -> None:
        """Open what `write_questions` left in a folder; one without any leads nowhere."""
        self._passage_ids: list[list[str]] = []
        if (folder / LEADS_TO).exists():
            self._passage_ids = json.loads((folder / LEADS_TO).read_bytes())
            self._vectors: Vectors = np.load(folder / VECTORS, allow_pickle=False)
        self._asked = frozenset(name for names in self._passage_ids for name in names)

    def __len__(self) -> int:
        return len(self._passage_ids)

    def __contains__(self, passage_id: str) -> bool:
        """Whether a question leads to this passage."""
        return passage_id in self._asked

    def search(self, vector: Vectors, k: int) -> list[Hit]:
        """At most `k` hits, best first; the score is the cosine."""
        if not self._passage_ids:
            return []
        cosines = self._vectors @ vector
        best: dict[str, float] = {}
        for row in np.argsort(-cosines, kind="stable"):
            for passage_id in self._passage_ids[row]:
                best.setdefault(passage_id, float(cosines[row]))
            if len(best) >= k:
                break
        return [Hit(passage_id, cosine) for passage_id, cosine in best.items()][:k]


def write_questions(folder: Path, questions: Sequence[LeadingQuestion], vectors: Vectors) -> None:
    """Write a new index into a folder; row i of `vectors` belongs to `questions[i]`."""
    leads_to = [each.passage_ids for each in questions]
    (folder / LEADS_TO).write_text(json.dumps(leads_to), encoding="utf-8")
    np.save(folder / VECTORS, vectors)
