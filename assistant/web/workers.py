"""Workers: the processes that answer behind the front, started again when they end."""

import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import monotonic, sleep
from typing import BinaryIO

import assistant
from assistant.container import load_local_model
from assistant.errors import WorkerFailure
from assistant.llm.sharing import lend_model
from assistant.settings import Settings
from assistant.web.front import Front, behind_proxies, listen
from ingestion.durable import hold

PROGRAM = (sys.executable, "-m", "assistant.cli")
"""What a worker runs: this program."""

MODEL = "model"
"""The socket at which the language model is lent, beside those of the workers."""

LOOK = 0.2
"""Seconds between two looks at a process."""

BRIEF, MOST, REST = 30, 3, 10
"""Who ended within so many seconds so often in a row is started again after so many more only."""

PATIENCE = 10
"""Seconds that workers have to end by themselves."""

_ROOT = Path(assistant.__file__).parent.parent

logger = logging.getLogger(__name__)


class Worker:
    """One process, at a socket of its own; it ends when its standard input does, hence with us."""

    def __init__(self, command: Sequence[str], place: Path, environment: Mapping[str, str]) -> None:
        self.place = place
        self._command = (*command, "--place", str(place))
        self._environment = {**os.environ, **environment}
        self._brief = 0
        self._rests_until = 0.0
        self._start()

    @property
    def pid(self) -> int:
        """The number of its process, another one each time that it is started again."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether its process is gone."""
        return self._process.poll() is not None

    @property
    def is_listening(self) -> bool:
        """Whether it can be asked."""
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.place)) == 0

    def keep(self) -> None:
        """Start it again where it has ended, a while later where it ends again and again."""
        now = monotonic()
        if not self.has_ended or now < self._rests_until:
            return
        self._brief = self._brief + 1 if now - self._began < BRIEF else 0
        if self._brief and self._brief % MOST == 0 and not self._rests_until:
            self._rests_until = now + REST
            return
        code = self._process.returncode
        logger.warning("%s ended (%d) and is started again.", self.place.name, code)
        self._start()

    def end(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    def wait(self) -> None:
        """Wait until it has ended, and make it end when that takes long."""
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _start(self) -> None:
        self._began, self._rests_until = monotonic(), 0.0
        self._process = subprocess.Popen(
            self._command,
            cwd=_ROOT,  # the first place where the child looks for modules
            stdin=subprocess.PIPE,
            env=self._environment,
            process_group=0,  # an interruption by the keyboard is for us
        )


@contextmanager
def working(home: Path, settings: Settings, host: str, number: int) -> Iterator[Sequence[Worker]]:
    """So many workers over one data folder, kept running until this is left.

    The language model is in memory once, in a process that is ours, and lent to them.

    Raises:
        WorkerFailure: when one ends before it can be asked; what it says is on standard error.
    """
    with TemporaryDirectory(prefix="sourcier-") as folder:  # which is for this account alone
        lent, measures = Path(folder, MODEL), Path(folder, "measures")
        measures.mkdir()
        end_lending = lend_model(partial(load_local_model, home, settings), lent)
        environment = {"PROMETHEUS_MULTIPROC_DIR": str(measures)}
        command = (*PROGRAM, "--data", str(home.absolute()), "serve", "--host", host)
        places = [Path(folder, f"worker-{each}") for each in range(number)]
        workers = [Worker(command, place, environment) for place in places]
        ending = Event()
        keeper = Thread(target=_keep, args=(workers, ending), name="workers", daemon=True)
        try:
            _wait_for(workers)
            keeper.start()
            yield workers
        finally:
            ending.set()
            if keeper.ident:
                keeper.join()  # else it would start again those that end
            for worker in workers:
                worker.end()
            for worker in workers:
                worker.wait()
            end_lending()


def _wait_for(workers: Sequence[Worker]) -> None:
    while not all(worker.is_listening for worker in workers):
        if any(worker.has_ended for worker in workers):
            raise WorkerFailure(
                "Un des processus s'est arrêté pendant son démarrage : ce qu'il en dit est "
                "ci-dessus. Corrigez-le, ou servez par un seul : sourcier serve"
            )
        sleep(LOOK)


def _keep(workers: Sequence[Worker], ending: Event) -> None:
    while not ending.wait(LOOK):
        for worker in workers:
            try:
                worker.keep()
            except OSError as error:  # no memory for another process: at the next look, perhaps
                logger.warning("A worker cannot be started again: %s", error)


def listen_before(workers: Sequence[Worker], host: str, port: int, proxies: Sequence[str]) -> None:
    """Pass on to workers what is asked at an address, until interrupted."""
    front = Front([worker.place for worker in workers])
    listen(behind_proxies(front, proxies), host, port, PATIENCE)


def end_when_told() -> None:
    """Have the signal by which services are stopped end this process as it should."""

    def leave(number: int, frame: object) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)


# In a worker


def lent_beside(place: Path) -> Path:
    """Where the model is lent to the worker of a socket. Pure."""
    return place.with_name(MODEL)


def end_with_parent() -> None:
    """End, answers under way included, once the process that started this one is gone."""

    def wait() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=wait, name="parent", daemon=True).start()


# In whatever process is the only one, or the first, to serve a data folder.

TURN = 30
"""Seconds between two looks at whether another process still sees to a folder."""


def do_alone(home: Path, begin: Callable[[], None], every: float = TURN) -> None:
    """Begin what one process of a data folder does for all, in this one once no other does it.

    The folder is let go when this process is gone, however it ends.
    """
    duty = home / "duty.lock"
    duty.touch()

    def is_begun() -> bool:
        lease = hold(duty, alone=True)
        if lease:
            _DUTIES.append(lease)
            begin()
        return lease is not None

    def work() -> None:
        while not Event().wait(every) and not is_begun():
            pass

    if not is_begun():
        Thread(target=work, name="duty", daemon=True).start()


_DUTIES: list[BinaryIO] = []
"""Held as long as this process lives."""
