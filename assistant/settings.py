"""Settings: a few choices with defaults, from the environment or the settings file.

Door of pydantic-settings.
"""

import os
import tomllib
from dataclasses import dataclass, fields
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import WrongSettings
from assistant.identity import UserRole

OPEN_DATA = "https://echanges.dila.gouv.fr/OPENDATA/LEGI/"
"""Where DILA publishes the law."""

CONTRACTS = (
    "https://data.economie.gouv.fr/api/explore/v2.1/catalog/datasets/decp-2022-marches-valides/"
)
NOTICES = "https://boamp-datadila.opendatasoft.com/api/explore/v2.1/catalog/datasets/boamp/"
"""Where the ministry publishes contracts, and DILA notices, asked on request only."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _parts(address: str, problem: str) -> SplitResult:
    """The parts of an address of the web; raises ValueError with the problem for any other."""
    try:
        parts = urlsplit(address)
        is_of_web = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # brackets that do not close, a port that is no number
        is_of_web = False
    if not is_of_web:
        raise ValueError(problem)
    return parts


def _secure(issuer: str) -> str:
    problem = "« issuer » de [openid] doit commencer par https://"
    parts = _parts(issuer, problem)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise ValueError(problem)
    return issuer


def _pairs(roles: object) -> object:
    return tuple(roles.items()) if isinstance(roles, dict) else roles


@dataclass(frozen=True, slots=True)
class OpenId:
    """The identity provider by which people may log in.

    `roles_claim` and `teams_claim` name what it says of someone's roles and teams, a dot leading
    into a claim ("realm_access.roles"); without one they are given on this machine. `roles` pairs
    the provider's names with ours. The secret is in `secret_file`, else in SOURCIER_OPENID_SECRET.
    """

    issuer: Annotated[str, AfterValidator(_secure)]
    client: str
    name: str = "le fournisseur d'identité"
    scope: str = "openid profile email"
    secret_file: str = ""
    roles_claim: str = ""
    teams_claim: str = ""
    roles: Annotated[tuple[tuple[str, UserRole], ...], BeforeValidator(_pairs)] = ()

    __pydantic_config__ = ConfigDict(extra="forbid")


def openid_secret(openid: OpenId) -> str:
    """The secret that this program shares with the provider; raises WrongSettings."""
    secret = _secret("openid", openid.secret_file)
    if not secret:
        raise WrongSettings(
            "Le secret d'[openid] manque : donnez « secret_file », ou SOURCIER_OPENID_SECRET."
        )
    return secret


def _of_one_host(address: str, key: str, like: str, remedy: str = "") -> str:
    """An address below which one machine is asked; `like` is one, `remedy` where a secret goes."""
    parts = _parts(address, f"{key} doit être comme {like}")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError(f"{key} ne porte ni compte, ni « ? », ni « # »{remedy}.")
    return address.rstrip("/")


def _served(address: str) -> str:
    key, remedy = "« address » d'[engine]", " : le secret va dans « secret_file »"
    return _of_one_host(address, key, "https://modeles.mairie.fr/v1", remedy)


def _collector(address: str) -> str:
    return address and _of_one_host(address, "« traces »", "http://collecteur.mairie.fr:4318")


Count = Annotated[int, Field(strict=True, ge=1)]


@dataclass(frozen=True, slots=True)
class Engine:
    """The server that writes instead of the language model of this machine, OpenAI-compatible.

    `model` is its name there. The secret, where the server wants one, is in `secret_file`, else in
    SOURCIER_ENGINE_SECRET. `connect_seconds`, `first_seconds` and `whole_seconds` are how long it
    may take to be reached, to say its first word, and to end; after three failures in a row the
    model of this machine reads for `rest_minutes`. `embeddings` is the name there of the model that
    makes the vectors in place of `embedder`, "" where that of this machine does. `unencrypted`
    allows an address without encryption that is not of this machine: questions are then read by
    whoever sees the network.
    """

    address: Annotated[str, AfterValidator(_served)]
    model: Annotated[str, Field(min_length=1)]
    secret_file: str = ""
    connect_seconds: Count = 5
    first_seconds: Count = 60
    whole_seconds: Count = 120
    rest_minutes: Count = 5
    embeddings: str = ""
    unencrypted: bool = False

    __pydantic_config__ = ConfigDict(extra="forbid")

    @property
    def host(self) -> str:
        """The only machine that is asked, by its name."""
        return urlsplit(self.address).hostname or ""


def _encrypted(engine: Engine | None) -> Engine | None:
    if engine is None or engine.unencrypted or engine.host in LOOPBACK:
        return engine
    if urlsplit(engine.address).scheme != "https":
        raise ValueError(
            "« address » d'[engine] doit commencer par https://, car les questions y partent. Si "
            "le réseau jusqu'à ce serveur est sûr, écrivez-le : unencrypted = true"
        )
    return engine


def engine_secret(engine: Engine) -> str:
    """The secret that the server wants, "" for none; raises WrongSettings."""
    return _secret("engine", engine.secret_file)


def _secret(table: str, file: str) -> str:
    """A secret of a file, else of the environment; raises WrongSettings."""
    if not file:
        return os.environ.get(f"SOURCIER_{table.upper()}_SECRET", "")
    if not Path(file).is_file():
        raise WrongSettings(f"Il n'y a pas de secret d'[{table}] dans {file}.")
    return Path(file).read_text(encoding="utf-8").strip()


def _reachable(address: str) -> str:
    if address:
        _parts(address, "« address » doit être comme https://sourcier.mairie.fr")
    return address


def _folder_of_archives(address: str) -> str:
    _parts(address, f"« law_source » doit être comme {OPEN_DATA}")
    return address


def _dataset(address: str) -> str:
    problem = (
        "« purchases_source » et « notices_source » sont des adresses de jeux de données, "
        f"comme {NOTICES}"
    )
    parts = _parts(address, problem)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError(problem)
    return address


def _network(machine: str) -> str:
    try:
        ip_network(machine)
    except ValueError as error:
        raise ValueError(
            f"« trusted_proxies » et « monitors » : « {machine} » n'est ni une adresse (10.0.0.5) "
            "ni un réseau (10.0.0.0/24)."
        ) from error
    return machine


Machines = tuple[Annotated[str, AfterValidator(_network)], ...]
"""Addresses and networks; without others, this machine alone."""


Buying = Literal["etat", "collectivite", "hopital", "autre-pouvoir", "entite"]
"""The kinds of `calculators.calculation.Buyer`."""


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
    `monitors` are the addresses and networks that may read the measures of the service at /metrics,
    and what is missing at /ready; `logs` is how the service writes what happens: "text", or "json",
    a line each. `traces` is the OpenTelemetry collector that hears how long each turn took and at
    what, by OTLP over HTTP; "" for none.
    `openid` is the identity provider by which they may log in as well, the table [openid].
    `update_at` is the time of day ("02:30") at which new texts of the folder `update_from` are
    indexed, "" for never.
    `law_source` is where LEGI archives are: the folder of DILA's open data, or of a copy of it.
    `purchases_source` and `notices_source` are the data sets of published contracts and notices, in
    the API Explore 2.1, which `purchases fetch` and `notices fetch` ask.
    `buyer` is who buys, on which time limits and thresholds of invoices and purchases depend where
    the page does not say another.
    `readers` is what those who read answers again are called beside their marks and in reports.
    `ledger` is the address of the PostgreSQL server that holds invoices and purchases, without
    password; "" where a file does.
    `store` is that of the server that holds indexes, library, journal, accounts and dossiers, for
    several machines; "" where the data folder does.
    `engine` is the server that writes instead of `llm`, the table [engine]; None, the default, and
    nothing leaves this machine.
    """

    llm: str = "qwen2.5-coder-1.5b"
    embedder: str = "multilingual-e5-small"
    evidence_limit: Count = 6
    writing: Literal["auto", "always", "never"] = "auto"
    retention_months: Count = 12
    personal_gigabytes: Count = 10
    access: Literal["alone", "accounts"] = "alone"
    address: Annotated[str, AfterValidator(_reachable)] = ""
    trusted_proxies: Machines = ("127.0.0.1", "::1")
    monitors: Machines = ("127.0.0.1", "::1")
    logs: Literal["text", "json"] = "text"
    traces: Annotated[str, AfterValidator(_collector)] = ""
    update_at: str = ""
    update_from: str = ""
    law_source: Annotated[str, AfterValidator(_folder_of_archives)] = OPEN_DATA
    purchases_source: Annotated[str, AfterValidator(_dataset)] = CONTRACTS
    notices_source: Annotated[str, AfterValidator(_dataset)] = NOTICES
    buyer: Buying = "collectivite"
    readers: Literal["names", "pseudonyms"] = "names"
    ledger: str = ""
    store: str = ""
    openid: OpenId | None = None
    engine: Annotated[Engine | None, AfterValidator(_encrypted)] = None

    __pydantic_config__ = ConfigDict(extra="forbid")


def served_embedder(settings: Settings) -> Engine | None:
    """The server that makes the vectors, None where the embedder of this machine does. Pure."""
    return settings.engine if settings.engine and settings.engine.embeddings else None


def other_servers(settings: Settings) -> frozenset[str]:
    """The settings that name a server beside that of models, for the service. Pure."""
    return frozenset(name for name in ("store", "ledger", "traces") if getattr(settings, name))


def local_models(settings: Settings) -> tuple[str, ...]:
    """The models of which this machine needs the weights. Pure."""
    chosen = settings.llm, settings.embedder
    return chosen[:1] if served_embedder(settings) else chosen


class EnvironmentChoices(BaseSettings):
    """What the environment chooses before the file: SOURCIER_LLM and SOURCIER_EMBEDDER."""

    model_config = SettingsConfigDict(env_prefix="SOURCIER_", env_ignore_empty=True)

    llm: str | None = None
    embedder: str | None = None


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
        told = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        told |= EnvironmentChoices().model_dump(exclude_unset=True)
        return TypeAdapter(Settings).validate_python(told)
    except ValidationError as error:
        raise WrongSettings(f"{path} : {_in_french(error.errors()[0])}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongSettings(f"{path} n'est pas un fichier TOML valide : {error}") from error


def _in_french(error: ErrorDetails) -> str:
    """What is wrong with a setting, and what it may be."""
    kind, (key, *below) = error["type"], error["loc"]
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if key == "openid":
        return _of_openid(kind, below)
    if key == "engine":
        return _of_address(error["input"]) if not below else _of_engine(kind, below)
    if key in ("trusted_proxies", "monitors"):
        return f'« {key} » doit être une liste d\'adresses, comme ["10.0.0.5"].'
    if kind == "unexpected_keyword_argument":
        known = [each.name for each in fields(Settings) if each.name not in ("openid", "engine")]
        return f"réglage inconnu « {key} ». Connus : {', '.join(known)}."
    if kind == "literal_error":
        words = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
        return f"« {key} » doit être l'un de : {words}."
    if kind == "greater_than_equal":
        return f"« {key} » doit valoir au moins 1."
    return f"« {key} » doit être de type {kind.removesuffix('_type').replace('string', 'str')}."


def _of_openid(kind: str, below: list[int | str]) -> str:
    if below[:1] == ["roles"]:
        return f"[openid.roles] donne l'un de : {', '.join(UserRole)}."
    if kind == "string_type":
        return "les valeurs de [openid] sont des textes."
    known = ", ".join(each.name for each in fields(OpenId))
    return f"[openid] doit donner issuer et client, et peut donner : {known}."


def _of_address(given: object) -> str:
    """An address alone does not say which of the models there, which has no default."""
    address = given if isinstance(given, str) else "https://modeles.mairie.fr/v1"
    return (
        "« engine » dit aussi quel modèle du serveur écrit. Mettez à la place de cette ligne : "
        f'engine = {{ address = "{address}", model = "…" }}, où « model » est l\'un des noms que '
        f"donne {address.rstrip('/')}/models."
    )


def _of_engine(kind: str, below: list[int | str]) -> str:
    key = str(below[0]) if below else ""
    if kind == "greater_than_equal":
        return f"« {key} » d'[engine] doit valoir au moins 1."
    if kind == "string_too_short":
        return "« model » d'[engine] est le nom du modèle, tel que le serveur le donne."
    known = ", ".join(each.name for each in fields(Engine))
    wrong = "" if kind == "missing" or not key else f"« {key} » ne convient pas. "
    return f"{wrong}[engine] doit donner address et model, et peut donner : {known}."
