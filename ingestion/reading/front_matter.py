"""The YAML lines that may open a Markdown file; the only file to import PyYAML.

Of a rule sheet's fields (title, themes, articles, etat_au, sources), the title and the day as of
which the text was right become facts of the document; the others are for the sheet's authors.
"""

import re
from dataclasses import dataclass
from datetime import date

import yaml

_FRONT = re.compile(r"\A---[ ]*\n(.*?\n)?---[ ]*(?:\n|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Front:
    """What a front matter says, with French warnings about what could not be understood."""

    title: str | None = None
    state_date: date | None = None
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
    written = fields.get("etat_au")
    state_date = _date(written)
    warnings: tuple[str, ...] = ()
    if written is not None and state_date is None:
        warnings = (f"en-tête : « etat_au » n'est pas une date ({written})",)
    return Front(str(title).strip() if title else None, state_date, warnings)


def _date(written: object) -> date | None:
    if type(written) is date:
        return written
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        return None
