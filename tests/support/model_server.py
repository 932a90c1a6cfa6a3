"""A small OpenAI-compatible server of this machine, which answers or misbehaves as it is told."""

import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat
from pathlib import Path
from threading import Event, Thread
from typing import Any

from assistant.llm.language_model import Prompt
from tests.support.fakes import ScriptedModel, WordEmbedder

MODEL = "lecteur"
VERSION = {"owned_by": "essai", "max_model_len": 4096}
END = {"choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]}


class ModelServer(ThreadingHTTPServer):
    """Serves a script as `ScriptedModel` says it; `behaves` tells how, "well" or otherwise.

    It `refuses` a text of more letters than `longest` by that status.
    """

    daemon_threads = True

    def __init__(self, script: Mapping[str, str], tls: Path | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.model = ScriptedModel(script)
        self.embedder = WordEmbedder(dimension=512, alike=0.3)
        self.behaves: str | int = "well"
        self.secret = ""
        self.elsewhere = ""
        self.served = MODEL
        self.reason: str | None = None
        self.refuses, self.longest = 400, 1_000_000
        self.asked: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.hung_up = Event()
        self.scheme = "http"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls)
            self.socket = context.wrap_socket(self.socket, server_side=True)
            self.scheme = "https"

    @property
    def address(self) -> str:
        """As the settings name it."""
        return f"{self.scheme}://localhost:{self.server_port}/v1"

    def handle_error(self, request: object, client_address: object) -> None:
        """Who hung up is no error."""


@contextmanager
def serving(script: Mapping[str, str], tls: Path | None = None) -> Iterator[ModelServer]:
    """The server, until the end of the block."""
    with ModelServer(script, tls) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    server: ModelServer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by the library
        """Nothing is printed."""

    def do_GET(self) -> None:
        """The models, all of one name."""
        self.server.paths.append(self.path)
        if self.server.secret not in self.headers.get("authorization", ""):
            self._refuse(401)
        elif self.server.behaves == "lists nothing":
            self._send(b"<html>")
        else:
            row = {"id": self.server.served, "object": "model", **VERSION}
            self._send(json.dumps({"object": "list", "data": [row]}).encode())

    def do_POST(self) -> None:
        """A reply, or what is told in its place."""
        self.server.paths.append(self.path)
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append(body)
        behaves = self.server.behaves
        if isinstance(behaves, int):
            self._refuse(behaves)
        elif max(map(len, body.get("input", [""]))) > self.server.longest:
            self._refuse(self.server.refuses)
        elif behaves == "llama" and body.get("response_format", {}).get("type") == "json_schema":
            self._refuse(422)
        elif behaves == "silent":
            self._wait()
        elif self.path.endswith("/embeddings"):
            self._send(self._embedded(body))
        else:
            self._stream(body)

    def _embedded(self, body: dict[str, Any]) -> bytes:
        """The vectors of the texts, in no order, ten times as long as a unit."""
        rows = (10 * self.server.embedder.embed_passages(body["input"])).tolist()
        data = [{"index": place, "embedding": row} for place, row in enumerate(rows)][::-1]
        match self.server.behaves:
            case "breaks its JSON":
                return b'{"data": ['
            case "forgets one":
                data.pop()
            case "adds one":
                data.append({"index": len(rows), "embedding": rows[0]})
            case "changes length":
                data[0]["embedding"] = data[0]["embedding"][1:]
            case "has no direction":
                data[0]["embedding"] = [0.0] * len(rows[0])
            case "says no number":
                data[0]["embedding"] = ["a"] * len(rows[0])
            case "floods":
                return b" " * 9_000_000
        return json.dumps({"object": "list", "data": data}).encode()

    def _stream(self, body: dict[str, Any]) -> None:
        self._begin("text/event-stream")
        words = self._words(body)[: body["max_tokens"]]
        with suppress(BrokenPipeError, ConnectionResetError):
            match self.server.behaves:
                case "endless":
                    for word in repeat("encore "):
                        self._say(self._delta(word))
                case "floods":
                    for blank in repeat(b" " * 65536):
                        self.wfile.write(blank)
                case "breaks its JSON":
                    self.wfile.write(b'data: {"choices": [\n\n')
                case "says no text":
                    self._say({"choices": [{"delta": {"content": 3}}]})
                case "tells an error":
                    self._say(self._delta(words[0]))
                    self._say({"error": {"message": "out of memory"}})
                case "is cut":
                    self._say(self._delta(words[0]))
                case "stalls":
                    self._say(self._delta(words[0]))
                    self._wait()
                case _:
                    self.wfile.write(b": a comment\n\n")
                    self._say({"choices": [{"delta": {"role": "assistant"}}]})
                    for event in (*map(self._delta, words), END, {"choices": [], "usage": {}}):
                        self._say(event)
                    self.wfile.write(b"data: [DONE]\n\n")
                    return
        self.server.hung_up.set()

    def _words(self, body: dict[str, Any]) -> list[str]:
        asked = "".join(message["content"] for message in body["messages"])
        return [piece for piece in self.server.model.stream(Prompt("", (asked,)), 99) if piece]

    def _wait(self) -> None:
        """Until who asked hangs up."""
        self.connection.recv(1)
        self.server.hung_up.set()

    def _refuse(self, status: int) -> None:
        self.send_response(status)
        if self.server.elsewhere:
            self.send_header("location", f"{self.server.elsewhere}/chat/completions")
        self.end_headers()
        self.wfile.write(b'{"error": {"message": "no"}}')

    def _send(self, content: bytes) -> None:
        self._begin("application/json")
        self.wfile.write(content)

    def _begin(self, kind: str) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.end_headers()

    def _say(self, event: dict[str, Any]) -> None:
        self.wfile.write(b"data: " + json.dumps(event).encode() + b"\n\n")

    def _delta(self, text: str) -> dict[str, Any]:
        reason = self.server.reason
        return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": reason}]}
