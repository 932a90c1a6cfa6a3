"""A server on this machine that offers archives as DILA does, and fails as it is told to."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

Answer = Callable[[BaseHTTPRequestHandler, bytes], None]
"""Answers a request for an archive with these bytes otherwise than a server should."""


@dataclass(slots=True)
class Dila:
    """Archives by name, what was asked (path, Range), and the failures that are answered first."""

    archives: Mapping[str, bytes]
    address: str = ""
    resumes: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)
    failures: deque[Answer] = field(default_factory=deque)

    def page(self) -> str:
        """The list of the folder, as Apache writes it."""
        rows = (
            f'<img src="/icons/compressed.gif" alt="[   ]"> <a href="{name}">{name[:21]}..&gt;</a>'
            f"    2026-03-01 20:31  {max(1, len(data) >> 10)}K  \n"
            for name, data in self.archives.items()
        )
        head = '<html><body><a href="?C=N;O=D">Name</a> <a href="/OPENDATA/">Parent Directory</a>'
        return (
            f'{head}<pre>\n<a href="DILA_LEGI.pdf">doc</a> 2M\n{"".join(rows)}</pre></body></html>'
        )

    def asked_for(self, name: str) -> list[str]:
        """The ranges asked of an archive, in order."""
        return [wanted for path, wanted in self.asked if path.endswith(name)]


def cut(after: int) -> Answer:
    """The answer stops after so many bytes, though more were promised."""

    def answer(request: BaseHTTPRequestHandler, data: bytes) -> None:
        _head(request, data)
        request.wfile.write(data[:after])
        request.close_connection = True

    return answer


def code(number: int, **headers: str) -> Answer:
    """The answer is a code without content."""

    def answer(request: BaseHTTPRequestHandler, data: bytes) -> None:
        request.send_response(number)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves in the middle is what some tests are about."""


class Handler(BaseHTTPRequestHandler):
    """Answers without saying so on the terminal."""

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        pass


@contextmanager
def on_this_machine(handler: type[Handler]) -> Iterator[str]:
    """Serve on a free port of this machine, whose address is given."""
    with _Quiet(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@contextmanager
def offering(dila: Dila) -> Iterator[Dila]:
    """Serve on a free port of this machine."""

    class Archives(Handler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            dila.asked.append((self.path, wanted))
            name = self.path.rpartition("/")[2]
            if not name:
                _whole(self, dila.page().encode())
            elif name not in dila.archives:
                code(404)(self, b"")
            elif dila.failures:
                dila.failures.popleft()(self, dila.archives[name])
            elif wanted and dila.resumes:
                _partial(self, dila.archives[name], int(wanted.removeprefix("bytes=")[:-1]))
            else:
                _whole(self, dila.archives[name])

    with on_this_machine(Archives) as address:
        dila.address = f"{address}/OPENDATA/LEGI/"
        yield dila


def _head(request: BaseHTTPRequestHandler, data: bytes) -> None:
    request.send_response(200)
    request.send_header("Content-Length", str(len(data)))
    request.send_header("ETag", f'"{len(data)}"')
    request.end_headers()


def _whole(request: BaseHTTPRequestHandler, data: bytes) -> None:
    _head(request, data)
    request.wfile.write(data)


def _partial(request: BaseHTTPRequestHandler, data: bytes, first: int) -> None:
    request.send_response(206)
    request.send_header("Content-Length", str(len(data) - first))
    request.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
    request.send_header("ETag", f'"{len(data)}"')
    request.end_headers()
    request.wfile.write(data[first:])
