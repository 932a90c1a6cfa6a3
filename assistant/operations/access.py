"""Whether what the settings say of accounts, address, proxy and provider goes together. Pure."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from assistant.errors import WrongSettings
from assistant.operations.requirements import Requirement, broken, met, weak
from assistant.settings import LOOPBACK, Settings, openid_secret

NAME = "accès"


def access(settings: Settings) -> Iterator[Requirement]:
    """What is wrong with the way in, or that nothing is."""
    found = list(_alone(settings) if settings.access == "alone" else _with_accounts(settings))
    yield from found or [met(NAME, _summary(settings))]


def _summary(settings: Settings) -> str:
    if settings.access == "alone":
        return "Sans comptes : la page n'est servie qu'à cette machine."
    return f"Avec des comptes, sur {settings.address}."


def _alone(settings: Settings) -> Iterator[Requirement]:
    for key, value in (("address", settings.address), ("[openid]", settings.openid)):
        if value:
            told = (
                f"« {key} » ne sert à rien sans comptes : la page n'est servie qu'à cette machine."
            )
            yield weak(NAME, told, 'Écrivez access = "accounts", ou retirez ce réglage.')


def _with_accounts(settings: Settings) -> Iterator[Requirement]:
    address = urlsplit(settings.address)
    if not settings.address:
        told = "Des comptes, et pas d'adresse : les liens d'invitation mènent à cette machine."
        yield weak(NAME, told, 'Donnez-la : address = "https://…"')
    elif address.scheme != "https" and address.hostname not in LOOPBACK:
        told = f"{settings.address} n'est pas chiffrée : les mots de passe passent en clair."
        remedy = "Placez un serveur mandataire qui chiffre, et donnez son adresse https."
        yield broken(NAME, told, remedy)
    elif address.scheme == "https" and not settings.trusted_proxies:
        told = "Aucun mandataire n'est cru : la page se croit servie sans chiffrement."
        yield broken(NAME, told, 'Nommez-le : trusted_proxies = ["10.0.0.5"]')
    if settings.openid:
        try:
            openid_secret(settings.openid)
        except WrongSettings as failure:
            yield broken(NAME, str(failure), "Donnez ce secret au service.")
