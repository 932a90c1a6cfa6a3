"""Validity of a sentence: what it says of when it applies, against the day of a question. Pure."""

import re
from datetime import date

from assistant.question.language import fold_text
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Kind
from ingestion.french import month_names

_MONTHS = tuple(map(fold_text, month_names("fr")))
_MONTH = "|".join(_MONTHS)
_DAY = (
    rf"(?:le\s+)?(?:(\d{{1,2}})(?:er)?\s+({_MONTH})\s+(\d{{4}})"
    r"|(\d{1,2})/(\d{1,2})/(\d{4}))\b"
)
_FROM_TO = rf"du\s+\d{{1,2}}(?:(?:er)?\s+(?:{_MONTH})(?:\s+\d{{4}})?|/\d{{1,2}}(?:/\d{{4}})?)\s+au"
_BEFORE = re.compile(rf"\bavant\s+{_DAY}")
_UNTIL = re.compile(rf"\b(?:jusqu'(?:au|a)|{_FROM_TO})\s+{_DAY}")
_SINCE = re.compile(
    rf"\b(?:depuis|a\s+(?:compter|partir)\s+du|des(?=\s+le\b)|(?={_FROM_TO})du)\s+{_DAY}"
)


def applies(sentence: str, as_of: date) -> bool:
    """Whether a sentence, by the dates that it gives itself, speaks of the law of that day.

    "Avant le 1er avril 2026, …" does not from that day on, "jusqu'au 31 mars 2026" not from the
    next day on, "depuis le 1er avril 2026" not before it. A sentence without such words applies.
    Accents do not count: many texts leave them out of capitals.
    """
    said = fold_text(sentence)
    before, until, since = (_date(at.search(said)) for at in (_BEFORE, _UNTIL, _SINCE))
    ended = (before is not None and as_of >= before) or (until is not None and as_of > until)
    return not ended and (since is None or as_of >= since)


def speaks_for(passage: Passage, sentence: str, as_of: date) -> bool:
    """Whether a sentence of a passage may answer for that day: what is no rule may for any.

    A clause that runs "à compter du 1er mars 2027" is the clause before that day as well.
    """
    return passage.kind is not Kind.RULES or applies(sentence, as_of)


def _date(match: re.Match[str] | None) -> date | None:
    """The day found; None for a day that no calendar has, which texts do contain."""
    if match is None:
        return None
    day, month, year = filter(None, match.groups())
    number = _MONTHS.index(month) + 1 if month in _MONTHS else int(month)
    try:
        return date(int(year), number, int(day))
    except ValueError:
        return None
