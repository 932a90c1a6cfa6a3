"""A question asked while the disk is full: told in words, and the next one is answered."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assistant.web.local_service import LocalBuyerService
from tests.browser.visit import QUESTION, ask
from tests.support.page_server import served
from tests.support.small_index import answering_embedder, assistant_over, build_small_index


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder on a disk of its own, of 40 MB."""
    disk = tmp_path_factory.mktemp("disk")
    command = ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(disk)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a disk")
    try:
        home = disk / "home"
        build_small_index(home, tmp_path_factory.mktemp("texts"), answering_embedder())
        yield home
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with served(LocalBuyerService(home, assistant_over(home), answering_embedder)) as address:
        yield address


@pytest.fixture
def filler(home: Path) -> Iterator[Path]:
    """What takes all the room that there is, until it is removed."""
    filler = home / "filler"
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(home).free)
    yield filler
    filler.unlink(missing_ok=True)


def test_a_question_on_a_full_disk_says_so_and_the_next_is_answered(
    page: Page, filler: Path, tmp_path: Path
) -> None:
    ask(page)
    problem = page.locator("#t0 .problem")
    expect(problem).to_contain_text("plein")
    expect(problem).not_to_contain_text("Errno")
    expect(page.locator("#t0 .passage").first).to_be_visible()
    page.screenshot(path=tmp_path / "full-disk.png", full_page=True)
    filler.unlink()
    ask(page, QUESTION)
    expect(page.locator("#t1.finished .record")).to_be_visible()
    expect(page.locator("#t1 .problem")).to_have_count(0)
