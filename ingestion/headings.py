"""Headings of a document whose lines carry no style, or only some of them. Pure.

A lone number ("4. Objet") is a heading only in capitals, or when a clause "4.1" follows before
another article; elsewhere it is an item of a list.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingestion.clauses import ARTICLE_RANK, Clause, clause_of
from ingestion.documents import Block, Role

_STYLED_LEVELS = 10
_LONGEST_HEADING = 200


def with_headings(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Blocks whose recognised lines became headings, levels from 1 without gaps. Pure.

    Headings that already carry a level rank above those recognised here; a whole paragraph in the
    style of a heading is a paragraph.
    """
    blocks = [_as_paragraph(block) if _is_too_long(block) else block for block in blocks]
    clauses = [_candidate(block) for block in blocks]
    kept = _without_contents(_without_lone_numbers(clauses))
    ranked = tuple(_ranked(blocks, kept))
    used = sorted({block.level for block in ranked if block.role is Role.HEADING})
    return tuple(
        replace(block, level=used.index(block.level) + 1) if block.role is Role.HEADING else block
        for block in ranked
    )


def _is_too_long(block: Block) -> bool:
    return block.role is Role.HEADING and len(block.text) > _LONGEST_HEADING


def _as_paragraph(block: Block) -> Block:
    return replace(block, role=Role.PARAGRAPH, level=0)


def _candidate(block: Block) -> Clause | None:
    return None if block.role in (Role.HEADING, Role.ROW) else clause_of(block.text)


def _without_lone_numbers(clauses: Sequence[Clause | None]) -> list[Clause | None]:
    """Drop lone numbers that neither capitals nor a sub-clause confirms."""
    kept: list[Clause | None] = []
    following = ""
    for clause in reversed(clauses):
        if clause and clause.lone and not following.startswith(f"{clause.number}."):
            clause = clause if _is_capitals(clause.heading) else None
        if clause and clause.number and clause.rank >= ARTICLE_RANK:
            following = clause.number
        kept.append(clause)
    return kept[::-1]


def _without_contents(clauses: Sequence[Clause | None]) -> list[Clause | None]:
    """Drop a heading that ends in a page number when the same heading comes later without it."""
    later: set[str] = set()
    kept: list[Clause | None] = []
    for clause in reversed(clauses):
        bare = re.sub(r"[\s.]+\d{1,3}$", "", clause.heading) if clause else ""
        is_entry = clause is not None and bare != clause.heading and bare.casefold() in later
        kept.append(None if is_entry else clause)
        if clause:
            later.add(clause.heading.casefold())
    return kept[::-1]


def _ranked(blocks: Sequence[Block], clauses: Sequence[Clause | None]) -> Iterator[Block]:
    for block, clause in zip(blocks, clauses, strict=True):
        if clause is None:
            yield block
            continue
        level = _STYLED_LEVELS + clause.rank
        yield replace(block, text=clause.heading, role=Role.HEADING, level=level)
        if clause.body:
            yield replace(block, text=clause.body, role=Role.PARAGRAPH)


def _is_capitals(heading: str) -> bool:
    letters = re.sub(r"[^\w]|\d|_", "", heading)
    return len(letters) >= 4 and letters.isupper()
