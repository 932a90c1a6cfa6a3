"""Text of office files that nobody sees: it is read, since it may bind, and said. Pure."""

from collections.abc import Iterable

from ingestion.reading.content import listed
from ingestion.reading.markup import Element, attribute, local_name
from ingestion.reading.numbering import value_of
from ingestion.reading.open_document import text_of
from ingestion.reading.word import child_of, text_of_runs

_OFF = ("0", "false", "off")
_SMALLEST_SEEN = 4  # half-points
_NO_FILL = ("auto", "FFFFFF", None)
_LONGEST_SHOWN = 60
_MOST_SHOWN = 3


def hidden_in_word(body: Element) -> tuple[str, ...]:
    """A French warning when runs are hidden, white on white, or too small to be seen."""
    runs = (element for element in body.iter() if local_name(element) == "r")
    return masked(text_of_runs(run) for run in runs if _is_hidden(run))


def hidden_in_open_document(root: Element) -> tuple[str, ...]:
    """A French warning when sections, paragraphs or words are not displayed."""
    styles = {
        attribute(style, "name")
        for style in root.iter()
        if local_name(style) == "style" and any(map(_is_not_displayed, style))
    }
    hidden = (
        element
        for element in root.iter()
        if local_name(element) in ("p", "h", "span", "section")
        and (_is_not_displayed(element) or attribute(element, "style-name") in styles)
    )
    return masked(map(text_of, hidden))


def masked(texts: Iterable[str]) -> tuple[str, ...]:
    """The warning that some texts do not show, none when there is none."""
    tidy = (" ".join(text.split()) for text in texts)
    shown = [f"« {_shortened(text)} »" for text in tidy if text]
    what = listed(shown, limit=_MOST_SHOWN)
    return (f"texte masqué, lu quand même : {what}",) if shown else ()


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN].rstrip()}…"


def _is_not_displayed(element: Element) -> bool:
    return attribute(element, "display") == "none"


def _is_hidden(run: Element) -> bool:
    properties = child_of(run, "rpr")
    if properties is None:
        return False
    vanish = child_of(properties, "vanish")
    if vanish is not None and attribute(vanish, "val") not in _OFF:
        return True
    size = value_of(properties, "sz") or ""
    if size.isdigit() and int(size) <= _SMALLEST_SEEN:
        return True
    return (value_of(properties, "color") or "").upper() == "FFFFFF" and not _is_on_color(run)


def _is_on_color(run: Element) -> bool:
    """Whether something around the run colours its background, or may."""
    around = (run, *run.iterancestors())
    if any(local_name(element) == "txbxcontent" for element in around):
        return True
    properties = (child_of(element, f"{local_name(element)}pr") for element in around)
    return any(any(map(_colours, each)) for each in properties if each is not None)


def _colours(prop: Element) -> bool:
    name = local_name(prop)
    is_filled = name == "shd" and attribute(prop, "fill") not in _NO_FILL
    return is_filled or name in ("highlight", "tblstyle")
