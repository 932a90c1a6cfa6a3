"""Build and publish, killing oneself on the way.

`python -m tests.support.killed_build` loads what that takes and forks a child a line of JSON:

[HOME, "touch", N]     killed at the Nth touch of the data folder or report
[HOME, "batch", N]     at the Nth batch of vectors
[HOME, "time", N]      after N milliseconds, whatever it does then
[HOME, "decision", N]  at the Nth touch of what is decided, after the gate

It answers with the exit code of the child and what it said.
"""

import json
import os
import signal
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from unittest import mock

from assistant.answering.premises import premises
from assistant.ledger.parsing.questions import parse_plan
from assistant.ledger.query.plan import Population
from assistant.publishing.gate import make_candidate
from assistant.question.topics import topics
from ingestion.durable import lock_for_writing
from ingestion.index import vectors
from ingestion.index.build import build
from ingestion.index.publication import publish
from ingestion.index.search import Vectors
from tests.support.administered import GOLD, decisions, examinee, promoted_alone
from tests.support.fakes import WordEmbedder
from tests.support.index_home import verified_here
from tests.support.small_index import TODAY, answering_embedder
from tests.support.words_tuning import by_words, without_bank

DECIDED = ("candidate.json", "journal.jsonl", "current")
"""Files that a candidate, its gate and its publication write beside its snapshot."""

BATCH = 16
"""Passages that are made vectors of at once."""


class Countdown:
    """Kills the process without a word when it has been called often enough."""

    def __init__(self, calls: int) -> None:
        self._left = calls
        self.done = 0

    def __call__(self, *_: object) -> None:
        self.done += 1
        if self.done == self._left:
            os.kill(os.getpid(), signal.SIGKILL)


class KilledEmbedder(WordEmbedder):
    """Counts its batches down."""

    def __init__(self, countdown: Countdown) -> None:
        super().__init__()
        self._countdown = countdown

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self._countdown()
        return super().embed_passages(texts)


def main() -> None:
    """Fork as asked, one child at a time.

    The machine does not lose its power meanwhile. What is made once in a process is made before,
    but for engines, whose threads a child does not have.
    """
    with (
        by_words(),
        without_bank(),
        promoted_alone(),
        mock.patch.object(os, "fsync", return_value=None),
        mock.patch.object(vectors, "BATCH", BATCH),
    ):
        for each in GOLD:
            parse_plan(str(each["question"]), (), TODAY, Population.INVOICES)
        topics()
        premises()
        _fork_for(sys.stdin)


def _fork_for(lines: Iterable[str]) -> None:
    for line in lines:
        output, said = os.pipe()
        child = os.fork()
        if not child:
            os.write(said, str(_calls(*json.loads(line))).encode())
            os._exit(0)
        os.close(said)
        _, status = os.waitpid(child, 0)
        with os.fdopen(output) as told:
            ended = [os.waitstatus_to_exitcode(status), told.read()]
        sys.stdout.write(json.dumps(ended) + "\n")
        sys.stdout.flush()


def _calls(home: str, what: str, calls: int) -> int:
    """How many calls there were, if it gets that far.

    Who is killed at a time verifies in a process, as in use, the others in theirs: it is quicker.
    """
    if what == "time":
        return _build(home, what, calls)
    with verified_here():
        return _build(home, what, calls)


def _build(home: str, what: str, calls: int) -> int:
    if what == "decision":
        return _decide(Path(home), Countdown(calls))
    if what == "time":
        signal.setitimer(signal.ITIMER_REAL, calls / 1000)
    countdown, never = Countdown(calls if what in ("touch", "batch") else 0), Countdown(0)
    touched, batch = (never, countdown) if what == "batch" else (countdown, never)

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        # Every Python call that opens, makes, renames or removes something, or starts a process.
        if any(home in str(argument) for argument in arguments):
            touched()

    sys.addaudithook(watch)
    with lock_for_writing(Path(home)):
        manifest = build(Path(home), KilledEmbedder(batch), touched)
        publish(Path(home), manifest.name)
    return countdown.done


def _decide(home: Path, countdown: Countdown) -> int:
    """Make a candidate, ask the gate, and publish whatever it said."""

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if any(f"{home}/{name}" in str(each) for each in arguments for name in DECIDED):
            countdown()

    sys.addaudithook(watch)
    with lock_for_writing(home):
        manifest, _ = make_candidate(
            home, answering_embedder(), examinee(home), decisions(home), lambda *_: None
        )
        decisions(home).publish(manifest.name, "Essai", force=True)
    return countdown.done


if __name__ == "__main__":
    main()
