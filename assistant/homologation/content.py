"""What the file says whatever the installation: corpus/homologation, kept by hand."""

import tomllib
from functools import cache
from typing import Any

from ingestion.builtin import CORPUS

FOLDER = CORPUS / "homologation"


@cache
def content(name: str) -> dict[str, Any]:
    """One file of the folder, by its name without suffix."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
