"""Identity: who acts, and in which roles. Values."""

from dataclasses import dataclass
from enum import StrEnum


class UserRole(StrEnum):
    """What someone may do; a person may have several roles, and none includes another."""

    BUYER = "acheteur"
    REFERENT = "referent"
    ADMINISTRATOR = "administrateur"

    @property
    def label(self) -> str:
        """What the role is called in French; its value is what is typed and stored."""
        return "référent IA" if self is UserRole.REFERENT else self.value


@dataclass(frozen=True, slots=True)
class Identity:
    """Someone who is known to the program.

    `user` is the pseudonym under which the journal names them, `name` what they are called on
    their own pages. `teams` are those whose dossiers they see, None for every dossier. `token` is
    the identifier of the one that a program of theirs holds, "" for themselves, and `dossiers` are
    the only ones that it is shown of theirs, None for all of these.
    """

    user: str
    name: str
    roles: frozenset[UserRole]
    teams: frozenset[str] | None
    token: str = ""
    dossiers: frozenset[str] | None = None


ALONE = Identity("local", "", frozenset(UserRole), None)
"""The one user of a machine of their own, who needs no account."""
