"""HTML that cannot be broken by its content: everything is escaped unless it is already `Html`."""

import html
import re
from collections.abc import Iterable


class Html(str):
    """A piece of HTML built by `element`; any other text is escaped when it is put into one."""

    __slots__ = ()


NOTHING = Html("")
"""What stands where there is nothing to show."""

TIGHT = re.compile(r" (?=[;:?!»%€])|(?<=«) |(?<=\d) (?=\d{3}(?!\d))|(?<=\b[LRD]\.) (?=\d)")
VOID = frozenset({"img", "input", "br", "hr", "meta", "link"})


def element(tag: str, *children: str, **attributes: str | int | bool | None) -> Html:
    """An element; `class_` and `aria_label` become `class` and `aria-label`. Pure.

    An attribute that is True stands alone, one that is False or None is left out.
    """
    opened = [tag]
    for name, value in attributes.items():
        name = name.rstrip("_").replace("_", "-")
        if value is True:
            opened.append(name)
        elif value is not False and value is not None:
            opened.append(f'{name}="{html.escape(str(value))}"')
    start = f"<{' '.join(opened)}>"
    return Html(start if tag in VOID else f"{start}{joined(children)}</{tag}>")


def joined(pieces: Iterable[str]) -> Html:
    """Pieces one after the other, those that are plain text escaped. Pure."""
    return Html("".join(p if isinstance(p, Html) else html.escape(p, quote=False) for p in pieces))


def unbroken(text: str) -> str:
    """The text with no-break spaces where French wants them, character for character as long."""
    return TIGHT.sub("\u00a0", text)


def prose(text: str, *closing: str) -> Html:
    """Plain text as paragraphs and lists (lines that begin with "- "); nothing else is read in it.

    `closing` is put at the end of the last paragraph or item. Pure.
    """
    blocks: list[tuple[str, list[str]]] = []
    for line in filter(None, (line.strip() for line in unbroken(text).splitlines())):
        item = line.startswith(("- ", "• ", "– "))
        if item and blocks and blocks[-1][0] == "ul":
            blocks[-1][1].append(line[2:])
        else:
            blocks.append(("ul", [line[2:]]) if item else ("p", [line]))
    built = []
    for position, (tag, lines) in enumerate(blocks):
        end = closing if position == len(blocks) - 1 else ()
        if tag == "p":
            built.append(element("p", lines[0], *end))
            continue
        items = [element("li", each) for each in lines[:-1]]
        built.append(element("ul", *items, element("li", lines[-1], *end)))
    return joined(built)
