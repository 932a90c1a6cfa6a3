"""What `ask` and `eval` share: running a turn to its end."""

from collections.abc import Callable
from datetime import date

from assistant.assistant import Assistant
from assistant.language import language_of
from assistant.turn import Event, Finished, Result


def run_turn(
    assistant: Assistant,
    question: str,
    as_of: date,
    dossier: str | None,
    watch: Callable[[Event], None] = lambda event: None,
) -> Result:
    """Ask, show each event to `watch`, and return the recorded result."""
    language = language_of(question)
    for event in assistant.ask(question, as_of=as_of, language=language, dossier=dossier):
        watch(event)
        if isinstance(event, Finished):
            return event.result
    raise AssertionError("a turn that is not interrupted ends with Finished")


def iso_date(text: str) -> date:
    """A day written YYYY-MM-DD; raises ValueError, which argparse reports."""
    return date.fromisoformat(text)
