"""The schema that /v1 announces, and whether what it sends is of it."""

from copy import deepcopy
from typing import Any

import httpx2
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.support.program_server import Served


def url_of(schema: Any, path: str) -> str:
    return str(schema["servers"][0]["url"]) + path


def announced_by(server: Served) -> Any:
    return httpx2.get(f"{server.address}v1/openapi.json").json()


def require_announced(schema: Any, path: str, reply: Any) -> None:
    """Fail unless a reply has the status and the fields that the schema has for its path."""
    paths, known = schema["paths"], path if path in schema["paths"] else "/models/{model}"
    (call,) = paths[known].values()
    sent = call["responses"][str(reply.status_code)]["content"]["application/json"]["schema"]
    require_of(schema, sent["$ref"].rpartition("/")[2], reply.json())


def require_of(schema: Any, name: str, told: object) -> None:
    """Fail unless an object is a component of the schema, with no field that this leaves out."""
    components = deepcopy(schema["components"])
    for each in components["schemas"].values():
        each["additionalProperties"] = False
    whole = {"$ref": f"#/components/schemas/{name}", "components": components}
    Draft202012Validator(whole).validate(told)
