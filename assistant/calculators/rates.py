"""Interest rates of the European Central Bank, as the user wrote them down: taux.toml."""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from assistant.errors import WrongFigures

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
        """What to write, and where, to have the rates of the half-years of some days."""
        begins = sorted({half_year(day) for day in days})
        lines = f'[[rate]]\nfrom = {begins[0]}\npercent = "…"\nsource = "…"'
        if len(begins) == 1:
            return (
                f"Le taux de la Banque centrale européenne du {_said(begins[0])} n'est pas connu. "
                f"Ajoutez à {self.path} ces quatre lignes, puis recommencez :\n{lines}"
            )
        return (
            "Des taux de la Banque centrale européenne ne sont pas connus : "
            f"{', '.join(map(_said, begins))}. Ajoutez à {self.path}, pour chacun, quatre lignes "
            f"comme celles-ci, puis recommencez :\n{lines}"
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
