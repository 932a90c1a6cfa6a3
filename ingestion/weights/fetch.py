"""Running a downloader beside us, and telling what it has written so far.

Downloads are left to programs that already know the user's proxies, mirrors and certificates;
their output goes to a file, their progress is the growth of a folder.
"""

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

LOG = "downloader.log"
GLANCE_SECONDS = 0.2


class DownloadFailed(Exception):
    """The downloader gave up; the message is the last thing it said."""


def run_watched(
    command: Sequence[str], folder: Path, env: Mapping[str, str], grown: Callable[[int], None]
) -> None:
    """Run a downloader that writes below `folder`, reporting the bytes there.

    Raises:
        DownloadFailed: When it ends with an error.
    """
    log = folder / LOG
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=dict(env))
        try:
            while process.poll() is None:
                grown(_size(folder))
                try:
                    process.wait(GLANCE_SECONDS)
                except subprocess.TimeoutExpired:
                    continue
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    if process.returncode != 0:
        lines = log.read_text(errors="replace").strip().splitlines()
        raise DownloadFailed(lines[-1] if lines else f"code {process.returncode}")
    log.unlink()


def _size(folder: Path) -> int:
    """Bytes of the largest file: what is copied once finished must not count twice."""
    largest = 0
    # The downloader moves and deletes things meanwhile: os.walk passes over vanished folders.
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                largest = max(largest, (Path(place) / name).stat().st_size)
    return largest
