"""The queue of builds on the server that machines share: pages and commands ask, a process builds.

Door of procrastinate. What is waited for stands in a schema of its own, by the version of that
library: what another version waits for is asked again.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from threading import Event, Thread

from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import AlreadyEnqueued, ProcrastinateException, UniqueViolation

from assistant.errors import AssistantError
from assistant.publishing.build_record import Build, BuildState
from ingestion.durable import BUSY, CHANGES
from ingestion.errors import BusyIndex, IngestionError, UnreachableStore
from ingestion.postgresql import named_server, server_at, wait_alone

BUILDS = "builds"
"""Name of the queue, of its task, and of the lock by which one is done after the other."""

SCHEMA = f"sourcier_queue_{version('procrastinate').replace('.', '_')}"

BEAT, LOST = 3, 15
"""Seconds between two signs of life of a builder, and without one until it is taken for gone."""

MOST = 3
"""How often a build is begun whose builder is killed each time."""

NOBODY = (
    "Personne ne construit en ce moment. Lancez, sur une machine qui a ce « store » : sourcier "
    "worker"
)

_UNFINISHED = """
SELECT id, args ->> 'user',
    (SELECT min(at) FROM {schema}.procrastinate_events WHERE job_id = jobs.id)
FROM {schema}.procrastinate_jobs AS jobs
WHERE status IN ('todo', 'doing') AND NOT abort_requested ORDER BY id
"""

_ALIVE = (
    "SELECT count(*) FROM {schema}.procrastinate_workers "
    "WHERE last_heartbeat > now() - make_interval(secs => %s)"
)

_LEFT = """
SELECT jobs.id FROM {schema}.procrastinate_jobs AS jobs
LEFT JOIN {schema}.procrastinate_workers AS workers ON workers.id = jobs.worker_id
WHERE status = 'doing' AND coalesce(last_heartbeat < now() - make_interval(secs => %s), true)
"""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BuildOrder:
    """What `user`, a pseudonym, asks for: a new index, or the gate about `generation`, if named.

    Where it `is_left`, a new index waits for a decision whatever the gate says.
    """

    user: str
    generation: str = ""
    is_left: bool = True


class BuildQueue:
    """The queue of one server; nothing is asked of it before it is used."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._server = server_at(address)

    def ask(self, order: BuildOrder) -> None:
        """Have it built; raises BusyIndex where something waits already, or is being built."""
        self._prepare()
        if self._server.known_rows(_UNFINISHED, schema=SCHEMA):
            raise BusyIndex(BUSY)
        with self._opened() as app:
            try:
                app.configure_task(BUILDS, queue=BUILDS, lock=BUILDS, queueing_lock=BUILDS).defer(
                    **asdict(order)
                )
            except AlreadyEnqueued as error:
                raise BusyIndex(BUSY) from error

    @property
    def waiting(self) -> Build | None:
        """What was asked for first and is not done, whether or not somebody is at it."""
        found = self._server.known_rows(_UNFINISHED, schema=SCHEMA)
        if not found:
            return None
        _, user, asked = found[0]
        said = () if self.builders else (NOBODY,)
        return Build(asked, user, BuildState.WAITING, (), said)

    @property
    def builders(self) -> int:
        """How many processes have given a sign of life."""
        found = self._server.known_rows(_ALIVE, LOST, schema=SCHEMA)
        return int(found[0][0]) if found else 0

    def withdraw(self) -> None:
        """Have nothing of it built any more; what is being built goes on."""
        found = self._server.known_rows(_UNFINISHED, schema=SCHEMA)
        with self._opened() as app:
            for number, _, _ in found:
                app.job_manager.cancel_job_by_id(number, abort=True, delete_job=True)

    def work(self, build: Callable[[BuildOrder], None]) -> None:
        """Build what is asked for, one after the other, until this process is ended.

        It may be killed at any moment: `build` leaves nothing half done, and is called again for
        the same order. What it says of what cannot be done is the record's. Raises UnreachableStore
        when the server goes away.
        """
        self._prepare()
        app = self._app()

        @app.task(
            name=BUILDS,
            pass_context=True,
            retry=RetryStrategy(max_attempts=MOST, wait=LOST, retry_exceptions=[UnreachableStore]),
        )
        def task(context: JobContext, /, **told: str | bool) -> None:
            if context.should_abort() or context.job.attempts >= MOST:
                logger.warning("A build was begun %d times and is left.", context.job.attempts)
                return
            build_once_free(build, BuildOrder(**told))  # type: ignore[arg-type]

        Thread(target=self._take_up, name="taking up", daemon=True).start()
        with _in_french():
            app.run_worker(
                queues=[BUILDS],
                delete_jobs="always",
                install_signal_handlers=False,
                fetch_job_polling_interval=BEAT,
                update_heartbeat_interval=BEAT,
                stalled_worker_timeout=LOST,
            )

    def take_up(self) -> None:
        """Put what a killed builder left back into the queue, unless somebody writes still."""
        found = self._server.known_rows(_LEFT, LOST, schema=SCHEMA)
        if not found or self._server.is_held(CHANGES):
            return
        with self._opened() as app:
            for (number,) in found:
                try:
                    app.job_manager.retry_job_by_id(number, datetime.now(UTC))
                except UniqueViolation:  # a later order waits, and builds the same library
                    app.job_manager.cancel_job_by_id(number, abort=True)
                    app.job_manager.retry_job_by_id(number, datetime.now(UTC))  # is its end

    def _take_up(self) -> None:
        ending = Event()
        while not ending.wait(BEAT):
            try:
                self.take_up()
            except IngestionError as failure:
                logger.warning("%s", failure)

    def _prepare(self) -> None:
        """Create the tables where they are missing; raises UnreachableStore."""
        with self._server.transaction() as connected:
            wait_alone(connected, SCHEMA)
            connected.run(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        with self._server.transaction() as connected:
            wait_alone(connected, SCHEMA)
            named = f"{SCHEMA}.procrastinate_jobs"
            if connected.rows("SELECT to_regclass(%s)", named)[0][0] is None:
                with self._opened() as app:
                    app.schema_manager.apply_schema()

    @contextmanager
    def _opened(self) -> Iterator[App]:
        with _in_french(), self._app().open() as app:
            yield app

    def _app(self) -> App:
        return App(
            connector=PsycopgConnector(
                conninfo=self._address,
                kwargs={"options": f"-c search_path={SCHEMA}", "application_name": "sourcier"},
                min_size=0,
                max_size=4,
                timeout=LOST,
            )
        )


def queue_of(home: Path) -> BuildQueue | None:
    """The queue where the settings of a data folder name a server; None: each builds for itself."""
    address = named_server(home, "store")
    return BuildQueue(address) if address else None


def build_once_free(build: Callable[[BuildOrder], None], order: BuildOrder) -> None:
    """Build once nobody else writes; a failure is told and is the end of it.

    Raises UnreachableStore, after which it is to be begun again.
    """
    ending = Event()
    while True:
        try:
            return build(order)
        except BusyIndex:
            ending.wait(BEAT)
        except UnreachableStore:
            raise
        except (AssistantError, IngestionError) as failure:
            return logger.warning("%s", failure)


@contextmanager
def _in_french() -> Iterator[None]:
    try:
        yield
    except ProcrastinateException as error:
        raise UnreachableStore(
            "La file des constructions, sur le serveur PostgreSQL, ne répond pas. Démarrez-le, ou "
            "corrigez « store » dans settings.toml (mot de passe : PGPASSWORD ou ~/.pgpass)."
        ) from error
