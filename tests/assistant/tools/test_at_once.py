"""Calls at once: who waits for whom, and what becomes of a call that is given up."""

import asyncio
from collections.abc import Generator
from functools import partial
from threading import Event as Signal
from threading import Semaphore
from types import SimpleNamespace
from typing import Any, cast

import anyio
import pytest
from anyio import to_thread
from mcp import Client

from assistant.answering.answer import Event, ModelReading
from assistant.tools.server import MOST_AT_ONCE, PERSON, CallGivenUp, ToolServer, _tell
from assistant.tools.tool import ToolService
from ingestion.errors import IngestionError

PATIENCE = 20.0
"""Seconds that a busy machine may take."""


class ReadingService:
    """A service whose turn is read for ever, until somebody stops it."""

    def __init__(self) -> None:
        self.began, self.closed = Signal(), Signal()

    def ask(self, question: str, **_: object) -> Generator[Event, None, None]:
        try:
            while True:
                self.began.set()
                yield ModelReading()
        finally:
            self.closed.set()


def test_a_turn_that_nobody_waits_for_is_stopped() -> None:
    service = ReadingService()
    server = ToolServer(lambda scope, step: cast(ToolService, service)).server

    async def give_up() -> bool:
        async with Client(server) as client:
            async with anyio.create_task_group() as calls:
                calls.start_soon(client.call_tool, "ask", {"question": "?"})
                await to_thread.run_sync(service.began.wait)
                calls.cancel_scope.cancel()
            return await to_thread.run_sync(service.closed.wait, PATIENCE)

    assert asyncio.run(give_up())


class BusyServer:
    """A server whose calls by Ana are worked on until they are `ending`, those by others at once.

    `began` counts her calls that are worked on.
    """

    def __init__(self) -> None:
        self.began, self.ending = Semaphore(0), Signal()
        self._server = ToolServer(self._service_for)

    def _service_for(self, scope: Any, step: object) -> ToolService:
        if scope[PERSON] == "ana":
            self.began.release()
            self.ending.wait(PATIENCE)
        raise IngestionError("Rien.")

    async def ask(self, person: str) -> None:
        """A call by a person."""
        context = SimpleNamespace(request=SimpleNamespace(scope={PERSON: person}))
        with pytest.raises(IngestionError):
            await self._server._work(cast(Any, context), lambda service, step: None)

    async def has_begun(self, times: int = 1, patience: float = PATIENCE) -> bool:
        """Whether as many calls by Ana are begun in time."""
        begun = [await to_thread.run_sync(self.began.acquire, True, patience) for _ in range(times)]
        return all(begun)


def test_one_person_who_has_all_their_places_keeps_nobody_else_waiting() -> None:
    server = BusyServer()

    async def all_places_and_one_more() -> bool:
        async with anyio.create_task_group() as calls:
            for _ in range(MOST_AT_ONCE + 1):
                calls.start_soon(server.ask, "ana")
            assert await server.has_begun(MOST_AT_ONCE)
            with anyio.fail_after(PATIENCE):
                await server.ask("luc")
            is_begun = await server.has_begun(patience=0.1)
            server.ending.set()
        return is_begun

    assert asyncio.run(all_places_and_one_more()) is False


def test_a_call_that_is_given_up_waits_for_no_client_that_does_not_listen() -> None:
    async def deaf(step: int, message: str) -> None:
        await asyncio.Event().wait()

    async def given_up() -> bool:
        gone, context = Signal(), SimpleNamespace(session=SimpleNamespace(report_progress=deaf))
        loop = asyncio.get_running_loop()
        telling = partial(_tell, cast(Any, context), gone, iter([1]), loop, "Lecture")
        told = asyncio.create_task(asyncio.to_thread(telling))
        await asyncio.sleep(0)
        gone.set()
        with pytest.raises(CallGivenUp):
            await asyncio.wait_for(told, PATIENCE)
        return True

    assert asyncio.run(given_up())


def test_a_call_that_is_given_up_keeps_its_place_until_its_work_has_ended() -> None:
    server = BusyServer()

    async def all_given_up_and_one_more() -> tuple[bool, bool]:
        async with anyio.create_task_group() as given_up:
            for _ in range(MOST_AT_ONCE):
                given_up.start_soon(server.ask, "ana")
            assert await server.has_begun(MOST_AT_ONCE)
            given_up.cancel_scope.cancel()
        async with anyio.create_task_group() as calls:
            calls.start_soon(server.ask, "ana")
            is_begun = await server.has_begun(patience=0.1)
            server.ending.set()
            begins_later = await server.has_begun()
        return is_begun, begins_later

    assert asyncio.run(all_given_up_and_one_more()) == (False, True)
