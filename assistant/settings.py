"""Settings: a few choices with defaults, from the environment or the settings file."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from assistant.accounts.identity import UserRole
from assistant.errors import WrongSettings

# The identity provider of the settings, in their table [openid].

LOOPBACK = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True)
class OpenId:
    """The identity provider by which people may log in.

    `roles_claim` and `teams_claim` name what it says of someone's roles and teams, a dot leading
    into a claim ("realm_access.roles"); without one they are given on this machine. `roles` pairs
    the provider's names with ours. The secret is in `secret_file`, else in SOURCIER_OPENID_SECRET.
    """

    issuer: str
    client: str
    name: str = "le fournisseur d'identité"
    scope: str = "openid profile email"
    secret_file: str = ""
    roles_claim: str = ""
    teams_claim: str = ""
    roles: tuple[tuple[str, UserRole], ...] = ()


def read_openid(path: Path, table: object) -> OpenId:
    """The provider that the settings at `path` describe; raises WrongSettings."""
    known = [each.name for each in fields(OpenId)]
    if not isinstance(table, Mapping) or not {"issuer", "client"} <= set(table) <= set(known):
        raise WrongSettings(
            f"{path} : [openid] doit donner issuer et client, et peut donner : {', '.join(known)}."
        )
    chosen: dict[str, Any] = dict(table)
    named = chosen.pop("roles", {})
    if not all(isinstance(value, str) for value in chosen.values()):
        raise WrongSettings(f"{path} : les valeurs de [openid] sont des textes.")
    if not isinstance(named, Mapping) or not set(named.values()) <= set(UserRole):
        raise WrongSettings(f"{path} : [openid.roles] donne l'un de : {', '.join(UserRole)}.")
    issuer = urlsplit(chosen["issuer"])
    if issuer.scheme != "https" and issuer.hostname not in LOOPBACK:
        raise WrongSettings(f"{path} : « issuer » de [openid] doit commencer par https://")
    return OpenId(**chosen, roles=tuple((name, UserRole(role)) for name, role in named.items()))


def openid_secret(openid: OpenId) -> str:
    """The secret that this program shares with the provider; raises WrongSettings."""
    if openid.secret_file and not Path(openid.secret_file).is_file():
        raise WrongSettings(f"Il n'y a pas de secret d'[openid] dans {openid.secret_file}.")
    secret = os.environ.get("SOURCIER_OPENID_SECRET", "")
    if openid.secret_file:
        secret = Path(openid.secret_file).read_text(encoding="utf-8").strip()
    if not secret:
        raise WrongSettings(
            "Le secret d'[openid] manque : donnez « secret_file », ou SOURCIER_OPENID_SECRET."
        )
    return secret


# Settings: a few choices with defaults, from the environment or the settings file.

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
    `trusted_proxies` are the addresses and networks of the proxies before the pages, which are
    believed when they say for whom they ask and whether that one came over https; nobody else is.
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
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
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
    proxies = read_proxies(path, chosen.pop("trusted_proxies", list(Settings().trusted_proxies)))
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
    return Settings(
        **chosen,
        trusted_proxies=proxies,
        openid=None if openid is None else read_openid(path, openid),
    )


def read_proxies(path: Path, told: object) -> tuple[str, ...]:
    """The addresses and networks of a list; raises WrongSettings for anything else in it."""
    named = [each for each in told if isinstance(each, str)] if isinstance(told, list) else []
    if named != told:
        raise WrongSettings(
            f'{path} : « trusted_proxies » doit être une liste d\'adresses, comme ["10.0.0.5"].'
        )
    for each in named:
        try:
            ip_network(each)
        except ValueError as error:
            raise WrongSettings(
                f"{path} : « trusted_proxies » : « {each} » n'est ni une adresse (10.0.0.5) ni un "
                "réseau (10.0.0.0/24)."
            ) from error
    return tuple(named)
