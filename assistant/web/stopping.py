"""Events of a turn that can be stopped while the next one is being made."""

import threading
from collections.abc import Generator, Iterator
from queue import Empty, Queue

from assistant.answering.answer import Event

PATIENCE = 0.05  # seconds between two looks at whether the reader has stopped


class Stopped(Exception):
    """The reader stopped the turn, or left."""


class _End:
    """The last thing a pump hands over: the failure that ended the turn, if any."""

    def __init__(self, failure: BaseException | None = None) -> None:
        self.failure = failure


def stoppable(events: Generator[Event, None, None], stop: threading.Event) -> Iterator[Event]:
    """The events of a turn, until they end or `stop` is set.

    A generator cannot be closed while it runs, so it runs in a thread of its own: the caller is
    released at once, and the generator is closed as soon as it hands over its next event.

    Raises:
        Stopped: `stop` was set before the end.
    """
    handed: Queue[Event | _End] = Queue()
    threading.Thread(target=_pump, args=(events, stop, handed), daemon=True).start()
    try:
        while True:
            if stop.is_set():
                raise Stopped
            try:
                event = handed.get(timeout=PATIENCE)
            except Empty:
                continue
            if isinstance(event, _End):
                if event.failure:
                    raise event.failure
                return
            yield event
    finally:
        stop.set()


def _pump(
    events: Generator[Event, None, None], stop: threading.Event, handed: "Queue[Event | _End]"
) -> None:
    try:
        for event in events:
            if stop.is_set():
                handed.put(_End(Stopped()))
                return
            handed.put(event)
        handed.put(_End())
    except BaseException as failure:  # noqa: BLE001 - raised again in the reader's thread
        handed.put(_End(failure))
    finally:
        events.close()
