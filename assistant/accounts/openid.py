"""OpenID Connect: someone comes with the word of an identity provider. Door of authlib.

The provider is asked for nothing before somebody logs in by it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from assistant.accounts.admission import Granted, granted
from assistant.errors import LoginDeclined, ProviderFailure
from assistant.settings import OpenId
from ingestion.origin import OriginSilent, Reach, heard

PATIENCE = 10
"""Seconds for each answer of the provider."""

LEEWAY = 60
"""Seconds by which its clock may differ from ours."""

SIGNATURES = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Only with a key that the provider alone has; "none" is not among them."""

DECLINED = frozenset(
    {
        "access_denied",
        "login_required",
        "consent_required",
        "interaction_required",
        "account_selection_required",
    }
)
"""The errors of the protocol by which someone is not let in; any other is a fault."""


def _fresh() -> str:
    return token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class Errand:
    """What is known here alone of a login that has begun, until the browser comes back."""

    state: str = field(default_factory=_fresh)
    nonce: str = field(default_factory=_fresh)
    verifier: str = field(default_factory=lambda: token_urlsafe(64))


class Provider:
    """The identity provider of the settings.

    Every method raises ProviderFailure when it does not answer, or when what it says is not proven
    to be its own, recent, and meant for this program and this login.
    """

    def __init__(self, openid: OpenId, secret: str) -> None:
        self._openid = openid
        self._secret = secret

    @property
    def name(self) -> str:
        """What people call it."""
        return self._openid.name

    def address(self, errand: Errand, back: str) -> str:
        """Where to send the browser; `back` is the address to which it returns."""
        with self._asking(back) as client:
            metadata = self._metadata(client)
            address, _ = client.create_authorization_url(
                self._guarded(metadata["authorization_endpoint"]),
                state=errand.state,
                nonce=errand.nonce,
                code_verifier=errand.verifier,
            )
            return str(address)

    def vouched(self, errand: Errand, back: str, arrived: Mapping[str, str]) -> Granted:
        """Who came back with these parameters; raises LoginDeclined for who is not let in there."""
        if arrived.get("iss", self._openid.issuer) != self._openid.issuer:
            raise ProviderFailure("Cette réponse ne vient pas du fournisseur d'identité choisi.")
        if error := arrived.get("error"):
            raise self._refusal(error)
        with self._asking(back) as client:
            metadata = self._metadata(client)
            token = client.fetch_token(
                self._guarded(metadata["token_endpoint"]),
                grant_type="authorization_code",
                code=arrived["code"],
                code_verifier=errand.verifier,
            )
            keys = self._keys(client, metadata)
            claims = self._proven(token, keys, errand.nonce)
            return granted(claims | self._more(client, metadata, keys, claims), self._openid)

    def _refusal(self, error: str) -> ProviderFailure:
        if error in DECLINED:
            return LoginDeclined(
                f"La connexion par {self.name} a été abandonnée ou refusée. "
                "Recommencez, ou connectez-vous par un compte d'ici."
            )
        return ProviderFailure(
            f"{self.name} a répondu par une erreur : {error}. "
            "Recommencez ; si cela continue, prévenez votre administrateur."
        )

    def _metadata(self, client: OAuth2Client) -> dict[str, Any]:
        issuer = self._openid.issuer
        metadata = self._read(client, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if metadata["issuer"] != issuer:
            raise ProviderFailure(
                f"Le fournisseur d'identité se nomme {metadata['issuer']} et non {issuer} : "
                "corrigez « issuer » dans settings.toml."
            )
        return metadata

    def _keys(self, client: OAuth2Client, metadata: Mapping[str, Any]) -> KeySet:
        return KeySet.import_key_set(self._read(client, metadata["jwks_uri"]))  # type: ignore[arg-type]

    def _proven(self, token: Mapping[str, Any], keys: KeySet, nonce: str) -> dict[str, Any]:
        """What the identity token says, once everything about it has been checked."""
        read = jwt.decode(token["id_token"], keys, registry=_registry())
        options = {
            "iss": {"essential": True, "values": [self._openid.issuer]},
            "aud": {"essential": True, "values": [self._openid.client]},
            "nonce": {"essential": True, "values": [nonce]},
        }
        known = {
            "nonce": nonce,
            "client_id": self._openid.client,
            "access_token": token.get("access_token"),
        }
        CodeIDToken(read.claims, read.header, options, known).validate(leeway=LEEWAY)
        return dict(read.claims)

    def _more(
        self,
        client: OAuth2Client,
        metadata: Mapping[str, Any],
        keys: KeySet,
        claims: Mapping[str, Any],
    ) -> dict[str, Any]:
        """What the provider adds when it is asked: as JSON, or signed as ProConnect does."""
        if "userinfo_endpoint" not in metadata:
            return {}
        reply = client.get(self._guarded(metadata["userinfo_endpoint"])).raise_for_status()
        if reply.headers.get("content-type", "").startswith("application/jwt"):
            added = dict(jwt.decode(reply.text, keys, registry=_registry()).claims)
        else:
            added = dict(reply.json())
        if added.get("sub") != claims["sub"]:
            raise ProviderFailure("Le fournisseur d'identité a répondu au sujet d'un autre.")
        return added

    def _read(self, client: OAuth2Client, address: str) -> dict[str, Any]:
        reply = client.request("GET", self._guarded(address), withhold_token=True)
        return dict(reply.raise_for_status().json())

    def _guarded(self, address: str) -> str:
        """An address that the provider named: encrypted, unless the issuer itself is not."""
        if urlsplit(address).scheme not in {"https", urlsplit(self._openid.issuer).scheme}:
            raise ProviderFailure(f"Adresse refusée, qui n'est pas chiffrée : {address}")
        return address

    @contextmanager
    def _asking(self, back: str) -> Iterator[OAuth2Client]:
        client = OAuth2Client(
            self._openid.client,
            self._secret,
            scope=self._openid.scope,
            redirect_uri=back,
            code_challenge_method="S256",
            **Reach(PATIENCE).options(),
        )
        try:
            with heard(), client:
                yield client
        except OriginSilent as error:
            raise ProviderFailure(
                f"{self.name} ne répond pas. Réessayez, ou connectez-vous par un compte d'ici."
            ) from error
        except (AuthlibBaseError, JoseError, KeyError, TypeError, ValueError) as error:
            raise ProviderFailure(
                f"La réponse de {self.name} n'est pas valable : {type(error).__name__}. "
                "Recommencez ; si cela continue, prévenez votre administrateur."
            ) from error


def _registry() -> JWSRegistry:
    return JWSRegistry(algorithms=SIGNATURES, strict_check_header=False)
