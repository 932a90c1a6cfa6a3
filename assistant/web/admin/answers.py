"""What the administrator's pages answer with: a page of the frame, or the way to another."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Form
from fastapi.responses import RedirectResponse, Response

from assistant.errors import AssistantError
from assistant.question.language import Language
from assistant.reports.markup import load_words, render
from assistant.reports.page_language import in_page_language
from assistant.web.frame import current_frame
from assistant.web.routes import standing_alone
from ingestion.errors import IngestionError

HOME = "/admin"
"""Where the application of the administrator stands."""

SEEN, SEE_OTHER, MISSING, REFUSED, TOO_LARGE, BROKEN = 200, 303, 404, 409, 413, 503
SAID = load_words(Language.FRENCH)

Text = Annotated[str, Form(max_length=500)]
"""A line that somebody types, or the name of what is acted on."""


def sized(size: int) -> str:
    """Bytes as a reader says them."""
    for unit, name in ((10**9, "Go"), (10**6, "Mo"), (10**3, "ko")):
        if size >= unit:
            value = size / unit
            return f"{value:.{int(value < 10)}f}\u00a0{name}".replace(".", ",")
    return f"{size}\u00a0octets"


def done(shown: Callable[..., Response], path: str, act: Callable[[], object]) -> Response:
    """Do what was asked and go to a path, or show the page with the reason why not."""
    try:
        act()
    except (AssistantError, IngestionError) as refusal:
        return shown(problem=str(refusal), status=REFUSED)
    return RedirectResponse(f"{HOME}{path}", SEE_OTHER)


def page(
    template: str,
    title: str,
    status: int = SEEN,
    *,
    script: str = "",
    refresh: int = 0,
    **values: object,
) -> Response:
    """A page; `script` is one of ours, if any, `refresh` as in `standing_alone`."""
    language = current_frame().language
    said = load_words(language)
    content = render(f"admin/{template}.html", title=title, said=said, sized=sized, **values)
    title = f"{in_page_language(title)}, {said['area_ADMINISTRATOR'].lower()}"
    return standing_alone(
        content, said, language, status, title=title, script=script, refresh=refresh
    )
