"""The pages of the accounts: log in, choose a password, see one's sessions."""

from collections.abc import Sequence
from datetime import datetime

from fastapi.responses import HTMLResponse

from assistant.accounts.identity import Identity, UserRole
from assistant.accounts.login import LOCKED, LONGEST, MOST_FAILURES, SHORTEST
from assistant.accounts.sessions import Session
from assistant.question.language import Language
from assistant.reports.markup import load_words
from assistant.reports.page_language import in_page_language
from assistant.web.frame import current_frame
from assistant.web.routes import page

SEEN, WRONG, FORBIDDEN, OVER = 200, 400, 403, 404

LENGTHS = {"least": SHORTEST, "most": LONGEST}

BROWSERS = {"Firefox/": "Firefox", "Edg": "Edge", "Chrome/": "Chrome", "Safari/": "Safari"}
SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "Mac OS": "macOS",
    "Linux": "Linux",
}
"""Signs in what a browser says of itself, the telling ones first."""

REFUSED = (
    "Connexion refusée : nom ou mot de passe inconnu, ou compte fermé ou bloqué. "
    f"Après {MOST_FAILURES} échecs, un compte est bloqué {LOCKED // 60} minutes. "
    "Votre administrateur peut le débloquer ou vous envoyer un nouveau lien."
)
LINK_OVER = (
    "Ce lien ne vaut plus : il a déjà servi, ou il est trop ancien. Demandez-en un autre à votre "
    "administrateur."
)

SESSIONS_OVER = {"seen": "login_over_seen", "sent": "login_over_sent"}
"""What is said of a session that is over, by what was lost with it; see `login_link`."""


def login_page(
    onward: str,
    login: str = "",
    problem: str = "",
    *,
    provider: str = "",
    over: str = "",
    language: Language = Language.FRENCH,
    status: int = SEEN,
) -> HTMLResponse:
    """The form to log in, which names the page to show then and who else may vouch.

    `over` is the session that has just ended, told in the language of the reader.
    """
    told = load_words(language)[SESSIONS_OVER[over]] if over in SESSIONS_OVER else ""
    return _page(
        "login.html",
        status,
        onward=onward,
        login=login,
        problem=problem,
        provider=provider,
        over=told,
        over_lang=language,
    )


def invitation_page(token: str, login: str, problem: str = "", status: int = SEEN) -> HTMLResponse:
    """The form to choose a password, by a link that is used once."""
    return _page("invitation.html", status, token=token, login=login, problem=problem)


def invitation_over() -> HTMLResponse:
    """Instead of that form, when the link is over."""
    return _page("invitation.html", OVER, token="", problem=LINK_OVER)


def account_page(
    identity: Identity,
    login: str,
    sessions: Sequence[Session],
    problem: str = "",
    status: int = SEEN,
) -> HTMLResponse:
    """What someone may do here, their open sessions, and how to change their password."""
    teams = "toutes" if identity.teams is None else ", ".join(sorted(identity.teams)) or "aucune"
    facts = {
        "Compte": login,
        "Rôles": told(identity),
        "Équipes": teams,
        "Nom dans le journal": identity.user,
    }
    return _page(
        "account.html",
        status,
        identity=identity,
        login=login,
        sessions=sessions,
        problem=problem,
        facts=facts,
        at=at,
        browser_name=browser_name,
    )


def closed_page(identity: Identity) -> HTMLResponse:
    """Instead of a page that is for another role."""
    return _page("closed.html", FORBIDDEN, roles=told(identity))


def _page(template: str, status: int, **values: object) -> HTMLResponse:
    return page(template, current_frame().language, status, lengths=LENGTHS, **values)


def told(identity: Identity) -> str:
    """The roles of someone in words."""
    held = (role.label for role in UserRole if role in identity.roles)
    return ", ".join(map(in_page_language, held))


def browser_name(claimed: str) -> str:
    """What a browser is called, by what it says of itself: many claim to be others as well."""
    name = next((told for sign, told in BROWSERS.items() if sign in claimed), "navigateur inconnu")
    system = next((told for sign, told in SYSTEMS.items() if sign in claimed), "")
    return f"{name}, {system}" if system else name


def at(seconds: float) -> str:
    """A time of this machine's clock."""
    moment = datetime.fromtimestamp(seconds)
    return f"{moment:%d/%m/%Y} {in_page_language('à')} {moment:%H:%M}"
