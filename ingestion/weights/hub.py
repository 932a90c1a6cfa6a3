"""Files of a model hub, where one is reachable. Door of huggingface_hub, in its own process.

Its own process, because the library decides at import whether it may use the network, and
everywhere else in Sourcier it may not.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from ingestion.weights.catalogue import Hub
from ingestion.weights.fetch import run_watched

OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
SETTINGS = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_XET": "1",  # it keeps a second copy of what it downloads
}


def download(hub: Hub, file: str, folder: Path, grown: Callable[[int], None]) -> Path:
    """Download one file into `folder`, going on from what an earlier attempt left there.

    Raises:
        DownloadFailed: When the hub is out of reach or refuses.
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
