"""What the next question is asked of, chosen above its field and kept by the browser. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pydantic import TypeAdapter, ValidationError

from assistant.reports.markup import Html, Words, format_date, render_macro
from assistant.web.buyer.dossier_forms import name_of
from ingestion.tenders.dossiers import Dossier

PARTS = "buyer/small_parts.html"


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    """A dossier besides the rules, and a day of the law; without one, the question's or today."""

    dossier: str | None = None
    as_of: date | None = None


KEPT = TypeAdapter(ScopeChoice)


def choice_text(choice: ScopeChoice) -> str:
    """The choice as JSON. Pure."""
    return KEPT.dump_json(choice).decode()


def choice_in(text: str, dossiers: Iterable[Dossier]) -> ScopeChoice:
    """What a browser kept, as far as its dossier is still there; else the rules of today. Pure."""
    try:
        kept = KEPT.validate_json(text)
    except ValidationError:
        return ScopeChoice()
    is_known = kept.dossier in {each.id for each in dossiers}
    return kept if is_known else ScopeChoice(as_of=kept.as_of)


def chosen(dossier: str | None, as_of: str) -> ScopeChoice:
    """What stands in the two fields; a day that is none yet is not chosen. Pure."""
    try:
        day = date.fromisoformat(as_of.strip())
    except ValueError:
        day = None
    return ScopeChoice(dossier or None, day)


def chips(said: Words, choice: ScopeChoice, dossiers: Iterable[Dossier]) -> Html:
    """The choice in a line, which opens its fields."""
    names = {each.id: name_of(each, said) for each in dossiers}
    name = names.get(choice.dossier or "")
    return render_macro(
        PARTS,
        "chips",
        said,
        said["chip_dossier"].format(name=name) if name else said["way_rules"],
        said["chip_day"].format(date=format_date(said, choice.as_of))
        if choice.as_of
        else said["chip_today"],
    )
