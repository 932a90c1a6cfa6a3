"""How the official texts are installed: python -m tests.studies.law_installation ARTICLES.

A server of this machine, in a process of its own, offers a complete archive of all French law as
large as asked, made as it is sent, with the code of ARTICLES (a JSON line an article: num, chemin,
texte, valide_du, valide_au) in its middle, and daily archives after it. Three answers are cut. Told
are the seconds, the peak of memory of both processes, and the largest size of the data folder.

  --gigabytes N    size of the complete archive (default: 1)
  --daily N        daily archives after it (default: 30)
"""

import argparse
import gzip
import io
import json
import os
import random
import re
import sys
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import monotonic

from assistant.journal.journal import Journal
from assistant.publishing.decisions import Decisions
from assistant.publishing.official_texts import keep, require_articles
from assistant.publishing.storage import size_of
from ingestion.durable import lock_for_writing
from ingestion.legislation.articles import ArticleVersion
from ingestion.legislation.dila import DilaServer
from ingestion.legislation.mirror import plan_installation
from ingestion.legislation.official_copy import OfficialCopy, chosen_texts, take
from tests.support.legi_files import VERSION, article_name, article_xml, in_folder

CODE = chosen_texts()[0].id
FULL = "Freemium_legi_global_20260101-140000.tar.gz"
FIRST_DAY = datetime(2026, 1, 1, 20, 30)
CUTS = (0.2, 0.5, 0.8)
FILES_A_MEMBER = 3000


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("articles", type=Path)
    parser.add_argument("--gigabytes", type=float, default=1)
    parser.add_argument("--daily", type=int, default=30)
    asked = parser.parse_args()
    code = list(code_in(asked.articles))
    with TemporaryDirectory() as folder, offered(code, asked.gigabytes, asked.daily) as address:
        measure(Path(folder) / "home", address)


def measure(home: Path, address: str) -> None:
    """Install once and print what it took."""
    began, copy, source = monotonic(), OfficialCopy(home), DilaServer(address)
    with copy.alone(), watched(home) as seen:
        plan = plan_installation(source.listing(), None)
        write(f"to read: {plan.size / 1e6:.0f} MB in {len(plan.archives)} archives")
        take(copy, source, plan, chosen_texts(), lambda done, total: None, lambda *_: None)
        taken = monotonic() - began
        reading = seen.child
        require_articles(copy, CODE, date.today())
        decisions = Decisions(home, Journal(home / "journal.jsonl"), "study")
        with lock_for_writing(home):
            names = keep(home, copy, decisions)
    own = getrusage(RUSAGE_SELF).ru_maxrss / 1024
    write(f"read in {taken:.0f} s ({plan.size / 1e6 / taken:.1f} MB/s), kept: {', '.join(names)}")
    write(
        f"peak memory: {own:.0f} MB here; beside it {reading:.0f} MB in the child that reads "
        f"archives, {seen.child:.0f} MB at most in this one and the one that reads the texts kept"
    )
    write(f"data folder: {seen.folder / 1e6:.1f} MB at most, {size_of(home) / 1e6:.1f} at the end")


def write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass(slots=True)
class Seen:
    """The largest size of the data folder, in bytes, and peak of a child, in MB."""

    folder: int = 0
    child: float = 0


@contextmanager
def watched(home: Path) -> Iterator[Seen]:
    """Look five times a second at the folder, and at the children that read files."""
    seen, ended = Seen(), Event()

    def look() -> None:
        while not ended.wait(0.2):
            seen.folder = max(seen.folder, size_of(home))
            seen.child = max([seen.child, *peaks_of_readers()])

    Thread(target=look, daemon=True).start()
    try:
        yield seen
    finally:
        ended.set()


def peaks_of_readers() -> Iterator[float]:
    """The peak in MB of each child of this process that reads files, as Linux tells it."""
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended since
            told = (place / "status").read_text()
            is_reader = b"ingestion.sandbox" in (place / "cmdline").read_bytes()
            peak = re.search(r"VmHWM:\s+(\d+) kB", told)
            if is_reader and peak and re.search(rf"PPid:\s+{os.getpid()}\b", told):
                yield int(peak[1]) / 1024


def code_in(path: Path) -> Iterator[ArticleVersion]:
    """The articles of the file as versions of the code."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        row = json.loads(line)
        last = row.get("valide_au")
        yield replace(
            VERSION,
            id=f"LEGIARTI0009{number:08}",
            text_id=CODE,
            code="Code de la commande publique",
            number=row["num"],
            path=tuple(row["chemin"]),
            first_day=date.fromisoformat(row.get("valide_du") or "2019-04-01"),
            ended=date.fromisoformat(last) + timedelta(days=1) if last else None,
            lines=tuple(row["texte"].split("\n")),
            nota=(),
        )


# The archives: members of gzip one after the other, of which one is sent again and again.


def packed(versions: Sequence[ArticleVersion], stamp: str = "") -> bytes:
    """These articles and their neighbours as one member, without the end of an archive."""
    content = io.BytesIO()
    archive = tarfile.open(fileobj=content, mode="w", format=tarfile.GNU_FORMAT)  # noqa: SIM115 - never closed: no end
    for version in versions:
        files = {article_name(version): article_xml(version)}
        for name, data in (in_folder(stamp, files) if stamp else files).items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return gzip.compress(content.getvalue()[: archive.offset], 6)


END = gzip.compress(bytes(10240))


def others(seed: int, count: int) -> list[ArticleVersion]:
    """Articles of other codes, of words made for it."""
    draw = random.Random(seed)
    words = ["".join(draw.choices("aeioulnrstdmpc", k=draw.randint(2, 11))) for _ in range(4000)]
    return [
        replace(
            VERSION,
            id=f"LEGIARTI{draw.randrange(10**11):012}",
            text_id=f"LEGITEXT00000{draw.randrange(200):07}",
            number=f"R{draw.randrange(900)}-{number}",
            lines=tuple(
                " ".join(draw.choices(words, k=draw.randint(8, 40)))
                for _ in range(draw.randint(1, 4))
            ),
        )
        for number in range(count)
    ]


Pieces = list[tuple[bytes, int]]
"""Bytes, and how many times they come."""


def archives_of(code: Sequence[ArticleVersion], gigabytes: float, daily: int) -> dict[str, Pieces]:
    """The complete archive, then the daily ones; of these every tenth changes an article."""
    filler = packed(others(1, FILES_A_MEMBER))
    half = round(gigabytes * 1e9 / len(filler) / 2) + 1
    found: dict[str, Pieces] = {FULL: [(filler, half), (packed(code), 1), (filler, half), (END, 1)]}
    for number in range(daily):
        name = f"LEGI_{FIRST_DAY + timedelta(days=number):%Y%m%d-%H%M%S}.tar.gz"
        changed = [replace(code[number], lines=("Changé.",))] if number % 10 == 9 else []
        found[name] = [(packed([*others(number, 600), *changed], name), 1), (END, 1)]
    return found


def size(pieces: Pieces) -> int:
    return sum(len(data) * times for data, times in pieces)


def sent(pieces: Pieces, first: int) -> Iterator[bytes]:
    """The bytes from one on."""
    for data, times in pieces:
        for _ in range(times):
            if first < len(data):
                yield data[first:]
            first = max(0, first - len(data))


@contextmanager
def offered(code: Sequence[ArticleVersion], gigabytes: float, daily: int) -> Iterator[str]:
    """Serve these archives from another process; the address of their folder."""
    here, there = Pipe()
    server = Process(target=serve, args=(there, list(code), gigabytes, daily), daemon=True)
    server.start()
    try:
        yield here.recv()
    finally:
        server.kill()


def serve(told: Connection, code: list[ArticleVersion], gigabytes: float, daily: int) -> None:
    """In the other process."""
    archives = archives_of(code, gigabytes, daily)
    cuts = [int(part * size(archives[FULL])) for part in CUTS]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = self.path.rpartition("/")[2]
            first = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=")[:-1])
            if not name:
                rows = (f'<a href="{each}">x</a> {size(archives[each])}' for each in archives)
                return self._send("\n".join(rows).encode())
            whole = size(archives[name])
            self.send_response(206 if first else 200)
            self.send_header("Content-Length", str(whole - first))
            self.send_header("Content-Range", f"bytes {first}-{whole - 1}/{whole}")
            self.end_headers()
            done = first
            for piece in sent(archives[name], first):
                self.wfile.write(piece)
                done += len(piece)
                if name == FULL and cuts and done > cuts[0]:
                    write(f"cut after {done / 1e6:.0f} MB")
                    del cuts[0]
                    self.close_connection = True
                    return None
            return None

        def _send(self, data: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told.send(f"http://127.0.0.1:{server.server_port}/LEGI/")
        server.serve_forever()


if __name__ == "__main__":
    main()
