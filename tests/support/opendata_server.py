"""A portal of open data on this machine, which pages and exports, and fails as it is told to."""

import json
import re
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.dila_server import Answer, Handler, on_this_machine

DATASETS = "/api/explore/v2.1/catalog/datasets/"
_NUMBER = re.compile(r'idweb="([^"]*)"')


@dataclass(slots=True)
class Portal:
    """The records of one data set, what was asked, and the failures that are answered first.

    `announced` is how many records it says that there are, None for as many as there are.
    """

    records: Sequence[dict[str, Any]]
    address: str = ""
    announced: int | None = None
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    failures: deque[Answer] = field(default_factory=deque)

    def answer(self, name: str, parameters: dict[str, str]) -> tuple[int, object]:
        """The code and what is said, as the portals of data.economie.gouv.fr and BOAMP do."""
        found = self._found(parameters.get("where", ""))
        total = len(found) if self.announced is None else self.announced
        if name == "exports/json":
            return 200, found
        limit, offset = int(parameters.get("limit", 10)), int(parameters.get("offset", 0))
        if name != "records":
            return 404, {"error_code": "NotFound"}
        if limit > 100 or limit + offset > 10_000:
            return 400, {"error_code": "InvalidRESTParameterError", "message": "limit or offset"}
        return 200, {"total_count": total, "results": found[offset : offset + limit]}

    def _found(self, where: str) -> list[dict[str, Any]]:
        if "inconnu" in where:
            return []
        wanted = _NUMBER.search(where)
        return [each for each in self.records if not wanted or each.get("idweb") == wanted[1]]


@contextmanager
def publishing(portal: Portal, dataset: str = "essai") -> Iterator[Portal]:
    """Serve on a free port of this machine."""

    class Records(Handler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:  # noqa: N802 - the name that the library calls
            parts = urlsplit(self.path)
            name = parts.path.removeprefix(f"{DATASETS}{dataset}/")
            parameters = {key: values[-1] for key, values in parse_qs(parts.query).items()}
            portal.asked.append((name, parameters))
            code, said = portal.answer(name, parameters)
            body = json.dumps(said).encode()
            if portal.failures:
                portal.failures.popleft()(self, body)
                return
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with on_this_machine(Records) as address:
        portal.address = f"{address}{DATASETS}{dataset}"
        yield portal
