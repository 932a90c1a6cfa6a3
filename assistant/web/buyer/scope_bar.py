"""What an answer was given from, above it, and one click to ask it of something else. Pure."""

import json
from collections.abc import Iterable, Sequence

from assistant.question.day import DaySource
from assistant.reports.markup import NOTHING, Html, Words, element, join_html, law_of
from assistant.web.buyer.conversation import Conversation, Turn
from assistant.web.buyer.dossier_forms import name_of
from assistant.web.buyer.evidence_panel import LEDGER
from ingestion.tenders.dossiers import Dossier

TODAY = "today"
"""What stands for the day on which a question is asked again."""

AT_HAND = 3
"""Other dossiers that are one click away; more of them are folded."""


def scope_bar(turn: Turn, conversation: Conversation, said: Words) -> Html:
    """The scope and the day of an answer, the dossier it may be about, and the ways to change."""
    told = [scope_line(turn, conversation.dossiers, said)]
    told += [law_of(said, turn.as_of, turn.day_source)] if turn.as_of else []
    return element(
        "div",
        element("p", " · ".join(told), class_="as-of"),
        _proposal(turn, said) if turn.settled else NOTHING,
        _changes(turn, conversation.dossiers, said) if turn.settled else NOTHING,
        class_="scope",
    )


def scope_line(turn: Turn, dossiers: Iterable[Dossier], said: Words) -> str:
    """What an answer was given from, in words."""
    if turn.dossier:
        names = {each.id: name_of(each, said) for each in dossiers}
        return said["scope_dossier"].format(name=names.get(turn.dossier, turn.dossier))
    is_counted = any(each.passage.kind in LEDGER for each in turn.evidence)
    return said["scope_ledger" if is_counted else "scope_rules"]


def _proposal(turn: Turn, said: Words) -> Html:
    if not turn.proposed:
        return NOTHING
    buttons = (_to_dossier(turn, each, said, class_="again main") for each in turn.proposed)
    return element("p", said["scope_proposed"], " ", *buttons, class_="proposed")


def _changes(turn: Turn, dossiers: Sequence[Dossier], said: Words) -> Html:
    """The scopes and the day that were not chosen."""
    proposed = {each.id for each in turn.proposed}
    others = [each for each in dossiers if each.id != turn.dossier and each.id not in proposed]
    ways = [_again(turn, said["scope_to_rules"], dossier="")] if turn.dossier else []
    near = [_to_dossier(turn, each, said) for each in others]
    if len(near) > AT_HAND:
        summary = element("summary", said["scope_others"])
        near = [element("details", summary, *near, class_="others")]
    today = turn.as_of is not None and turn.day_source is not DaySource.TODAY
    ways += [*near, *([_again(turn, said["scope_to_today"], as_of=TODAY)] if today else [])]
    label = element("span", said["scope_change"], " ")
    return element("p", label, join_html(ways), class_="changes") if ways else NOTHING


def _to_dossier(turn: Turn, dossier: Dossier, said: Words, class_: str = "again") -> Html:
    label = said["scope_to_dossier"].format(name=name_of(dossier, said))
    return _again(turn, label, class_, dossier=dossier.id)


def _again(turn: Turn, label: str, class_: str = "again", **changed: str) -> Html:
    """A button that asks the same question with something changed; script.js sends it."""
    chosen = turn.as_of.isoformat() if turn.as_of and turn.day_source is DaySource.GIVEN else ""
    asked = {"question": turn.question, "dossier": turn.dossier or "", "as_of": chosen} | changed
    return element("button", label, type="button", class_=class_, data_again=json.dumps(asked))
