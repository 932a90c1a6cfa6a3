"""The command line with small models, in processes forked from one that has loaded what it takes.

Each has a number, an environment, an output and an end of its own, as from a shell; what it takes
is loaded once for all of them, by the first one that is started.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from unittest import mock

from tests.support.command_line import run
from tests.support.paths import ROOT

_FORKED = get_context("forkserver")
_FORKED.set_forkserver_preload(
    [
        "assistant.cli.index_build",
        "assistant.operations.monitoring",
        "assistant.publishing.build_queue",
        "assistant.web.app",
        "assistant.web.serving",
        "assistant.web.workers",
        __name__,
    ]
)


@contextmanager
def commanded(
    *words: str, until: str, pause: float = 0, altered: Mapping[str, object] | None = None
) -> Iterator[ForkServerProcess]:
    """`sourcier WORDS`, once it has said that; it is killed when this is left.

    `pause` is how long it takes over each question, `altered` has values of its modules by name.
    """
    heard, said = Pipe(duplex=False)
    process = _FORKED.Process(
        target=_run, args=(said, words, {**os.environ, "PAUSE": str(pause)}, dict(altered or {}))
    )
    process.start()
    said.close()
    with heard, os.fdopen(os.dup(heard.fileno()), encoding="utf-8") as lines:
        try:
            assert any(until in line for line in lines), f"{words} ended before “{until}”"
            yield process
        finally:
            process.kill()
            process.join()


def _run(
    said: Connection,
    words: tuple[str, ...],
    environment: Mapping[str, str],
    altered: Mapping[str, object],
) -> None:
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    os.dup2(said.fileno(), 1)
    said.close()
    sys.stdout = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with ExitStack() as patches:
        for name, value in altered.items():
            patches.enter_context(mock.patch(name, value))
        run(words)
