"""The terminal: what is printed there is text, whatever is in it. Door of rich's console.

rich reads "[red]" and ":warning:" in a plain string as marks of its own, and fails on "[/]"; a
terminal obeys the control characters that are in a name. Neither reaches it from here.
"""

import re
import sys
from collections.abc import Iterable
from io import TextIOWrapper

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What moves the cursor, colours, or turns the direction of reading: none of it is a character."""


class Terminal(Console):
    """A console that prints strings as they are; styles are given beside them, or by `Text`."""

    def __init__(self, *, is_stderr: bool = False) -> None:
        """Standard output, or standard error."""
        super().__init__(stderr=is_stderr, markup=False, emoji=False)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """The segments of what is printed, each without control characters."""
        for segment in super().render(renderable, options):
            if segment.control or not _CONTROL.search(segment.text):
                yield segment
            else:
                yield segment._replace(text=_CONTROL.sub("\ufffd", segment.text))


def print_anything() -> None:
    """Let the names of files that are no text be printed: their odd bytes as question marks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
