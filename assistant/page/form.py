"""Parts of any form: a label, a hidden value, a button, and the form itself. Pure HTML."""

from assistant.page.markup import Html, element


def hidden(name: str, value: str) -> Html:
    """What a form sends that is not shown."""
    return element("input", type="hidden", name=name, value=value)


def labelled(label: str, field: Html) -> Html:
    """A field below its label."""
    return element("label", element("span", label), field)


def action(address: str, *fields: Html, **attributes: str | bool) -> Html:
    """A form that changes something."""
    return element("form", *fields, method="post", action=address, **attributes)


def button(label: str, **attributes: str | bool) -> Html:
    """What sends a form."""
    return element("button", label, type="submit", **attributes)
