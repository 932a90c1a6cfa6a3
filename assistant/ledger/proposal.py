"""A plan that the language model proposes for a question of which rules do not read every word.

What the rules read stands: the model fills only the parts of a plan that they leave open, chosen
from those that exist by a constrained format. As code cannot check what it takes a word to mean,
what it proposes is shown in French and computed only when a person accepts it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from assistant.errors import WrongPlan
from assistant.language_model import LanguageModel, Prompt
from assistant.ledger.asked import planned
from assistant.ledger.fields import Kind, Population, Rows, rows_of
from assistant.ledger.plan import Filter, Measure, Plan, validated
from assistant.ledger.question import Read, read_question
from assistant.ledger.rankings import Ranking
from assistant.ledger.remainder import Remainder
from assistant.ledger.vocabulary import Name, vocabulary
from assistant.ledger.wording import condition_said
from assistant.prompts import load_prompt

_MEASURES = {
    "nombre": Measure.COUNT,
    "somme": Measure.SUM,
    "moyenne": Measure.AVERAGE,
    "part": Measure.SHARE,
}
_NONE = "rien"
_NO = "non"
_MOST_CONDITIONS = 2
_TOKENS = 120


@dataclass(frozen=True, slots=True)
class _Choices:
    """What the parts of a plan that are open may be, by their French words."""

    fields: Mapping[str, str]
    dates: Mapping[str, str]
    groups: Mapping[str, str]
    conditions: Mapping[str, tuple[Filter, ...]]


def proposed(
    question: str, names: Sequence[Name], today: date, over: Population, model: LanguageModel
) -> Plan | None:
    """The plan that the model proposes; None where it has none, or the question makes none."""
    left = Remainder(question)
    read = read_question(left, names, today, over)
    words = left.words(vocabulary().empty)
    if not words or left.has_clash:
        return None
    choices = _choices(over)
    prompt = Prompt(
        load_prompt("plan", "rows", "fields").fill(
            rows=rows_of(over).many,
            fields=", ".join(each.label for each in rows_of(over).fields.values()),
        ),
        (
            load_prompt("plan_question", "question", "words").fill(
                question=question, words=", ".join(words)
            ),
        ),
    )
    reply = "".join(piece or "" for piece in model.stream(prompt, _TOKENS, _schema(read, choices)))
    try:
        filled = _filled(read, json.loads(reply), choices)
        plan = planned(filled, over) if filled else None
        return validated(plan) if plan else None
    except (ValueError, WrongPlan):  # cut short, or parts that make no plan together
        return None


def _choices(over: Population) -> _Choices:
    rows: Rows = rows_of(over)
    fields = rows.fields.values()
    conditions = {
        ", ".join(condition_said(each, rows) for each in rule.filters): rule.filters
        for rule in vocabulary().filters
        if rule.is_for(over) and rule.filters
    }
    return _Choices(
        {each.label: each.name for each in fields if each.kind.is_number},
        {each.label: each.name for each in fields if each.kind is Kind.DATE},
        {each.label: each.name for each in fields if each.group},
        conditions,
    )


def _schema(read: Read, choices: _Choices) -> str:
    """The parts that the rules left open, each one of its choices."""
    parts: dict[str, Any] = {"possible": {"enum": ["oui", _NO]}}
    if not read.measures and not read.fields:
        parts["calcul"] = {"enum": list(_MEASURES)}
    if not read.fields:
        parts["de"] = {"enum": [_NONE, *choices.fields]}
    parts["conditions"] = {
        "type": "array",
        "maxItems": _MOST_CONDITIONS,
        "items": {"enum": list(choices.conditions)},
    }
    if read.period:
        parts["date"] = {"enum": [_NONE, *choices.dates]}
    if not read.ranked.group and not read.ranked.step:
        parts["par"] = {"enum": [_NONE, *choices.groups]}
    return json.dumps(
        {"type": "object", "properties": parts, "required": list(parts)}, ensure_ascii=False
    )


def _filled(read: Read, said: Mapping[str, Any], choices: _Choices) -> Read | None:
    """What the rules read, completed by what the model says; None where it says it cannot."""
    if said["possible"] == _NO:
        return None
    more = [each for label in said["conditions"] for each in choices.conditions[label]]
    known = {each for each, _ in read.filters}
    filters = [*read.filters, *((each, 0) for each in more if each not in known)]
    if (field := said.get("de", _NONE)) != _NONE:
        read = replace(read, fields=(choices.fields[field],))
    if "calcul" in said:
        read = replace(read, measures=(_MEASURES[said["calcul"]],))
    if (day := said.get("date", _NONE)) != _NONE:
        read = replace(read, when=replace(read.when, field=choices.dates[day]))
    if (group := said.get("par", _NONE)) != _NONE:
        read = replace(read, ranked=Ranking(group=choices.groups[group]))
    return replace(read, filters=filters)
