"""The pages of the accounts: log in, choose a password, see one's sessions. Pure HTML, French."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from assistant.accounts.identity import AREAS, Identity, UserRole
from assistant.accounts.login import LOCKED, LONGEST, MOST_FAILURES, SHORTEST
from assistant.accounts.sessions import Session
from assistant.reports.markup import (
    NOTHING,
    Html,
    action,
    button,
    element,
    hidden,
    join_html,
    labelled,
    set_no_break_spaces,
    table,
)
from assistant.web.buyer.dossier_forms import alert

# What the pages of the accounts are made of: their frame and the fields of their forms. Pure.


def page(title: str, *content: Html) -> Html:
    """One of these pages."""
    return element(
        "main",
        element("p", "Sourcier", class_="brand"),
        element("h1", title),
        *content,
        class_="document dossiers account",
        id="document",
    )


def whose(login: str) -> Html:
    """Tells the password manager of a browser whose password is typed."""
    return element("input", type="hidden", name="login", value=login, autocomplete="username")


def new_password() -> tuple[Html, Html, Html]:
    """The fields of a password that is chosen, typed twice."""
    rule = set_no_break_spaces(
        f"Au moins {SHORTEST} caractères. Quatre ou cinq mots au hasard se retiennent."
    )
    return (
        labelled(
            "Nouveau mot de passe",
            password_input("password", "new-password", minlength=SHORTEST, aria_describedby="rule"),
        ),
        element("p", rule, class_="hint", id="rule"),
        labelled("Le même, encore une fois", password_input("again", "new-password")),
    )


def password_input(name: str, autocomplete: str, **rules: str | int) -> Html:
    """A field that hides what is typed."""
    return element(
        "input",
        type="password",
        name=name,
        autocomplete=autocomplete,
        required=True,
        maxlength=LONGEST,
        **rules,
    )


def text_input(name: str, value: str, **rules: str | bool) -> Html:
    """The field of a name that people log in with."""
    return element(
        "input", type="text", name=name, value=value, required=True, maxlength=64, **rules
    )


def link(address: str, text: str) -> Html:
    """What leads to an address."""
    return element("a", text, href=address)


# The pages of the accounts: log in, choose a password, see one's sessions. Pure HTML, French.

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
OVER = (
    "Ce lien ne vaut plus : il a déjà servi, ou il est trop ancien. Demandez-en un autre à votre "
    "administrateur."
)


def login_html(login: str, onward: str, problem: str = "", provider: str = "") -> Html:
    """The form to log in; `onward` is the page to show then, `provider` who else may vouch."""
    query = "?" + urlencode({"next": onward}) if onward else ""
    other = link(f"/login/openid{query}", f"Se connecter avec {provider}")
    return page(
        "Se connecter",
        alert(problem),
        element("p", other) if provider else NOTHING,
        action(
            "/login",
            labelled("Nom du compte", text_input("login", login, autocomplete="username")),
            labelled("Mot de passe", password_input("password", "current-password")),
            hidden("next", onward),
            button("Se connecter", class_="main"),
            class_="fields",
        ),
        element(
            "p",
            "Mot de passe oublié, ou premier accès : votre administrateur vous envoie un lien.",
            class_="hint",
        ),
    )


def invitation_html(token: str, login: str, problem: str = "") -> Html:
    """The form to choose a password, by a link that is used once."""
    return page(
        "Choisir mon mot de passe",
        alert(problem),
        element("p", "Votre compte : ", element("strong", login)),
        action(
            f"/invitation/{token}",
            whose(login),
            *new_password(),
            button("Enregistrer et entrer", class_="main"),
            class_="fields",
        ),
    )


def over_html() -> Html:
    """Instead of that form, when the link is over."""
    return page("Choisir mon mot de passe", alert(OVER), element("p", link("/login", "Connexion")))


def account_html(
    identity: Identity, login: str, sessions: Sequence[Session], problem: str = "", done: str = ""
) -> Html:
    """What someone may do here, their open sessions, and how to change their password."""
    teams = "toutes" if identity.teams is None else ", ".join(sorted(identity.teams)) or "aucune"
    facts = {
        "Compte": login,
        "Rôles": ", ".join(told(identity)),
        "Équipes": teams,
        "Nom dans le journal": identity.user,
    }
    listed = [
        join_html([element("dt", name), element("dd", value)]) for name, value in facts.items()
    ]
    return page(
        identity.name,
        alert(problem),
        element("p", done, role="status", class_="done") if done else NOTHING,
        element("header", element("dl", *(element("div", each) for each in listed))),
        element("nav", *own_pages(identity), aria_label="Mes pages"),
        action("/account/logout", button("Se déconnecter")),
        element("h2", "Sessions ouvertes"),
        session_table(sessions),
        action("/account/sessions", button("Fermer toutes mes sessions", class_="danger")),
        element("h2", "Changer de mot de passe"),
        action(
            "/account/password",
            whose(login),
            labelled("Mot de passe actuel", password_input("current", "current-password")),
            *new_password(),
            button("Changer, et fermer mes autres sessions", class_="main"),
            class_="fields",
        ),
    )


def session_table(sessions: Sequence[Session]) -> Html:
    """One row a session, with the way to close it."""
    heads = ("Ouverte", "Dernière demande", "Navigateur", "Fermer")
    rows = []
    for session in sessions:
        closing = action(
            "/account/sessions", hidden("session", session.id), button("Fermer cette session")
        )
        here = element("strong", "Cette session") if session.is_this else closing
        browser = browser_name(session.browser)
        rows.append((at(session.opened), at(session.seen), browser, here))
    return table(heads, rows, "Sessions ouvertes")


def closed_html(identity: Identity) -> Html:
    """Instead of a page that is for another role."""
    return page(
        "Cette page n'est pas ouverte à votre compte",
        element("p", f"Vos rôles : {', '.join(told(identity)) or 'aucun'}."),
        element("p", "S'il vous en faut un autre, demandez-le à votre administrateur."),
        element("nav", *own_pages(identity), aria_label="Mes pages"),
    )


def own_pages(identity: Identity) -> list[Html]:
    """Links to the pages of someone's roles, and to their account."""
    own = [area for area in reversed(AREAS) if area.role and area.admits(identity)]
    return [link(area.path, area.title) for area in own] + [link("/account", "Mon compte")]


def told(identity: Identity) -> list[str]:
    """The roles of someone in words."""
    return [role.label for role in UserRole if role in identity.roles]


def browser_name(claimed: str) -> str:
    """What a browser is called, by what it says of itself: many claim to be others as well."""
    name = next((told for sign, told in BROWSERS.items() if sign in claimed), "navigateur inconnu")
    system = next((told for sign, told in SYSTEMS.items() if sign in claimed), "")
    return f"{name}, {system}" if system else name


def at(seconds: float) -> str:
    """A time of this machine's clock."""
    return datetime.fromtimestamp(seconds).strftime("%d/%m/%Y à %H:%M")
