"""Annotations: the words of an answer's text that each citation carries, as OpenAI has them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from assistant.answering.answer import Citation, Sentence, TurnResult, marked
from assistant.retrieval.evidence import Evidence
from assistant.web.buyer.evidence_panel import document_link
from ingestion.chunking.passages import Passage

PageOf = Callable[[Citation, Passage], int | None]
"""The page (1-based) on which the cited words begin, None where there are no pages."""

APART = "\n\n"
"""What stands between two paragraphs of an answer."""


@dataclass(frozen=True, slots=True)
class SpokenSentence:
    """A sentence of an answer with the citations that carry it, as the turn told them."""

    sentence: Sentence
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class SpokenText:
    """The text of an answer as it was sent, and where each of its sentences begins in it."""

    text: str = ""
    starts: tuple[int, ...] = ()

    def paragraph(self, text: str) -> str:
        """What is sent of a paragraph: what stands before it, and it."""
        return f"{APART}{text}" if self.text and text else text

    def then(self, text: str, *, is_sentence: bool = False) -> "SpokenText":
        """The text with a paragraph more."""
        sent = self.text + self.paragraph(text)
        starts = (*self.starts, len(sent) - len(text)) if is_sentence else self.starts
        return SpokenText(sent, starts)


def whole_text(result: TurnResult) -> SpokenText:
    """The text of an answer that is sent at once: as it is recorded. Pure."""
    answer = result.answer
    spoken = SpokenText().then(answer.preface) if answer.preface else SpokenText()
    for sentence in answer.sentences:
        spoken = spoken.then(marked(sentence), is_sentence=True)
    return spoken.then(answer.notice) if answer.notice else spoken


def annotations(
    spoken: SpokenText,
    sentences: Sequence[SpokenSentence],
    evidence: Sequence[Evidence],
    page_of: PageOf,
    address: str,
    language: str,
) -> list[dict[str, Any]]:
    """One for each citation of each sentence, in their order.

    `address` is that of this site, `language` the one its pages open in. Indexes are characters of
    the answer's text, half-open, `start` and `end` those of the document.
    """
    passages = {each.passage.id: each.passage for each in evidence}
    made = []
    for start, each in zip(spoken.starts, sentences, strict=True):
        for cited in each.citations:
            passage = passages[cited.passage_id]
            span = {"start_index": start, "end_index": start + len(marked(each.sentence))}
            spans = [(cited.start - passage.start, cited.end - passage.start)]
            link = urljoin(address, document_link(passage, spans, language))
            made.append(
                {
                    "type": "url_citation",
                    **span,
                    "url": link,
                    "title": f"{cited.locator} – {cited.title}",
                    **citation_fields(cited, passage, page_of(cited, passage)),
                }
            )
    return made


def citation_fields(cited: Citation, passage: Passage, page: int | None) -> dict[str, Any]:
    """What is told of a citation besides, under names that OpenAI's annotations do not have."""
    return {
        "n": cited.n,
        "quote": cited.quote,
        "locator": cited.locator,
        "page": page,
        "document": cited.document,
        "dossier": passage.dossier,
        "passage_id": cited.passage_id,
        "start": cited.start,
        "end": cited.end,
        "sha256": cited.sha256,
        "valid_from": cited.valid_from and cited.valid_from.isoformat(),
        "valid_to": cited.valid_to and cited.valid_to.isoformat(),
        "hidden": cited.hidden,
    }


URL_FIELDS = ("start_index", "end_index", "url", "title")


def for_completion(annotation: Mapping[str, Any]) -> dict[str, Any]:
    """An annotation as chat completions have it: its link in an object of its own. Pure."""
    link = {name: annotation[name] for name in URL_FIELDS}
    rest = {name: told for name, told in annotation.items() if name not in URL_FIELDS}
    return {**rest, "url_citation": link}


def for_response(annotation: Mapping[str, Any]) -> dict[str, Any]:
    """An annotation as responses have it: a piece of a dossier is a file. Pure."""
    if annotation["dossier"] is None:
        return dict(annotation)
    file = {"file_id": annotation["document"], "filename": annotation["title"]}
    return {**annotation, "type": "file_citation", **file, "index": annotation["end_index"]}
