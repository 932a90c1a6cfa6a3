"""The frame of the référent's pages: navigation, title, content. Pure HTML, in French."""

from fastapi.responses import HTMLResponse

from assistant.language import Language
from assistant.page.markup import NOTHING, Html, element
from assistant.page.routes import FORGET
from assistant.page.words import words

ROOT = "/referent"
"""Where the application of the référent stands."""

PAGES = {
    "": "Réponses",
    "queue": "À relire",
    "touched": "Droit changé",
    "figures": "Tableau de bord",
    "gold": "Jeu d'évaluation",
}
"""What the navigation leads to: path below the root, and name."""

SAID = words(Language.FRENCH)


def framed(
    title: str, *content: Html, current: str | None = None, status: int = 200
) -> HTMLResponse:
    """A page; `current` is the path of the one in the navigation that it belongs to."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"{title} – Sourcier, référent"),
        element("link", rel="stylesheet", href="/page/style.css"),
        element("link", rel="stylesheet", href=f"{ROOT}/style.css"),
        element("link", rel="icon", href="data:,"),  # else the browser asks for one
        element("script", defer=True, src="/page/viewer.js"),
    )
    body = element(
        "body",
        element("a", "Aller au contenu", class_="skip", href="#content"),
        navigation(current),
        element("main", element("h1", title), *content, id="content", tabindex=-1),
        class_="reader referent",
    )
    return HTMLResponse(f"<!doctype html>{element('html', head, body, lang='fr')}", status, FORGET)


def navigation(current: str | None) -> Html:
    """The name of the program, its pages for the référent, and the way to the conversation."""
    links = [
        element(
            "a",
            name,
            href=f"{ROOT}/{path}",
            aria_current="page" if path == current else None,
        )
        for path, name in PAGES.items()
    ]
    return element(
        "header",
        element("p", "Sourcier ", element("span", "référent"), class_="brand"),
        element("nav", *links, element("a", "Poser une question", href="/"), aria_label="Pages"),
    )


def alert(problem: str) -> Html:
    """Why what was asked was not done."""
    return element("p", problem, class_="alert", role="alert") if problem else NOTHING


def done(told: str) -> Html:
    """What was done."""
    return element("p", told, class_="done", role="status") if told else NOTHING


def badge(text: str, kind: str = "") -> Html:
    """A word or two that stand out of a line."""
    return element("span", text, class_=f"badge {kind}".strip())
