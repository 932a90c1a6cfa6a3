"""Values of eForms fields as French text, and the elements at a path. Pure."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, DecimalException

from ingestion.reading.eforms_codes import ANSWERS, CODES, CURRENCIES, LANGUAGES, UNITS
from ingestion.reading.french import written_day, written_moment, written_number
from ingestion.reading.markup import Element, attribute, local_name

_FRENCH = (None, "FRA")


def first_value(element: Element, path: str) -> str:
    """The first text at a path, "" when there is none."""
    return next(values(element, path), "")


def values(element: Element, path: str) -> Iterator[str]:
    """The texts at a path."""
    return (" ".join((found.text or "").split()) for found in elements_at(element, path))


def elements_at(element: Element, path: str) -> list[Element]:
    """Elements at a path, whatever the namespaces; "//" passes over any number of elements.

    Of a field written in several languages, those in French when there are any.
    """
    steps = "/".join("{*}" + step if step else "" for step in path.split("/"))
    found = list(element.iterfind(f".{steps}" if steps.startswith("/") else steps))
    french = [each for each in found if attribute(each, "languageID") in _FRENCH]
    return french or found


def written(element: Element) -> str:
    """The value of a field, as its own attributes and name say to write it."""
    value = " ".join((element.text or "").split())
    name = local_name(element)
    if currency := attribute(element, "currencyID"):
        return f"{number_of(value, 2)} {CURRENCIES.get(currency, currency)}"
    if unit := attribute(element, "unitCode"):
        return f"{number_of(value)} {UNITS.get(unit, unit)}"
    if name.endswith("date"):
        return _day(value, element)
    if name == "id":
        return LANGUAGES.get(value, value)
    codes = CODES.get(attribute(element, "listName") or "", {})
    if name.endswith(("code", "indicator")):
        return codes.get(value, ANSWERS.get(value, value))
    return value


def number_of(value: str, decimals: int | None = None) -> str:
    """A number as French texts write it, `decimals` for one that is not whole.

    What is no number is left as it is.
    """
    try:
        number = Decimal(value)
        return written_number(number, 0 if number == number.to_integral_value() else decimals)
    except DecimalException:
        return value


def _day(value: str, element: Element) -> str:
    """A day, with the time that the format writes beside it."""
    tag = str(element.tag)
    time = element.getnext()
    try:
        if time is not None and time.tag == f"{tag.removesuffix('Date')}Time":
            return written_moment(datetime.fromisoformat(f"{value[:10]}T{time.text}"))
        return written_day(date.fromisoformat(value[:10]))
    except ValueError:
        return value
