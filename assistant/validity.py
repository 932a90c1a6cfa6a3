"""Validity of a sentence: what it says of when it applies, against the day of a question. Pure."""

import re
from datetime import date

_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_DAY = rf"(?:le\s+)?(?P<day>\d{{1,2}})(?:er)?\s+(?P<month>{'|'.join(_MONTHS)})\s+(?P<year>\d{{4}})"
_BEFORE = re.compile(rf"\bavant\s+{_DAY}", re.IGNORECASE)
_UNTIL = re.compile(rf"\bjusqu['’](?:au|à)\s+{_DAY}", re.IGNORECASE)
_SINCE = re.compile(rf"\b(?:depuis|à\s+compter\s+du|à\s+partir\s+du)\s+{_DAY}", re.IGNORECASE)


def applies(sentence: str, as_of: date) -> bool:
    """Whether a sentence, by the dates that it gives itself, speaks of the law of that day.

    "Avant le 1er avril 2026, …" does not from that day on, "jusqu'au 31 mars 2026" not from the
    next day on, "depuis le 1er avril 2026" not before it. A sentence without such words applies.
    """
    before, until, since = (_date(at.search(sentence)) for at in (_BEFORE, _UNTIL, _SINCE))
    ended = (before is not None and as_of >= before) or (until is not None and as_of > until)
    return not ended and (since is None or as_of >= since)


def _date(match: re.Match[str] | None) -> date | None:
    """The day found; None for a day that no calendar has, which texts do contain."""
    if match is None:
        return None
    try:
        month = _MONTHS.index(match["month"].lower()) + 1
        return date(int(match["year"]), month, int(match["day"]))
    except ValueError:
        return None
