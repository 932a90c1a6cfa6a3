"""Reading the catalogue: the file beside this module, then the site's own.

The site's entries replace those of the same name. A key that is not known is refused: a misspelt
`sha256` must not pass for a model without one.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from ingestion.errors import ModelUnavailable
from ingestion.weights.catalogue import Catalogue, Hub, Model, Role, Wheels

BUILT_IN = Path(__file__).with_name("catalogue.toml")
SITE = "catalogue.toml"
CHAT_TEMPLATES = ("chatml", "mistral", "llama3")
CONVERSIONS = ("e5",)
TOML_TYPES: Mapping[str, type] = {
    "size": int,
    "memory": int,
    "parts": int,
    "default": bool,
    "writes": bool,
    "wheels": dict,
    "hub": dict,
    "files": list,
}


def load_catalogue(models_folder: Path) -> Catalogue:
    """Read the built-in catalogue and the site's, if any; raises ModelUnavailable when wrong."""
    found: dict[str, Model] = {}
    for path in (BUILT_IN, models_folder / SITE):
        if path.exists():
            found |= {model.name: model for model in read_models(path)}
    models = tuple(found.values())
    for role in Role:
        if not any(model.default and model.role is role for model in models):
            raise ModelUnavailable(f"Aucun modèle par défaut pour le rôle « {role} » au catalogue.")
    return Catalogue(models)


def read_models(path: Path) -> tuple[Model, ...]:
    """Read and check one catalogue file."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        _refuse_unknown(set(table) - {"model"})
        models = tuple(_build(entry) for entry in table.get("model", []))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, _Wrong) as exc:
        raise ModelUnavailable(f"Catalogue de modèles {path} : {exc}.") from exc
    return models


class _Wrong(Exception):
    """What is wrong in a catalogue, in French."""


def _build(table: Mapping[str, Any]) -> Model:
    """Make a model of a TOML table, each key known and of its type."""
    values = _checked(Model, table)
    if "wheels" in values:
        values["wheels"] = Wheels(**_checked(Wheels, values["wheels"]))
    if "hub" in values:
        hub = _checked(Hub, values["hub"])
        values["hub"] = Hub(**hub | {"files": tuple(hub["files"])})
    model = Model(**values | {"role": Role(_one_of(Role, values["role"]))})
    if (model.chat_template is not None) != (model.role is Role.LLM):
        raise _Wrong(f'« {model.name} » : chat_template va avec role = "llm"')
    if model.chat_template is not None:
        _one_of(CHAT_TEMPLATES, model.chat_template)
    if model.wheels is not None and model.wheels.conversion is not None:
        _one_of(CONVERSIONS, model.wheels.conversion)
    if "/" in model.file:
        raise _Wrong(f"« {model.name} » : file est un nom, sans dossier")
    return model


def _checked(kind: type[Model | Wheels | Hub], table: Mapping[str, Any]) -> dict[str, Any]:
    known = {field.name: field for field in fields(kind)}
    _refuse_unknown(set(table) - set(known))
    for name, field in known.items():
        if name not in table and field.default is MISSING:
            raise _Wrong(f"clé « {name} » absente")
        if name in table and type(table[name]) is not TOML_TYPES.get(name, str):
            raise _Wrong(f"valeur de « {name} » d'un autre type qu'attendu")
    return dict(table)


def _refuse_unknown(keys: set[str]) -> None:
    if keys:
        raise _Wrong(f"clé inconnue « {min(keys)} »")


def _one_of(allowed: Iterable[str], value: str) -> str:
    for option in allowed:
        if value == option:
            return option
    raise _Wrong(f"« {value} » n'est pas parmi {', '.join(allowed)}")
