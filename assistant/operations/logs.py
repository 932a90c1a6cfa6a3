"""Logs: how the running service writes what happens, as text or as a JSON line an event.

What people asked stands in the journal and nowhere else. A line of JSON has therefore of a failure
its kind and where it was raised, not its message, and of what a library says the words that the
library wrote, not what it put between them.
"""

import json
import logging
import sys
import warnings
from datetime import UTC, datetime
from traceback import extract_tb
from types import TracebackType
from typing import Any, TextIO

from assistant.answering.answer import TurnResult

OURS = ("assistant", "ingestion", "uvicorn.error")
"""Loggers whose messages are known to hold no word of a question."""

TEXT = "%(asctime)s %(levelname)s %(name)s : %(message)s"

FACTS = "facts"
"""The attribute of a record that holds fields of its own."""

logger = logging.getLogger(__name__)


def begin_logs(style: str, stream: TextIO | None = None) -> None:
    """Write from now on to standard error, in this style: "text" or "json"."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLine() if style == "json" else logging.Formatter(TEXT))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    if style == "json":
        logging.getLogger("assistant").setLevel(logging.INFO)
        warnings.showwarning = _warned


def turn_facts(result: TurnResult, ended: str) -> dict[str, str]:
    """What may be said of a turn outside the journal, which has the rest under its name. Pure."""
    return {
        "ended": ended,
        "outcome": result.answer.outcome.value,
        "route": result.route,
        "record_id": result.record_id,
        "generation": result.generation,
    }


def log_turn(result: TurnResult, ended: str) -> None:
    """A line for a turn: how it ended and what it took."""
    facts = turn_facts(result, ended) | {"seconds": result.seconds.total}
    logger.info("turn", extra={FACTS: facts})


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    logger.warning("%s, %s:%d", category.__name__, filename, lineno)


class JsonLine(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _said(record),
            **getattr(record, FACTS, {}),
        }
        if record.exc_info and record.exc_info[0]:
            kind, _, trace = record.exc_info
            line["exception"] = {"kind": kind.__name__, "raised": _places(trace)}
        return json.dumps(line, ensure_ascii=False)


def _said(record: logging.LogRecord) -> str:
    if record.name.startswith(OURS):
        return record.getMessage().strip()
    return record.msg if isinstance(record.msg, str) and record.args else ""


def _places(trace: TracebackType | None) -> list[str]:
    """Where a failure went through, the innermost last."""
    return [f"{each.filename}:{each.lineno} {each.name}" for each in extract_tb(trace)]
