"""Settings: a few choices with defaults, from the environment or the settings file."""

import os
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit

from assistant.errors import WrongSettings
from assistant.openid_settings import OpenId, read_openid

WRITING = ("auto", "always", "never")
ACCESS = ("alone", "accounts")
BUYERS = ("etat", "collectivite", "hopital", "autre-pouvoir", "entite")
"""The kinds of `calculators.situation.Buyer`."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What may be chosen; models by their name in the catalogue or by path.

    `evidence_limit` is how many passages are shown. `writing` says whether the model adds sentences
    of its own after the quotes: "always", "never", or "auto", as the catalogue says of the model.
    `retention_months` is how long the journal keeps texts, `personal_gigabytes` how much each
    person may send to dossiers by the pages.
    `access` is "alone", for the one user of this machine, or "accounts", for those who log in.
    `address` is the one that people type to reach the pages from elsewhere, "" when none do.
    `openid` is the identity provider by which they may log in as well, the table [openid].
    `update_at` is the time of day ("02:30") at which new texts of the folder `update_from` are
    indexed, "" for never.
    `buyer` is who buys, on which time limits and thresholds of invoices and purchases depend where
    the page does not say another.
    `ledger` is the address of the PostgreSQL server that holds invoices and purchases, without
    password; "" where a file does.
    """

    llm: str = "qwen2.5-coder-1.5b"
    embedder: str = "multilingual-e5-small"
    evidence_limit: int = 6
    writing: str = "auto"
    retention_months: int = 12
    personal_gigabytes: int = 10
    access: str = "alone"
    address: str = ""
    update_at: str = ""
    update_from: str = ""
    buyer: str = "collectivite"
    ledger: str = ""
    openid: OpenId | None = None


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
    openid = chosen.pop("openid", None)
    known = {
        field.name: type(field.default) for field in fields(Settings) if field.default is not None
    }
    for key, value in chosen.items():
        if key not in known:
            raise WrongSettings(f"{path} : réglage inconnu « {key} ». Connus : {', '.join(known)}.")
        if type(value) is not known[key]:
            raise WrongSettings(f"{path} : « {key} » doit être de type {known[key].__name__}.")
        if isinstance(value, int) and value < 1:
            raise WrongSettings(f"{path} : « {key} » doit valoir au moins 1.")
    for key, values in (("writing", WRITING), ("access", ACCESS), ("buyer", BUYERS)):
        if chosen.get(key, values[0]) not in values:
            raise WrongSettings(f"{path} : « {key} » doit être l'un de : {', '.join(values)}.")
    address = urlsplit(chosen.get("address", ""))
    if chosen.get("address") and not (address.scheme in ("http", "https") and address.netloc):
        raise WrongSettings(f"{path} : « address » doit être comme https://sourcier.mairie.fr")
    return Settings(**chosen, openid=None if openid is None else read_openid(path, openid))
