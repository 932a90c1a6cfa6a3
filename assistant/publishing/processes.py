"""Processes that build and that read archives: begun by a page or at their time.

They outlive the server that began them.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen
from threading import Thread
from typing import BinaryIO

from assistant.publishing.build_queue import BuildOrder, queue_of
from assistant.publishing.build_record import Build, BuildState, Recorder, last_build, request_stop
from assistant.publishing.schedule import UpdateKind
from ingestion.durable import lock_for_writing
from ingestion.legislation.official_copy import OfficialCopy

CLOCK = "programmation"
"""Who acts, for the journal, when an update begins by itself."""

COMMANDS: Mapping[UpdateKind, Sequence[str]] = {
    UpdateKind.LAW: ("law", "update", "--no-publish"),
    UpdateKind.FOLDER: ("index", "update"),
}
"""What an update runs; each leaves a candidate to somebody's decision."""

LONGEST_LOG = 20_000
"""Characters of the end of a log that are shown."""


class BuildProcesses:
    """The processes of one data folder; where machines share a store, its queue has builds done."""

    def __init__(self, home: Path, command: Sequence[str]) -> None:
        """`command` is `sourcier` for this data folder."""
        self._home = home
        self._command = tuple(command)

    @property
    def build(self) -> Build | None:
        """The build that runs, else the one that is waited for, else the last one."""
        last, queue = last_build(self._home), queue_of(self._home)
        if queue is None or (last and last.state is BuildState.RUNNING):
            return last
        return queue.waiting or last

    @property
    def law_reading(self) -> Build | None:
        """The reading of archives that runs, else the last one."""
        return last_build(OfficialCopy(self._home).folder)

    @property
    def is_at_work(self) -> bool:
        """Whether something builds, reads archives, or is waited for."""
        return any(each and not each.is_over for each in (self.build, self.law_reading))

    @property
    def log(self) -> str:
        """The end of what the last build said, where it was begun from here."""
        if not self._log.exists():
            return ""
        return self._log.read_text(encoding="utf-8", errors="replace")[-LONGEST_LOG:]

    @property
    def _log(self) -> Path:
        return self._home / "build.log"

    def start(self, order: BuildOrder, *action: str) -> None:
        """Have it built, by `sourcier index` with this action or by the queue; raises BusyIndex."""
        with lock_for_writing(self._home), self._log.open("wb") as log:
            if queue := queue_of(self._home):
                queue.ask(order)
                return
            self._run(("index", *action), log, Recorder(self._home), order.user)

    def read_law(self, words: Sequence[str], user: str) -> None:
        """Run a command that reads archives of the law; raises BusyIndex."""
        copy = OfficialCopy(self._home)
        with copy.alone(), (copy.folder / "install.log").open("wb") as log:
            self._run(words, log, Recorder(copy.folder), user)

    def update(self, kind: UpdateKind) -> None:
        """Begin an update, of itself; the caller holds the writer's lock."""
        if kind is UpdateKind.LAW:
            self.read_law(COMMANDS[kind], CLOCK)
            return
        # With a queue it only takes files in, and asks for the build that has a record.
        record = None if queue_of(self._home) else Recorder(self._home)
        with self._log.open("wb") as log:
            self._run(COMMANDS[kind], log, record, CLOCK)

    def stop_build(self) -> None:
        """Ask the build that runs to stop, or wait for none any more."""
        build, queue = self.build, queue_of(self._home)
        if queue and build and build.state is BuildState.WAITING:
            queue.withdraw()
        else:
            request_stop(self._home)

    def stop_law(self) -> None:
        """Ask the reading of archives to stop: what was applied stays."""
        request_stop(OfficialCopy(self._home).folder)

    def _run(self, words: Sequence[str], log: BinaryIO, record: Recorder | None, user: str) -> None:
        child = Popen(
            (*self._command, *words, "--user", user),
            stdin=DEVNULL,
            stdout=log,
            stderr=STDOUT,
            start_new_session=True,  # a server that is stopped does not take it along
        )
        if record:
            record.begin(user, child.pid)
        Thread(target=child.wait, daemon=True).start()  # else it stays as a zombie once it is done
