"""A plan that the language model proposes for a question of which rules do not read every word.

What the rules read stands: by a constrained format the model chooses, of the parts of a plan that
exist, those that the words left over mean. Its choice is dropped unless each of these words has
the beginning of one of a part, and each part that of one of these words: nothing is left out of the
question, nothing put into it.
What is left is shown in French, and computed only when a person accepts it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from assistant.ledger.parsing.moments import When
from assistant.ledger.parsing.question_parts import Read, read_question
from assistant.ledger.parsing.questions import NotUnderstood, valid_plan
from assistant.ledger.parsing.rankings import Ranking
from assistant.ledger.parsing.vocabulary import Remainder, load_vocabulary
from assistant.ledger.query.names import Name
from assistant.ledger.query.plan import (
    FieldKind,
    LedgerField,
    Plan,
    PlanFilter,
    Population,
    rows_of,
)
from assistant.ledger.query.wording import condition_said
from assistant.llm.language_model import LanguageModel, Prompt, fill_prompt
from assistant.question.language import find_stems

_NONE = "rien"
_TOKENS = 120


Completes = Callable[[Read], Read]
"""What a part of a plan adds to what the rules read."""

Slots = Mapping[str, Mapping[str, Completes]]
"""What the model is asked, and of each the parts that it may choose, by their French words."""


class ModelPlanner:
    """A planner of which every plan is a proposal."""

    def __init__(self, model: LanguageModel) -> None:
        """The model is asked only where the rules leave words over."""
        self._model = model

    def __call__(
        self, question: str, names: Sequence[Name], today: date, over: Population
    ) -> Plan | NotUnderstood:
        """The plan proposed; not understood where the model has none that keeps every word."""
        left = Remainder(question)
        read = read_question(left, names, today, over)
        words = left.words(load_vocabulary().empty)
        if words and not (left.has_clash or left.doubts):
            parts = self._chosen(question, words, _slots(read, over), over)
            if parts and are_carried(words, list(parts)):
                for completes in parts.values():
                    read = completes(read)
                if plan := valid_plan(read, over):
                    return plan
        doubts = () if words else tuple(left.doubts)
        return NotUnderstood(words, load_vocabulary().can, doubts=doubts)

    def _chosen(
        self, question: str, words: Sequence[str], slots: Slots, over: Population
    ) -> Mapping[str, Completes]:
        """The parts that the model takes the words for, by their French words."""
        system = fill_prompt("plan", rows=rows_of(over).many)
        asked = fill_prompt("plan_question", question=question, words=", ".join(words))
        pieces = self._model.stream(Prompt(system, (asked,)), _TOKENS, _schema(slots))
        try:
            said = json.loads("".join(piece or "" for piece in pieces))
            chosen = {slot: said[slot] for slot in slots if said[slot] != _NONE}
            return {part: slots[slot][part] for slot, part in chosen.items()}
        except (ValueError, KeyError, TypeError):  # cut short, or by a server without schemas
            return {}


def are_carried(words: Sequence[str], parts: Sequence[str]) -> bool:
    """Whether each word has the beginning of one of a part, and each part that of a word. Pure."""
    asked = [find_stems(word) for word in words]
    meant = [find_stems(part) for part in parts]
    return all(any(one & other for other in meant) for one in asked) and all(
        any(one & other for other in asked) for one in meant
    )


def _slots(read: Read, over: Population) -> Slots:
    """The parts that the rules left open."""
    rows = rows_of(over)
    fields = rows.fields.values()
    slots = {
        "condition": [
            (", ".join(condition_said(each, rows) for each in rule.filters), _meeting(rule.filters))
            for rule in load_vocabulary().filters
            if rule.is_for(over) and rule.filters
        ]
    }
    if not read.fields:
        slots["mesure"] = [(each.label, _measuring(each)) for each in fields if each.kind.is_number]
    if read.period:
        slots["date"] = [
            (_said(each), _during(each)) for each in fields if each.kind is FieldKind.DATE
        ]
    if read.ranked == Ranking():
        slots["regroupement"] = [(each.group, _grouping(each)) for each in fields if each.group]
    return {slot: dict(parts) for slot, parts in slots.items()}


def _said(field: LedgerField) -> str:
    return f"{field.label} ({field.having})" if field.having else field.label


def _meeting(filters: Sequence[PlanFilter]) -> Completes:
    return lambda read: replace(read, filters=[*read.filters, *((each, 0) for each in filters)])


def _measuring(field: LedgerField) -> Completes:
    return lambda read: replace(read, fields=(field.name,))


def _during(field: LedgerField) -> Completes:
    return lambda read: replace(read, when=When(field.name))


def _grouping(field: LedgerField) -> Completes:
    return lambda read: replace(read, ranked=Ranking(group=field.name))


def _schema(slots: Slots) -> str:
    properties = {slot: {"enum": [_NONE, *parts]} for slot, parts in slots.items()}
    return json.dumps(
        {"type": "object", "properties": properties, "required": list(slots)}, ensure_ascii=False
    )
