"""The schedule: when the next update is due, from where, and the units that a timer runs."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from getpass import getuser

from assistant.errors import WrongSettings
from assistant.settings import Settings


@dataclass(frozen=True, slots=True)
class Schedule:
    """An update every day at a time, of the files that are new in a folder."""

    at: time
    folder: str

    def after(self, moment: datetime) -> datetime:
        """The first time that it is due after a moment, in the moment's own time zone."""
        due = datetime.combine(moment.date(), self.at, moment.tzinfo)
        return due if due > moment else due + timedelta(days=1)

    def units(self, command: Sequence[str]) -> str:
        """The two units of systemd that run `sourcier` for a data folder, to be installed."""
        run = shlex.join((*command, "index", "update"))
        return _UNITS.format(run=run, user=getuser(), at=f"{self.at:%H:%M}")


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


_UNITS = """\
# /etc/systemd/system/sourcier-update.service
[Unit]
Description=Sourcier : construit un index candidat des textes nouveaux

[Service]
Type=oneshot
User={user}
Nice=10
ExecStart={run}

# /etc/systemd/system/sourcier-update.timer
[Unit]
Description=Sourcier : mise à jour quotidienne

[Timer]
OnCalendar=*-*-* {at}:00
Persistent=true

[Install]
WantedBy=timers.target
"""
