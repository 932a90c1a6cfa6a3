"""Copies of a generation's vectors, one for each opening, gone with the one who opened it.

Chroma writes a line into its database each time it is opened, which would break the hashes, and it
is not safe between processes.
"""

import fcntl
import shutil
from pathlib import Path
from tempfile import mkdtemp

from ingestion.durable import hold, refusals_of_disk

_OWNER = "owner"
"""A file locked as long as the copy is in use: a lock ends with its process, however it ends."""


class WorkingCopy:
    """A folder of one's own with the same files as another."""

    def __init__(self, home: Path, source: Path) -> None:
        """Copy `source` below `home`; copies whose owner is gone are removed."""
        working = home / "working"
        with refusals_of_disk(home):
            working.mkdir(exist_ok=True)
            with (working / "lock").open("wb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                _remove_left(working)
                self._folder = Path(mkdtemp(prefix=f"{source.parent.name}-", dir=working))
                (self._folder / _OWNER).touch()
                self._owner = hold(self._folder / _OWNER, alone=True)
            try:
                shutil.copytree(source, self.folder)
            except OSError:
                self.remove()
                raise

    @property
    def folder(self) -> Path:
        """Where the copied files are."""
        return self._folder / "copy"

    def remove(self) -> None:
        """Remove the copy; its files must not be used any more."""
        shutil.rmtree(self._folder, ignore_errors=True)
        if self._owner is not None:
            self._owner.close()


def _remove_left(working: Path) -> None:
    for folder in working.iterdir():
        if not folder.is_dir():
            continue
        if not (folder / _OWNER).exists():
            shutil.rmtree(folder, ignore_errors=True)
        elif owner := hold(folder / _OWNER, alone=True):
            with owner:
                shutil.rmtree(folder, ignore_errors=True)
