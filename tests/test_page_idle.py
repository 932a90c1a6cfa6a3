"""What the page does while nobody asks anything."""

import asyncio

import pytest

from assistant.web.buyer.chat import event_desk
from assistant.web.buyer.page import page_blocks
from tests.fakes_page import FakeDesk
from tests.page_app import site_over

MOST_LOOKS = 40
"""A second; each takes some 100 µs, so that all take half of a hundredth of a core."""

SECONDS = 10


class _Over(Exception):
    """Enough time has passed."""


@pytest.mark.parametrize("loop", ["start_processing", "start_progress_updates"])
def test_an_idle_queue_is_seldom_looked_at(loop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        """Time passes at once."""
        slept.append(seconds)
        if sum(slept) >= SECONDS:
            raise _Over

    async def idle() -> None:
        blocks = page_blocks(event_desk(site_over(FakeDesk())))
        await getattr(blocks._queue, loop)()

    monkeypatch.setattr(asyncio, "sleep", sleep)
    with pytest.raises(_Over):
        asyncio.run(idle())
    assert len(slept) <= MOST_LOOKS * SECONDS
