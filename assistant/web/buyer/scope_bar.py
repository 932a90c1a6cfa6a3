"""What an answer was given from, above it, and one click to ask it of something else. Pure."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.question.day import DaySource
from assistant.reports.markup import Html, Words, law_of, render
from assistant.web.buyer.conversation import Conversation, Turn
from assistant.web.buyer.dossier_forms import name_of
from assistant.web.buyer.evidence_panel import LEDGER
from ingestion.tenders.dossiers import Dossier

TODAY = "today"
"""What stands for the day on which a question is asked again."""

AT_HAND = 3
"""Other dossiers that are one click away; more of them are folded."""


@dataclass(frozen=True, slots=True)
class AskAgain:
    """A button that asks the same question with something changed; script.js sends `asked`."""

    label: str
    asked: str
    folded: bool = False


def scope_bar(turn: Turn, conversation: Conversation, said: Words) -> Html:
    """The scope and the day of an answer, the dossier it may be about, and the ways to change."""
    told = [scope_line(turn, conversation.dossiers, said)]
    told += [law_of(said, turn.as_of, turn.day_source)] if turn.as_of else []
    proposed = [_to_dossier(turn, each, said) for each in turn.proposed]
    return render(
        "buyer/scope_bar.html",
        said=said,
        told=told,
        proposed=proposed if turn.settled else [],
        ways=_ways(turn, conversation.dossiers, said) if turn.settled else [],
    )


def scope_line(turn: Turn, dossiers: Iterable[Dossier], said: Words) -> str:
    """What an answer was given from, in words."""
    if turn.dossier:
        names = {each.id: name_of(each, said) for each in dossiers}
        return said["scope_dossier"].format(name=names.get(turn.dossier, turn.dossier))
    is_counted = any(each.passage.kind in LEDGER for each in turn.evidence)
    return said["scope_ledger" if is_counted else "scope_rules"]


def _ways(turn: Turn, dossiers: Sequence[Dossier], said: Words) -> list[AskAgain]:
    """To the scopes and the day that were not chosen; many dossiers stand between them, folded."""
    proposed = {each.id for each in turn.proposed}
    others = [each for each in dossiers if each.id != turn.dossier and each.id not in proposed]
    folded = len(others) > AT_HAND
    ways = [_again(turn, said["scope_to_rules"], dossier="")] if turn.dossier else []
    ways += [_to_dossier(turn, each, said, folded=folded) for each in others]
    if turn.as_of is not None and turn.day_source is not DaySource.TODAY:
        ways.append(_again(turn, said["scope_to_today"], as_of=TODAY))
    return ways


def _to_dossier(turn: Turn, dossier: Dossier, said: Words, *, folded: bool = False) -> AskAgain:
    label = said["scope_to_dossier"].format(name=name_of(dossier, said))
    return _again(turn, label, folded=folded, dossier=dossier.id)


def _again(turn: Turn, label: str, *, folded: bool = False, **changed: str) -> AskAgain:
    chosen = turn.as_of.isoformat() if turn.as_of and turn.day_source is DaySource.GIVEN else ""
    asked = {"question": turn.question, "dossier": turn.dossier or "", "as_of": chosen} | changed
    return AskAgain(label, json.dumps(asked), folded)
