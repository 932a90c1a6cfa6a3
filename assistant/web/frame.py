"""The frame of every page: between the roles, to the pages of one, and to the other language."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import HTTPConnection

from assistant.accounts.areas import AREAS, area_of
from assistant.identity import ALONE, Identity, UserRole
from assistant.ledger.addresses import ROOTS
from assistant.question.language import Language
from assistant.reports.markup import load_words
from assistant.reports.page_language import speaking

LANGUAGE_COOKIE = "sourcier-language"
"""Where the language that the reader chose is kept, for the conversation and the pages beside."""

PAGES: Mapping[str, Sequence[tuple[str, str]]] = {
    "/": (
        ("/", "way_rules"),
        ("/dossiers", "dossiers_title"),
        ("/factures", "invoices_title"),
        ("/achats", "purchases_title"),
    ),
    "/referent": (
        ("/referent/", "way_answers"),
        ("/referent/queue", "way_queue"),
        ("/referent/disagreements", "way_disagreements"),
        ("/referent/touched", "way_touched"),
        ("/referent/figures", "way_figures"),
        ("/referent/gold", "way_gold"),
    ),
    "/admin": (
        ("/admin/", "way_index"),
        ("/admin/historique", "way_history"),
        ("/admin/sources", "way_texts"),
        ("/admin/comptes", "way_accounts"),
        ("/admin/entretien", "way_upkeep"),
    ),
}
"""The pages of each role, by the path of its area: their paths, and what they are called."""


@dataclass(frozen=True, slots=True)
class Way:
    """A link of the frame: where it leads, the key of its words, and whether one is there."""

    address: str
    key: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a page: whose it is, where one is, in which language.

    `other` is the address of the same page in the other language. `was_asked` says that the address
    chose the language, which is then kept.
    """

    language: Language = Language.FRENCH
    identity: Identity | None = None
    path: str = ""
    other: str = "?lang=en"
    was_asked: bool = False

    @property
    def roles(self) -> tuple[Way, ...]:
        """The first page of each role that the reader has."""
        return ways_between(self.identity, self.path)

    @property
    def pages(self) -> tuple[Way, ...]:
        """The pages of the role that the open one belongs to."""
        area = area_of(self.path) if self.path else None
        if area is None or not area.admits(self.identity):
            return ()
        known = PAGES.get(area.path, ())
        here = max((path for path, _ in known if _holds(path, self.path)), key=len, default="")
        return tuple(Way(path, key, path == here) for path, key in known)

    @property
    def name(self) -> str | None:
        """What the reader is called, None where nobody logs in."""
        return None if self.identity in (None, ALONE) else self.identity.name


def ways_between(identity: Identity | None, path: str) -> tuple[Way, ...]:
    """The first page of each role that someone has. Pure."""
    areas, here = {area.path: area for area in AREAS}, area_of(path).path if path else ""
    return tuple(
        Way(root, f"role_{role.name}", root == here)
        for root in PAGES
        if (role := areas[root].role) and areas[root].admits(identity)
    )


def _holds(page: str, path: str) -> bool:
    return path == page or (page != "/" and path.startswith(f"{page.rstrip('/')}/"))


_frame: ContextVar[Frame] = ContextVar("frame", default=Frame())  # noqa: B039 - it is frozen


def current_frame() -> Frame:
    """The frame of the request that is being answered."""
    return _frame.get()


def frame_values() -> dict[str, Any]:
    """What `frame.html` shows of it, in the language of the reader whatever that of the page."""
    frame = current_frame()
    return {"frame": frame, "frame_said": load_words(frame.language)}


@contextmanager
def framed(request: HTTPConnection, identity: Identity | None) -> Iterator[None]:
    """Answer a request in the frame of who sends it."""
    language = language_of_reader(request)
    token = _frame.set(
        Frame(
            language,
            identity,
            request.scope["path"],
            _in_other_language(request, language),
            "lang" in request.query_params,
        )
    )
    is_french = is_written_in_french(request.scope["path"])
    try:
        with speaking(language if is_french else Language.FRENCH):
            yield
    finally:
        _frame.reset(token)


def is_written_in_french(path: str) -> bool:
    """Whether the templates of a page are in French; those of buyers have words in both. Pure."""
    is_of_ledger = any(_holds(root, path) for root in ROOTS.values())
    return is_of_ledger or area_of(path).role is not UserRole.BUYER


def chosen_language(cookies: Mapping[str, str]) -> Language | None:
    """The language that the reader chose on any page, None before they have."""
    kept = cookies.get(LANGUAGE_COOKIE)
    return Language(kept) if kept in set(Language) else None


def language_of_reader(request: HTTPConnection) -> Language:
    """The language that an address asks for, else the one that the reader chose, or French."""
    if asked := request.query_params.get("lang"):
        return Language.ENGLISH if asked == Language.ENGLISH else Language.FRENCH
    return chosen_language(request.cookies) or Language.FRENCH


def _in_other_language(request: HTTPConnection, language: Language) -> str:
    """Of what was sent by a form, the first page of its role: there is nothing to send again.

    Nobody has a role yet where an area is open: its forms are sent to where they stand.
    """
    path = request.scope["path"]
    if request.scope.get("method", "GET") not in ("GET", "HEAD"):
        path, kept = path if area_of(path).is_open else area_of(path).path, []
    else:
        kept = [pair for pair in parse_qsl(request.url.query) if pair[0] != "lang"]
    other = Language.FRENCH if language is Language.ENGLISH else Language.ENGLISH
    return f"{quote(path)}?{urlencode([*kept, ('lang', other.value)])}"
