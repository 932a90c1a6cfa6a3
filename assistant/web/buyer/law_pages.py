"""An article and its versions in time, and what changed between two indexes, as pages."""

from collections.abc import Iterable
from datetime import date
from urllib.parse import quote, urlencode

from assistant.law.impact import Impact, IndexChanges
from assistant.question.language import Language
from assistant.reports.markup import Html, Words, days, load_words, remarks, render, render_macro
from ingestion.legislation.versions import (
    Difference,
    TextStretch,
    compare,
)


def law_link(reference: str, as_of: date | None, language: str) -> str:
    """The address of the page of an article; without a day, it is that of its opening."""
    day = {"as_of": as_of.isoformat()} if as_of else {}
    return f"/law/{quote(reference, safe='')}?{urlencode(day | {'lang': language})}"


ASKED = {"days": days, "remarks": remarks, "compare": compare, "law_link": law_link}
"""What the templates ask about the versions of an article."""


def changes_html(changes: IndexChanges, as_of: date, lang: Language, opened: str = "") -> Html:
    """What changed, each article linked to its versions of a day. Pure.

    Where the newer index is not in service, `opened` is the address below which its texts are.
    """
    return render(
        "buyer/changes.html",
        said=load_words(lang),
        lang=lang,
        changes=changes,
        is_same=changes.difference == Difference(),
        is_untouched=changes.impact == Impact(),
        as_of=as_of,
        opened=opened,
        **ASKED,
    )


def compared_html(stretches: Iterable[TextStretch], said: Words) -> Html:
    """Stretches of text with <del> and <ins>. Pure."""
    return render_macro("buyer/law_parts.html", "compared", stretches, said)
