"""Files of a model hub, fetched beside us. Door of huggingface_hub, in its own process.

Its own process, because the library decides at import whether it may use the network, and
everywhere else in Sourcier it may not.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ingestion.models.catalogue import Hub

# Running a downloader beside us, and telling what it has written so far.
#
# Downloads are left to programs that already know the user's proxies, mirrors and certificates;
# their output goes to a file, their progress is the growth of a folder.

LOG = "downloader.log"
GLANCE_SECONDS = 0.2


class DownloadFailed(Exception):
    """The downloader gave up; the message is the last thing it said."""


def run_watched(
    command: Sequence[str], folder: Path, env: Mapping[str, str], grown: Callable[[int], None]
) -> None:
    """Run a downloader that writes below `folder`, reporting the bytes there.

    Raises DownloadFailed when it ends with an error.
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


# Files of a model hub, where one is reachable.

OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
SETTINGS = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_XET": "1",  # it keeps a second copy of what it downloads
}


def download(hub: Hub, file: str, folder: Path, grown: Callable[[int], None]) -> Path:
    """Download one file into `folder`, going on from what an earlier attempt left there.

    Raises DownloadFailed when the hub is out of reach or refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    env = {name: value for name, value in os.environ.items() if name not in OFFLINE} | SETTINGS
    command = [sys.executable, "-m", __name__, hub.repository, hub.revision, file, str(folder)]
    run_watched(command, folder, env, grown)
    return folder / file


def main(repository: str, revision: str, file: str, folder: str) -> None:
    """Download one file, in the child process."""
    from huggingface_hub import hf_hub_download

    hf_hub_download(repository, file, revision=revision, local_dir=folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
