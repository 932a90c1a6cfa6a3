"""The words of questions about the ledger, their misspellings, and what is left unread."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from assistant.ledger.query.names import Name, spoken
from assistant.ledger.query.plan import Operator, PeriodStep, PlanFilter, Population
from assistant.question.language import fold_text
from ingestion.library.corpus import CORPUS

# The words of questions about the ledger: corpus/registre/vocabulaire.toml, and its names.


@dataclass(frozen=True, slots=True)
class WordRule:
    """Words, and what they mean: of one population, or of both when `over` is None.

    `has` is what the values of the ledger that are meant have in them, as `fold_text` writes it.
    """

    says: re.Pattern[str]
    over: Population | None
    name: str = ""
    filters: tuple[PlanFilter, ...] = ()
    step: PeriodStep | None = None
    unless: re.Pattern[str] | None = None
    is_known: bool = False
    is_past: bool = False
    is_coming: bool = False
    has: str = ""

    def is_for(self, population: Population) -> bool:
        """Whether the rule may read a question about this population."""
        return self.over in {None, population}


@dataclass(frozen=True, slots=True)
class LedgerVocabulary:
    """The rules of each kind in the order in which they are tried, and words that say nothing.

    `shown` are those of what is asked of one row, and a list of it shows.

    `spelled` are words that may be mistyped, `other_words` those that look like them and are not;
    `trades` are what a supplier does and many may do, so that alone they name nobody, and `places`
    where it is done, which alone is no subject.
    """

    populations: tuple[WordRule, ...]
    values: tuple[WordRule, ...]
    filters: tuple[WordRule, ...]
    dates: tuple[WordRule, ...]
    groups: tuple[WordRule, ...]
    fields: tuple[WordRule, ...]
    measures: tuple[WordRule, ...]
    shown: tuple[WordRule, ...]
    empty: frozenset[str]
    can: tuple[str, ...]
    shorts: tuple[tuple[re.Pattern[str], str], ...]
    spelled: frozenset[str]
    other_words: frozenset[str]
    trades: frozenset[str]
    places: frozenset[str]

    def nouns(self, over: Population) -> WordRule:
        """What the rows of a population are called."""
        return next(rule for rule in self.populations if rule.name == over)


VOCABULARY = CORPUS / "registre" / "vocabulaire.toml"


@cache
def load_vocabulary() -> LedgerVocabulary:
    """The rules of the file."""
    table = tomllib.loads(VOCABULARY.read_text(encoding="utf-8"))
    rules = {
        kind: tuple(_rule(row) for row in table[kind.removesuffix("s")])
        for kind in ("populations", "values", "filters", "dates", "groups", "fields", "measures")
    } | {"shown": tuple(map(_rule, table["shown"]))}
    shorts = tuple((said_as_words(row["says"]), row["means"]) for row in table["short"])
    lists = ("empty", "spelled", "other_words", "trades", "places")
    words = {key: frozenset(table[key].split()) for key in lists}
    return LedgerVocabulary(
        **rules,
        can=tuple(table["can"]),
        shorts=shorts,
        empty=words["empty"],
        spelled=words["spelled"],
        other_words=words["other_words"],
        trades=words["trades"],
        places=words["places"],
    )


@cache
def words_of_rules() -> frozenset[str]:
    """The words that the rules have in them, and the beginnings of some."""
    known = load_vocabulary()
    kinds = (known.populations, known.values, known.filters, known.dates, known.groups)
    rules = (rule for kind in (*kinds, known.fields, known.measures) for rule in kind)
    return known.spelled | {
        word for rule in rules for word in re.findall(r"[a-z]{4,}", rule.says.pattern)
    }


def written_out(text: str) -> str:
    """A text with its short forms, as "nb" and "fact.", in full."""
    for says, means in load_vocabulary().shorts:
        text = says.sub(means, text)
    return text


_TELLING = 4  # letters
_MOST_ALIKE = 5
_PEOPLE = {"supplier", "buyer"}


def beginnings(names: Iterable[Name]) -> dict[str, list[Name]]:
    """The names by the first word of each, where it is long enough to tell them from others."""
    found: dict[str, list[Name]] = {}
    for each in names:
        first, _, rest = spoken(each.name).partition(" ")
        if rest and len(first) >= _TELLING and each.field in _PEOPLE:
            found.setdefault(first, []).append(each)
    return {first: alike for first, alike in found.items() if len(alike) <= _MOST_ALIKE}


def _rule(row: Mapping[str, Any]) -> WordRule:
    over = Population(row["over"]) if "over" in row else None
    return WordRule(
        said_as_words(row["says"]),
        over,
        row.get("name") or row.get("field") or _conditioned(row),
        tuple(_filter(each) for each in row.get("conditions", ())),
        PeriodStep(row["step"]) if "step" in row else None,
        re.compile(row["unless"]) if "unless" in row else None,
        row.get("known", False),
        row.get("past", False),
        row.get("coming", False),
        row.get("has", ""),
    )


def _conditioned(row: Mapping[str, Any]) -> str:
    """The field of the only condition of a rule, "" where it has none or several."""
    fields = [each["field"] for each in row.get("conditions", ())]
    return fields[0] if len(fields) == 1 else ""


def _filter(row: Mapping[str, Any]) -> PlanFilter:
    return PlanFilter(row["field"], Operator(row["operator"]), tuple(row.get("values", ())))


def said_as_words(says: Sequence[str]) -> re.Pattern[str]:
    """What finds one of these expressions as whole words."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(says)})(?!\w)")


# Slips of the hand: a word that no rule reads, one letter away from one that rules know. Pure.
#
# Only words of five letters and more that begin alike; one that exists ("fracture") is no slip, and
# one that may be two others is left as it is.

_LETTERS = 5
_ENOUGH = {"rules": 8, "names": 6}
"""Letters from which one taken for another is a slip: "défense" is a word and no "dépense"."""


def slips(words: Sequence[str], names: Iterable[str]) -> Mapping[str, str]:
    """What those of these words that are slips are meant to be.

    `names` are the words that the ledger has in its names.
    """
    named = [part for part in names if len(part) >= _LETTERS]
    known = dict.fromkeys(load_vocabulary().spelled, _ENOUGH["rules"])
    known |= dict.fromkeys(named, _ENOUGH["names"])
    found = {word: _meant(word, known) for word in words}
    return {word: meant for word, meant in found.items() if meant and meant != word}


def _meant(word: str, known: Mapping[str, int]) -> str | None:
    """The word that is meant; of its singular and plural, the one that ends as it does."""
    if word in known:
        return word
    if len(word) < _LETTERS or not word.isalpha() or word in load_vocabulary().other_words:
        return None
    near = sorted(
        each
        for each, enough in known.items()
        if each[0] == word[0] and is_one_slip(word, each, may_be_taken=len(word) >= enough)
    )
    if len({each.rstrip("s") for each in near}) != 1:
        return None
    return next((each for each in near if each.endswith("s") == word.endswith("s")), near[0])


def is_one_slip(one: str, other: str, *, may_be_taken: bool) -> bool:
    """Whether a letter was left out or put in, or two exchanged, or one taken for another. Pure."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    pairs = enumerate(zip(one, other, strict=False))
    start = next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
    if len(one) > len(other):
        return one[start + 1 :] == other[start:]
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    if one[start : start + 2] == other[start : start + 2][::-1]:
        return one[start + 2 :] == other[start + 2 :]
    return may_be_taken and one[start + 1 :] == other[start + 1 :]


# What is left of a question once rules have taken what they read.

_WORD = re.compile(r"[a-z0-9][a-z0-9'-]*|[%<>=+≠~≈±]+|(?<= )-(?= )")
_CAPITAL = re.compile(r"(?<=[^.?!]\s)(?:[dl]['’])?([^\W\d_a-zà-ÿ][\w-]{3,})")
_ACCENTED = re.compile(r"(?=[a-z]*[à-ÿ])[a-zà-ÿ]+")
_MONEY = re.compile(
    r"\bcombien (?:de |d['’] ?)"
    r"(?=(?:factur|pay|dépens|notifi|mandat|engag|régl|vers|attribu|achet)é\b)",
    re.IGNORECASE,
)
"""How much, whose accent alone tells it from how many: "combien de facturé"."""

_BILLED = re.compile(r"^(?!.*\bfactures?\b).*\bfacturés?\b", re.IGNORECASE | re.DOTALL)
"""What was billed and no invoice, which its accent alone tells."""

_ELIDED = re.compile(r"(?<![\w'-])(qu|[cdjln]) (?=[aeiouyh]\w)")
"""A word cut short whose apostrophe is left out: "d argent", "l an dernier"."""

_QUOTES = str.maketrans(
    {"«": '"', "»": '"', "“": '"', "”": '"', "\u00a0": " ", "\u202f": " ", "≥": ">=", "≤": "<="}
)


class Remainder:
    """A question in lower case without accents or short forms, in which what was read is blank."""

    def __init__(self, question: str) -> None:
        """`whole` keeps what is read; `has_clash`: what was read cannot be one question.

        `doubts` are the words that may mean something else than what rules take them for.
        `capitals` are the words, but the first, that are written with a capital letter; `unread`
        those that no rule reads, so that they may be of names; `accented` are the words that
        have an accent, as they are written.
        """
        self.accented = frozenset(_ACCENTED.findall(question.lower()))
        self.capitals = frozenset(map(fold_text, _CAPITAL.findall(question)))
        question = _MONEY.sub("montant ", question)
        self.is_billed = _BILLED.search(question) is not None
        words = " ".join(fold_text(question).translate(_QUOTES).split())
        words = _ELIDED.sub(r"\1'", words)
        self.whole = self.text = written_out(words)
        self.has_clash = False
        self.doubts: list[str] = []
        self.unread: frozenset[str] = frozenset()

    def again(self, text: str, unread: Iterable[str]) -> "Remainder":
        """The question as `text` was left of it, once rules are known not to read some words."""
        found = Remainder(self.whole)
        found.capitals, found.is_billed = self.capitals, self.is_billed
        found.accented = self.accented
        found.text = text
        found.unread = frozenset(part for word in unread for part in _parts(word))
        return found

    def respelled(self, meant: Mapping[str, str]) -> "Remainder":
        """The whole question again, with these words as they are meant."""
        text = self.whole
        for word, right in meant.items():
            text = re.sub(rf"(?<![\w-]){re.escape(word)}(?![\w-])", right, text)
        found = Remainder(text)
        found.is_billed, found.accented = self.is_billed, self.accented
        found.capitals = self.capitals | {meant[word] for word in self.capitals & {*meant}}
        return found

    def erase(self, start: int, end: int) -> None:
        """Take these characters out, the places of the others staying as they are."""
        self.text = self.text[:start] + " " * (end - start) + self.text[end:]

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The first place that a pattern reads, taken out."""
        match = pattern.search(self.text)
        if match:
            self.erase(*match.span())
        return match

    def take_each(self, pattern: re.Pattern[str]) -> Iterator[int]:
        """Where a pattern reads, every place taken out."""
        while match := self.take(pattern):
            yield match.start()

    def taken_by(self, rules: Iterable[WordRule], over: Population) -> list[tuple[WordRule, int]]:
        """The rules for a population that read something, and where, every place taken out."""
        return [
            (rule, start)
            for rule in rules
            if rule.is_for(over)
            for start in self.take_each(rule.says)
        ]

    def take_all(self, pattern: re.Pattern[str]) -> bool:
        """Whether a pattern reads anything, all of it taken out."""
        return bool([*self.take_each(pattern)])

    def doubt(self, pattern: re.Pattern[str]) -> None:
        """Tell of what a pattern reads in the whole question that it may mean something else."""
        if match := pattern.search(self.whole):
            self.doubts.append(match[0].strip())

    def words(self, empty: frozenset[str]) -> tuple[str, ...]:
        """The words left that say something."""
        found = (each.strip("'-") or each for each in _WORD.findall(self.text))
        return tuple(word for word in found if not set(_parts(word)) <= empty)


def _parts(word: str) -> list[str]:
    """A word, or where it is joined by apostrophes and hyphens its parts; a sign is one."""
    return [part for part in re.split(r"['-]", word) if part] or [word]


# Figures that one page shows and no plan computes: the words that ask for them, and the page.
#
# Such a question is led to its page, so that no figure of another definition answers it.


_ASKS = re.compile(
    r"\b(?:combien|nombre|montants?|total|somme|net a payer|reste|indice|liste\w*|prevision\w*|"
    r"nos|mes|notre|mon|ma|nous|avons|a-t-on|y a-t-il|ai-je|la facture \S*\d\S*|how many|list|our|"
    r"my|we)\b"
)
_ASKS_FOR_RULES = re.compile(
    r"\b(?:article|code(?! cpv)|ccag|loi|decret|obligat\w+|doi(?:t|vent)|faut|peut|peuvent|pouvons|"
    r"puis-je|droit|legal\w*|interdit\w*|comment|pourquoi|qu'est-ce|defini\w*|signifie\w*|"
    r"sanction\w*|(?:que|quoi|qu'on|il) risqu\w+|sans (?:mise en )?concurrence|law|must|should|"
    r"can|why|what is)\b"
)


@dataclass(frozen=True, slots=True)
class ShownOnPage:
    """What a view shows that is asked for in these words: French, without a figure.

    `command` is the one that shows the same in a terminal.
    """

    over: Population
    view: str
    title: str
    command: str
    shows: str
    says: re.Pattern[str]


@cache
def shown_on_pages() -> tuple[ShownOnPage, ...]:
    """Those of the vocabulary."""
    rows = tomllib.loads(VOCABULARY.read_text(encoding="utf-8"))["page"]
    return tuple(
        ShownOnPage(
            Population(row["over"]),
            row["view"],
            row["title"],
            row["command"],
            row["shows"],
            said_as_words(row["says"]),
        )
        for row in rows
    )


def page_asked(question: str) -> ShownOnPage | None:
    """The page whose figures of this buyer a question asks for, None where it asks for none."""
    words = fold_text(question).replace("’", "'")
    if not _ASKS.search(words) or _ASKS_FOR_RULES.search(words):
        return None
    return next((each for each in shown_on_pages() if each.says.search(words)), None)
