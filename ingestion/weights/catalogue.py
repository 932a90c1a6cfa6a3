"""The catalogue: which models exist, what each needs, where it comes from, and its hash. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from ingestion.errors import ModelUnavailable


class Role(StrEnum):
    """What a model is for."""

    LLM = "llm"
    EMBEDDER = "embedder"


@dataclass(frozen=True, slots=True)
class Wheels:
    """Data wheels: the members of parts 1 to `parts`, end to end, are the content.

    `package` and `member` hold `{part}`. With a `conversion`, the content is not the model itself
    but what it is made from, and `size` and `sha256` are those of the content.
    """

    package: str
    version: str
    parts: int
    member: str
    conversion: str | None = None
    size: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Hub:
    """Files of a model hub's repository, at one revision."""

    repository: str
    revision: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """A model: `file` is the name of its file, or folder, once it is here.

    `size` and `memory` (the least that the machine needs) are in bytes. `sha256` is None where no
    two public sources agree: the first download's is then recorded. `writes` says of a language
    model that its own sentences pass the checks often enough to be worth waiting for.
    """

    name: str
    title: str
    role: Role
    licence: str
    file: str
    size: int
    memory: int
    sha256: str | None = None
    default: bool = False
    chat_template: str | None = None
    writes: bool = False
    local: str | None = None
    wheels: Wheels | None = None
    hub: Hub | None = None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All models, in the order of the files."""

    models: tuple[Model, ...]

    def default(self, role: Role) -> Model:
        """The model used when none is chosen: the site's, where it names one."""
        return [model for model in self.models if model.default and model.role is role][-1]

    def defaults(self) -> tuple[Model, ...]:
        """The default model of each role."""
        return tuple(self.default(role) for role in Role)

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
