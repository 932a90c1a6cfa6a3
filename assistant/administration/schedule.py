"""The schedule: when the next update is due, from where, and the units that a timer runs. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from assistant.errors import WrongSettings


@dataclass(frozen=True, slots=True)
class Schedule:
    """An update every day at a time, of the files that are new in a folder."""

    at: time
    folder: str

    def after(self, moment: datetime) -> datetime:
        """The first time that it is due after a moment, in the moment's own time zone."""
        due = datetime.combine(moment.date(), self.at, moment.tzinfo)
        return due if due > moment else due + timedelta(days=1)

    def units(self, command: str, user: str) -> str:
        """The two units of systemd that run the command, as text to be installed."""
        return _UNITS.format(command=command, user=user, at=f"{self.at:%H:%M}")


def schedule_of(update_at: str, folder: str) -> Schedule | None:
    """The schedule of the settings, None without a time; raises WrongSettings."""
    if not update_at:
        return None
    try:
        return Schedule(time.fromisoformat(update_at), folder)
    except ValueError as error:
        raise WrongSettings(
            f"« update_at » doit être une heure, comme « 02:30 », et pas {update_at!r}."
        ) from error


_UNITS = """\
# /etc/systemd/system/sourcier-update.service
[Unit]
Description=Sourcier : construit un index candidat des textes nouveaux

[Service]
Type=oneshot
User={user}
Nice=10
ExecStart={command}

# /etc/systemd/system/sourcier-update.timer
[Unit]
Description=Sourcier : mise à jour quotidienne

[Timer]
OnCalendar=*-*-* {at}:00
Persistent=true

[Install]
WantedBy=timers.target
"""
