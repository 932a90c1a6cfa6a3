"""Texts beside the checkout, or in `SOURCIER_SHARED`; where they are absent, their tests skip."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.support.paths import ROOT

SHARED = Path(os.environ.get("SOURCIER_SHARED") or ROOT.parent / "shared")
LAW = SHARED / "data" / "law"
CODE = LAW / "ccp_articles.jsonl"

needs_code = pytest.mark.skipif(not CODE.exists(), reason=f"the real code is not in {CODE}")


def shared_rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a file that has one a line."""
    if not path.exists():
        pytest.skip(f"shared texts are not here: {path}")
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


@cache
def code_texts() -> dict[str, str]:
    """The real articles by their number."""
    return {row["num"]: row["texte"] for row in shared_rows(CODE)}
