"""What stands on every page of the administrator: the way around, forms, sizes. Pure."""

from collections.abc import Iterable

from assistant.reports.markup import NOTHING, Html, action, button, element

HOME = "/admin"
PAGES = (("/", "Index"), ("/sources", "Textes"), ("/entretien", "Entretien"))


def page(here: str, title: str, *content: Html, problem: str = "", done: str = "") -> Html:
    """A page with its place among the others; `problem` and `done` are French sentences."""
    told = (
        element("p", problem, class_="alert", role="alert", tabindex=-1) if problem else NOTHING,
        element("p", done, class_="done", role="status") if done else NOTHING,
    )
    return element(
        "main",
        navigation(here),
        element("h1", title),
        *told,
        *content,
        class_="document dossiers admin",
        id="document",
    )


def navigation(here: str) -> Html:
    """The way to the other pages; `here` is the path of the one that is shown."""
    links = (
        element("a", name, href=f"{HOME}{path}", aria_current="page" if path == here else None)
        for path, name in PAGES
    )
    return element("nav", element("a", "Sourcier", href="/"), *links, aria_label="Administration")


def section(title: str, *content: Html, name: str) -> Html:
    """A part of a page, named by its title."""
    heading = element("h2", title, id=f"{name}-title")
    return element("section", heading, *content, id=name, aria_labelledby=f"{name}-title")


def post(path: str, label: str, *fields: Html, kind: str = "", **about: str) -> Html:
    """A form with one button; `kind` is its class: main, danger, or plain."""
    pressed = button(label, **({"class_": kind} if kind else {}), **about)
    return action(f"{HOME}{path}", *fields, pressed, class_="act")


def reason_field(label: str, *, required: bool) -> Html:
    """A line for a reason, which the journal keeps."""
    field = element("input", type="text", name="reason", maxlength=500, required=required)
    return element("label", element("span", label), field)


def facts(pairs: Iterable[tuple[str, str]]) -> Html:
    """Terms with what is said of each."""
    items = (element("div", element("dt", term), element("dd", told)) for term, told in pairs)
    return element("dl", *items, class_="facts")


def sized(size: int) -> str:
    """Bytes as a reader says them."""
    for unit, name in ((10**9, "Go"), (10**6, "Mo"), (10**3, "ko")):
        if size >= unit:
            value = size / unit
            return f"{value:.{int(value < 10)}f}\u00a0{name}".replace(".", ",")
    return f"{size}\u00a0octets"
