"""What a reader's browser keeps: conversations, and what the next question is asked of. Pure.

The server keeps none of it, so what comes back is checked like any foreign text. Those set aside
are sent along when one is opened, set aside or forgotten, never with a question.
"""

import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from assistant.answering.answer import (
    Answer,
    Dropped,
    Event,
    Exchange,
    Finished,
    Found,
    ModelReading,
    Outcome,
    QueueWaiting,
    TurnResult,
    Wrote,
)
from assistant.identity import ALONE
from assistant.question.day import DaySource
from assistant.question.language import Language
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.rulings import ApplyingRulings
from ingestion.tenders.dossiers import Dossier

KEPT_TURNS = 40
UNWRITTEN = Answer(Outcome.ANSWERED)
LONGEST_MEMORY = 4_000_000  # characters; browsers keep about five million


class TurnStage(StrEnum):
    """How far a turn has come."""

    WAITING = "waiting"
    READING = "reading"
    FINISHED = "finished"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Turn:
    """A question on the screen and what is known of its answer.

    `ahead` counts the questions read before it; `problem` is what to tell the reader when it
    failed; `record_id` is empty until the answer is recorded. `as_of` is None until the day is
    known, where none was chosen. `dossier` is the one that it was asked about besides the rules,
    `proposed` are those that it seems to be about. `case_law` are decisions that apply an article
    that it cites, `figure` the fields of the plan of its figure, none in turns kept by an earlier
    version.
    """

    question: str
    as_of: date | None
    stage: TurnStage = TurnStage.WAITING
    ahead: int = 0
    standalone: str = ""
    evidence: tuple[Evidence, ...] = ()
    answer: Answer = UNWRITTEN
    record_id: str = ""
    model: str = ""
    generation: str = ""
    problem: str = ""
    day_source: DaySource = DaySource.GIVEN
    dossier: str | None = None
    proposed: tuple[Dossier, ...] = ()
    case_law: ApplyingRulings | None = None
    figure: tuple[tuple[str, str], ...] = ()

    @property
    def settled(self) -> bool:
        """Nothing more will come."""
        return self.stage not in (TurnStage.WAITING, TurnStage.READING)


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns, oldest first, the language of the interface, and the dossier chosen last.

    `owner` is the pseudonym of the reader: a browser may be shared. `dossiers` are those that they
    may choose; the browser does not keep them. `is_firm` is whether they answer contracts.
    """

    turns: tuple[Turn, ...] = ()
    language: Language = Language.FRENCH
    dossier: str | None = None
    owner: str = ALONE.user
    is_firm: bool = False
    dossiers: Annotated[tuple[Dossier, ...], Field(exclude=True)] = ()


class UnreadableMemory(Exception):
    """What the browser kept is not a conversation."""


def advance(turn: Turn, event: Event) -> Turn:
    """The turn after an event. Pure."""
    answer = turn.answer
    match event:
        case QueueWaiting(ahead):
            return replace(turn, ahead=ahead)
        case Found(standalone, evidence, as_of, day_source):
            return replace(
                turn,
                stage=TurnStage.READING,
                standalone=standalone,
                evidence=evidence,
                as_of=as_of,
                day_source=day_source,
            )
        case ModelReading():
            return turn
        case Wrote(sentence, citations):
            sentences = (*answer.sentences, sentence)
            cited = tuple(dict.fromkeys((*answer.citations, *citations)))
            return replace(turn, answer=replace(answer, sentences=sentences, citations=cited))
        case Dropped(removed):
            return replace(turn, answer=replace(answer, removed=(*answer.removed, removed)))
        case Finished(result):
            return _finished(turn, result)


def _finished(turn: Turn, result: TurnResult) -> Turn:
    return replace(
        turn,
        stage=TurnStage.FINISHED,
        standalone=result.standalone,
        evidence=result.evidence,
        answer=result.answer,
        record_id=result.record_id,
        model=result.model,
        generation=result.generation,
        dossier=result.dossier,
        proposed=result.proposed,
        case_law=result.case_law,
        figure=result.figure,
    )


def exchanges(conversation: Conversation, dossier: str | None) -> tuple[Exchange, ...]:
    """The finished turns to which a question about a dossier, or the rules, may refer. Pure.

    What was said of another dossier stays out of it.
    """
    return tuple(
        Exchange(turn.standalone or turn.question, turn.answer.markdown)
        for turn in conversation.turns
        if turn.stage is TurnStage.FINISHED and turn.dossier in (None, dossier)
    )


def about(conversation: Conversation, dossiers: Iterable[Dossier]) -> Conversation:
    """The conversation without what was asked about dossiers that are not among these.

    A conversation without a turn is a new one: it begins with the rules. Pure.
    """
    seen = tuple(dossiers)
    known = {None, *(dossier.id for dossier in seen)}
    turns = tuple(
        replace(turn, proposed=tuple(each for each in turn.proposed if each.id in known))
        for turn in conversation.turns
        if turn.dossier in known
    )
    chosen = conversation.dossier if turns and conversation.dossier in known else None
    return replace(conversation, turns=turns, dossier=chosen, dossiers=seen)


def owned(conversation: Conversation, user: str) -> Conversation:
    """The conversation when it is this reader's, else an empty one of theirs. Pure."""
    mine = conversation.owner == user
    return conversation if mine else Conversation(language=conversation.language, owner=user)


def recorded(conversation: Conversation, record_id: str) -> Turn | None:
    """The turn of a record, None for one that is not in the conversation. Pure."""
    return next((turn for turn in conversation.turns if turn.record_id == record_id != ""), None)


MEMORY = TypeAdapter(Conversation)


def remembered(conversation: Conversation) -> str:
    """The conversation as JSON; the oldest turns are left out beyond `KEPT_TURNS`. Pure."""
    kept = replace(conversation, turns=conversation.turns[-KEPT_TURNS:])
    return MEMORY.dump_json(kept).decode()


def recalled(memory: str) -> Conversation:
    """The conversation that was kept; a turn that was not over is shown as interrupted. Pure.

    Raises:
        UnreadableMemory: the text is too long or is not a conversation.
    """
    if not memory:
        return Conversation()
    if len(memory) > LONGEST_MEMORY:
        raise UnreadableMemory
    try:
        conversation = MEMORY.validate_json(memory)
    except ValidationError as error:
        raise UnreadableMemory from error
    turns = tuple(
        turn if turn.settled else replace(turn, stage=TurnStage.INTERRUPTED)
        for turn in conversation.turns
    )
    return replace(conversation, turns=turns)


MOST_CONVERSATIONS = 60
LONGEST_SHELF = 1_500_000
"""Characters of all that is set aside: with the open conversation, what a browser has room for."""
LONGEST_TITLE = 64


@dataclass(frozen=True, slots=True)
class ConversationShelf:
    """The conversations set aside, the latest first."""

    conversations: tuple[Conversation, ...] = ()


def title_of(conversation: Conversation) -> str:
    """The first question, cut after a word; "" for a conversation without one. Pure."""
    asked = conversation.turns[0].question if conversation.turns else ""
    cut = textwrap.shorten(asked, LONGEST_TITLE, placeholder="…")
    return asked[:LONGEST_TITLE] if cut == "…" else cut


def set_aside(shelf: ConversationShelf, conversation: Conversation) -> ConversationShelf:
    """The shelf with a conversation before the others, unless nothing was asked in it. Pure."""
    if not conversation.turns:
        return shelf
    return ConversationShelf((conversation, *shelf.conversations))


def taken(shelf: ConversationShelf, place: str) -> tuple[Conversation, ConversationShelf] | None:
    """The conversation at a place, counted from 0, and the shelf without it; None for no place."""
    number = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else -1
    if not 0 <= number < len(shelf.conversations):
        return None
    rest = shelf.conversations[:number] + shelf.conversations[number + 1 :]
    return shelf.conversations[number], ConversationShelf(rest)


def seen_on(
    shelf: ConversationShelf, seen: Callable[[Conversation], Conversation]
) -> ConversationShelf:
    """What a reader sees of each conversation, without those of which nothing is left. Pure."""
    shown = map(seen, shelf.conversations)
    return ConversationShelf(tuple(each for each in shown if each.turns))


SHELF = TypeAdapter(tuple[Conversation, ...])


def shelf_text(shelf: ConversationShelf) -> str:
    """The shelf as JSON, without those that a browser has no room for beside the later. Pure."""
    lines: list[str] = []
    room = LONGEST_SHELF - 1  # a bracket; the other takes the place of a comma
    for each in shelf.conversations[:MOST_CONVERSATIONS]:
        line = remembered(each)
        if len(line) + 1 > room:
            continue
        room -= len(line) + 1
        lines.append(line)
    return f"[{','.join(lines)}]"


def shelf_in(text: str) -> ConversationShelf:
    """What a browser kept; an empty shelf when it cannot be read. Pure."""
    if not text or len(text) > LONGEST_SHELF:
        return ConversationShelf()
    try:
        kept = SHELF.validate_json(text)
    except ValidationError:
        return ConversationShelf()
    return ConversationShelf(tuple(replace(each, dossiers=()) for each in kept))


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    """What the next question is asked of, chosen above its field.

    A dossier besides the rules, and a day of the law; without one, the question's or today.
    """

    dossier: str | None = None
    as_of: date | None = None


CHOICE = TypeAdapter(ScopeChoice)


def choice_text(choice: ScopeChoice) -> str:
    """The choice as JSON. Pure."""
    return CHOICE.dump_json(choice).decode()


def choice_in(text: str, dossiers: Iterable[Dossier]) -> ScopeChoice:
    """What a browser kept, as far as its dossier is still there; else the rules of today. Pure."""
    try:
        kept = CHOICE.validate_json(text)
    except ValidationError:
        return ScopeChoice()
    is_known = kept.dossier in {each.id for each in dossiers}
    return kept if is_known else ScopeChoice(as_of=kept.as_of)


def chosen(dossier: str | None, as_of: str) -> ScopeChoice:
    """What stands in the two fields; a day that is none yet is not chosen. Pure."""
    try:
        day = date.fromisoformat(as_of.strip())
    except ValueError:
        day = None
    return ScopeChoice(dossier or None, day)
