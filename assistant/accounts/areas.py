"""Areas: which part of the site is for whom, as one table.

The gate before the pages enforces it, the tests walk every route against it, and the file of the
homologation prints it. Pure.
"""

from dataclasses import dataclass

from assistant.identity import Identity, UserRole


@dataclass(frozen=True, slots=True)
class Area:
    """The addresses that begin with a path, and who may ask for them.

    `role` is the one they take; without one, everybody who is known may come in, and nobody needs
    to be known where `is_open`. Where `is_single`, the path is the only address. Programs come in
    with a token where it `is_for_programs`, and nowhere else.
    """

    path: str
    title: str
    role: UserRole | None = None
    is_open: bool = False
    is_single: bool = False
    is_for_programs: bool = False

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
    Area("/ready", "Ce qui manque au service", is_open=True, is_single=True),
    Area("/metrics", "Mesures du service, pour sa surveillance", is_open=True, is_single=True),
    Area("/page", "Feuilles de style et scripts", is_open=True),
    Area("/login", "Connexion", is_open=True, is_single=True),
    Area("/login/openid", "Connexion par le fournisseur d'identité", is_open=True),
    Area("/invitation", "Choix du mot de passe, par un lien à usage unique", is_open=True),
    Area("/account", "Mon compte et mes sessions"),
    Area("/v1", "Questions des programmes, par un jeton", UserRole.BUYER, is_for_programs=True),
    Area("/mcp", "Outils des assistants (MCP), par un jeton", UserRole.BUYER, is_for_programs=True),
    Area("/referent", "Contrôle des réponses", UserRole.REFERENT),
    Area("/admin", "Administration", UserRole.ADMINISTRATOR),
    Area("/", "Questions, dossiers, textes, factures et achats", UserRole.BUYER),
)
"""The first that holds an address decides; the last holds every address."""


def area_of(path: str) -> Area:
    """The area in which an address lies."""
    return next(area for area in AREAS if area.holds(path))


def entrance(identity: Identity) -> str:
    """The first page of someone: that of the buyer, else of another of their roles."""
    own = [area.path for area in reversed(AREAS) if area.role and area.admits(identity)]
    return own[0] if own else "/account"
