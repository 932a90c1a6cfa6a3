"""The law of the right day on the built-in corpus alone: each fact on both sides of its changes.

The figures are those of the texts in force, as the constants of the calculators have them with
their sources (corpus/constantes).
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from assistant.answering.answer import Outcome
from assistant.answering.pipeline import Assistant
from assistant.calculators.constants import Constant, constants
from assistant.container import load_embedder
from assistant.evaluation.runs import run_turn
from assistant.question.language import Language
from assistant.settings import Settings
from ingestion.chunking.passages import Passage, passages_of
from ingestion.documents.document import Kind
from ingestion.durable import lock_for_writing
from ingestion.index.search import Embedder
from ingestion.library.corpus import CORPUS, builtin_additions
from ingestion.library.library import Library
from ingestion.readers.formats import read_bytes
from tests.support.index_home import build_and_publish
from tests.support.paths import DATA
from tests.support.small_index import answering_embedder, assistant_over
from tests.support.words_tuning import as_served

Side = tuple[date, str | None, tuple[str, ...]]
"""A day, the figure of its law (a pattern; None where nothing kept here tells it), and those that
were or will be the law of another day."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A question without a day, and the figure since each day, in order; None is not known."""

    name: str
    question: str
    since: tuple[tuple[date, str | None], ...]

    @property
    def sides(self) -> Iterator[Side]:
        """The first day of each period, and the last one but of the open one."""
        starts = [day for day, _ in self.since]
        ends = [*(day - timedelta(days=1) for day in starts[1:]), None]
        for (first, figure), last in zip(self.since, ends, strict=True):
            others = tuple(
                other for _, other in self.since if other is not None and other != figure
            )
            for day in (first, last):
                if day is not None and day.year > EARLIEST:
                    yield day, figure, others


EARLIEST = 2017
BEFORE_CODE = (date(2015, 1, 1), None)


def _figure(said: str) -> str | None:
    """The pattern of a figure; that of an amount has any space that does not break."""
    is_amount = re.fullmatch(r"[\d ]+ €", said)
    return rf"\b{said.replace(' ', '[  ]')}" if is_amount else said or None


def _facts() -> Iterator[Fact]:
    path = DATA / "dated_facts.toml"
    for row in tomllib.loads(path.read_text(encoding="utf-8"))["fact"]:
        told = ((date.fromisoformat(day), _figure(said)) for day, said in row["since"].items())
        yield Fact(row["name"], row["question"], (BEFORE_CODE, *told))


FACTS = tuple(_facts())
"""Every amount, rate, delay or obligation of which the corpus knows two laws."""

UNTOLD = "Les textes gardés ici ne disent pas le droit du "
UNSTATED = {"dispense travaux": date(2020, 1, 1)}
"""Constants that no sheet states from a day on: texts outside the code may have changed them."""

Case = tuple[Fact, date, str | None, tuple[str, ...]]
CASES: list[Case] = [(fact, *side) for fact in FACTS for side in fact.sides]
NAMES = [f"{fact.name}, {day}" for fact, day, _, _ in CASES]


def assistant_of(home: Path, embedder: Embedder, *, dated_only: bool) -> Assistant:
    """An assistant over the built-in sheets, or over those that date what they say."""
    with lock_for_writing(home):
        for addition in builtin_additions():
            is_dated = "{du=" in addition.path.read_text("utf-8", errors="replace")
            if addition.kind is Kind.RULES and (is_dated or not dated_only):
                Library(home).add(addition.path, addition.source, addition.kind)
    build_and_publish(home, embedder)
    return assistant_over(home, embedder=embedder)


@pytest.fixture(scope="module")
def by_words(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """It finds by words; only the sheets that date what they say are indexed."""
    return assistant_of(tmp_path_factory.mktemp("words"), answering_embedder(), dated_only=True)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, weights_home: Path) -> Assistant:
    """The real embedder over every sheet."""
    home = tmp_path_factory.mktemp("real")
    with as_served():
        return assistant_of(home, load_embedder(weights_home, Settings()), dated_only=False)


def check(assistant: Assistant, case: Case) -> None:
    fact, day, figure, others = case
    answer = run_turn(assistant, fact.question, day, None, Language.FRENCH).answer
    if figure is None:
        assert answer.markdown.startswith(f"{UNTOLD}{day:%d/%m/%Y}")
        assert answer.outcome is Outcome.ABSTAINED
    else:
        assert re.search(figure, answer.markdown), answer.markdown
    for other in others:
        assert not re.search(other, answer.markdown), answer.markdown


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_law_of_the_day_is_told_and_no_other(by_words: Assistant, case: Case) -> None:
    check(by_words, case)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_same_with_the_real_weights_over_every_sheet(real: Assistant, case: Case) -> None:
    check(real, case)


def test_in_english_too_a_law_that_is_not_kept_is_not_told(by_words: Assistant) -> None:
    answer = run_turn(by_words, FACTS[0].question, date(2018, 6, 1), None, Language.ENGLISH).answer
    assert answer.markdown.startswith("The texts kept here do not tell the law of 2018-06-01")


def test_a_day_on_which_a_text_may_not_have_been_the_law_is_doubted_first(
    by_words: Assistant,
) -> None:
    asked = "Les jeunes entreprises et les critères : les offres sont-elles comparées lot par lot ?"
    answer = run_turn(by_words, asked, date(2022, 6, 1), None, Language.FRENCH).answer
    assert answer.sentences
    assert answer.markdown.startswith("Attention : ")
    assert "décrit le droit au 23/08/2026" in answer.markdown.splitlines()[0]
    today = run_turn(by_words, asked, date(2026, 9, 1), None, Language.FRENCH).answer
    assert "décrit le droit" not in today.markdown


@pytest.fixture(scope="module")
def passages() -> tuple[Passage, ...]:
    """Every passage of the built-in sheets."""
    return tuple(
        passage
        for path in sorted((CORPUS / "fiches").glob("*.md"))
        for document in read_bytes(path.read_bytes(), path.name, Kind.RULES).documents
        for passage in passages_of(document)
    )


def periods() -> Iterator[tuple[Constant, date, date]]:
    """The first and last day of each known period of each constant that has figures."""
    for constant in constants().values():
        starts = [*(day for day, _ in constant.values), date(2026, 9, 1)]
        for first, after in pairwise(starts):
            if first != UNSTATED.get(constant.name):
                yield constant, first, after - timedelta(days=1)


@pytest.mark.parametrize(
    ("constant", "first", "last"),
    [pytest.param(*each, id=f"{each[0].name}, {each[1]}") for each in periods()],
)
def test_a_sheet_states_each_constant_in_each_of_its_periods(
    passages: tuple[Passage, ...], constant: Constant, first: date, last: date
) -> None:
    for day in (first, last):
        stating = [
            each
            for each in passages
            if constant.article in each.references
            and (each.valid_from or each.not_before or date.min) <= day
            and (each.valid_to is None or day < each.valid_to)
            and constant.found_in(each.text, day)
        ]
        assert stating, f"{constant.name} on {day}"
