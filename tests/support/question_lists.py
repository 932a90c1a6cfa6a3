"""Questions that hundreds of tests ask, one a line, from the texts of tests/data; routes too.

A text begins with what it is; then come lists, each after a blank line. Below a question, a line
that begins with `= ` is what is to become of it; one that begins with `# ` is for who reads.
"""

import json
import tomllib
from typing import Any

from tests.support.paths import DATA

Asked = tuple[str, tuple[str, ...]]
"""A question and what is to become of it."""


def read_lists(name: str) -> tuple[tuple[Asked, ...], ...]:
    """Each list of a text."""
    _, *lists = (DATA / name).read_text("utf-8").strip().split("\n\n")
    return tuple(tuple(map(_asked, _grouped(each))) for each in lists)


def read_rows(name: str) -> list[dict[str, Any]]:
    """The objects of a file of JSON Lines."""
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


def read_table(name: str) -> dict[str, Any]:
    """The tables of a TOML file."""
    return tomllib.loads((DATA / name).read_text("utf-8"))


def _grouped(lines: str) -> list[str]:
    return (
        "\n".join(line for line in lines.splitlines() if not line.startswith("# "))
        .replace("\n= ", "\0")
        .splitlines()
    )


def _asked(line: str) -> Asked:
    question, *become = line.split("\0")
    return question, tuple(become)
