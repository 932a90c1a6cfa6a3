"""An installation and the machine under it: its Python, memory, engine, disk, port and clock."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from platform import python_version

from assistant.llm.keeper import engine_problem
from assistant.operations.readiness import Requirement, broken, disk, met, weak
from assistant.settings import Engine, Settings
from ingestion.setup.preflight import Machine, memory_problem, python_problem

HERE = "127.0.0.1"
PATIENCE = 5.0
"""Seconds that what listens on the port has to say who it is."""

SLACK = timedelta(minutes=5)
"""By how much two clocks may differ."""

PUBLIC = "models"
"""The folder whose files are nobody's secret."""


@dataclass(frozen=True, slots=True)
class Installation:
    """What is examined: a data folder, and how its service is started.

    `oldest` is how old its index may be, None where nobody said so. `embedder` gives the name of
    the embedding model by which its index must have been built, `absence` why the server of the
    language model would not be asked now, "" where it would.
    """

    home: Path
    port: int
    embedder: Callable[[Settings], str]
    absence: Callable[[Engine], str]
    oldest: timedelta | None = None
    machine: Machine = field(default_factory=Machine)
    engine: Callable[[], str] = engine_problem
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


def program(place: Installation) -> Iterator[Requirement]:
    """Python, memory, and the engine of the language model."""
    if problem := python_problem(place.machine):
        yield broken("python", f"Python {python_version()} ne convient pas.", problem)
    else:
        yield met("python", f"Python {python_version()}.")
    if problem := memory_problem(place.machine):
        yield weak("mémoire", problem, "Ou choisissez un modèle plus petit : sourcier models list")
    else:
        yield met("mémoire", "La mémoire suffit.")
    if problem := place.engine():
        yield broken("moteur", problem, "make engine")
    else:
        yield met("moteur", "Le moteur du modèle de langue convient à ce processeur.")


def storage(place: Installation) -> Iterator[Requirement]:
    """The disk, and who may read what is on it."""
    yield disk(place.home)
    owner = place.home.stat().st_uid
    files = list(_files(place.home))
    foreign = sum(each.st_uid != owner for each in files)
    if foreign:
        remedy = f"chown -R --reference={place.home} {place.home}"
        told = "1 fichier est" if foreign == 1 else f"{foreign} fichiers sont"
        yield broken("droits", f"{told} à un autre compte.", remedy)
    is_closed = not place.home.stat().st_mode & 0o077
    shared = 0 if is_closed else sum(bool(each.st_mode & 0o077) for each in files)
    if shared:
        told = "1 fichier se laisse" if shared == 1 else f"{shared} fichiers se laissent"
        told = f"{told} lire par d'autres comptes de la machine."
        yield broken("droits", told, f"chmod -R go= {place.home}")
    elif not foreign:
        yield met("droits", "Les fichiers sont au compte du service, et à lui seul.")


def _files(home: Path) -> Iterator[os.stat_result]:
    """Of every file and folder of a data folder but the weights, which are public.

    What goes meanwhile is nobody's.
    """
    folders = [home]
    while folders:
        with suppress(FileNotFoundError), os.scandir(folders.pop()) as entries:
            for each in entries:
                if each.name == PUBLIC or each.is_symlink():
                    continue
                with suppress(FileNotFoundError):
                    yield each.stat()
                if each.is_dir():
                    folders.append(Path(each.path))


def port(place: Installation) -> Iterator[Requirement]:
    """Whether the service can be reached at its port, or may listen there."""
    if place.machine.can_listen(place.port):
        yield met("port", f"Le port {place.port} est libre.")
    elif _is_ours(place.port):
        yield met("port", f"Sourcier répond sur le port {place.port}.")
    else:
        told = f"Le port {place.port} est pris par un autre programme."
        yield broken("port", told, f"sourcier serve --port {place.port + 1}")


def _is_ours(number: int) -> bool:
    try:
        with closing(HTTPConnection(HERE, number, timeout=PATIENCE)) as connection:
            connection.request("GET", "/health")
            reply = connection.getresponse()
            return reply.status == 200 and b'"status":"ok"' in reply.read(1000)
    except (OSError, HTTPException):
        return False


def time_of_day(place: Installation) -> Iterator[Requirement]:
    """Whether the clock is after what was written before, and keeps the days of the law."""
    now, home = place.clock(), place.home
    written = [
        path.stat().st_mtime for path in (home / "current", home / "journal.jsonl") if path.exists()
    ]
    late = datetime.fromtimestamp(max(written, default=0.0), UTC) - now
    if late > SLACK:
        told = f"L'horloge retarde : des fichiers sont datés de {_span(late)} plus tard."
        yield broken("horloge", told, "Réglez-la : timedatectl set-ntp true")
    elif time.tzname[0] == "UTC":
        told = "L'heure est UTC : le droit du jour change une ou deux heures trop tard."
        yield weak("horloge", told, "timedatectl set-timezone Europe/Paris, ou TZ=Europe/Paris")
    else:
        yield met("horloge", f"Il est {now.astimezone():%H:%M} le {now.astimezone():%d/%m/%Y}.")


def _span(span: timedelta) -> str:
    """A positive length of time in French, in the two largest of its units. Pure."""
    minutes = round(span / timedelta(minutes=1))
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = (
        (days, f"{days} jour{'s' if days > 1 else ''}"),
        (hours, f"{hours} heure{'s' if hours > 1 else ''}"),
        (minutes, f"{minutes} minute{'s' if minutes > 1 else ''}"),
    )
    return " et ".join([told for number, told in parts if number][:2])
