"""Files sent to a dossier, or to make one: taken in by a thread, which tells of each in a line."""

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextvars import copy_context
from datetime import datetime
from functools import partial
from queue import Queue
from threading import Thread
from time import monotonic

from assistant.reports.markup import Words
from ingestion.durable import in_words
from ingestion.errors import IngestionError
from ingestion.index.build import Progress
from ingestion.tenders.intake import Fate, Parcel, Receipt

Intake = Callable[[Callable[[Receipt], None], Progress], dict[str, object]]
"""Takes files in, telling of each and of every step; what it returns is told last."""

logger = logging.getLogger(__name__)


class TimeLeft:
    """How long a step still takes, by the pace since it began."""

    def __init__(self) -> None:
        self._step = ""
        self._began = self._first = 0.0

    def after(self, step: str, done: int, total: int, now: float) -> int | None:
        """Whole seconds left once this much of a step is done, None before that can be told."""
        if step != self._step:
            self._step, self._began, self._first = step, now, done
        if done <= self._first or now <= self._began:
            return None
        return round((now - self._began) / (done - self._first) * (total - done))


class IntakeReport:
    """The lines that a page hears while its files are taken in; the work outlives the page."""

    def __init__(self, said: Words) -> None:
        self._said = said
        self._lines: Queue[dict[str, object] | None] = Queue()
        self._left = TimeLeft()

    def lines(self, parcels: Sequence[Parcel], intake: Intake) -> Iterator[bytes]:
        """One JSON object a line: a file, a step, then what the intake returns or the problem."""
        work = partial(copy_context().run, self._work, parcels, intake)
        Thread(target=work, daemon=True).start()
        while (line := self._lines.get()) is not None:
            yield json.dumps(line, ensure_ascii=False).encode() + b"\n"

    def _work(self, parcels: Sequence[Parcel], intake: Intake) -> None:
        try:
            self._lines.put(intake(self._received, self._advanced))
        except IngestionError as refusal:
            self._lines.put({"problem": str(refusal)})
        except OSError as failure:
            self._lines.put(
                {"problem": self._said["disk_refused"].format(reason=in_words(failure))}
            )
        except Exception:
            logger.exception("Files of a dossier could not be taken in")
            time = datetime.now().strftime("%H:%M")
            self._lines.put({"problem": self._said["error_internal"].format(time=time)})
        finally:
            for parcel in parcels:
                parcel.content.close()
            self._lines.put(None)

    def _received(self, receipt: Receipt) -> None:
        fate = self._said[f"fate_{receipt.fate.name}"]
        told = [] if receipt.fate is Fate.ACCEPTED else list(receipt.told)
        is_kept = receipt.refusal is None
        self._lines.put({"file": receipt.name, "fate": fate, "told": told, "kept": is_kept})

    def _advanced(self, step: str, done: int, total: int) -> None:
        left = self._left.after(step, done, total, monotonic())
        self._lines.put({"step": step, "done": done, "total": total, "left": left})
