"""A build killed at any point: the index in use keeps answering, and the next build goes on."""

import json
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import monotonic
from unittest import mock

import pytest

from assistant.journal.journal import journal_of
from ingestion.durable import lock_for_writing
from ingestion.index import vectors
from ingestion.index.publication import KEPT, current_name, find_faults, finished, repository_of
from ingestion.index.search import Vectors
from ingestion.index.store import snapshots_folder
from tests.assistant.journal.test_decisions import last_told
from tests.assistant.publishing.test_gate import NEW
from tests.support.administered import (
    add_code,
    administered,
    candidate,
    decisions,
    promoted_alone,
)
from tests.support.fakes import WordEmbedder
from tests.support.index_home import (
    ARTICLES,
    add,
    answers,
    build_and_publish,
    build_only,
    published,
    with_articles,
    write_articles,
)
from tests.support.killed_build import BATCH
from tests.support.paths import ROOT
from tests.support.small_index import ARTICLES as SMALL_ARTICLES

STRIDE = 15
"""Touches of the folder between two kills: one for each takes long."""

OLD = [f"20200101-00000{number}-000" for number in range(KEPT + 1)]
NEWER = ARTICLES | {
    f"R9{number}-1": f"Article nouveau numéro {number}." for number in range(3 * BATCH)
}


@pytest.fixture(autouse=True, scope="module")
def _batches() -> Iterator[None]:
    """Those of the processes that build."""
    with mock.patch.object(vectors, "BATCH", BATCH):
        yield


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an index in use, older ones to be removed, and articles not yet indexed."""
    folder = tmp_path_factory.mktemp("waiting")
    home = with_articles(folder, ARTICLES)
    for name in OLD:
        shutil.copytree(snapshots_folder(home) / current_name(home), snapshots_folder(home) / name)
    add(home, write_articles(folder / "code.jsonl", NEWER))
    return home


@pytest.fixture
def home(waiting: Path, tmp_path: Path) -> Path:
    return shutil.copytree(waiting, tmp_path / "home")


class Builders:
    """Processes that build, one at a time, from the moment on when all they need is loaded."""

    def __init__(self, parent: "subprocess.Popen[str]") -> None:
        assert parent.stdin is not None
        assert parent.stdout is not None
        self._asked, self._told = parent.stdin, parent.stdout

    def build(self, home: Path, what: str, calls: int) -> tuple[int, str]:
        """The exit code of one, and how many calls it says there were."""
        self._asked.write(json.dumps([str(home), what, calls]) + "\n")
        self._asked.flush()
        code, said = json.loads(self._told.readline())
        return code, said

    def kill(self, home: Path, what: str, calls: int) -> None:
        """Let one kill itself."""
        assert self.build(home, what, calls) == (-signal.SIGKILL, "")


@pytest.fixture(scope="module")
def builders() -> Iterator[Builders]:
    command = [sys.executable, "-m", "tests.support.killed_build"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as parent:
        yield Builders(parent)
        parent.communicate()


@pytest.fixture(scope="module")
def touches(waiting: Path, tmp_path_factory: pytest.TempPathFactory, builders: Builders) -> int:
    """How often an undisturbed build touches the data folder."""
    home = shutil.copytree(waiting, tmp_path_factory.mktemp("undisturbed") / "home")
    code, said = builders.build(home, "touch", 0)
    assert code == 0
    return int(said)


@pytest.fixture(scope="module")
def lasting(waiting: Path, tmp_path_factory: pytest.TempPathFactory, builders: Builders) -> int:
    """How many milliseconds an undisturbed build takes."""
    home = shutil.copytree(waiting, tmp_path_factory.mktemp("timed") / "home")
    began = monotonic()
    code, _ = builders.build(home, "time", 60_000)
    assert code == 0
    return int(1000 * (monotonic() - began))


def assert_it_answers_and_goes_on(home: Path, old: str) -> None:
    generation = published(home)
    name = generation.manifest.name
    assert name == old or generation.manifest.passages == len(NEWER)
    assert find_faults(generation, repository_of(home).vectors(name)) == []
    assert answers(generation, ARTICLES["R2192-10"]) == ["R2192-10", "R2192-10"]
    del generation
    newest = build_and_publish(home)
    assert current_name(home) == newest == finished(home)[-1]
    generation = published(home)
    assert generation.manifest.passages == len(NEWER)
    assert answers(generation, "article nouveau numéro 40")[0] == "R940-1"
    # Nothing half-done, nothing twice: the new one, the old one, and the last ones before it.
    assert finished(home) == sorted(path.name for path in snapshots_folder(home).iterdir())
    assert finished(home) == [*OLD[-KEPT + 1 :], old, newest]


@pytest.mark.parametrize("part", [0.05, 0.3, 0.6, 0.8, 0.9, 1.0])
def test_killed_at_a_touch_of_the_folder(
    home: Path, builders: Builders, touches: int, part: float
) -> None:
    old = current_name(home)
    builders.kill(home, "touch", max(1, int(part * touches)))
    assert_it_answers_and_goes_on(home, old)


@pytest.mark.slow  # some minutes
def test_killed_all_along(waiting: Path, builders: Builders, touches: int, tmp_path: Path) -> None:
    for calls in range(1, touches + 1, STRIDE):
        home = shutil.copytree(waiting, tmp_path / "home")
        old = current_name(home)
        builders.kill(home, "touch", calls)
        assert_it_answers_and_goes_on(home, old)
        shutil.rmtree(home)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_killed_at_any_time_even_while_an_engine_writes(
    home: Path, builders: Builders, lasting: int, seed: int
) -> None:
    old = current_name(home)
    code, _ = builders.build(home, "time", random.Random(seed).randrange(1, lasting))
    assert code in (0, -signal.SIGALRM)
    assert_it_answers_and_goes_on(home, old)


@pytest.mark.slow
def test_killed_at_each_touch_of_what_is_decided(tmp_path: Path, builders: Builders) -> None:
    """The index in service answers, the journal holds, and the decision is made the next time."""
    first = administered(tmp_path / "first", tmp_path)
    add_code(first, tmp_path, [*SMALL_ARTICLES, NEW])
    old, home = current_name(first), tmp_path / "home"
    for calls in range(1, 100):
        shutil.copytree(first, home)
        code, said = builders.build(home, "decision", calls)
        generation = published(home)
        assert generation.manifest.name == old or generation.store.versions("R2193-1")
        assert list(journal_of(home).faults()) == []
        assert generation.manifest.name in (old, last_told(home)), "in service without a record"
        if code == 0:
            break
        assert code == -signal.SIGKILL
        del generation
        with promoted_alone():
            manifest, verdict = candidate(home)
        assert verdict is None or verdict.judged
        with lock_for_writing(home):
            decisions(home).publish(manifest.name, "Essai", force=True)
        assert published(home).store.versions("R2193-1")
        assert last_told(home) == current_name(home)
        shutil.rmtree(home)
    assert int(said) == calls - 1 > 5


def test_vectors_computed_before_the_kill_are_not_computed_again(
    home: Path, builders: Builders
) -> None:
    class CountingEmbedder(WordEmbedder):
        asked = 0

        def embed_passages(self, texts: Sequence[str]) -> Vectors:
            self.asked += len(texts)
            return super().embed_passages(texts)

    builders.kill(home, "batch", 3)
    embedder = CountingEmbedder()
    build_only(home, embedder)
    assert embedder.asked == len(NEWER) - len(ARTICLES) - 2 * BATCH


def test_killed_again_and_again_it_still_gets_there(
    home: Path, builders: Builders, touches: int
) -> None:
    old = current_name(home)
    for calls in (touches // 8, touches // 4, touches // 2):
        builders.kill(home, "touch", calls)
    assert_it_answers_and_goes_on(home, old)
