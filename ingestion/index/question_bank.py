"""The bank: everyday questions about articles of the code, each with the words that answer it.

The words of the law are not kept here. A line holds the sha256 of the article's text and the
offsets of its answering sentences, so that a question whose article has changed is known by it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from ingestion.errors import IngestionError
from ingestion.library.corpus import CORPUS

BANK = CORPUS / "questions" / "banque"
JUDGED = CORPUS / "questions" / "jugements.jsonl"

UNANSWERED = "sans-reponse.jsonl"
"""The file of questions on the subject that no article answers."""

OUTSIDE = "hors-sujet.jsonl"
"""The file of questions that are about something else; every other file is a chapter."""

RULES = "regles"
"""The folder of the rules that answer the questions, a file a chapter."""

_NOT_CHAPTERS = frozenset({UNANSWERED, OUTSIDE})
_ONE_IN = 10
"""One article in ten, with all its questions, is never learnt from."""


class Form(StrEnum):
    """What kind of answer a question calls for."""

    YES = "yes"
    NO = "no"
    YES_IF = "yes_if"
    NO_UNLESS = "no_unless"
    DEPENDS = "depends"
    AMOUNT = "amount"
    DELAY = "delay"
    LIST = "list"
    WHO = "who"
    WHICH = "which"
    DEFINITION = "definition"
    WHERE = "where"
    CONSEQUENCE = "consequence"


class Style(StrEnum):
    """How a question is put, and by whom."""

    SHORT = "short"
    SITUATION = "situation"
    COLLOQUIAL = "colloquial"
    FORMAL = "formal"
    CONSEQUENCE = "consequence"
    COMPANY = "company"
    ELECTED = "elected"


class Lacking(StrEnum):
    """Why the code does not answer a question on its subject."""

    FIGURE = "figure"
    CASE_LAW = "case_law"
    PRACTICE = "practice"
    OTHER_TEXT = "other_text"


class Elsewhere(StrEnum):
    """Where somebody who knows would look for what the code does not answer."""

    CONTRACT = "contract"
    RULINGS = "rulings"
    REMEDIES = "remedies"
    PRACTICE = "practice"
    BUYER = "buyer"
    LOCAL_LAW = "local law"
    ACCOUNTS = "accounts"
    LABOUR = "labour"
    CIVIL_LAW = "civil law"
    DOCUMENTS = "documents"
    FIRMS = "firms"
    SECTOR = "sector"
    EUROPE = "europe"
    PROBITY = "probity"
    PUBLIC_LAW = "public law"


_OF_LACKING = {Lacking.CASE_LAW: Elsewhere.RULINGS, Lacking.PRACTICE: Elsewhere.PRACTICE}
"""Of what is lacking, where that stands; a figure or another text may stand in several places."""


class Outside(StrEnum):
    """What a question is that procurement has no answer to."""

    OTHER_LAW = "other_law"
    DRAFTING = "drafting"
    OPINION = "opinion"
    OTHER_COUNTRY = "other_country"
    FUTURE = "future"
    GENERAL = "general"
    CASE_LAW = "case"
    PERSON = "person"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class BankQuestion:
    """A question that one article answers.

    `spans` are half-open character offsets into the article's text, in its order, valid for the
    text whose sha256 is `text_sha256`. `lead` is the answer in a line, in our words. It answers
    each of the `wordings` too: the same question as other people would ask it. `rule` is the text
    of the `ArticleRule` that answers it, "" where none is known.
    """

    id: str
    question: str
    article: str
    text_sha256: str
    spans: tuple[tuple[int, int], ...]
    form: Form
    style: Style
    lead: str
    wordings: tuple[str, ...] = ()
    rule: str = ""

    @property
    def asked(self) -> tuple[str, ...]:
        """All the ways in which it is asked."""
        return (self.question, *self.wordings)


@dataclass(frozen=True, slots=True)
class ArticleGround:
    """Words of an article: half-open characters of its text, whose sha256 is `text_sha256`."""

    article: str
    text_sha256: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class ArticleRule:
    """What an article says, in a sentence of ours that is true wherever it is read.

    It names what it is about and the cases outside which it does not hold, and never says oui or
    non. `questions` are the identifiers of those of the bank that it answers, of which each has one
    rule. `english` is the same for those who ask in English. A rule that none of these asks for,
    only people's questions, has the `spans` that say it, in the text whose sha256 is `text_sha256`;
    `also` are the words of other articles without which it would not be true.
    """

    article: str
    questions: tuple[str, ...]
    text: str
    english: str = ""
    text_sha256: str = ""
    spans: tuple[tuple[int, int], ...] = ()
    also: tuple[ArticleGround, ...] = ()


@dataclass(frozen=True, slots=True)
class UnansweredQuestion:
    """A question on the subject that the code does not answer, and the article nearest to it.

    `elsewhere` says where the figure or the other text stands that is lacking, None where no reader
    could tell.
    """

    id: str
    question: str
    nearest: str
    lacking: Lacking
    elsewhere: Elsewhere | None = None

    @property
    def place(self) -> Elsewhere | None:
        """Where to look for its answer."""
        return _OF_LACKING.get(self.lacking, self.elsewhere)


@dataclass(frozen=True, slots=True)
class OutsideQuestion:
    """A question that is none of our business, however near it may sound."""

    id: str
    question: str
    kind: Outside
    style: Style


ANSWERS = 2
"""The mark of a rule that answers a question."""


def digest_of_rule(text: str) -> str:
    """By what a rule is named among those judged: one that was mended since is another."""
    return sha256(text.encode()).hexdigest()[:12]


class HasAnswer(StrEnum):
    """Whether the code answers a question, as its readers saw it."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question of someone who had no text before them, and what readers of the code thought.

    `author` is the number of who wrote it, 0 where that is not kept. `answered` is None where they
    were asked about rules only. `articles` are those that answer, the most direct first, or where
    none does, the nearest, if one was named. `rules` are marks of rules of the bank by their
    digests: `ANSWERS`, 1 in part, 0 beside, -1 where who acted on it would do wrong. `best` is the
    one, of several that answer, that a reader would say first, "" where nobody chose. `elsewhere`
    is where to look for what the code does not answer, None where it does or no reader could tell.
    """

    question: str
    answered: HasAnswer | None = None
    articles: tuple[str, ...] = ()
    rules: Mapping[str, int] = field(default_factory=dict)
    author: int = 0
    best: str = ""
    elsewhere: Elsewhere | None = None

    @property
    def answering(self) -> tuple[str, ...]:
        """The digests of the rules that answer it."""
        return tuple(name for name, mark in self.rules.items() if mark == ANSWERS)


T = TypeVar("T")
_question = TypeAdapter(BankQuestion)
_rule = TypeAdapter(ArticleRule)
_unanswered = TypeAdapter(UnansweredQuestion)
_outside = TypeAdapter(OutsideQuestion)
_judged = TypeAdapter(JudgedQuestion)


def digest_of(text: str) -> str:
    """The sha256 of an article's text, as the bank's lines hold it."""
    return sha256(text.encode()).hexdigest()


def is_held_out(article: str) -> bool:
    """Whether nothing may be learnt from the questions on an article, such as "R2142-7".

    A law and the decree of the same number, L2112-1 and R2112-1, are held out together.
    """
    number = article.lstrip("LRDA").encode()
    return int.from_bytes(sha256(number).digest()[:4]) % _ONE_IN == 0


def chapter_of(article: str) -> str:
    """The name of the file that holds the questions on an article, without its suffix."""
    if article.startswith("Annexe"):
        return "annexes"
    chapter = article.lstrip("LRD").split("-")[0]
    return chapter if len(chapter) == len("2142") else "preliminaire"


def read_bank(folder: Path = BANK) -> tuple[BankQuestion, ...]:
    """Every question that an article answers, with its rule; none without the folder.

    They come chapter by chapter. Raises IngestionError naming the line that is not a question of
    the bank.
    """
    rules = {of: rule.text for rule in read_rules(folder) for of in rule.questions}
    paths = sorted(path for path in folder.glob("*.jsonl") if path.name not in _NOT_CHAPTERS)
    return tuple(
        replace(line, rule=rules.get(line.id, ""))
        for path in paths
        for line in read_lines(path, _question)
    )


def read_rules(folder: Path = BANK) -> tuple[ArticleRule, ...]:
    """Every rule of a bank, chapter by chapter; none without their folder.

    Raises IngestionError naming the line that is not a rule.
    """
    paths = sorted((folder / RULES).glob("*.jsonl"))
    return tuple(line for path in paths for line in read_lines(path, _rule))


@cache
def english_rules() -> Mapping[str, str]:
    """What the rules of the bank say in English, by what they say in French."""
    return {rule.text: rule.english for rule in read_rules() if rule.english}


def read_unanswered(folder: Path = BANK) -> tuple[UnansweredQuestion, ...]:
    """Every question on the subject that no article answers; none without the file.

    Raises IngestionError naming the line that is not such a question.
    """
    path = folder / UNANSWERED
    return tuple(read_lines(path, _unanswered)) if path.exists() else ()


def read_outside(folder: Path = BANK) -> tuple[OutsideQuestion, ...]:
    """Every question that is about something else; none without the file.

    Raises IngestionError naming the line that is not such a question.
    """
    path = folder / OUTSIDE
    return tuple(read_lines(path, _outside)) if path.exists() else ()


def read_nowhere_answered() -> tuple[UnansweredQuestion | OutsideQuestion, ...]:
    """Every question that no article answers, on the subject or about something else."""
    return (*read_unanswered(), *read_outside())


def read_judged(path: Path = JUDGED) -> tuple[JudgedQuestion, ...]:
    """The questions of a file; raises IngestionError naming the line that is not one."""
    return tuple(read_lines(path, _judged))


def read_lines(path: Path, adapter: TypeAdapter[T]) -> Iterator[T]:
    """The lines of a file of questions; raises IngestionError naming the one that is not one."""
    *lines, rest = path.read_text(encoding="utf-8").split("\n")
    for number, line in enumerate([*lines, *filter(None, [rest])], 1):
        try:
            yield adapter.validate_json(line)
        except ValidationError as error:
            raise IngestionError(
                f"{path.name}, ligne {number} : ce n’est pas une ligne de la banque."
            ) from error
