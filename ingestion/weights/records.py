"""Hashes recorded at first use, for models whose catalogue entry pins none."""

import json
from pathlib import Path

from ingestion.durable import replace_bytes
from ingestion.errors import ModelUnavailable

RECORDS = "recorded.json"


def recorded(folder: Path) -> dict[str, str]:
    """The sha256 of each model's first download, by name."""
    path = folder / RECORDS
    if not path.exists():
        return {}
    try:
        return {str(name): str(digest) for name, digest in json.loads(path.read_text()).items()}
    except (ValueError, AttributeError) as exc:
        raise ModelUnavailable(
            f"Le registre des empreintes {path} est illisible. Supprimez-le pour repartir de zéro."
        ) from exc


def record(folder: Path, name: str, digest: str) -> None:
    """Remember a model's hash from now on."""
    table = recorded(folder) | {name: digest}
    replace_bytes(folder / RECORDS, json.dumps(table, indent=2).encode())
