"""Two wordings compared, in a terminal. Door of rich, for `law` and `index diff`."""

from collections.abc import Iterable

from rich.text import Text

from ingestion.wording import Change, Segment

_STYLES = {Change.KEPT: "", Change.REMOVED: "red strike", Change.ADDED: "green underline"}
_MARKS = {Change.KEPT: ("", ""), Change.REMOVED: ("[-", "-]"), Change.ADDED: ("{+", "+}")}


def compared(segments: Iterable[Segment], *, marked: bool) -> Text:
    """The words removed struck in red, those added underlined in green.

    `marked` puts them between [-…-] and {+…+} as well, for where there are no styles.
    """
    text = Text()
    for segment in segments:
        before, after = _MARKS[segment.change] if marked else ("", "")
        text.append(f"{before}{segment.text}{after}", _STYLES[segment.change])
    return text
