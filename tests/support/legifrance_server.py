"""A server on this machine that speaks like PISTE and Légifrance, with invented articles."""

import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import parse_qs

from ingestion.legislation.articles import ArticleVersion
from tests.support.dila_server import Handler, on_this_machine
from tests.support.legi_files import CODE_ID

TOKEN = "jeton-1"


@dataclass(slots=True)
class Legifrance:
    """What the server has, what it was asked, and the failures that it answers first."""

    versions: Sequence[ArticleVersion]
    address: str = ""
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    failures: deque[tuple[int, dict[str, str]]] = field(default_factory=deque)
    secret: str = "secret"
    token: str = TOKEN

    @property
    def tokens(self) -> str:
        """Where tokens are given."""
        return f"{self.address}/api/oauth/token"

    def paths(self) -> list[str]:
        """The paths asked, in order."""
        return [path for path, _ in self.asked]

    def answer(self, path: str, body: Mapping[str, Any], authorization: str) -> tuple[int, Any]:
        """Code and JSON object."""
        if path == "/api/oauth/token":
            known = body["client_secret"] == [self.secret]
            return (200, {"access_token": self.token}) if known else (401, {})
        if authorization != f"Bearer {self.token}":
            return 401, {}
        if path == "/consult/legiPart":
            return 200, _contents(body["textId"], self.versions)
        found = [version for version in self.versions if version.id == body["id"]]
        return (200, {"article": _article(found[0], self.versions)}) if found else (404, {})


@contextmanager
def serving(legifrance: Legifrance) -> Iterator[Legifrance]:
    """Serve on a free port of this machine."""

    class Interface(Handler):
        def do_POST(self) -> None:  # noqa: N802 - the name that the library calls
            data = self.rfile.read(int(self.headers["Content-Length"])).decode()
            is_form = "form" in self.headers["Content-Type"]
            body = parse_qs(data) if is_form else json.loads(data)
            legifrance.asked.append((self.path, body))
            if legifrance.failures:
                code, headers = legifrance.failures.popleft()
                found: Any = {}
            else:
                headers = {}
                authorization = self.headers.get("Authorization", "")
                code, found = legifrance.answer(self.path, body, authorization)
            self._send(code, headers, found if isinstance(found, bytes) else json.dumps(found))

        def _send(self, code: int, headers: Mapping[str, str], body: str | bytes) -> None:
            content = body.encode() if isinstance(body, str) else body
            self.send_response(code)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

    with on_this_machine(Interface) as legifrance.address:
        yield legifrance


def _contents(text_id: str, versions: Sequence[ArticleVersion]) -> dict[str, Any]:
    """The table of contents: versions without an end, in a section of a section."""
    open_ones = [each for each in versions if each.text_id == text_id and each.ended is None]
    articles = [{"id": each.id, "num": each.number} for each in open_ones]
    return {
        "title": "Code",
        "articles": [],
        "sections": [{"sections": [{"articles": articles, "sections": []}], "articles": None}],
    }


def _article(version: ArticleVersion, versions: Sequence[ArticleVersion]) -> dict[str, Any]:
    return {
        "id": version.id,
        "num": version.number,
        "etat": str(version.state),
        "dateDebut": _milliseconds(version.first_day),
        "dateFin": _milliseconds(version.ended or date(2999, 1, 1)),
        "texte": " ".join(version.lines),
        "texteHtml": "".join(f"<p>{line}</p>" for line in version.lines),
        "nota": None,
        "notaHtml": "".join(f"<p>{line}</p>" for line in version.nota),
        "context": {
            "titreTxt": [{"id": CODE_ID, "titre": version.code}],
            "titresTM": [{"titre": heading} for heading in version.path],
        },
        "articleVersions": [
            {"id": each.id, "etat": str(each.state)}
            for each in versions
            if (each.text_id, each.number) == (version.text_id, version.number)
        ],
    }


def _milliseconds(day: date) -> int:
    return (day - date(1970, 1, 1)).days * 86_400_000
