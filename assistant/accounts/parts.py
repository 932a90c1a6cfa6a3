"""The parts of the accounts, over one data folder."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.accounts.admission import Admission
from assistant.accounts.database import NAME, Database
from assistant.accounts.entering import Entering
from assistant.accounts.passwords import Passwords
from assistant.accounts.register import Register
from assistant.accounts.sessions import Sessions
from assistant.journal import Journal


@dataclass(frozen=True, slots=True)
class Accounts:
    """Who there is, how they come in, and who is inside."""

    register: Register
    entering: Entering
    admission: Admission
    sessions: Sessions


def open_accounts(
    home: Path,
    journal: Journal,
    passwords: Passwords | None = None,
    clock: Callable[[], float] = time.time,
) -> Accounts:
    """The accounts of a data folder, created there when there are none yet."""
    database = Database(home / NAME)
    sessions = Sessions(database, journal, clock)
    register = Register(database, journal, sessions, clock)
    entering = Entering(database, journal, register, sessions, passwords, clock)
    admission = Admission(database, journal, sessions, clock)
    return Accounts(register, entering, admission, sessions)
