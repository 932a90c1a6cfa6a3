"""The server on which DILA publishes its funds. Never asked while answering."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urljoin

from ingestion.errors import IngestionError
from ingestion.legislation.archive_files import DilaFund
from ingestion.legislation.mirror import ListedArchive, is_offered
from ingestion.origin import (
    Attempts,
    Origin,
    OriginReply,
    OriginSilent,
    Reach,
    ReplyTooLong,
    in_french,
)

_REACH = Reach(seconds=60)
_MOST_REDIRECTIONS = 4
_MOST_LISTED = 20_000_000
_MOST_FAILURES = 7
"""In a row, without a byte between them: about two minutes of waiting."""


class DilaServer:
    """A folder of archives on a web server, that of DILA or a copy of it.

    What is cut is taken up where it stopped. Proxies are those of the environment. No other host
    than that of the address is ever asked, whatever the server says.
    """

    def __init__(
        self,
        address: str,
        pause: Callable[[float], None] = time.sleep,
        fund: DilaFund = DilaFund.LEGI,
    ) -> None:
        """Nothing is asked before the first listing; `address` is that of the folder."""
        self._fund = fund
        self._address = address if address.endswith("/") else f"{address}/"
        self._pause = pause

    def listing(self) -> tuple[ListedArchive, ...]:
        """The archives named by the page of the folder; raises IngestionError."""
        with Origin(self._address, _REACH) as origin, self._in_french(""):
            page = self._attempts().made(lambda: self._page(origin))
        found = tuple(listed(page.decode("utf-8", errors="replace"), self._fund))
        if not found:
            raise IngestionError(
                f"La page {self._address} ne propose aucune archive {self._fund}. Vérifiez "
                "« law_source » dans settings.toml."
            )
        return found

    def pieces(self, archive: ListedArchive) -> Iterator[bytes]:
        """The bytes of an archive, across interruptions.

        Raises IngestionError when it is not there, when it changes meanwhile, and when the server
        stays silent.
        """
        done, attempts, known = 0, self._attempts(), None
        with Origin(self._address, _REACH) as origin, self._in_french(archive.name):
            while known is None or done < known.size:
                cut = OriginSilent("réponse écourtée")
                try:
                    with self._opened(origin, archive.name, _from(done)) as reply:
                        known = _checked(archive.name, reply, done, known)
                        skipped = done if reply.status == HTTPStatus.OK else 0
                        for piece in _after(skipped, reply):
                            done, attempts.failures = done + len(piece), 0
                            yield piece
                except OriginSilent as error:
                    cut = error
                if known is None or done < known.size:
                    attempts.wait(cut)

    def _page(self, origin: Origin) -> bytes:
        with self._opened(origin, "", {}) as reply:
            return _bounded(reply)

    def _attempts(self) -> Attempts:
        return Attempts(_MOST_FAILURES, 1, self._pause)

    def _in_french(self, name: str) -> AbstractContextManager[None]:
        more = " : ce qui est déjà lu ne le sera pas de nouveau."
        return in_french(urljoin(self._address, name), "law_source", more)

    @contextmanager
    def _opened(
        self, origin: Origin, path: str, headers: Mapping[str, str]
    ) -> Iterator[OriginReply]:
        """The answer to what is asked; raises IngestionError for a refusal."""
        with origin.asked(path, headers, redirections=_MOST_REDIRECTIONS) as reply:
            _refuse(reply)
            yield reply


@dataclass(frozen=True, slots=True)
class _Known:
    """What tells that an archive is still the same."""

    size: int
    tag: str


def _from(done: int) -> dict[str, str]:
    return {"Range": f"bytes={done}-"} if done else {}


def _refuse(reply: OriginReply) -> None:
    reply.refuse_busy()
    code = reply.status
    if code == HTTPStatus.NOT_FOUND:
        raise IngestionError(
            f"{reply.address} manque sur le serveur (code 404), et ce qui suit ne peut pas être "
            "appliqué sans. Relancez la même commande plus tard."
        )
    if code not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
        raise IngestionError(f"{reply.address} est refusé (code {code}). Vérifiez « law_source ».")


def _checked(name: str, reply: OriginReply, done: int, known: _Known | None) -> _Known:
    """What the answer says of the archive; raises IngestionError when it is no longer the same."""
    size = reply.headers.get("Content-Length", "")
    if reply.status == HTTPStatus.PARTIAL_CONTENT:
        first, _, size = _RANGE.sub(r"\1 \2", reply.headers.get("Content-Range", "")).partition(" ")
        if first != str(done):
            raise IngestionError(f"{name} : le serveur reprend ailleurs qu'à l'octet {done}.")
    if not size.isdecimal():
        raise IngestionError(f"{name} : le serveur n'en dit pas la taille.")
    tag = reply.headers.get("ETag") or reply.headers.get("Last-Modified") or ""
    now = _Known(int(size), tag)
    if known and now != known:
        raise IngestionError(
            f"{name} a changé pendant sa lecture ({known.size} puis {now.size} octets). Relancez "
            "la même commande."
        )
    return now


_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")


def _after(skipped: int, reply: OriginReply) -> Iterator[bytes]:
    """The bytes of an answer, without the first ones: a server may not know how to resume."""
    for piece in reply.pieces():
        if rest := piece[skipped:]:
            yield rest
        skipped = max(0, skipped - len(piece))


def _bounded(reply: OriginReply) -> bytes:
    try:
        return b"".join(reply.pieces(_MOST_LISTED))
    except ReplyTooLong as error:
        raise IngestionError(f"{error} est trop longue pour une liste d'archives.") from error


# The page that a web server makes of a folder: links, and mostly a size after each. Pure.

_LINK = re.compile(r'href="(?:[^"]*/)?([\w.-]+)"', re.IGNORECASE)
_SIZE = re.compile(r"(\d+(?:\.\d+)?)([KMG]?)")
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def listed(page: str, fund: DilaFund = DilaFund.LEGI) -> Iterator[ListedArchive]:
    """The archives of a fund that a page links to, once each; a size that it does not tell is 0."""
    links = list(_LINK.finditer(page))
    ends = [link.start() for link in links[1:]] + [len(page)]
    names = set()
    for link, end in zip(links, ends, strict=True):
        name = link[1]
        if is_offered(name, fund) and name not in names:
            names.add(name)
            yield ListedArchive(name, _size_in(page[link.end() : end]))


def _size_in(text: str) -> int:
    words = re.sub(r"<[^>]*>?|^[^>]*>", " ", text).split()
    sizes = [found for word in words if (found := _SIZE.fullmatch(word))]
    return int(float(sizes[-1][1]) * _UNITS[sizes[-1][2]]) if sizes else 0
