"""Constants of the law, each tied to the words that state it on a day, and interest rates."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from typing import Protocol

from assistant.calculators.calculation import Ground, Stated
from assistant.errors import Ungrounded, WrongFigures
from assistant.law.validity import applies
from assistant.question.quantities import find_quantities, fold_same_length
from assistant.retrieval.evidence import Scope
from assistant.retrieval.standing import in_force
from ingestion.chunking.sentences import SentenceSpan, units
from ingestion.index.snapshot import IndexSnapshot
from ingestion.library.corpus import CORPUS

# Constants of the law, each tied to the words that state it: corpus/constantes/*.toml.
#
# The file knows the value of each period; the indexed text in force that day has to state it.

WITHOUT_FIGURE = Decimal(0)
"""Value of a constant that is a rule without figure."""

_PERCENT = "percent"
_VALUE = "{value}"


@dataclass(frozen=True, slots=True)
class Constant:
    """A value by period, the article that states it, and how the article says it.

    `unit` is euro, percent, day, month, times or count; empty for a rule without figure, which has
    no values. `says` are regular expressions, one of which must match a quotable unit of the
    article in lower case, where every quantity is written `{60000 euro}` whatever its form;
    `{value}` stands for the constant's own, and a line break for the next unit, as in the tables
    of an annexe. A unit that says itself that it applied at another time is not read.
    """

    name: str
    label: str
    article: str
    unit: str
    says: tuple[str, ...]
    values: tuple[tuple[date, Decimal], ...] = ()

    def on(self, day: date) -> Decimal | None:
        """The known value of a day, None before the first period. Pure."""
        known = [value for begins, value in self.values if begins <= day]
        return known[-1] if known else None

    def found_in(self, text: str, day: date) -> SentenceSpan | None:
        """The characters of a text that state the value of that day. Pure."""
        value = self.on(day)
        if self.values and value is None:
            return None
        own = re.escape(_token(_key(value, self.unit))) if value is not None else ""
        patterns = [said.replace(_VALUE, own) for said in self.says]
        cut, read = _read(text)
        for pattern in patterns:
            for first, last in _runs(len(cut), pattern.count("\n") + 1):
                span = SentenceSpan(cut[first].start, cut[last].end)
                is_said = re.search(pattern, "\n".join(read[first : last + 1]))
                if is_said and applies(text[span.start : span.end], day):
                    return span
        return None


@lru_cache(maxsize=512)
def _read(text: str) -> tuple[tuple[SentenceSpan, ...], tuple[str, ...]]:
    """The units of a text, and each as it is compared; the same text is read for many days."""
    cut = units(text)
    return cut, tuple(canonical(text[unit.start : unit.end]) for unit in cut)


def canonical(text: str) -> str:
    """A text in lower case, each of its quantities written as `{value unit}`. Pure."""
    read, written, position = fold_same_length(text), [], 0
    for quantity in find_quantities(read):
        written += [read[position : quantity.start], _token(quantity.key)]
        position = quantity.end
    return "".join([*written, read[position:]])


@cache
def constants() -> dict[str, Constant]:
    """Every constant of the files, by name."""
    found: dict[str, Constant] = {}
    for path in sorted((CORPUS / "constantes").glob("*.toml")):
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["constant"]:
            values = tuple((each["from"], Decimal(each["is"])) for each in row.get("values", ()))
            found[row["name"]] = Constant(
                row["name"],
                row["label"],
                row["article"],
                row.get("unit", ""),
                tuple(row["says"]),
                values,
            )
    return found


def _runs(size: int, length: int) -> Iterator[tuple[int, int]]:
    """First and last index of every run of `length` among `size`."""
    return ((first, first + length - 1) for first in range(size - length + 1))


def _token(key: str) -> str:
    return f"{{{key}}}"


def _key(value: Decimal, unit: str) -> str:
    if unit == _PERCENT:
        return f"{Fraction(value) / 100} ratio"
    return f"{Fraction(value)} {unit}"


# The law of a day: constants as the indexed texts in force state them.


class Law(Protocol):
    """What a calculator may ask of the law."""

    @property
    def day(self) -> date:
        """The day whose law it is."""

    def stated(self, name: str) -> Stated:
        """A constant by its name; raises Ungrounded when no text in force states it."""


class IndexedLaw:
    """The law of a day as one snapshot holds it."""

    def __init__(
        self, generation: IndexSnapshot, day: date, withheld: frozenset[str] = frozenset()
    ) -> None:
        """Nothing is read before the first constant; `withheld` is that of a scope."""
        self._generation = generation
        self._scope = Scope(day, withheld=withheld)

    @property
    def day(self) -> date:
        """The day whose law it is."""
        return self._scope.as_of

    def holds(self, article: str) -> bool:
        """Whether a text in force that day is, or explains, an article."""
        return bool(in_force(self._generation, article, self._scope))

    def stated(self, name: str) -> Stated:
        """A constant by its name, 0 for a rule without figure; articles before sheets.

        Raises Ungrounded when no text in force that day states it.
        """
        constant = constants()[name]
        for passage in in_force(self._generation, constant.article, self._scope):
            place = constant.found_in(passage.text, self.day)
            if place and not passage.doubts(passage.start + place.start, passage.start + place.end):
                ground = Ground(constant.article, passage, place.start, place.end)
                return Stated(constant.on(self.day) or WITHOUT_FIGURE, ground)
        raise Ungrounded(self._refusal(constant))

    def _refusal(self, constant: Constant) -> str:
        day, article = f"{self.day:%d/%m/%Y}", constant.article
        named = article if article.startswith("Annexe") else f"art. {article}"
        return (
            f"Calcul refusé : aucun texte indexé en vigueur le {day} ne dit « {constant.label} » "
            f"({named}). Ajoutez la version de cet article en vigueur ce jour-là, "
            "ou lisez-la avec « sourcier law »."
        )


# Grounding: the constants that the indexed texts of a day do not state.


def ungrounded(law: Law) -> tuple[Constant, ...]:
    """The constants whose calculations are refused, in the order of the files."""
    return tuple(each for each in constants().values() if not _is_stated(each.name, law))


def _is_stated(name: str, law: Law) -> bool:
    try:
        law.stated(name)
    except Ungrounded:
        return False
    return True


# Interest rates of the European Central Bank, as the user wrote them down: taux.toml.

_FILE = "taux.toml"
_HIGHEST = 100


@dataclass(frozen=True, slots=True)
class Rate:
    """The main refinancing rate on the first day of a half-year, in percent, and who says so."""

    begins: date
    percent: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates of one file; a half-year that it does not have is never guessed."""

    path: Path
    rows: tuple[Rate, ...] = ()

    def on(self, day: date) -> Rate | None:
        """The rate of the half-year of a day, None when the file has none."""
        return next((row for row in self.rows if row.begins == half_year(day)), None)

    def remedy(self, *days: date) -> str:
        """Whom to ask for the rates of the half-years of some days, and where they are written."""
        begins = sorted({half_year(day) for day in days})
        where = f"dans {self.path.name}, comme le dit assistant/operations/README.md."
        if len(begins) == 1:
            return (
                f"Le taux de la Banque centrale européenne du {_said(begins[0])} n'est pas connu : "
                f"demandez à l'administrateur de l'inscrire {where}"
            )
        return (
            "Des taux de la Banque centrale européenne ne sont pas connus : "
            f"{', '.join(map(_said, begins))}. Demandez à l'administrateur de les inscrire {where}"
        )


def _said(begins: date) -> str:
    return f"{'premier' if begins.month == 1 else 'second'} semestre {begins.year}"


def half_year(day: date) -> date:
    """The first day of the half-year of a day."""
    return date(day.year, 1 if day.month <= 6 else 7, 1)


def no_rates() -> Rates:
    """The rates of a folder where none were written down."""
    return Rates(Path(_FILE))


def read_rates(home: Path) -> Rates:
    """The rates of the data folder, none when the file is absent.

    Raises WrongFigures for a row without the first day of a half-year, percent or source, and for
    two rows of one half-year.
    """
    path = home / _FILE
    if not path.exists():
        return Rates(path)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongFigures(f"{path} n'est pas un fichier TOML valide : {error}") from error
    listed = table.get("rate")
    if set(table) != {"rate"} or not isinstance(listed, list):
        raise WrongFigures(f"{path} : chaque taux commence par la ligne [[rate]].")
    rows = tuple(_rate(row, path) for row in listed)
    begins = [row.begins for row in rows]
    for twice in {each for each in begins if begins.count(each) > 1}:
        raise WrongFigures(f"{path} : deux taux pour le semestre du {twice} ; gardez le bon.")
    return Rates(path, rows)


def _rate(row: object, path: Path) -> Rate:
    match row:
        case {"from": date() as begins, "percent": str() as written, "source": str() as source} if (
            begins == half_year(begins) and source.strip()
        ):
            return Rate(begins, _percent(written, path), source)
    raise WrongFigures(
        f"{path} : un taux s'écrit from (le 1er janvier ou le 1er juillet : 2026-07-01), percent "
        f'(entre guillemets : "2.15") et source. À corriger : {row}'
    )


def _percent(written: str, path: Path) -> Decimal:
    try:
        value = Decimal(written.replace(",", "."))
    except InvalidOperation as error:
        raise WrongFigures(f"{path} : « {written} » n'est pas un taux en pour cent.") from error
    if not value.is_finite() or not 0 <= value < _HIGHEST:
        raise WrongFigures(f"{path} : « {written} » n'est pas un taux entre 0 et {_HIGHEST}.")
    return value
