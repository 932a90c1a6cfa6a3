"""Areas: which part of the site is for whom, as one table.

The gate before the pages enforces it, the tests walk every route against it, and the file of the
homologation prints it. Pure.
"""

from dataclasses import dataclass

from assistant.identity import Identity, Role


@dataclass(frozen=True, slots=True)
class Area:
    """The addresses that begin with a path, and who may ask for them.

    `role` is the one they take; without one, everybody who is known may come in, and nobody needs
    to be known where `is_open`. Where `is_single`, the path is the only address.
    """

    path: str
    title: str
    role: Role | None = None
    is_open: bool = False
    is_single: bool = False

    def holds(self, path: str) -> bool:
        """Whether an address lies in it."""
        below = f"{self.path.rstrip('/')}/"
        return path == self.path or (path.startswith(below) and not self.is_single)

    def admits(self, identity: Identity | None) -> bool:
        """Whether someone may come in; None is someone who is not known."""
        if self.is_open or identity is None:
            return self.is_open
        return self.role is None or self.role in identity.roles


AREAS = (
    Area("/health", "État du service", is_open=True, is_single=True),
    Area("/page", "Feuilles de style et scripts", is_open=True),
    Area("/login", "Connexion", is_open=True, is_single=True),
    Area("/login/openid", "Connexion par le fournisseur d'identité", is_open=True),
    Area("/invitation", "Choix du mot de passe, par un lien à usage unique", is_open=True),
    Area("/account", "Mon compte et mes sessions"),
    Area("/referent", "Contrôle des réponses", Role.REFERENT),
    Area("/admin", "Administration", Role.ADMINISTRATOR),
    Area("/", "Questions, dossiers, textes, factures et achats", Role.BUYER),
)
"""The first that holds an address decides; the last holds every address."""


def area_of(path: str) -> Area:
    """The area in which an address lies."""
    return next(area for area in AREAS if area.holds(path))


def entrance(identity: Identity) -> str:
    """The first page of someone: that of the buyer, else of another of their roles."""
    own = [area.path for area in reversed(AREAS) if area.role and area.admits(identity)]
    return own[0] if own else "/account"
