"""Calculations asked in words, as "Quelle procédure pour 150 000 € de fournitures ?" is.

The words that leave a question to the texts are those of `unread.toml`.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from assistant.calculators.advance import AdvanceAsked
from assistant.calculators.catalogue import Asked
from assistant.calculators.facts import QuestionFacts, read_facts
from assistant.calculators.modification import ModificationAsked
from assistant.calculators.needs import Missing
from assistant.calculators.procedure import ProcedureAsked
from assistant.calculators.requests.advance import GRANTING, advance, asks_for_advance
from assistant.calculators.requests.advance_parts import advance_parts
from assistant.calculators.requests.delays import delay
from assistant.calculators.requests.estimate import estimate, operation
from assistant.calculators.requests.interest import interest
from assistant.calculators.requests.legal_limits import but_limits_of_the_law
from assistant.calculators.requests.modification import (
    LIMITING,
    asks_for_modification,
    modification,
)
from assistant.calculators.requests.payment import payment
from assistant.calculators.requests.price_change import price_update
from assistant.calculators.requests.procedure import (
    chooses_between,
    procedure,
    procedure_of_amount,
)
from assistant.calculators.requests.repayment import instalment, repayment
from assistant.calculators.requests.retention import retention
from assistant.calculators.requests.revision import revision
from assistant.calculators.requests.scores import scores
from assistant.calculators.requests.small_lots import small_lots
from assistant.calculators.requests.standstill import standstill
from assistant.calculators.requests.subcontracting import direct_payment, sme_share
from assistant.calculators.requests.time_limits import time_limits
from assistant.calculators.requests.turnover import turnover
from assistant.calculators.small_lots import SmallLotsAsked
from assistant.errors import WrongFigures
from assistant.retrieval.ranking import REGIMES

# A calculation wrongly begun is worse than none: what is not plain is left to the texts, but for
# the procedure of an amount where people's questions around are answered by it.

_READERS = (
    time_limits,
    standstill,
    delay,
    turnover,
    advance_parts,
    repayment,
    instalment,
    retention,
    direct_payment,
    sme_share,
    payment,
    interest,
    price_update,
    revision,
    scores,
)

_OF_PARTS = (small_lots, estimate)
"""Those that read amounts of parts, which are no amounts of the others."""

JudgedOdds = Callable[[str], float | None]
"""The logarithm of the odds that the procedure of its amount answers a question, as readers judged
of others (ingestion/index/judged_procedures.py); None where none was judged: words tell."""

ANSWERED = 1.25
"""The logarithm of the odds above which a procedure is calculated, whatever words ask for it.

Chosen on 5,064 questions with an amount, each told by those of other authors: 1,427 are calculated
or asked back for what they lack, of which readers held 1,353 to be answered.
"""


AnsweredShare = Callable[[str, frozenset[str]], float | None]
"""What share of people's questions around one these articles answer (ingestion/index/questions.py);
None where nobody's are known."""

ABOUT = 0.4
"""The share above which a question asks for what these articles say, in plain words or not.

Chosen on questions of people, each told by those of other authors (tests/studies/README.md).
"""


@dataclass(frozen=True, slots=True)
class AskedAround:
    """A calculation that is asked for in plain words, or as people's questions around tell.

    `articles` are those that answer who asks for it.
    """

    calculator: type[Asked]
    read: Callable[[QuestionFacts], Asked | Missing | None]
    articles: frozenset[str]
    is_plain: Callable[[QuestionFacts], bool]


ASKED_AROUND = (
    AskedAround(ModificationAsked, modification, LIMITING, asks_for_modification),
    AskedAround(AdvanceAsked, advance, GRANTING, asks_for_advance),
)


def unjudged(_: str) -> float | None:
    """The odds where nothing was judged."""
    return None


def unshared(_: str, __: frozenset[str]) -> float | None:
    """The share where nobody's questions are known."""
    return None


def parse_calculation(
    question: str,
    today: date,
    judged: JudgedOdds = unjudged,
    share: AnsweredShare = unshared,
) -> Asked | Missing | None:
    """The calculation that a French question asks for, with the figures it gives.

    Missing when it lacks one fact. None when it gives no figure, asks about the rule itself, about
    what is not calculated or about several calculations, or when its figures cannot be true.
    """
    facts = read_facts(question, today)
    if _is_of_a_regime(facts.words):
        return None
    if len(facts.buyers) > 1:
        return None
    facts = but_limits_of_the_law(facts)
    try:
        if len(facts.natures) > 1:
            # Works for which the buyer supplies something are the only need of several kinds.
            is_left = _is_left_to_texts(estimate.__name__, facts.words)
            return None if is_left else operation(facts)
        facts = _but_penalties(facts)
        if any(each.is_limit or each.is_share for each in facts.amounts):
            return _one_of(_OF_PARTS, facts)
        return _only_one(facts, question, judged, share)
    except WrongFigures:
        return None


_PENALTY = re.compile(r"\bpenalites?\b[^,;.?!]{0,25}$")
_A_DAY = re.compile(r"^ ?(?:/ ?j|par jour|/ ?jour)\b")


def _but_penalties(facts: QuestionFacts) -> QuestionFacts:
    """The facts without what a day late costs by the contract: it is counted by no calculator."""
    kept = [
        each
        for each in facts.amounts
        if not (_PENALTY.search(each.before) and _A_DAY.match(each.after))
    ]
    return facts if len(kept) == len(facts.amounts) else replace(facts, amounts=tuple(kept))


_STATEMENT = re.compile(r"\b(?:decompte general|dgd)\b")
_DRAWERS = re.compile(r"\bmaitr(?:e|es|ise) d'(?:ouvrage|oeuvre)\b|\b(?:moa|moe)\b")
_BUYER_OF_WORKS = re.compile(r"\bmaitres? d'ouvrage\b|\bmoa\b")
"""Who buys works, and who draws up their balance: no sign there of rules for these alone."""


def _is_of_a_regime(words: str) -> bool:
    """Whether a question is about contracts of other rules."""
    drawers = _DRAWERS if _STATEMENT.search(words) else _BUYER_OF_WORKS
    words = drawers.sub("", words)
    return any(regime.question.search(words) for regime in REGIMES)


def calculator_of(asked: Asked | Missing) -> type[Asked] | None:
    """What is calculated, None where it lacks facts of many values."""
    calculation = calculation_of(asked)
    return None if calculation is None else type(calculation)


def calculation_of(asked: Asked | Missing) -> Asked | None:
    """What is asked, in its first case where it lacks a fact; None where that has many values."""
    if isinstance(asked, Missing):
        return asked.cases[0][1] if asked.cases else None
    return asked


def is_told_around(asked: Asked | Missing, question: str, share: AnsweredShare) -> bool:
    """Whether questions around, and not words alone, tell that this calculation is asked for."""
    calculator = calculator_of(asked)
    told = (each for each in ASKED_AROUND if each.calculator is calculator)
    return any(_is_about(each, question, share) for each in told)


def _is_about(kind: AskedAround, question: str, share: AnsweredShare) -> bool:
    """Whether the articles of a calculation answer the questions around."""
    return (share(question, kind.articles) or 0.0) > ABOUT


def _only_one(
    facts: QuestionFacts, question: str, judged: JudgedOdds, share: AnsweredShare
) -> Asked | Missing | None:
    """The only calculation that is asked for; none where several are.

    Of lots, how they may be awarded goes before the procedure of all. A procedure that no other
    stands beside counts as judgements tell, whatever words ask for it, where there are any.
    """
    plain = _read_by(procedure, facts)
    readers = (*_READERS, *_OF_PARTS, *_asked_around(facts, question, share))
    others = [asked for read in readers if (asked := _read_by(read, facts)) is not None]
    if others:
        is_alone = plain is None or calculator_of(others[0]) is SmallLotsAsked
        return others[0] if is_alone and len(others) == 1 else None
    if not facts.amounts or _is_left_to_texts(procedure.__name__, facts.words):
        return plain
    odds = judged(question)
    if odds is None or _takes_tax_off(plain) or (plain is not None and chooses_between(facts)):
        return plain
    return procedure_of_amount(facts) if odds > ANSWERED else None


def _asked_around(
    facts: QuestionFacts, question: str, share: AnsweredShare
) -> Iterator[Callable[[QuestionFacts], Asked | Missing | None]]:
    """The readers of what is asked for, plainly or as questions around tell; figures are given."""
    if not (facts.amounts or facts.rates):
        return
    for each in ASKED_AROUND:
        if each.is_plain(facts) or _is_about(each, question, share):
            yield each.read


def _takes_tax_off(asked: Asked | Missing | None) -> bool:
    """Whether its amount is told with tax and the rate of this: the amount without is asked for."""
    if isinstance(asked, Missing):
        return any(_takes_tax_off(case) for _, case in asked.cases[:1])
    return isinstance(asked, ProcedureAsked) and asked.vat is not None


def _one_of(
    readers: Iterable[Callable[[QuestionFacts], Asked | Missing | None]], facts: QuestionFacts
) -> Asked | Missing | None:
    """What the only one of these that reads it says is asked; None where several do."""
    found = [asked for read in readers if (asked := _read_by(read, facts)) is not None]
    return found[0] if len(found) == 1 else None


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
    unread, read = _words_of("unread"), _words_of("read")
    if calculator in read:
        words = read[calculator].sub(_READ, words)
    return any(
        unread[name].search(words) is not None for name in (_EVERY, calculator) if name in unread
    )


_READ = "…"
"""Stands for words that a calculator reads, where one of them would leave a question."""


@cache
def _words_of(kind: str) -> dict[str, re.Pattern[str]]:
    """The words of a kind ("unread", "read") by calculator, and those of all under no name."""
    table = tomllib.loads(Path(__file__).with_name("unread.toml").read_text(encoding="utf-8"))
    said: dict[str, list[str]] = {}
    for row in table[kind]:
        for name in row.get("of", (_EVERY,)):
            said.setdefault(name, []).extend(row["words"])
    return {name: re.compile(rf"\b(?:{'|'.join(words)})") for name, words in said.items()}
