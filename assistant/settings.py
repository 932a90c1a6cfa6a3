"""Settings: a few choices with defaults, from the environment or the settings file."""

import os
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from assistant.errors import WrongSettings

WRITING = ("auto", "always", "never")


@dataclass(frozen=True, slots=True)
class Settings:
    """What may be chosen; models by their name in the catalogue or by path.

    `evidence_limit` is how many passages are shown. `writing` says whether the model adds sentences
    of its own after the quotes: "always", "never", or "auto", as the catalogue says of the model.
    `ledger` is the address of the PostgreSQL server that holds invoices and purchases, without
    password; "" where a file does.
    """

    llm: str = "qwen2.5-coder-1.5b"
    embedder: str = "multilingual-e5-small"
    evidence_limit: int = 6
    writing: str = "auto"
    ledger: str = ""


def default_home() -> Path:
    """Folder of everything written: SOURCIER_HOME, else the user's data folder (XDG)."""
    if chosen := os.environ.get("SOURCIER_HOME"):
        return Path(chosen)
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "sourcier"


def load_settings(home: Path) -> Settings:
    """Settings of `home`/settings.toml, then of SOURCIER_LLM and SOURCIER_EMBEDDER.

    Raises WrongSettings for an unknown key, a value of another type or a number below 1.
    """
    path = home / "settings.toml"
    try:
        chosen = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongSettings(f"{path} n'est pas un fichier TOML valide : {error}") from error
    for name in ("llm", "embedder"):
        if value := os.environ.get(f"SOURCIER_{name.upper()}"):
            chosen[name] = value
    known = {field.name: type(field.default) for field in fields(Settings)}
    for key, value in chosen.items():
        if key not in known:
            raise WrongSettings(f"{path} : réglage inconnu « {key} ». Connus : {', '.join(known)}.")
        if type(value) is not known[key]:
            raise WrongSettings(f"{path} : « {key} » doit être de type {known[key].__name__}.")
        if isinstance(value, int) and value < 1:
            raise WrongSettings(f"{path} : « {key} » doit valoir au moins 1.")
    if chosen.get("writing", "auto") not in WRITING:
        raise WrongSettings(f"{path} : « writing » doit être l'un de : {', '.join(WRITING)}.")
    return Settings(**chosen)
