"""Gathering: what a turn collects while it runs; a stopped one is recorded as far as it went."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from time import monotonic

from assistant.answers import Citation, Removed, Sentence, cite, conclude
from assistant.checking import Support, check
from assistant.comparing import compare
from assistant.day import Day
from assistant.evidence import Evidence, Scope
from assistant.language import Language
from assistant.reading import Draft
from assistant.turn import Dropped, Found, Result, Seconds, Wrote
from ingestion.generation import Generation


@dataclass(slots=True)
class Gathering:
    """A turn that has begun; `standalone` and everything after it grow until it ends.

    `generation` holds the rules, `dossier` the pieces that are asked about, if any.
    """

    question: str
    day: Day
    scope: Scope
    language: Language
    generation: Generation
    standalone: str
    dossier: Generation | None = None
    began: float = field(default_factory=monotonic)
    evidence: tuple[Evidence, ...] = ()
    evidence_seconds: float = 0.0
    first_sentence_seconds: float | None = None
    sentences: list[Sentence] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    removed: list[Removed] = field(default_factory=list)
    notice: str = ""
    route: str = "rule"

    @property
    def elapsed(self) -> float:
        """Seconds since the question was received."""
        return round(monotonic() - self.began, 3)

    @property
    def cited(self) -> list[Evidence]:
        """The evidence that the sentences cite, in its order."""
        numbers = {citation.n for citation in self.citations}
        return [item for item in self.evidence if item.number in numbers]

    @property
    def found(self) -> Found:
        """The evidence as it is shown."""
        return Found(self.standalone, self.evidence, self.day.as_of, self.day.source)

    def quotes(self, text: str) -> bool:
        """Whether a sentence of the answer holds this text."""
        return any(text in sentence.text for sentence in self.sentences)

    def judge(self, draft: Draft) -> Wrote | Dropped:
        """Check a draft; only what stands becomes part of the answer."""
        verdict = check(draft.text, [item.passage.text for item in draft.evidence])
        if verdict.support is None:
            removed = Removed(draft.text, verdict.reason)
            self.removed.append(removed)
            return Dropped(removed)
        citations = (cite(draft.evidence[0], draft.start, draft.end),)
        self.citations.extend(citations)
        return self._wrote(draft, draft.text, verdict.support)

    def compare(self, draft: Draft) -> Iterator[Wrote]:
        """Say on which side of a quoted limit the question's own figures fall."""
        text = compare(self.standalone, draft.text, self.language)
        known = {sentence.text for sentence in self.sentences}
        if text is not None and text not in known and draft.text in known:
            yield self._wrote(draft, text, Support.COMPUTED)

    def result(self, model: str) -> Result:
        """The turn as far as it has come, before it is recorded."""
        return Result(
            record_id="",
            question=self.question,
            standalone=self.standalone,
            as_of=self.day.as_of,
            day_source=self.day.source,
            answer=conclude(self.sentences, self.citations, self.removed, self.notice),
            evidence=self.evidence,
            route=self.route,
            model=model,
            generation=self.generation.manifest.name,
            dossier=self.scope.dossier,
            dossier_generation=self.dossier.manifest.name if self.dossier else None,
            seconds=Seconds(self.evidence_seconds, self.first_sentence_seconds, self.elapsed),
        )

    def _wrote(self, draft: Draft, text: str, support: Support) -> Wrote:
        numbers = tuple(item.number for item in draft.evidence)
        sentence = Sentence(text, numbers, support)
        self.sentences.append(sentence)
        if self.first_sentence_seconds is None:
            self.first_sentence_seconds = self.elapsed
        return Wrote(sentence, (cite(draft.evidence[0], draft.start, draft.end),))
