"""What the pages of the accounts are made of: their frame and the fields of their forms. Pure."""

from assistant.accounts.passwords import LONGEST, SHORTEST
from assistant.page.form import labelled
from assistant.page.markup import Html, element, unbroken


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
    rule = unbroken(f"Au moins {SHORTEST} caractères. Quatre ou cinq mots au hasard se retiennent.")
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
