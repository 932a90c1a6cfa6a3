"""Calculations asked in words, as "Quelle procédure pour 150 000 € de fournitures ?" is.

The words that leave a question to the texts are those of `unread.toml`.
"""

import re
import tomllib
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

from assistant.calculators.catalogue import Asked, Missing
from assistant.calculators.facts import QuestionFacts, read_facts
from assistant.calculators.requests.advance import advance
from assistant.calculators.requests.modification import modification
from assistant.calculators.requests.payment import payment
from assistant.calculators.requests.procedure import procedure, procedure_of_amount
from assistant.calculators.requests.retention import retention
from assistant.calculators.requests.time_limits import standstill, time_limits
from assistant.calculators.requests.turnover import turnover
from assistant.errors import WrongFigures
from assistant.retrieval.ranking import REGIMES

# A calculation wrongly begun is worse than none: what is not plain is left to the texts, but for
# the procedure of an amount where people's questions around are answered by it.

_READERS = (time_limits, standstill, turnover, advance, retention, payment, modification)

JudgedOdds = Callable[[str], float | None]
"""The logarithm of the odds that the procedure of its amount answers a question, as readers judged
of those around it (ingestion/index/judged_figures.py); None where none was judged: words tell."""

ANSWERED, PLAINLY_ASKED = 0.4, 0.15
"""Logarithms of the odds above which a procedure is calculated.

The first whatever words ask, the second where these plainly ask it. Chosen on 2,839 questions with
an amount, each by those of other authors: 630 are calculated or asked back for what they lack, of
which readers held 591 to be answered; by words alone 165, 133.
"""


def unjudged(_: str) -> float | None:
    """The odds where nothing was judged."""
    return None


def parse_calculation(
    question: str, today: date, judged: JudgedOdds = unjudged
) -> Asked | Missing | None:
    """The calculation that a French question asks for, with the figures it gives.

    Missing when it lacks one fact. None when it gives no figure, asks about the rule itself, about
    what is not calculated or about several calculations, or when its figures cannot be true.
    """
    facts = read_facts(question, today)
    if any(regime.question.search(facts.words) for regime in REGIMES):
        return None
    if any(each.is_limit or each.is_share for each in facts.amounts):
        return None
    if len(facts.natures) > 1 or len(facts.buyers) > 1:
        return None
    try:
        return _only_one(facts, question, judged)
    except WrongFigures:
        return None


def calculator_of(asked: Asked | Missing) -> type[Asked] | None:
    """What is calculated, None where it lacks facts of many values."""
    if isinstance(asked, Missing):
        return type(asked.cases[0][1]) if asked.cases else None
    return type(asked)


def _only_one(facts: QuestionFacts, question: str, judged: JudgedOdds) -> Asked | Missing | None:
    """The only calculation that is asked for; none where several are.

    A procedure that no other stands beside counts as judgements tell, whatever words ask for it,
    where there are any.
    """
    plain = _read_by(procedure, facts)
    others = [asked for read in _READERS if (asked := _read_by(read, facts)) is not None]
    if others:
        return others[0] if plain is None and len(others) == 1 else None
    if not facts.amounts or _is_left_to_texts(procedure.__name__, facts.words):
        return plain
    odds = judged(question)
    if odds is None:
        return plain
    bound = ANSWERED if plain is None else PLAINLY_ASKED
    return procedure_of_amount(facts) if odds > bound else None


def _read_by(
    read: Callable[[QuestionFacts], Asked | Missing | None], facts: QuestionFacts
) -> Asked | Missing | None:
    """What is asked in words of which the reader passes over none that may change it."""
    return None if _is_left_to_texts(read.__name__, facts.words) else read(facts)


# Words that no calculator reads, by which a question is left to the texts: unread.toml, by hand.

_EVERY = ""


def _is_left_to_texts(calculator: str, words: str) -> bool:
    """Whether a question has words that this calculator would pass over, and that may change it.

    `words` are those of the question, in lower case and without accents.
    """
    unread = _unread()
    return any(
        unread[name].search(words) is not None for name in (_EVERY, calculator) if name in unread
    )


@cache
def _unread() -> dict[str, re.Pattern[str]]:
    """The words of each calculator, and those of all under no name."""
    table = tomllib.loads(Path(__file__).with_name("unread.toml").read_text(encoding="utf-8"))
    said: dict[str, list[str]] = {}
    for row in table["unread"]:
        for name in row.get("of", (_EVERY,)):
            said.setdefault(name, []).extend(row["words"])
    return {name: re.compile(rf"\b(?:{'|'.join(words)})") for name, words in said.items()}
