"""The words of the interface, in both languages, from one file."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from assistant.day import DaySource
from assistant.language import Language
from assistant.page.markup import unbroken

Words = Mapping[str, str]


@cache
def words(language: Language) -> Words:
    """The sentences of a language by key; see words.toml."""
    file = files("assistant.page").joinpath("words.toml")
    table: dict[str, str] = tomllib.loads(file.read_text(encoding="utf-8"))[language.value]
    return {key: unbroken(text) for key, text in table.items()}


def count(said: Words, key: str, n: int) -> str:
    """The sentence of `key` for a number of things: "1 document", "2 documents"."""
    single = n in (0, 1) if said is words(Language.FRENCH) else n == 1
    return said[f"{key}_one" if single else f"{key}_many"].format(n=grouped(n))


def grouped(n: int) -> str:
    """A number with its thousands apart by narrow no-break spaces. Pure."""
    return f"{n:,}".replace(",", "\u202f")


def counted(n: int, one: str, many: str) -> str:
    """A number in French with what it counts: "1 réponse", "1 204 réponses"."""
    return f"{grouped(n)} {one if n < 2 else many}"


def at(moment: datetime) -> str:
    """A moment in the time of this machine: "05/03/2026 à 14:02"."""
    return f"{moment.astimezone():%d/%m/%Y à %H:%M}"


def written(said: Words, day: date) -> str:
    """A date in words: "1er avril 2026"."""
    number = said["first_day"] if day.day == 1 else str(day.day)
    month = said["months"].split()[day.month - 1]
    return said["day"].format(day=number, month=month, year=day.year)


def law_of(said: Words, day: date, source: DaySource) -> str:
    """The day whose law is shown, and how to change it where the question named it."""
    key = "as_of_named" if source is DaySource.QUESTION else "as_of"
    return said[key].format(date=written(said, day))
