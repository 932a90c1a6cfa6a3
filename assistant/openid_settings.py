"""The identity provider of the settings, in their table [openid]."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from assistant.errors import WrongSettings
from assistant.identity import Role

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
    roles: tuple[tuple[str, Role], ...] = ()


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
    if not isinstance(named, Mapping) or not set(named.values()) <= set(Role):
        raise WrongSettings(f"{path} : [openid.roles] donne l'un de : {', '.join(Role)}.")
    issuer = urlsplit(chosen["issuer"])
    if issuer.scheme != "https" and issuer.hostname not in LOOPBACK:
        raise WrongSettings(f"{path} : « issuer » de [openid] doit commencer par https://")
    return OpenId(**chosen, roles=tuple((name, Role(role)) for name, role in named.items()))


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
