"""Files sent to make a dossier: taken in by a thread, which tells of each line by line."""

import json
import logging
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from queue import Queue
from threading import Thread
from time import monotonic

from assistant.reports.markup import Words
from assistant.tenders.opening import open_with
from assistant.tenders.service import DossierService
from ingestion.errors import IngestionError
from ingestion.tenders.intake import Fate, Parcel, Receipt

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


class OpeningReport:
    """The lines that a page hears while its files become a dossier; the work outlives the page."""

    def __init__(self, filing: DossierService, said: Words) -> None:
        self._filing = filing
        self._said = said
        self._lines: Queue[dict[str, object] | None] = Queue()
        self._left = TimeLeft()

    def lines(self, parcels: Sequence[Parcel], team: str) -> Iterator[bytes]:
        """One JSON object a line: a file, a step, then the dossier or the problem."""
        Thread(target=self._work, args=(parcels, team), daemon=True).start()
        while (line := self._lines.get()) is not None:
            yield json.dumps(line, ensure_ascii=False).encode() + b"\n"

    def _work(self, parcels: Sequence[Parcel], team: str) -> None:
        try:
            opened = open_with(
                self._filing, parcels, team, date.today(), self._received, self._advanced
            )
            self._lines.put({"dossier": opened.dossier.id if opened.dossier else None})
        except IngestionError as refusal:
            self._lines.put({"problem": str(refusal)})
        except Exception:
            logger.exception("A dossier could not be opened")
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
