"""The YAML lines that may open a Markdown file; the only file to import PyYAML.

Of a rule sheet's fields (title, themes, articles, etat_au, au_plus_tot, sources), the title, the
day as of which the text was right and the earliest day on which it can have been become facts of
the document; the others are for the sheet's authors.
"""

import re
from dataclasses import dataclass
from datetime import date

import yaml

_DAYS = ("etat_au", "au_plus_tot")
_FRONT = re.compile(r"\A---[ ]*\n(.*?\n)?---[ ]*(?:\n|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Front:
    """What a front matter says, with French warnings about what could not be understood."""

    title: str | None = None
    state_date: date | None = None
    not_before: date | None = None
    warnings: tuple[str, ...] = ()


def parted(text: str) -> tuple[Front, str]:
    """The front matter of `text`, and the text after it. Pure."""
    found = _FRONT.match(text)
    if not found:
        return Front(), text
    try:
        fields = yaml.safe_load(found[1] or "")
    except (yaml.YAMLError, ValueError, RecursionError):
        return Front(warnings=("en-tête YAML illisible, ignoré",)), text[found.end() :]
    return _front(fields if isinstance(fields, dict) else {}), text[found.end() :]


def _front(fields: dict[object, object]) -> Front:
    title = fields.get("title")
    days = {name: _date(fields.get(name)) for name in _DAYS}
    warnings = tuple(
        f"en-tête : « {name} » n'est pas une date ({fields[name]})"
        for name, day in days.items()
        if day is None and fields.get(name) is not None
    )
    return Front(
        str(title).strip() if title else None, days["etat_au"], days["au_plus_tot"], warnings
    )


def _date(written: object) -> date | None:
    if type(written) is date:
        return written
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        return None
