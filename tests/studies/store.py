"""The shared store against the embedded one: python -m tests.studies.store WHAT.

words HOME       the passages that questions of the bank lead to, found by words: by the embedded
                 engine, by the server, and by PostgreSQL's own French ranking (ts_rank_cd). HOME is
                 a data folder with an index; it is only read.
ranking HOME     the whole ranking of the questions of tests/data, by both, with real weights.
vectors [COUNT]  recall against comparing all, and seconds, over synthetic passages (100,000).
processes        three processes that ask one server, each with a folder of its own, while indexes
                 are published and put back and the server is killed and started again: turns whose
                 evidence is of two indexes, turns begun a second after a publication that are of
                 the index before, turns that failed, and what the journal says at the end.

A PostgreSQL server of Debian's binaries is started for each, with its default settings.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from threading import Thread

import numpy as np
import psycopg
from numpy.typing import NDArray
from rich.console import Console

from assistant.container import load_embedder
from assistant.evaluation.runs import run_turn
from assistant.journal.journal import journal_of
from assistant.publishing.migration import migrate
from assistant.retrieval.candidates import Searcher
from assistant.retrieval.evidence import Scope
from assistant.settings import load_settings
from ingestion.durable import lock_for_writing
from ingestion.errors import IngestionError
from ingestion.index.lexical import bare_words
from ingestion.index.publication import current_name, open_snapshot, put_back
from ingestion.index.questions import LeadingQuestion
from ingestion.index.search import Hit, Vectors
from ingestion.index.server import ServerRepository
from ingestion.index.snapshot import FolderRepository, IndexSnapshot, SnapshotContents, contents_of
from ingestion.postgresql import named_server
from tests.administered import assistant_over
from tests.index_home import passages_of_texts
from tests.index_on_server import described
from tests.postgresql_server import Server, started, with_store
from tests.small_index import answering_embedder, build_small_index
from tests.studies.ranking import asked as cases
from tests.test_served_while_published import QUESTIONS, _is_of

CONSOLE = Console(width=120)
ASKED, FOUND = 1000, 10
SEED = 7
DATA = Path(__file__).parents[1] / "data"


def main() -> None:
    """Measure what the command line names, on a server of its own."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("words", "ranking", "vectors", "processes", "ask"))
    parser.add_argument("rest", nargs="*")
    asked = parser.parse_args()
    if asked.what == "ask":
        return _ask(Path(asked.rest[0]))
    with started() as server:
        if asked.what == "words":
            words(Path(asked.rest[0]), server)
        elif asked.what == "ranking":
            ranking(Path(asked.rest[0]), server)
        elif asked.what == "vectors":
            vectors(int(asked.rest[0]) if asked.rest else 100_000, server)
        else:
            processes(server)
    return None


# Words.


def words(home: Path, server: Server) -> None:
    """Print how each engine finds by words the passages that questions lead to."""
    address = server.fresh()
    embedded, shared, contents = _both(home, address)
    leading = [each for each in contents.questions if each.passage_ids]
    drawn = np.random.default_rng(SEED).choice(len(leading), ASKED, replace=False)
    asked = [leading[row] for row in drawn]
    first = _row("embedded", asked, lambda text: embedded.lexical.search(text, FOUND))
    other = _row("server", asked, lambda text: shared.lexical.search(text, FOUND))
    with psycopg.connect(address) as connection:
        _row("ts_rank_cd", asked, _ranked_by_postgresql(connection, contents))
    same = mean(len(one & two) / max(len(one), 1) for one, two in zip(first, other, strict=True))
    CONSOLE.print(f"of the first {FOUND} of the embedded engine, the server finds {same:.3f}")


def _both(home: Path, address: str) -> tuple[IndexSnapshot, IndexSnapshot, SnapshotContents]:
    """The index of a folder, the same on a server, and what both were written from."""
    repository, kept, name = FolderRepository(home), ServerRepository(address), current_name(home)
    embedded = repository.open(name)
    contents = contents_of(embedded, repository.vectors(name))
    kept.write(contents, repository.manifest(name), lambda _: None)
    return embedded, kept.open(name), contents


def _row(
    engine: str, asked: Sequence[LeadingQuestion], search: Callable[[str], list[Hit]]
) -> list[set[str]]:
    ranks, seconds, found = [], [], []
    for question in asked:
        began = time.perf_counter()
        hits = [hit.passage_id for hit in search(question.text)]
        seconds.append(time.perf_counter() - began)
        right = [place for place, each in enumerate(hits, 1) if each in question.passage_ids]
        ranks.append(right[0] if right else 0)
        found.append(set(hits))
    _told(engine, ranks, seconds)
    return found


def _told(engine: str, ranks: Sequence[int], seconds: Sequence[float]) -> None:
    at = {k: mean(0 < rank <= k for rank in ranks) for k in (1, 3, FOUND)}
    told = "  ".join(f"@{k} {share:.3f}" for k, share in at.items())
    half, most = np.percentile(seconds, [50, 95]) * 1000
    CONSOLE.print(f"{engine:12}{told}  p50 {half:.1f} ms  p95 {most:.1f} ms")


def _ranked_by_postgresql(
    connection: "psycopg.Connection[tuple[str, float]]", contents: SnapshotContents
) -> Callable[[str], list[Hit]]:
    """The server's own French analysis and ranking, by any of the words."""
    connection.execute("CREATE TEMP TABLE texts (id text, words tsvector)")
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO texts VALUES (%s, to_tsvector('french', %s))",
            [(each.id, bare_words(each.text)) for each in contents.passages],
        )
    connection.execute("CREATE INDEX ON texts USING gin (words)")
    asked = (
        "SELECT id, ts_rank_cd(words, query, 1) AS rank FROM texts, "
        "to_tsquery('french', %s) AS query WHERE words @@ query ORDER BY rank DESC LIMIT %s"
    )

    def search(text: str) -> list[Hit]:
        either = " | ".join(bare_words(text).split())
        return [Hit(*row) for row in connection.execute(asked, [either, FOUND])]

    return search


# The whole ranking.


def ranking(home: Path, server: Server) -> None:
    """Print how each engine ranks the expected articles, and how often both rank alike."""
    embedder = load_embedder(home, load_settings(home))
    embedded, shared, _ = _both(home, server.fresh())
    asked = [each for path in sorted(DATA.glob("questions_*.jsonl")) for each in cases(path)]
    ranked = []
    for engine, snapshot in (("embedded", embedded), ("server", shared)):
        searcher, ranks, seconds, found = Searcher(snapshot, embedder), [], [], []
        for text, day, expected in asked:
            began = time.perf_counter()
            candidates = searcher.candidates(text, Scope(day))
            seconds.append(time.perf_counter() - began)
            best = sorted(candidates, key=lambda each: -each.strength)[:FOUND]
            found.append([each.passage.id for each in best])
            right = [n for n, each in enumerate(best, 1) if expected & set(each.passage.references)]
            ranks.append(right[0] if right else 0)
        ranked.append(found)
        _told(engine, ranks, seconds)
    pairs = list(zip(*ranked, strict=True))
    for k in (1, 6):
        CONSOLE.print(f"same first {k}, in order: {mean(a[:k] == b[:k] for a, b in pairs):.3f}")


# Vectors.


def vectors(count: int, server: Server) -> None:
    """Print how long a graph takes to be made and searched, and what it finds."""
    rng = np.random.default_rng(SEED)
    for spread in (0.7, 1.5):
        topics = rng.normal(size=(count // 50, 384)).astype(np.float32)
        rows, asked = (_near(rng, topics, spread, size) for size in (count, 200))
        best = np.vstack([np.argsort(-(rows @ each))[:FOUND] for each in asked])
        [passage] = passages_of_texts(["Un texte."])
        name = f"synthetic-{spread}"
        address = server.fresh()
        _write(address, name, passage.id, rows)
        _measure(f"{count} vectors, spread {spread}", address, name, asked, best)


def _near(rng: np.random.Generator, topics: Vectors, spread: float, size: int) -> Vectors:
    drawn = topics[rng.integers(len(topics), size=size)]
    noised = drawn + spread * rng.normal(size=drawn.shape).astype(np.float32)
    unit: Vectors = noised / np.linalg.norm(noised, axis=1, keepdims=True)
    return unit


def _write(address: str, name: str, base: str, rows: Vectors) -> None:
    [passage] = passages_of_texts(["Un texte."])
    passages = tuple(replace(passage, id=f"{base}-{row}") for row in range(len(rows)))
    contents = SnapshotContents((), passages, rows, (), (), rows[:0])
    began = time.perf_counter()
    ServerRepository(address).write(contents, described(name, len(rows)), lambda _: None)
    CONSOLE.print(f"written in {time.perf_counter() - began:.0f} s")


def _measure(told: str, address: str, name: str, asked: Vectors, best: NDArray[np.intp]) -> None:
    began = time.perf_counter()
    snapshot = ServerRepository(address).open(name)
    opened = time.perf_counter() - began
    seconds, right = [], 0
    for vector, expected in zip(asked, best, strict=True):
        began = time.perf_counter()
        hits = snapshot.vectors.search(vector, 60)[:FOUND]
        seconds.append(time.perf_counter() - began)
        right += len({int(hit.passage_id.rpartition("-")[2]) for hit in hits} & set(expected))
    half, most = np.percentile(seconds, [50, 95]) * 1000
    recall = right / best.size
    CONSOLE.print(
        f"{told}: opened in {opened:.1f} s, recall@{FOUND} {recall:.3f}, "
        f"p50 {half:.0f} ms, p95 {most:.0f} ms",
    )


# Processes.

PROCESSES, CLIENTS, SECONDS, PAUSE = 3, 4, 120, 2


def processes(server: Server) -> None:
    """Print what three processes were answered while the index changed under them."""
    with TemporaryDirectory() as scratch:
        home = Path(scratch) / "builder"
        build_small_index(home, Path(scratch), answering_embedder())
        with_store(home, server)
        migrate(home, "", named_server(home, "store"), lambda *_: None)
        first = current_name(home)
        other = _another(home)
        with _asking(home, Path(scratch)) as files:
            served = _swap(home, server, [other, first])
        turns = [json.loads(line) for each in files for line in each.read_text().splitlines()]
        _tell(turns, served, journal_of(home).faults())


def _another(home: Path) -> str:
    """A second snapshot of the same texts but one, under a later name."""
    kept, name = ServerRepository(named_server(home, "store")), current_name(home)
    contents = contents_of(kept.open(name), kept.vectors(name))
    left = slice(0, len(contents.passages) - 1)
    fewer = replace(
        contents, passages=contents.passages[left], vectors=contents.vectors[left], questions=()
    )
    described_so = replace(
        kept.manifest(name),
        name="20991231-000000-000",
        content="other",
        passages=len(fewer.passages),
    )
    return kept.write(replace(fewer, asked=contents.asked[:0]), described_so, lambda _: None).name


def _swap(home: Path, server: Server, names: Sequence[str]) -> list[tuple[float, float, str]]:
    """Publish one after the other; when each began and ended. The server is killed half-way."""
    served: list[tuple[float, float, str]] = []
    started_at, is_killed = time.time(), False
    while (now := time.time()) < started_at + SECONDS:
        name = names[len(served) % 2]
        with lock_for_writing(home):
            put_back(home, name)
        served.append((now, time.time(), name))
        if not is_killed and time.time() > started_at + SECONDS / 2:
            server.restart()
            is_killed = True
        time.sleep(PAUSE)
    return served


@contextmanager
def _asking(home: Path, scratch: Path) -> Iterator[list[Path]]:
    """Processes with folders of their own; each has written its turns to a file at the end."""
    files = [scratch / f"web-{number}.jsonl" for number in range(PROCESSES)]
    with ExitStack() as running:
        for file in files:
            folder = file.with_suffix("")
            folder.mkdir()
            (folder / "settings.toml").write_bytes((home / "settings.toml").read_bytes())
            command = [sys.executable, "-m", "tests.studies.store", "ask", str(folder)]
            written = running.enter_context(file.open("w"))
            running.enter_context(subprocess.Popen(command, stdout=written))
        yield files


def _ask(home: Path) -> None:
    """One process: its clients ask until the time is over, and each turn is told on a line."""
    assistant = assistant_over(home, journal_of(home))
    over = time.time() + SECONDS

    def client() -> None:
        while time.time() < over:
            for question in QUESTIONS:
                began, told = time.time(), ""
                try:
                    result = run_turn(assistant, question, None, None)
                    told = result.generation
                    with suppress(IngestionError):
                        snapshot = open_snapshot(home, told)
                        told += "" if _is_of(result, snapshot) else " mixed"
                except IngestionError as error:
                    told = f"failed {type(error).__name__}"
                sys.stdout.write(json.dumps([began, time.time(), told]) + "\n")

    clients = [Thread(target=client) for _ in range(CLIENTS)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()


def _tell(
    turns: Sequence[tuple[float, float, str]],
    served: Sequence[tuple[float, float, str]],
    faults: Sequence[object],
) -> None:
    mixed = sum("mixed" in told for _, _, told in turns)
    failed = [(began, told) for began, _, told in turns if told.startswith("failed")]
    late = 0
    for began, _, told in turns:
        before = [name for _, ended, name in served if ended + 1 < began]
        coming = [name for started, ended, name in served if started <= began <= ended + 1]
        is_settled = before and not coming and not told.startswith("failed")
        late += bool(is_settled and told.split()[0] != before[-1])
    CONSOLE.print(f"{len(turns)} turns in {SECONDS} s, {len(served)} publications, one restart")
    CONSOLE.print(f"mixed {mixed}, late by more than a second {late}, failed {len(failed)}")
    CONSOLE.print(f"kinds of failure: {sorted({told for _, told in failed})}")
    CONSOLE.print(f"faults of the journal: {len(faults)}")


if __name__ == "__main__":
    main()
