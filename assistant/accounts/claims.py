"""Claims: what an identity provider says of someone, as an account. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.identity import Role
from assistant.openid_settings import OpenId


@dataclass(frozen=True, slots=True)
class Granted:
    """Someone for whom a provider vouches.

    `subject` names them there for ever. `roles` and `teams` are None when the provider is not asked
    for them: then they are given on this machine.
    """

    subject: str
    login: str
    name: str
    roles: frozenset[Role] | None
    teams: frozenset[str] | None


def granted(claims: Mapping[str, Any], openid: OpenId) -> Granted:
    """The account that the claims of a provider describe."""
    login = str(claims.get("email") or claims.get("preferred_username") or claims["sub"])
    named = claims.get("name") or " ".join(
        str(claims[part]) for part in ("given_name", "usual_name", "family_name") if part in claims
    )
    roles = values(claims, openid.roles_claim)
    teams = values(claims, openid.teams_claim)
    return Granted(
        subject=f"{openid.issuer} {claims['sub']}",
        login=re.sub(r"[^A-Za-z0-9._@-]", "-", login).lstrip("._@-")[:56] or "compte",
        name=str(named)[:100],
        roles=None if roles is None else _roles(roles, openid),
        teams=None if teams is None else frozenset(teams),
    )


def values(claims: Mapping[str, Any], name: str) -> list[str] | None:
    """The texts of a claim, whose name may lead into others ("realm_access.roles").

    None when no name is given; a claim that is missing or not a text or texts holds none.
    """
    if not name:
        return None
    found: Any = claims.get(name)
    if found is None:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return [found]
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def _roles(named: Iterable[str], openid: OpenId) -> frozenset[Role]:
    """Ours for those of the provider; by our own names when the settings pair none."""
    table = dict(openid.roles) or {role.value: role for role in Role}
    return frozenset(table[name] for name in named if name in table)
