import os
import sys
from pathlib import Path

import pytest

from ingestion.models import hub
from ingestion.models.hub import DownloadFailed, run_watched

RESTLESS = """
import os, shutil, sys, time
end = time.monotonic() + 1
while time.monotonic() < end:
    for name in "abcdef":
        os.makedirs(f"{sys.argv[1]}/{name}/{name}/{name}", exist_ok=True)
        open(f"{sys.argv[1]}/{name}/{name}/file", "w").close()
    for name in "abcdef":
        shutil.rmtree(f"{sys.argv[1]}/{name}")
"""


def run(folder: Path, program: str, grown: list[int] | None = None) -> None:
    command = [sys.executable, "-c", program, str(folder)]
    run_watched(command, folder, os.environ, (grown if grown is not None else []).append)


def test_growth_is_told(tmp_path: Path) -> None:
    grown: list[int] = []
    program = "import sys, time; open(sys.argv[1] + '/x', 'w').write('a' * 70); time.sleep(0.6)"
    run(tmp_path, program, grown)
    assert grown[-1] == 70


def test_folders_that_vanish_meanwhile_do_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "GLANCE_SECONDS", 0.0005)
    run(tmp_path, RESTLESS)


def test_the_last_words_of_a_failure_are_told(tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match=r"^no such mirror$"):
        run(tmp_path, "import sys; sys.exit('first line\\nno such mirror')")


def test_the_downloader_ends_with_us(tmp_path: Path) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    with pytest.raises(KeyboardInterrupt):
        run_watched(command, tmp_path, os.environ, interrupt)
