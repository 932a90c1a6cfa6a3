"""The views seen last: a table is gone through page by page, and each page asks for it again."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from assistant.ledger.exhibit import Exhibit
from ingestion.ledger.database import Ledger

_MOST = 4
"""A view of 100,000 rows takes tens of megabytes."""

_STATE = """
SELECT (SELECT count(*) FROM file), (SELECT max(imported_at) FROM file),
    (SELECT count(*) FROM finding)
"""


class Recent:
    """Keeps what the last views showed; several threads may ask."""

    def __init__(self) -> None:
        """Nothing is kept yet."""
        self._kept: OrderedDict[Hashable, tuple[Exhibit, ...]] = OrderedDict()
        self._lock = Lock()

    def seen(self, key: Hashable, make: Callable[[], tuple[Exhibit, ...]]) -> tuple[Exhibit, ...]:
        """What was shown under this key, made when it is not among the last."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = make()
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return found


def state(ledger: Ledger) -> tuple[object, ...]:
    """What is another after each import and each explanation."""
    [found] = ledger.rows(_STATE)
    return found
