"""Validity of a sentence: what it says of when it applies, against the day of a question. Pure."""

import re
from datetime import date

_MONTHS = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
)
_DAY = rf"(?P<day>\d{{1,2}})(?:er)? (?P<month>{'|'.join(_MONTHS)}) (?P<year>\d{{4}})"
_BEFORE = re.compile(rf"\b(?:avant|jusqu['’]au|jusqu['’]à) (?:le )?{_DAY}", re.IGNORECASE)
_SINCE = re.compile(rf"\b(?:depuis|à compter du|à partir du) (?:le )?{_DAY}", re.IGNORECASE)


def applies(sentence: str, as_of: date) -> bool:
    """Whether a sentence, by the dates that it gives itself, speaks of the law of that day.

    "Avant le 1er avril 2026, …" does not from that day on; "depuis le 1er avril 2026" does not
    before it. A sentence without such words applies.
    """
    before, since = _BEFORE.search(sentence), _SINCE.search(sentence)
    ended = before is not None and as_of >= _date(before)
    begun = since is None or as_of >= _date(since)
    return begun and not ended


def _date(match: re.Match[str]) -> date:
    month = _MONTHS.index(match["month"].lower()) + 1
    return date(int(match["year"]), month, int(match["day"]))
