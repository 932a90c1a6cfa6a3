"""What stands where nothing was asked of a dossier yet: what is known of it, and five questions.

The questions are about what its fiche holds, those on which its pieces differ first.
"""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from assistant.question.language import Language
from assistant.reports.markup import Html, Words, load_words, render, render_macro
from assistant.tenders.fiche import LINES, Fiche, FicheState
from assistant.web.buyer.dossier_forms import dossier_link, name_of
from assistant.web.buyer.layout import EXAMPLES, Layout
from assistant.web.buyer.wording import PARTS, rules_start
from assistant.web.service import BuyerService
from ingestion.errors import IngestionError
from ingestion.tenders.dossiers import Dossier

MOST_QUESTIONS = 5

OF_INTEREST = (
    *("penalties", "deadline", "criteria", "duration", "advance", "revision", "price_form"),
    *("payment_time", "variants", "renewal", "retention", "estimate", "derogations", "lots"),
)
"""The topics that are asked about first; the others follow in the order of the fiche."""


def begun(
    layout: Layout, language: Language, dossier_id: str | None, service: BuyerService
) -> dict[Any, Any]:
    """What an empty conversation about a dossier, or the rules, begins with, by component."""
    said = load_words(language)
    dossier = next((each for each in service.dossiers if each.id == dossier_id), None)
    parts = (
        rules_start(said, service) if dossier is None else _of_dossier(dossier, language, service)
    )
    return dict(zip(layout.beginning, parts, strict=True))


def _of_dossier(dossier: Dossier, language: Language, service: BuyerService) -> tuple[Any, ...]:
    said = load_words(language)
    try:
        sections = service.sections(dossier.id, language, unfolded=True)
        asked = questions_about(service.filing.fiche(dossier.id), said) if sections else ()
    except IngestionError as failure:
        sections, asked = (render_macro("macros.html", "alert", str(failure)),), ()
    name = whole_name(dossier, said)
    title = said["start_questions"].format(name=name)
    heading = render_macro(PARTS, "examples", title) if asked else ""
    return (
        start_html(dossier, sections, language),
        heading,
        *(gr.update(value=each, visible=True) for each in asked),
        *(gr.update(visible=False) for _ in range(EXAMPLES - len(asked))),
    )


def start_html(dossier: Dossier, sections: Sequence[Html], language: Language) -> Html:
    """What is known of a dossier, and the way to its pieces. Pure."""
    said = load_words(language)
    return render(
        "buyer/dossier_start.html",
        said=said,
        title=said["start_dossier"].format(name=whole_name(dossier, said)),
        about=" · ".join(filter(None, (dossier.subject, dossier.buyer))),
        address=dossier_link(dossier.id, language),
        sections=sections,
    )


def whole_name(dossier: Dossier, said: Words) -> str:
    """The name of a dossier, its parts kept on one line. Pure."""
    return name_of(dossier, said).replace("-", "\u2011")


def questions_about(fiche: Fiche, said: Words) -> tuple[str, ...]:
    """Five questions that the pieces of a dossier have something to say of. Pure."""
    states = {name: line.state for name, line in zip(LINES, fiche.lines, strict=True)}
    order = [*OF_INTEREST, *(name for name in LINES if name not in OF_INTEREST)]
    differing = [name for name in order if states[name] is FicheState.DIFFERS]
    found = [name for name in order if states[name] is FicheState.FOUND]
    asked = [*(["contradictions"] if differing else []), *differing, *found]
    return tuple(said[f"start_{name}"] for name in asked[:MOST_QUESTIONS])
