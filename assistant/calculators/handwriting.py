"""Handwriting: amounts and days as hands write them, as they are read. Pure.

"35k", "deux millions quatre", "2 déc.", "18/01/27".
"""

import re

from ingestion.french import month_names

# "35k de mobilier", "av1 +54k signé": a bare k is of euros where money is spoken of, or where it
# stands alone; not in "écran 4K", nor where it counts what is named after it.
_IN_K = r"(?<![\w.,])(?P<figures>\d{2,4}(?:[,.]\d+)?|\d[,.]\d+|(?<=[+=:] )\d|(?<=[+=:])\d) ?k\b"
_COUNTED = (
    r"(?:d')?(?:habitants?|hab|repas|km|kwh|usagers?|m[23²³]|pts?"
    r"|(?!(?:fournitures|services|prestations|dans|sans|sous|vers|mais|nous|puis|plus)\b)[a-z]{3,}s)"
)
_THOUSANDS = re.compile(rf"{_IN_K}(?! ?(?:€|eur)| ?{_COUNTED}\b)")
_THOUSANDS_ALONE = re.compile(
    rf"{_IN_K}(?= ?(?:[,;:.?!]|$|(?:ht|ttc|hors|en|pour|sans|sur|avec|de)\b))"
)
_MONEY = re.compile(r"€|\b(?:euros?|eur|ht|ttc|hors taxes?|tva)\b")
# "6 millions de travaux": where no other currency is said it is the euro.
_CURRENCY = re.compile(r"\b(?:francs?|cfp|dollars?)\b")
_MILLIONS = re.compile(
    r"\d ?millions?\b(?= ?(?:[,;:.?!]|$|(?:ht|ttc|hors|en|pour|sans|sur|avec)\b"
    r"|de (?:travaux|fournitures|services|prestations)\b))"
)
_DIGITS = {"un": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8,
           "neuf": 9}  # fmt: skip
_HUNDREDS_LEFT_OUT = re.compile(
    rf"\b(?P<millions>\d+|{'|'.join(_DIGITS)}) millions? (?P<rest>{'|'.join(_DIGITS)}|[1-9])\b"
    r"(?: cents?\b)?(?! ?(?:cents?|mille)\b| ?[\d.,]*\d)"
    r"(?= ?(?:[,;:.?!]|$|€|euros?\b|ht\b|ttc\b|hors\b))"
)
"""Said for tenths of a million: "deux millions quatre (cents)" is 2,4 millions."""

# Days: "le 2/12", "lundi 7/12", "18/01/27", "17.11.2026", "3 déc. 2026", "oct. 2026".
_DAY_IN_FIGURES = re.compile(
    r"(?P<said>\b(?:le|du|au|avant|depuis|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|matin"
    r"|recue?s?|reçue?s?|signee?s?|signée?s?|\w+yee?s?|\w+yée?s?|\w+fiee?s?|\w+fiée?s?"
    r"|parti\w*) )?(?<![\d/.,])(?P<day>[0-3]?\d)(?P<mark>[/.])(?P<month>[01]?\d)"
    r"(?:(?P=mark)(?P<year>(?:20)?\d\d))?(?![\d/%]|[.,]\d| ?(?:e|eme|ème|€|k€|000)\b| d[eu]s?\b)"
)
_SHORT_MONTHS = {"janv": 1, "jan": 1, "fev": 2, "fév": 2, "fevr": 2, "févr": 2, "avr": 4,
                 "juil": 7, "sept": 9, "oct": 10, "nov": 11, "dec": 12, "déc": 12}  # fmt: skip
_SHORT_MONTH = "|".join(_SHORT_MONTHS)
_MONTH_IN_SHORT = re.compile(
    rf"(?:(?<=\d )|(?<=1er ))(?:{_SHORT_MONTH})\b\.?|\b(?:{_SHORT_MONTH})\b\.?(?= 20\d\d\b)"
)


def as_read(text: str) -> str:
    """The text with its amounts and days as they are read; it is in lower case."""
    text = _with_whole_days(text)
    text = _HUNDREDS_LEFT_OUT.sub(_tenths, text)
    in_k = _THOUSANDS if _MONEY.search(text) else _THOUSANDS_ALONE
    text = in_k.sub(r"\g<figures> k€", text)
    return text if _CURRENCY.search(text) else _MILLIONS.sub(r"\g<0> €", text)


def _tenths(found: re.Match[str]) -> str:
    """Millions and tenths of them, in figures."""
    millions, rest = (_DIGITS.get(each) or int(each) for each in found.group("millions", "rest"))
    return f"{millions},{rest} millions"


def _with_whole_days(text: str) -> str:
    """The text with days in figures or in short as they are read: "2 décembre", "18/01/2027"."""
    months = month_names("fr")
    text = _MONTH_IN_SHORT.sub(lambda found: months[_SHORT_MONTHS[found[0].rstrip(".")] - 1], text)
    return _DAY_IN_FIGURES.sub(_whole_day, text)


def _whole_day(found: re.Match[str]) -> str:
    """A day in figures as it is read; as it was where it is none, or may be a share."""
    day, month, year = int(found["day"]), int(found["month"]), found["year"]
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return found[0]
    if year:
        return f"{found['said'] or ''}{day:02}/{month:02}/20{year[-2:]}"
    if found["said"] is None or found["mark"] == ".":
        return found[0]
    return f"{found['said']}{day} {month_names('fr')[month - 1]}"
