"""The language of a page: what code and templates say in French, said in English where it is known.

`english*.toml` have the sentences, those with slots too. `{name}` stands for any words and stays as
it is, `{name:word}` for words that are known in English themselves. `number`, `day`, `amount`
and `code` are written alike in both; `quoted` is what stands between « and », and `coded` the same
in English where it is known. No slot cuts a quote.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from assistant.question.language import Language

PAGE_LANGUAGE: ContextVar[Language] = ContextVar("page_language", default=Language.FRENCH)
"""The language of the page that is being made, for what is written in French."""

FILES = ("english.toml", "english_ledger.toml")
"""The sentences of référent, administrator and accounts, and those of invoices and purchases."""

LONGEST = 900
"""Characters of the longest text that is translated: those of ours have 700 at most."""

_KEPT = 20_000
_JOINTS = {" ; ": "; ", ", ": ", "}
"""Of a list, in French and in English."""

_ANY = "(?:[^«»]|«[^«»]*»)+?"
_NUMBER = r"[−-]?\d[\d ]*(?:,\d+)?"
_QUOTED = "«[^«»]*»(?:(?:, | ou )«[^«»]*»)*"
_TAKES = {
    None: _ANY,
    "word": _ANY,
    "number": _NUMBER,
    "day": r"\d\d/\d\d/\d{4}",
    "amount": f"{_NUMBER} €",
    "code": r"[A-Z][A-Z\d.-]*",
    "quoted": _QUOTED,
    "coded": _QUOTED,
}
_SLOT = re.compile(rf"\{{(\w+)(?::({'|'.join(filter(None, _TAKES))}))?\}}")
_QUOTE = re.compile("« ?([^«»]*?) ?»")
_ALIKE = str.maketrans({"\u00a0": " ", "\u202f": " ", "’": "'"})


@dataclass(frozen=True, slots=True)
class SentencePattern:
    """A French sentence with slots, each of its kind, and the English one."""

    french: re.Pattern[str]
    begins: str
    ends: str
    english: str
    kinds: Mapping[str, str | None]


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Make pages, or papers, in a language."""
    token = PAGE_LANGUAGE.set(language)
    try:
        yield
    finally:
        PAGE_LANGUAGE.reset(token)


def in_page_language(text: str, within: str = "") -> str:
    """A French text in the language of the page; what has no translation stays as it is.

    `within` is what it stands in, a column, where the same word means something else there. What
    is longer than LONGEST is no text of ours: the parts of a list are looked at one by one.
    """
    if PAGE_LANGUAGE.get() is Language.FRENCH or len(text) > LONGEST:
        return text
    return load_english().get(f"{within}/{text}") or in_english(text) or text


@lru_cache(_KEPT)
def in_english(text: str) -> str | None:
    """A French text in English, None where it has no translation. Pure.

    It may begin with a capital letter or end with a stop where the known one does not, or be a list
    of known ones.
    """
    plain = text.translate(_ALIKE)
    known = load_english().get(plain) or _joined(text, plain) or _filled_in(text, plain)
    if known is None and plain[:1].isupper():
        known = in_english(text[:1].lower() + text[1:])
        known = known and known[:1].upper() + known[1:]
    if known is None and plain.endswith(".") and (known := in_english(text[:-1])):
        known += "."
    return known


def _filled_in(text: str, plain: str) -> str | None:
    """The sentence that a text fills in; `plain` is the text in the spelling of the keys."""
    for each in _patterns():
        if not (plain.startswith(each.begins) and plain.endswith(each.ends)):
            continue
        if (match := each.french.fullmatch(plain)) and (filled := _filled(each, match, text)):
            return filled
    return None


def _joined(text: str, plain: str) -> str | None:
    """A list in English, None where it is none of known parts.

    Before the sentences with slots, which would take the next part for one of its names.
    """
    for joint in _JOINTS:
        for place in _places(plain, joint):
            after = place + len(joint)
            if (first := in_english(text[:place])) and (rest := in_english(text[after:])):
                return f"{first}{_JOINTS[joint]}{rest}"
    return None


def _places(plain: str, joint: str) -> Iterator[int]:
    """Where a joint stands outside of quotes."""
    for match in re.finditer(re.escape(joint), plain):
        if plain.count("«", 0, match.start()) == plain.count("»", 0, match.start()):
            yield match.start()


def _filled(pattern: SentencePattern, match: re.Match[str], text: str) -> str | None:
    """The English sentence with its slots filled, None where one has no translation."""
    values: dict[str, str] = {}
    for name, kind in pattern.kinds.items():
        value: str | None = text[match.start(name) : match.end(name)]
        if value and kind == "word":
            value = in_english(value)
        elif value and kind == "coded":
            value = _QUOTE.sub(lambda found: f"“{in_english(found[1]) or found[1]}”", value)
            value = value.replace("” ou “", "” or “")
        elif value and kind == "quoted":
            value = _QUOTE.sub(r"“\1”", value)
        if value is None:
            return None
        values[name] = value
    return pattern.english.format(**values)


@cache
def load_english() -> Mapping[str, str]:
    """The English sentences by the French ones, slots and all."""
    found: dict[str, str] = {}
    for name in FILES:
        file = files("assistant.reports").joinpath(name)
        found |= tomllib.loads(file.read_text(encoding="utf-8"))
    return {french.translate(_ALIKE): english for french, english in found.items()}


@cache
def _patterns() -> tuple[SentencePattern, ...]:
    """The sentences with slots, those that say most themselves first."""
    every = [each for each in load_english().items() if _SLOT.search(each[0])]
    ordered = sorted(every, key=lambda each: -len(_SLOT.sub("", each[0])))
    return tuple(_pattern(french, english) for french, english in ordered)


def _pattern(french: str, english: str) -> SentencePattern:
    slots = list(_SLOT.finditer(french))
    literals = _SLOT.sub("\0", french).split("\0")
    parts = [re.escape(literals[0])]
    for slot, literal in zip(slots, literals[1:], strict=True):
        parts.append(f"(?P<{slot[1]}>{_TAKES[slot[2]]}){re.escape(literal)}")
    sentence = re.compile("".join(parts), re.DOTALL)
    kinds = {slot[1]: slot[2] for slot in slots}
    return SentencePattern(sentence, literals[0], literals[-1], english, kinds)
