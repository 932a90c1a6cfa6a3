"""The shared store against the embedded one: python -m tests.studies.store WHAT.

words HOME       the passages that questions of the bank lead to, found by words: by the embedded
                 engine, by the server, and by PostgreSQL's own French ranking (ts_rank_cd). HOME is
                 a data folder with an index; it is only read.
ranking HOME     the whole ranking of the questions of tests/data, by both, with real weights.
vectors [COUNT [LIKE]]  recall against comparing all, and seconds, over synthetic passages: so
                 many (100,000), between the questions of the index of the data folder LIKE, whose
                 vectors are of a real embedder; or, where LIKE is a number, in groups of fifty that
                 are spread so widely (0.7, then 1.5).
publication HOME [COUNT]  seconds until the published index of HOME, and one of so many passages
                 (1,000,000) like those of `embedded`, are in use once each is published and put
                 back, by a process that follows publications and by one that does not.
embedded HOME [COUNT]  seconds from a question to its evidence, and memory, over so many passages
                 (100,000) of the embedded store: those of HOME's index and others, of the same
                 texts, whose vectors stand between those of its questions.
clients [WORKERS [SECONDS]]  sixty programs that ask so many processes (3) for so long (300) over
                 HTTP, while indexes are published and put back, and a process, then the server,
                 are killed: answers that the journal has not, or that are of two indexes, turns
                 begun a second after a publication that are of the index before, turns that failed
                 and whether something was killed meanwhile, and what the journal says at the end.

A PostgreSQL server of Debian's binaries is started for each, with its default settings.
"""

import argparse
import asyncio
import os
import resource
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import cycle
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from typing import Any

import httpx2
import numpy as np
import psycopg
from numpy.typing import NDArray
from rich.console import Console

from assistant.answering.record import read_evidence
from assistant.container import load_embedder
from assistant.journal.journal import journal_of
from assistant.publishing.migration import migrate
from assistant.retrieval.candidates import Searcher
from assistant.retrieval.evidence import Scope
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.snapshots import SnapshotHolder
from assistant.retrieval.tuning import default_tuning
from assistant.settings import load_settings
from assistant.web.workers import LOOK
from ingestion.durable import lock_for_writing
from ingestion.errors import IngestionError
from ingestion.index.folder import FolderRepository
from ingestion.index.lexical import bare_words
from ingestion.index.publication import current_name, open_snapshot, publish, put_back
from ingestion.index.questions import LeadingQuestion
from ingestion.index.search import Hit, Vectors
from ingestion.index.server import ServerRepository
from ingestion.index.snapshot import IndexSnapshot, SnapshotContents, contents_of
from tests.assistant.web.test_served_while_published import QUESTIONS
from tests.assistant.web.test_workers import served, workers_of
from tests.studies.ranking import asked as cases
from tests.support.accounts_home import Clock, Hall
from tests.support.administered import add_code, administered, candidate, with_text
from tests.support.index_home import passages_of_texts
from tests.support.index_on_server import described
from tests.support.page_server import free_port
from tests.support.postgresql_server import Server, started

WHATS = ("words", "ranking", "vectors", "publication", "embedded", "clients")
CONSOLE = Console(width=120)
ASKED, FOUND = 1000, 10
SEED = 7
DATA = Path(__file__).parents[1] / "data"


def main() -> None:
    """Measure what the command line names, on a server of its own."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=WHATS)
    parser.add_argument("rest", nargs="*")
    asked = parser.parse_args()
    with started() as server:
        if asked.what == "words":
            words(Path(asked.rest[0]), server)
        elif asked.what == "ranking":
            ranking(Path(asked.rest[0]), server)
        elif asked.what == "vectors":
            count, likes = int([*asked.rest, "100000"][0]), asked.rest[1:] or ("0.7", "1.5")
            vectors(count, likes, server)
        elif asked.what == "publication":
            publication(Path(asked.rest[0]), int([*asked.rest, "1000000"][1]), server)
        elif asked.what == "embedded":
            embedded(Path(asked.rest[0]), int([*asked.rest, "100000"][1]))
        else:
            workers, seconds = map(int, (*asked.rest, *("3", "300")[len(asked.rest) :]))
            clients(workers, seconds, server)


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
        searcher, ranks, seconds, found = Searcher(snapshot, embedder, default_tuning()), [], [], []
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


def vectors(count: int, likes: Sequence[str], server: Server) -> None:
    """Print how long a graph takes to be made and searched, and what it finds."""
    for like in likes:
        rng = np.random.default_rng(SEED)
        is_folder = Path(like).is_dir()
        rows, asked = (_between if is_folder else _near)(rng, like, count)
        best = np.vstack([np.argpartition(-(rows @ each), FOUND)[:FOUND] for each in asked])
        [passage] = passages_of_texts(["Un texte."])
        name = f"synthetic-{Path(like).name}"
        address = server.fresh()
        _write(address, name, passage.id, rows)
        _measure(f"{count} vectors, like {like}", address, name, asked, best)


ASKED, NEIGHBOURS, NOISE = 200, 5, 0.3


def _near(rng: np.random.Generator, spread: str, count: int) -> tuple[Vectors, Vectors]:
    """Rows and questions that are spread so widely about topics of no direction."""
    topics = rng.standard_normal((count // 50, 384), np.float32)
    rows: Vectors = float(spread) * rng.standard_normal((count + ASKED, 384), np.float32)
    rows += topics[rng.integers(len(topics), size=len(rows))]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows[:count], rows[count:]


def _between(rng: np.random.Generator, home: str, count: int) -> tuple[Vectors, Vectors]:
    """Rows between a real vector and some of its neighbours, and real ones that they were not of.

    Each has noise of its own, so that no two lie on one line.
    """
    snapshot = open_snapshot(Path(home), current_name(Path(home)))
    real = rng.permutation(np.unique(snapshot.questions.vectors, axis=0))
    asked, real = real[:ASKED], real[ASKED:]
    near = np.vstack([_neighbours(real, real[at : at + 1000]) for at in range(0, len(real), 1000)])
    of = rng.integers(len(real), size=count)
    rows = np.empty((count, real.shape[1]), np.float32)
    for at in range(0, count, 10_000):
        places = of[at : at + 10_000]
        shares = rng.dirichlet(np.ones(NEIGHBOURS + 1), len(places)).astype(np.float32)
        around = np.concatenate([real[places][:, None], real[near[places]]], axis=1)
        rows[at : at + 10_000] = np.einsum("ij,ijk->ik", shares, around)
    apart = np.linalg.norm(real[of] - real[near[of, 0]], axis=1, keepdims=True)
    noise = rng.standard_normal(rows.shape, np.float32) / np.sqrt(rows.shape[1])
    rows += NOISE * apart * noise.astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows, asked


def _neighbours(real: Vectors, some: Vectors) -> NDArray[np.intp]:
    """The places of the nearest of each but itself."""
    order = np.argpartition(-(some @ real.T), NEIGHBOURS + 1, axis=1)[:, : NEIGHBOURS + 1]
    return np.take_along_axis(
        order, np.argsort(-np.take_along_axis(some @ real.T, order, 1), axis=1), 1
    )[:, 1:]


def _write(address: str, name: str, base: str, rows: Vectors) -> None:
    [passage] = passages_of_texts(["Un texte."])
    passages = tuple(replace(passage, id=f"{base}-{row}") for row in range(len(rows)))
    contents = SnapshotContents((), passages, rows, (), (), rows[:0])
    began = time.perf_counter()
    ServerRepository(address).write(contents, described(name, len(rows)), lambda _: None)
    CONSOLE.print(f"written in {time.perf_counter() - began:.0f} s, {_load()}")


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
        f"p50 {half:.0f} ms, p95 {most:.0f} ms, {_load()}",
    )


def _load() -> str:
    return f"load {os.getloadavg()[0]:.1f}"


# A publication.


def publication(home: Path, count: int, server: Server) -> None:
    """Print how long nobody is answered from an index that has just been published."""
    address, name = server.fresh(), current_name(home)
    large = f"99991231-235959-{count % 1000:03}"
    _write_both(home, ServerRepository(address), large, count)
    with TemporaryDirectory() as folder:
        shared, embedder = Path(folder), load_embedder(home, load_settings(home))
        (shared / "settings.toml").write_text(f'store = "{address}"\n', encoding="utf-8")
        publish(shared, name)
        following, other = (SnapshotHolder(shared, embedder) for _ in range(2))
        following.follow()
        for each in (following, other):
            each.current()
        for served in (large, name):
            began = time.perf_counter()
            publish(shared, served)
            verified = time.perf_counter() - began
            seconds = [_seconds_until(holder, served) for holder in (following, other)]
            CONSOLE.print(
                f"{served}: verified in {verified:.1f} s, in use after {seconds[0]:.2f} s "
                f"by who follows, {seconds[1]:.1f} s by who does not"
            )


def _write_both(home: Path, server: ServerRepository, large: str, count: int) -> None:
    """The index of a folder, and one of so many passages, on a server."""
    repository, name = FolderRepository(home), current_name(home)
    real, manifest = (
        contents_of(repository.open(name), repository.vectors(name)),
        repository.manifest(name),
    )
    server.write(real, manifest, lambda _: None)
    began = time.perf_counter()
    many = _many(real, home, count, np.random.default_rng(SEED))
    server.write(many, replace(manifest, name=large, passages=count), lambda _: None)
    CONSOLE.print(f"{count} passages written in {time.perf_counter() - began:.0f} s")


def _seconds_until(holder: SnapshotHolder, name: str) -> float:
    began = time.perf_counter()
    assert holder.current().manifest.name == name
    return time.perf_counter() - began


# Evidence, embedded.


def _many(
    real: SnapshotContents, home: Path, count: int, rng: np.random.Generator
) -> SnapshotContents:
    """So many passages: those of HOME's index, and the same texts between its questions."""
    rows, _ = _between(rng, str(home), count - len(real.passages))
    of = rng.integers(len(real.passages), size=len(rows))
    copies = (
        replace(real.passages[n], id=f"{real.passages[n].id}-{row}") for row, n in enumerate(of)
    )
    passages, vectors = (*real.passages, *copies), np.vstack([real.vectors, rows])
    return replace(real, passages=passages, vectors=vectors)


def embedded(home: Path, count: int) -> None:
    """Print how long evidence takes over a large embedded index, and how much memory."""
    repository, name = FolderRepository(home), current_name(home)
    real = contents_of(repository.open(name), repository.vectors(name))
    rng = np.random.default_rng(SEED)
    many = _many(real, home, count, rng)
    embedder = load_embedder(home, load_settings(home))
    leading = [each.text for each in real.questions if each.passage_ids]
    asked = rng.choice(len(leading), ASKED, replace=False)
    with TemporaryDirectory() as folder:
        large = FolderRepository(Path(folder))
        began = time.perf_counter()
        large.write(many, replace(repository.manifest(name), passages=count), lambda _: None)
        written = time.perf_counter() - began
        began = time.perf_counter()
        retriever = Retriever(large.open(name), embedder, default_tuning())
        opened = time.perf_counter() - began
        seconds = []
        for place in asked:
            began = time.perf_counter()
            retriever.retrieve(leading[place], Scope(date.today()), FOUND)
            seconds.append(time.perf_counter() - began)
    half, most = np.percentile(seconds, [50, 95]) * 1000
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000_000
    CONSOLE.print(
        f"{count} passages, embedded: written in {written:.0f} s, opened in {opened:.1f} s, "
        f"evidence p50 {half:.0f} ms, p95 {most:.0f} ms, {resident:.1f} GB at most, {_load()}"
    )


# Clients.

CLIENTS, PAUSE, REST, PATIENCE = 60, 2, 1, 60
"""Who asks, and seconds: between publications, after an error, and for which one waits."""


@dataclass(frozen=True, slots=True)
class HttpTurn:
    """What a program was told; `problem` says why it was told nothing."""

    began: float
    ended: float
    record: Mapping[str, Any] | None
    problem: str = ""


@dataclass(slots=True)
class Disturbances:
    """What was done meanwhile, each with when it began and ended."""

    served: list[tuple[float, float, str]] = field(default_factory=list)
    killed: list[tuple[float, float]] = field(default_factory=list)


def clients(workers: int, seconds: int, server: Server) -> None:
    """Print what clients were told while indexes changed and processes were killed."""
    with TemporaryDirectory() as scratch:
        home, port = administered(Path(scratch) / "home", Path(scratch)), free_port()
        add_code(home, Path(scratch), with_text("R2192-10", "Le délai est de vingt jours."))
        names = [candidate(home)[0].name, current_name(home)]
        address = server.fresh()
        migrate(home, "", address, lambda *_: None)
        named = f'store = "{address}"\naccess = "accounts"\n'
        (home / "settings.toml").write_text(named, encoding="utf-8")
        hall = Hall(home, Clock(time.time()))
        hall.settle("ana")
        tokens = [hall.accounts.tokens.create("ana", str(each), "chef") for each in range(CLIENTS)]
        with served(home, port, workers) as process, ThreadPoolExecutor() as beside:
            disturbing = beside.submit(_disturb, home, server, process, names, workers, seconds)
            turns = asyncio.run(_ask_all(f"http://127.0.0.1:{port}", tokens, seconds))
            _tell(home, turns, disturbing.result(), seconds)


def _disturb(
    home: Path,
    server: Server,
    process: "subprocess.Popen[str]",
    names: Sequence[str],
    workers: int,
    seconds: int,
) -> Disturbances:
    """Publish one after the other; a worker is killed after a third of the time, then the server.

    A worker counts as killed until another process has its place.
    """
    done, began = Disturbances(), time.time()
    while (now := time.time()) < began + seconds:
        with suppress(IngestionError), lock_for_writing(home):
            put_back(home, name := names[len(done.served) % 2])
            done.served.append((now, time.time(), name))
        now = time.time()
        if workers > 1 and not done.killed and now > began + seconds / 3:
            killed = workers_of(process)[0]
            os.kill(killed, signal.SIGKILL)
            while workers_of(process).get(0, killed) == killed:
                time.sleep(LOOK)
            done.killed.append((now, time.time()))
        elif len(done.killed) < (workers > 1) + 1 and now > began + 2 * seconds / 3:
            server.restart()
            done.killed.append((now, time.time()))
        time.sleep(PAUSE)
    return done


async def _ask_all(site: str, tokens: Sequence[str], seconds: int) -> list[HttpTurn]:
    over = time.time() + seconds
    told = await asyncio.gather(*(_ask_until(over, site, token) for token in tokens))
    return [turn for each in told for turn in each]


async def _ask_until(over: float, site: str, token: str) -> list[HttpTurn]:
    """One program, which asks the next question once it was told of the last one."""
    headers, turns = {"authorization": f"Bearer {token}"}, list[HttpTurn]()
    async with httpx2.AsyncClient(base_url=site, headers=headers, timeout=PATIENCE) as client:
        for question in cycle(QUESTIONS):
            if (began := time.time()) > over:
                return turns
            asked = {"model": "sourcier", "messages": [{"role": "user", "content": question}]}
            record, problem = None, ""
            try:
                reply = await client.post("/v1/chat/completions", json=asked)
                if reply.is_success:
                    record = reply.json()["sourcier"]
                else:
                    problem = str(reply.status_code)
            except httpx2.HTTPError as error:
                problem = type(error).__name__
            turns.append(HttpTurn(began, time.time(), record, problem))
            if problem:
                await asyncio.sleep(REST)
    return turns


def _tell(home: Path, turns: Sequence[HttpTurn], done: Disturbances, seconds: int) -> None:
    answered = [(turn, turn.record) for turn in turns if turn.record]
    half, most = np.percentile([turn.ended - turn.began for turn, _ in answered], [50, 95])
    began, calm = min(turn.began for turn in turns), done.killed[0][0]
    rate = sum(turn.ended < calm for turn, _ in answered) / (calm - began)
    CONSOLE.print(
        f"{len(turns)} turns of {CLIENTS} clients in {seconds} s, {rate:.1f} a second before "
        f"anything was killed, p50 {half:.1f} s, p95 {most:.1f} s, {_load()}"
    )
    lost, mixed = _lost_and_mixed(home, [record for _, record in answered])
    late = sum(_is_late(turn, record["generation"], done.served) for turn, record in answered)
    CONSOLE.print(f"{len(done.served)} publications: lost {lost}, mixed {mixed}, late {late}")
    failed = [turn for turn in turns if turn.problem]
    apart = [
        turn
        for turn in failed
        if not any(turn.began <= end and turn.ended >= start for start, end in done.killed)
    ]
    CONSOLE.print(f"failed {Counter(turn.problem for turn in failed)}, of them apart {len(apart)}")
    CONSOLE.print(f"faults of the journal: {len(journal_of(home).faults())}")


def _lost_and_mixed(home: Path, records: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """How many answers the journal has not, and how many are not of one index."""
    journal, texts = journal_of(home), dict[str, dict[str, str]]()
    for name in {record["generation"] for record in records}:
        documents = open_snapshot(home, name).store.documents()
        texts[name] = {each.id: each.text for each in documents}
    kept = {entry["hash"][:16]: entry for entry in journal.entries()}
    lost = mixed = 0
    for record in records:
        entry = kept.get(record["record_id"])
        if not entry or (body := journal.body(entry)) is None:
            lost += 1
        elif not _is_of_one(record, body, texts[record["generation"]]):
            mixed += 1
    return lost, mixed


def _is_of_one(
    record: Mapping[str, Any], body: Mapping[str, Any], texts: Mapping[str, str]
) -> bool:
    """Whether what was told is what was kept, and all of it stands in one index, to the letter."""
    shown = [each.passage for each in read_evidence(body["evidence"])]
    cited = record["citations"]
    return (
        all(body[key] == record[key] for key in ("generation", "answer", "citations"))
        and bool(cited)
        and all(texts.get(p.document_id, "")[p.start : p.end] == p.text for p in shown)
        and all(texts.get(c["document"], "")[c["start"] : c["end"]] == c["quote"] for c in cited)
    )


def _is_late(turn: HttpTurn, told: str, served: Sequence[tuple[float, float, str]]) -> bool:
    """Whether a turn is of an index that another had replaced a second before it began."""
    before = [name for _, ended, name in served if ended + 1 < turn.began]
    coming = any(started <= turn.began <= ended + 1 for started, ended, _ in served)
    return bool(before) and not coming and told != before[-1]


if __name__ == "__main__":
    main()
