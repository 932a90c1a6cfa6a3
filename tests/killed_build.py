"""Build and publish, killing oneself on the way.

python -m tests.killed_build HOME touch N     at the Nth touch of the data folder or report
python -m tests.killed_build HOME batch N     at the Nth batch of vectors
python -m tests.killed_build HOME decision N  at the Nth touch of what is decided, after the gate
"""

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from assistant.publishing.gate import make_candidate
from ingestion.durable import lock_for_writing
from ingestion.index.build import build
from ingestion.index.publication import publish
from ingestion.index.search import Vectors
from tests.administered import decisions, examinee
from tests.fakes import WordEmbedder
from tests.small_index import answering_embedder

DECIDED = ("candidate.json", "journal.jsonl", "current")
"""Files that a candidate, its gate and its publication write beside its generation."""


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


def main(home: str, what: str, calls: str) -> None:
    """Print how many calls there were, if it gets that far."""
    if what == "decision":
        return _decide(Path(home), Countdown(int(calls)))
    countdown, never = Countdown(int(calls)), Countdown(0)
    touched, batch = (countdown, never) if what == "touch" else (never, countdown)

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        # Every Python call that opens, makes, renames or removes something, or starts a process.
        if any(home in str(argument) for argument in arguments):
            touched()

    sys.addaudithook(watch)
    with lock_for_writing(Path(home)):
        manifest = build(Path(home), KilledEmbedder(batch), touched)
        publish(Path(home), manifest.name)
    sys.stdout.write(str(countdown.done))


def _decide(home: Path, countdown: Countdown) -> None:
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
    sys.stdout.write(str(countdown.done))


if __name__ == "__main__":
    main(*sys.argv[1:])
