"""What a format's reader hands back, and how it says that it cannot."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from ingestion.documents import Block, State


class UnreadableFile(Exception):
    """Nothing can be read from the file; the message is the reason, in French, for the user."""


@dataclass(frozen=True, slots=True)
class Content:
    """One document as read. `data` are the bytes it is made from, None for those of the file."""

    blocks: tuple[Block, ...]
    title: str | None = None
    data: bytes | None = None
    path: tuple[str, ...] = ()
    reference: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    state_date: date | None = None
    state: State | None = None
    address: str | None = None
    not_before: date | None = None


@dataclass(frozen=True, slots=True)
class FileContent:
    """All that a file holds, with what was lost or guessed, and what is not searched, in French."""

    contents: tuple[Content, ...]
    warnings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def warned(self, warnings: Iterable[str]) -> "FileContent":
        """The same with more to say."""
        return replace(self, warnings=(*self.warnings, *warnings))


FormatReader = Callable[[bytes], FileContent]
"""Reads the bytes of a file.

Raises:
    UnreadableFile: when no text can be had from them.
"""


def listed(things: Iterable[object], *, limit: int = 20) -> str:
    """Numbers or names for a message: "3, 7", "1, 2 … et 40 autres" beyond `limit`."""
    ordered = list(things)
    shown = ", ".join(str(thing) for thing in ordered[:limit])
    left = len(ordered) - limit
    return f"{shown} … et {left} autres" if left > 0 else shown
