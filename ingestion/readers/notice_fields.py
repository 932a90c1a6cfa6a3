"""The fields and codes of notices: what each is called, its business term, its path."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class NoticeField:
    """A field: its French label, its term ("BT-131"), and where it stands below its section."""

    label: str
    term: str
    path: str


_TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

NOTICES: Mapping[str, str] = _TABLE["notices"]
CODES: Mapping[str, Mapping[str, str]] = _TABLE["codes"]
ANSWERS: Mapping[str, str] = _TABLE["answers"]
UNITS: Mapping[str, str] = _TABLE["units"]
CURRENCIES: Mapping[str, str] = _TABLE["currencies"]
LANGUAGES: Mapping[str, str] = _TABLE["languages"]


def _fields(*sections: str) -> tuple[NoticeField, ...]:
    return tuple(NoticeField(*row) for name in sections for row in _TABLE["fields"][name])


CHANGE = _fields("change")
BUYER = _fields("buyer")
CONTRACTING = _fields("contracting")
PROCEDURE = _fields("procedure_name", "contract", "procedure")
LOT = _fields("lot_name", "contract", "lot")
RESULT = _fields("result")
TOTAL = _fields("total")
TENDER = _fields("tender")
WINNER = _fields("winner")
REVIEW = _fields("review")
NATIONAL = _fields("national")
