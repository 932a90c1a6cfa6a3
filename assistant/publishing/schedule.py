"""Schedules: which updates begin by themselves, and when: set on the page, or in the settings.

```
schedule.json   by kind of update: when it is due, since when, and when it last began
```
Whoever serves the pages begins what is due. A time that passed while nothing was served is made up
for once, at the next look.
"""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from getpass import getuser
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from assistant.errors import WrongSettings
from assistant.journal.journal import Journal
from assistant.settings import Settings
from ingestion.durable import replace_bytes

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
"""In the order of `datetime.weekday`."""


class UpdateKind(StrEnum):
    """What an update takes in; each ends with a candidate that waits for somebody."""

    LAW = "law"
    FOLDER = "folder"

    @property
    def label(self) -> str:
        """What it is called in French."""
        return "Textes officiels" if self is UpdateKind.LAW else "Dossier surveillé"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A time of day, every day or on one `weekday` (0 is Monday), on the clock of this machine."""

    at: time
    weekday: int | None = None

    def before(self, moment: datetime) -> datetime:
        """The last time that it was due, at a moment or before it."""
        return self._nearest(moment, -1)

    def after(self, moment: datetime) -> datetime:
        """The first time that it is due after a moment."""
        return self._nearest(moment, 1)

    def _nearest(self, moment: datetime, step: int) -> datetime:
        due = datetime.combine(moment.date(), self.at, moment.tzinfo)
        while (due > moment) != (step > 0) or self.weekday not in (None, due.weekday()):
            due += timedelta(days=step)
        return due

    @property
    def days(self) -> str:
        """On which days it is due, in French."""
        return "chaque jour" if self.weekday is None else f"chaque {WEEKDAYS[self.weekday]}"

    @property
    def told(self) -> str:
        """When it is due, in French."""
        return f"{self.days} à {self.at:%H:%M}"


@dataclass(frozen=True, slots=True)
class PlannedUpdate:
    """An update that begins by itself; `user` is who set it, `began` when it last did."""

    recurrence: Recurrence
    user: str
    since: datetime
    began: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether a time has passed since it was set, and since it last began.

        By the clock on the wall, which shows an hour twice when it is put back.
        """
        last = max(self.since, self.began or self.since)
        return last.replace(tzinfo=None) < self.recurrence.before(now).replace(tzinfo=None)


_planned = TypeAdapter(dict[UpdateKind, PlannedUpdate])


class UpdateSchedule:
    """The schedule of one data folder; who changes it holds the writer's lock."""

    def __init__(self, home: Path, journal: Journal) -> None:
        self._home = home
        self._journal = journal

    def planned(self) -> Mapping[UpdateKind, PlannedUpdate]:
        """What begins by itself; raises WrongSettings."""
        return planned_updates(self._home)

    def set(
        self, kind: UpdateKind, recurrence: Recurrence | None, user: str, now: datetime
    ) -> None:
        """Begin this update by itself from now on; None ends that. The journal has who and when."""
        planned = dict(self.planned())
        planned.pop(kind, None)
        told = {"update": kind, "when": recurrence.told if recurrence else "jamais"}
        self._journal.append("index", {"act": "scheduled", **told}, user=user)
        if recurrence:
            planned[kind] = PlannedUpdate(recurrence, user, now)
        self._keep(planned)

    def due(self, now: datetime) -> Sequence[UpdateKind]:
        """What is to begin, what has waited longest first."""
        due = {kind: each for kind, each in self.planned().items() if each.is_due(now)}
        return sorted(due, key=lambda kind: due[kind].recurrence.before(now))

    def begun(self, kind: UpdateKind, now: datetime) -> None:
        """An update has begun."""
        planned = self.planned()
        self._keep({**planned, kind: replace(planned[kind], began=now)})

    def _keep(self, planned: Mapping[UpdateKind, PlannedUpdate]) -> None:
        written = _planned.dump_json(dict(planned), indent=2)
        replace_bytes(_schedule_path(self._home), written)


def planned_updates(home: Path) -> Mapping[UpdateKind, PlannedUpdate]:
    """The updates of a data folder that begin by themselves.

    Raises WrongSettings when the file is damaged.
    """
    path = _schedule_path(home)
    try:
        return _planned.validate_json(path.read_bytes()) if path.exists() else {}
    except ValidationError as error:
        raise WrongSettings(
            f"{path} est abîmé : supprimez-le, puis programmez de nouveau."
        ) from error


def _schedule_path(home: Path) -> Path:
    return home / "schedule.json"


def recurrence_of(every: str, at: str) -> Recurrence | None:
    """What a form says: "never", "day" or a weekday's number, and a time; raises WrongSettings."""
    if every == "never":
        return None
    days = {"day": None, **{str(number): number for number in range(len(WEEKDAYS))}}
    try:
        return Recurrence(time.fromisoformat(at), days[every])
    except (ValueError, KeyError) as error:
        raise WrongSettings(
            "Donnez une heure, comme « 02:30 », et un jour de la semaine ou « chaque jour »."
        ) from error


# The schedule of the settings, which a timer of the machine keeps: systemd runs its units.


@dataclass(frozen=True, slots=True)
class Schedule:
    """An update every day at a time, of the files that are new in a folder."""

    at: time
    folder: str

    def after(self, moment: datetime) -> datetime:
        """The first time that it is due after a moment, in the moment's own time zone."""
        return Recurrence(self.at).after(moment)

    def units(self, command: Sequence[str]) -> str:
        """The two units of systemd that run `sourcier` for a data folder, to be installed."""
        run = shlex.join((*command, "index", "update"))
        told = "construit un index candidat des textes nouveaux"
        return _units("update", told, run, f"*-*-* {self.at:%H:%M}:00")


def units_of_law(command: Sequence[str]) -> str:
    """The units that take each week what changed in the official texts, for someone to decide."""
    run = shlex.join((*command, "law", "update", "--no-publish"))
    return _units("law", "construit un index candidat du droit de la semaine", run, "weekly")


def _units(name: str, told: str, run: str, calendar: str) -> str:
    timer = f"{calendar} {_CLOCK}"
    return _UNITS.format(
        name=name, told=told, run=run, user=getuser(), calendar=timer, clock=_CLOCK
    )


def schedule_of(settings: Settings) -> Schedule | None:
    """The schedule of the settings, None without a time; raises WrongSettings."""
    if not settings.update_at:
        return None
    if not settings.update_from:
        raise WrongSettings(
            "« update_at » demande « update_from », le dossier des textes nouveaux."
        )
    try:
        return Schedule(time.fromisoformat(settings.update_at), settings.update_from)
    except ValueError as error:
        raise WrongSettings(
            f"« update_at » doit être une heure, comme « 02:30 », et pas « {settings.update_at} »."
        ) from error


_CLOCK = "Europe/Paris"
"""Whose day the law of today is that of, as in the units that come with the project."""

_UNITS = """\
# /etc/systemd/system/sourcier-{name}.service
[Unit]
Description=Sourcier : {told}

[Service]
Type=oneshot
User={user}
Nice=10
Environment=TZ={clock}
ExecStart={run}

# /etc/systemd/system/sourcier-{name}.timer
[Unit]
Description=Sourcier : {told}

[Timer]
OnCalendar={calendar}
Persistent=true

[Install]
WantedBy=timers.target
"""
