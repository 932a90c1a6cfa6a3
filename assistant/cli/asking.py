"""What `ask` and `eval` share: running a turn to its end."""

import argparse
from datetime import date

from assistant.assistant import Assistant
from assistant.language import Language, language_of
from assistant.turn import Finished, Result


def run_turn(
    assistant: Assistant,
    question: str,
    as_of: date | None,
    dossier: str | None,
    language: Language | None = None,
) -> Result:
    """Ask and return the recorded result; day and language are the question's where not given."""
    spoken = language or language_of(question)
    for event in assistant.ask(question, as_of=as_of, language=spoken, dossier=dossier):
        if isinstance(event, Finished):
            return event.result
    raise AssertionError("a turn that is not interrupted ends with Finished")


def iso_date(text: str) -> date:
    """A day written YYYY-MM-DD; raises ArgumentTypeError, which argparse reports."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"« {text} » n'est pas un jour AAAA-MM-JJ") from error


def question_text(text: str) -> str:
    """A question that can be read; raises ArgumentTypeError, which argparse reports.

    A terminal that does not write UTF-8 gives half surrogate pairs, which no library accepts.
    """
    if not text.strip():
        raise argparse.ArgumentTypeError("la question est vide")
    if not text.isprintable() and any("\ud800" <= character <= "\udfff" for character in text):
        raise argparse.ArgumentTypeError("la question n'est pas écrite en UTF-8")
    return text
