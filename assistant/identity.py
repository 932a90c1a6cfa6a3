"""Identity: who acts, in which roles, for which teams. Values."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What someone may do; a person may have several roles, and none includes another."""

    BUYER = "acheteur"
    REFERENT = "referent"
    ADMINISTRATOR = "administrateur"

    @property
    def label(self) -> str:
        """What the role is called in French; its value is what is typed and stored."""
        return "référent IA" if self is Role.REFERENT else self.value


@dataclass(frozen=True, slots=True)
class Identity:
    """Someone who is known to the program.

    `user` is the pseudonym under which the journal names them, `name` what they are called on
    their own pages. `teams` are those whose dossiers they see, None for every dossier.
    """

    user: str
    name: str
    roles: frozenset[Role]
    teams: frozenset[str] | None


ALONE = Identity("local", "", frozenset(Role), None)
"""The one user of a machine of their own, who needs no account."""
