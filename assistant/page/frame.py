"""What stands around the conversation: masthead, notice, footer. Pure HTML."""

from assistant.accounts.areas import AREAS
from assistant.identity import ALONE, Identity, Role
from assistant.language import Language
from assistant.page.desk import Holdings
from assistant.page.markup import NOTHING, Html, element, joined
from assistant.page.words import Words, count, written

SHOWN_TITLES = 12

TROUBLES = (
    "lost_title", "lost", "failed_title", "failed", "full_title", "full", "over_title", "over",
    "over_link", "reload_link", "dismiss",
)  # fmt: skip
"""What script.js says in the place of Gradio."""


def masthead(said: Words, language: Language) -> Html:
    """The name of the program; script.js reads the language of the page here."""
    return element(
        "header",
        element("a", said["skip"], class_="skip", href="#question"),
        element("h1", "Sourcier"),
        element("p", said["tagline"]),
        class_="masthead",
        data_language=language.value,
        data_title=said["page_title"],
        data_close=said["close"],
        **{f"data_{key}": said[key] for key in TROUBLES},
    )


def welcome(said: Words, holdings: Holdings, model_name: str) -> Html:
    """What this is, and the notice that comes before the first question."""
    lines = [
        said["notice_ai"],
        knows(said, holdings),
        said["notice_responsible"],
        said["notice_local"],
        said["notice_model"].format(model=model_name),
    ]
    notice = element(
        "section",
        element("h3", said["notice_title"], id="notice-title"),
        element("ul", *(element("li", line) for line in lines)),
        titles(said, holdings),
        class_="ai-notice",
        aria_labelledby="notice-title",
    )
    return element(
        "div",
        element("h2", said["welcome_title"]),
        element("p", said["welcome"], class_="lead"),
        notice,
        class_="welcome",
    )


def knows(said: Words, holdings: Holdings) -> str:
    """How much is stored here and as of when."""
    if not holdings.documents:
        return said["notice_empty"]
    documents = count(said, "documents", holdings.documents)
    passages = count(said, "passages", holdings.passages)
    if holdings.state_date is None:
        return said["notice_knows_undated"].format(documents=documents, passages=passages)
    day = written(said, holdings.state_date)
    return said["notice_knows"].format(documents=documents, passages=passages, date=day)


def titles(said: Words, holdings: Holdings) -> Html:
    """The first titles of what is stored, folded."""
    if not holdings.titles:
        return NOTHING
    items = [element("li", title) for title in holdings.titles[:SHOWN_TITLES]]
    if rest := holdings.documents - len(items):
        items.append(element("li", count(said, "titles_more", rest), class_="more"))
    return element("details", element("summary", said["notice_titles"]), element("ul", *items))


def examples_heading(said: Words) -> Html:
    """The heading above the example questions."""
    return element("h3", said["examples_title"], class_="examples-title")


def footer(said: Words, holdings: Holdings, reader: Identity) -> Html:
    """The notice in one line, always in sight, whose page this is, and the keys."""
    day = holdings.state_date
    line = said["footer"].format(date=written(said, day)) if day else said["footer_undated"]
    changes = element("a", said["changes_title"], href="/changes", target="_blank")
    pages = (
        element("a", said["dossiers_title"], href="/dossiers"),
        element("a", said["invoices_title"], href="/factures"),
        element("a", said["purchases_title"], href="/achats"),
    )
    return element(
        "div",
        element("p", line, " ", changes, *(joined([" · ", each]) for each in pages)),
        element("p", *whose(said, reader)),
        element("p", said["keys"], class_="keys"),
        class_="small-print",
    )


def whose(said: Words, reader: Identity) -> list[Html | str]:
    """Who the page is for, and the way to the pages of their other roles."""
    account = element("a", said["account_of"].format(name=reader.name), href="/account")
    line: list[Html | str] = [said["alone"] if reader is ALONE else account]
    for area in AREAS:
        if area.role not in (None, Role.BUYER) and area.admits(reader):
            line += [" · ", element("a", said[f"area_{area.role.name}"], href=area.path)]
    return line
