"""What programs can ask, as a page: made of the OpenAPI schema, without a script."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi.responses import HTMLResponse

from assistant.question.language import Language
from assistant.web.routes import page

ABOUT = """\
Les questions des acheteurs, posées par un programme comme à OpenAI.

Le modèle nomme ce qui répond : `sourcier` pour les règles, les factures et les achats,
`sourcier/dossier:ID` pour un dossier. La réponse est celle de la page : mêmes vérifications, mêmes
droits, même journal, au nom du propriétaire du jeton. Les messages précédents servent à comprendre
une question qui en dépend.

Chaque citation est une annotation : les caractères du texte qu'elle porte, le lien vers le passage,
et en plus `quote`, `locator`, `page`, `document`, `start`, `end`, `sha256`, `valid_from`,
`valid_to`. Le champ `sourcier` de la réponse est tout l'enregistrement, comme celui de
`sourcier ask --json`. Le champ `sourcier` de la demande peut nommer le jour du droit :
`{"as_of": "2026-03-15"}`.

Sans effet et sans erreur : les messages « system » et « developer », `instructions`, `temperature`,
`top_p`, `seed`, `stop`, `max_tokens` et les autres réglages d'un modèle, car les phrases sont
citées ou calculées, puis vérifiées. Refusés : les outils, `n` au-delà de 1, une forme JSON, les
images et les sons, `previous_response_id`. Dans un flux, ce que la page dit au-dessus des phrases
vient après elles. `usage` compte des mots. Une page d'un autre site ne peut rien demander ici
depuis un navigateur."""

REFERENCE = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class DocumentedField:
    """A field of a request, as people read it."""

    name: str
    kind: str
    is_required: bool
    about: str


@dataclass(frozen=True, slots=True)
class DocumentedCall:
    """Something that can be asked."""

    method: str
    path: str
    about: str
    fields: tuple[DocumentedField, ...]


def documentation_page(schema: Mapping[str, Any], address: str) -> HTMLResponse:
    """The page of a schema; `address` is what clients are given as the base of theirs."""
    return page(
        "api.html",
        Language.FRENCH,
        title="Pour les programmes",
        about=schema["info"]["description"].split("\n\n"),
        calls=[*calls(schema)],
        address=address,
    )


def calls(schema: Mapping[str, Any]) -> Iterator[DocumentedCall]:
    """What can be asked, in the order of the schema. Pure."""
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            sent = told.get("requestBody", {}).get("content", {}).get("application/json", {})
            form = _followed(schema, sent.get("schema", {}))
            yield DocumentedCall(
                method.upper(), path, told["summary"], tuple(_fields(schema, form))
            )


def _fields(schema: Mapping[str, Any], form: Mapping[str, Any]) -> Iterator[DocumentedField]:
    for name, told in form.get("properties", {}).items():
        is_required = name in form.get("required", ())
        about = told.get("description", "")
        yield DocumentedField(name, " ou ".join(_kinds(schema, told)), is_required, about)


def _kinds(schema: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[str]:
    """The types that a field may have, in the words of JSON."""
    if "anyOf" in told:
        for each in told["anyOf"]:
            if each.get("type") != "null":
                yield from _kinds(schema, each)
    elif "enum" in told:
        yield from map(str, told["enum"])
    elif told.get("type") == "array":
        yield f"[{', '.join(_kinds(schema, told.get('items', {})))}]"
    elif "$ref" in told:
        inner = _followed(schema, told).get("properties", {})
        yield f"{{{', '.join(inner)}}}"
    else:
        yield told.get("type", "")


def _followed(schema: Mapping[str, Any], told: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference of a schema stands for."""
    name = told.get("$ref", "").removeprefix(REFERENCE)
    found: Mapping[str, Any] = schema["components"]["schemas"][name] if name else told
    return found
