"""Closing: what is said after all quotes, and what the program says last, in its own name."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

from assistant.answering.answer import Choice, Event, LineRole, paragraphs
from assistant.answering.card import LABELS, Card
from assistant.answering.dossier_pieces import differing_pieces
from assistant.answering.extraction import statements
from assistant.answering.notices import (
    concealed,
    disagreeing,
    doubted,
    foreseen,
    not_found,
    not_found_of,
    notice,
    of_unknown_days,
    open_points,
    referred_to,
    remarks,
    untold_of,
)
from assistant.answering.quotable import Draft
from assistant.answering.state import TurnState
from assistant.law.changes import TextDays, changes, days_of_text, describe_change, describe_days
from assistant.law.contradictions import Conflict, conflicts, explained
from assistant.question.clarification import missing_fact
from assistant.question.language import Language
from assistant.question.scope import general_texts_meant
from assistant.question.subquestions import asks_several
from assistant.retrieval.hierarchy import general_text
from ingestion.documents.general_clauses import general_text_of


@dataclass(frozen=True, slots=True)
class Closing:
    """Ends an answer: what contradicts it, the lines of its card, then the notices.

    `asks_back` and `cautions` are those of what was calculated, and `unfitted` says that the
    ranking was fitted with another embedder.
    """

    turn: TurnState
    card: Card
    quoted: Sequence[Draft]
    asks_back: str
    cautions: Sequence[str]
    unfitted: str

    def say(self) -> Iterator[Event]:
        """What is said last, event by event."""
        turn = self.turn
        if not turn.sentences:
            turn.preface, turn.notice = "", paragraphs(*self._nothing_said())
            return
        opposed = conflicts(turn.cited, turn.generation, turn.scope)
        for conflict in opposed:
            yield from self._oppose(conflict)
        dated = yield from self._say_lines()
        turn.notice = paragraphs(*self._notices(opposed, dated))
        state = turn.generation.manifest.state_date
        doubt = foreseen(turn.language, turn.cited, turn.scope.as_of, state)
        turn.preface = paragraphs(doubt, turn.preface)
        turn.warning = paragraphs(*_warnings(turn))

    def _nothing_said(self) -> Iterator[str]:
        """Why there is no answer; what a calculation lacks comes first, unless no law is kept."""
        turn = self.turn
        yield _waiting(turn)
        told = [self.asks_back, _absence(turn)]
        yield from reversed(told) if turn.untold else told
        yield _referred(turn)
        yield from self.cautions
        yield self.unfitted

    def _oppose(self, conflict: Conflict) -> Iterator[Event]:
        """Cite what contradicts a cited text as well."""
        turn = self.turn
        yield from turn.show(conflict.passages)
        yield from turn.judge_new(statements(turn.evidence, conflict, turn.scope.as_of))

    def _say_lines(self) -> Generator[Event, None, TextDays | None]:
        """What limits the quotes, and since when a text is as quoted; its days, where told."""
        turn = self.turn
        yield from turn.judge_new(self.card.lines)
        days = self._days_to_tell() if self.card.has_room else None
        if days is not None:
            label = LABELS[turn.language][LineRole.VERSION]
            yield turn.date_text(days.number, describe_days(days, turn.language), label)
        return days

    def _days_to_tell(self) -> TextDays | None:
        """Those of the first cited text that will change, else of the first cited."""
        versions = self.turn.generation.store.versions
        told = [days_of_text(item, versions, self.turn.day) for item in self.turn.cited]
        return next((days for days in told if days and days.end), next(iter(told), None))

    def _notices(self, opposed: Sequence[Conflict], dated: TextDays | None) -> Iterator[str]:
        """What the program says in its own name of the texts cited, a paragraph a theme."""
        turn, language, cited = self.turn, self.turn.language, self.turn.cited
        yield _waiting(turn)
        yield not_found_of(language, turn.unanswered) if turn.unanswered else ""
        yield _asked_together(turn)
        yield self.asks_back or self._ask_for_fact()
        yield " ".join(self.cautions)
        yield _referred(turn)
        for line in differing_pieces(turn):
            yield disagreeing(language, line)
        ids = {item.passage.id for item in cited}
        for conflict in opposed:
            if ids.issuperset(passage.id for passage in conflict.passages):
                yield explained(conflict, cited, language)
        for change in changes(cited, turn.generation.store.versions, turn.day):
            if dated is None or not dated.tells(change):
                yield describe_change(change, language)
        yield doubted(language, turn.citations)
        yield remarks(language, cited, turn.scope.as_of, turn.generation.manifest.state_date)
        yield self.unfitted

    def _ask_for_fact(self) -> str:
        """The question for the fact on which the quotes turn, "" when there is none.

        Each of its cases becomes a choice of the turn.
        """
        turn = self.turn
        if turn.scope.dossier is not None or len(turn.parts) > 1 or turn.preface:
            return ""
        sure = [each for each in self.quoted if not each.doubts]
        of_passages = [
            "\n".join(each.text for each in sure if each.evidence[0].number == item.number)
            for item in turn.cited
        ]
        fact = missing_fact(turn.standalone, [text for text in of_passages if text])
        if fact is None:
            return ""
        asked = turn.standalone if turn.language is Language.FRENCH else turn.question
        turn.choices = tuple(
            Choice(case.label, f"{asked} {case.statement}") for case in fact.cases[turn.language]
        )
        return fact.question[turn.language]


def _warnings(turn: TurnState) -> Iterator[str]:
    """What is to be read before any sentence."""
    day = turn.scope.as_of
    yield untold_of(turn.language, day, turn.untold) if turn.untold else ""
    yield of_unknown_days(turn.language, turn.cited, day)
    yield concealed(turn.language, turn.citations)


def _absence(turn: TurnState) -> str:
    """Why there is no answer: the law of that day is not kept here, or nothing was found."""
    if turn.untold:
        return untold_of(turn.language, turn.scope.as_of, [])
    if turn.scope.dossier is not None:
        return notice("not_found_in_dossier", turn.language)
    manifest = turn.generation.manifest
    return not_found(turn.language, manifest.passages, manifest.state_date, turn.elsewhere)


def _waiting(turn: TurnState) -> str:
    """That pieces of the dossier are not indexed yet."""
    return notice("to_index", turn.language) if turn.to_index else ""


def _asked_together(turn: TurnState) -> str:
    """That several things were asked and searched as one, or which only the quotes may answer."""
    is_cut = turn.scope.dossier is not None or len(turn.parts) > 1
    if is_cut or turn.language is not Language.FRENCH:
        return ""
    if turn.open_points is not None:
        return open_points(turn.language, turn.open_points) if turn.open_points else ""
    return notice("asked_together", turn.language) if asks_several(turn.own_words) else ""


def _referred(turn: TurnState) -> str:
    """Which CCAG the dossier refers to, where one is cited or asked about."""
    if turn.scope.dossier is None:
        return ""
    asked = general_texts_meant([turn.standalone])
    is_cited = any(general_text(item.passage) for item in turn.cited)
    if not (asked or is_cited):
        return ""
    titles = turn.generation.manifest.titles
    indexed = frozenset(text for title in titles if (text := general_text_of(title)))
    return referred_to(turn.language, turn.applied, asked or (), indexed)
