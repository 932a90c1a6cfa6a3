"""The words of the page in a language: those of each component, and what stands around it."""

from collections.abc import Iterable, Sequence
from typing import Any

import gradio as gr

from assistant.accounts.areas import AREAS
from assistant.identity import ALONE, Identity, UserRole
from assistant.question.language import Language
from assistant.reports.markup import (
    Html,
    Words,
    count,
    format_date,
    load_words,
    render,
    render_macro,
    what_leaves,
)
from assistant.web.buyer.conversation import (
    Conversation,
    ConversationShelf,
    ScopeChoice,
    choice_text,
    title_of,
)
from assistant.web.buyer.dossier_forms import ACCEPT, BOUNDS, name_of
from assistant.web.buyer.firms import suggestions, words_for
from assistant.web.buyer.layout import EXAMPLES, RULES
from assistant.web.frame import ways_between
from assistant.web.service import BuyerService, Holdings
from ingestion.tenders.dossiers import Dossier

PARTS = "buyer/small_parts.html"
SIDE = "buyer/side.html"

SHOWN_TITLES = 12

TROUBLES = (
    "lost_title", "lost", "failed_title", "failed", "full_title", "full", "over_title", "over",
    "over_link", "reload_link", "dismiss",
)  # fmt: skip
"""What script.js says in the place of Gradio."""


def masthead(said: Words, language: Language, reader: Identity) -> Html:
    """The name of the program, the ways of `frame.html`, and the language for script.js."""
    return render(
        "buyer/masthead.html",
        said=said,
        lang=language,
        troubles=TROUBLES,
        roles=ways_between(reader, "/"),
        name=None if reader is ALONE else reader.name,
    )


def welcome(said: Words, service: BuyerService) -> Html:
    """What this is, and the notice that comes before the first question."""
    holdings = service.holdings
    titles = holdings.titles[:SHOWN_TITLES]
    return render(
        "buyer/welcome.html",
        said=said,
        model_name=service.model_name,
        engine_host=service.engine_host,
        leaving=_leaving(said, service),
        knows=knows(said, holdings),
        titles=titles,
        rest=holdings.documents - len(titles),
    )


def _leaving(said: Words, service: BuyerService) -> str:
    models = {"engine": bool(service.engine_host), "embeddings": service.embeds_there}
    return what_leaves(
        said, lambda name: models.get(name, name in service.servers), service.engine_host
    )


def knows(said: Words, holdings: Holdings) -> str:
    """How much is stored here and as of when."""
    if not holdings.documents:
        return said["notice_empty"]
    documents = count(said, "documents", holdings.documents)
    passages = count(said, "passages", holdings.passages)
    if holdings.state_date is None:
        return said["notice_knows_undated"].format(documents=documents, passages=passages)
    day = format_date(said, holdings.state_date)
    return said["notice_knows"].format(documents=documents, passages=passages, date=day)


def footer(said: Words, service: BuyerService) -> Html:
    """The notice in one line, what has changed, the keys, and what files are sent by."""
    return render(
        "buyer/footer.html",
        said=said,
        day=service.holdings.state_date,
        engine_host=service.engine_host,
        is_alone=service.reader is ALONE,
        teams=service.reader.teams,
        accept=ACCEPT,
        limits=BOUNDS,
        hears=service.voice is not None,
        embeds_there=service.embeds_there,
        stores_there="store" in service.servers,
    )


def ways(said: Words, reader: Identity) -> Html:
    """To the other pages of a buyer, those of their other roles, and their account."""
    others = (area for area in AREAS if area.role not in (None, UserRole.BUYER))
    areas = [area for area in others if area.admits(reader)]
    return render_macro(SIDE, "ways", said, areas, None if reader is ALONE else reader.name)


def here(said: Words, conversation: Conversation) -> Html:
    """The title of the open conversation."""
    return render_macro(SIDE, "here", said, title_of(conversation))


def shelf_list(said: Words, shelf: ConversationShelf) -> Html:
    """The conversations set aside, and the field that searches their questions."""
    shown = [
        (title_of(each), " ".join(turn.question for turn in each.turns))
        for each in shelf.conversations
    ]
    return render_macro(SIDE, "shelf", said, shown)


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


def spoken_in(
    language: Language, service: BuyerService, choice: ScopeChoice, *, is_firm: bool = False
) -> tuple[Any, ...]:
    """Updates that put `Layout.spoken` into a language, with what is chosen."""
    said = load_words(language)
    return (
        masthead(said, language, service.reader),
        gr.update(value=said["other_language"]),
        ways(said, service.reader),
        gr.update(value=said["new"]),
        gr.update(value=said["export_markdown"]),
        gr.update(value=said["export_docx"]),
        *rules_start(said, service),
        *scoped(said, choice, service.dossiers),
        gr.update(value=said["ask"]),
        gr.update(value=said["stop"]),
        *sided_in(language, service, choice, is_firm=is_firm),
    )


def sided_in(
    language: Language, service: BuyerService, choice: ScopeChoice, *, is_firm: bool
) -> tuple[Any, ...]:
    """Updates of `Layout.side`; no question of firms is suggested about a dossier."""
    said = words_for(load_words(language), is_firm=is_firm)
    return (
        gr.update(
            label=said["question_label"],
            placeholder=said["question_placeholder"],
            interactive=True,
        ),
        footer(said, service),
        gr.update(label=said["firm_switch"], value=is_firm),
        suggestions(said, language, is_firm=is_firm and not choice.dossier),
    )


def rules_start(said: Words, service: BuyerService) -> tuple[Any, ...]:
    """Updates of `Layout.beginning` for who asks about the rules."""
    return (
        welcome(said, service),
        render_macro(PARTS, "examples", said["examples_title"]),
        *(gr.update(value=said[f"example_{n}"], visible=True) for n in range(1, EXAMPLES + 1)),
    )


def scoped(said: Words, choice: ScopeChoice, dossiers: Sequence[Dossier]) -> tuple[Any, ...]:
    """Updates that put a choice into `Layout.scope`: the rules, or a dossier too, and a day."""
    choices = [(said["about_rules"], RULES)]
    choices += [
        (said["about_dossier"].format(name=named(each, said)), each.id) for each in dossiers
    ]
    about = gr.update(
        label=said["about"],
        choices=choices,
        value=choice.dossier or RULES,
        visible=bool(dossiers),
    )
    day = choice.as_of.isoformat() if choice.as_of else ""
    as_of = gr.update(label=said["as_of_label"], value=day)
    return chips(said, choice, dossiers), about, as_of, choice_text(choice)


def named(dossier: Dossier, said: Words) -> str:
    """The name of a dossier and what it is about, as far as known."""
    return ", ".join(filter(None, (name_of(dossier, said), dossier.subject[:60])))
