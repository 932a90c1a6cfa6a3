"""What the author of a sheet says of a statement, at the end of its line. Pure.

`{du=2020-01-01 au=2026-03-31}`: it is the law from the first of these days to the last, both
included; either may be left out. `{note}`: it says how sure its neighbours are, and states nothing.
At the end of a heading, the mark holds for what stands below it and has none of its own.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from ingestion.readers.documents import Block, Days, Role

_DAY = r"\d{4}-\d\d-\d\d"
_MARK = re.compile(
    rf"\s*\{{(?:(?P<note>note)|du=(?P<since>{_DAY})(?: au=(?P<until>{_DAY}))?|au=(?P<end>{_DAY}))"
    r"\}$"
)


def told(blocks: Sequence[Block]) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """The blocks without their marks, which became facts of theirs, and French warnings.

    A mark whose days no calendar has, or that end before they begin, stays in the text.
    """
    read: list[Block] = []
    warnings: list[str] = []
    for block in blocks:
        found = _MARK.search(block.text)
        try:
            read.append(_without(block, found) if found else block)
        except ValueError:
            read.append(block)
            warnings.append(f"jours de validité illisibles : « {block.text[-60:]} »")
    return tuple(read), tuple(warnings)


def inherited(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks, each with what the heading above it says unless it says something itself."""
    heading = Block("")
    passed: list[Block] = []
    for block in blocks:
        if block.role is Role.HEADING:
            heading = block
        elif block.days is None and not block.is_note:
            block = replace(block, days=heading.days, is_note=heading.is_note)
        passed.append(block)
    return tuple(passed)


def _without(block: Block, mark: re.Match[str]) -> Block:
    text = block.text[: mark.start()]
    if mark["note"]:
        return replace(block, text=text, is_note=True)
    last = mark["until"] or mark["end"]
    days = Days(
        date.fromisoformat(mark["since"]) if mark["since"] else None,
        date.fromisoformat(last) + timedelta(days=1) if last else None,
    )
    if days.valid_from and days.valid_to and days.valid_from >= days.valid_to:
        raise ValueError("ends before it begins")
    return replace(block, text=text, days=days)
