"""An examination: a question asked to its end, and its answer held against what is expected."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from functools import partial
from hashlib import sha256

from assistant.answers import Citation
from assistant.assistant import Assistant
from assistant.grading import Graded, grade
from assistant.identity import ALONE
from assistant.language import Language, language_of
from assistant.questions import Question
from assistant.record import ASKED, EXAMINED, Purpose
from assistant.turn import Finished, Result
from ingestion.errors import UnknownDocument, UnknownDossier, UnknownGeneration
from ingestion.generation import Generation


def run_turn(
    assistant: Assistant,
    question: str,
    as_of: date | None,
    dossier: str | None,
    language: Language | None = None,
    purpose: Purpose = ASKED,
) -> Result:
    """Ask and return the recorded result; day and language are the question's where not given."""
    spoken = language or language_of(question)
    asking = assistant.ask(
        question,
        as_of=as_of,
        language=spoken,
        dossier=dossier,
        user=ALONE.user,
        purpose=purpose,
    )
    for event in asking:
        if isinstance(event, Finished):
            return event.result
    raise AssertionError("a turn that is not interrupted ends with Finished")


def examine(assistant: Assistant, question: Question) -> Graded:
    """Ask a question and grade the answer; it is no buyer's, and recorded as an evaluation's."""
    result = run_turn(assistant, question.text, question.as_of, question.dossier, purpose=EXAMINED)
    return graded(assistant, question, result)


def graded(assistant: Assistant, question: Question, result: Result) -> Graded:
    """Grade an answer, which this assistant or another has given."""
    return grade(question, result, partial(_text, assistant, result))


def _text(assistant: Assistant, result: Result, citation: Citation) -> str | None:
    """The text that a result cites; None where the index that it was found in is not in use."""
    held = tuple(_indexes(assistant, result))
    for generation in held:
        with suppress(UnknownDocument):
            text = generation.store.document(citation.document).text
            if sha256(text.encode()).hexdigest() == citation.sha256:
                return text
    used = {result.generation, result.dossier_generation} - {None}
    # An index in use that does not have the text it is said to have is at fault: nothing matches.
    return "" if used <= {generation.manifest.name for generation in held} else None


def _indexes(assistant: Assistant, result: Result) -> Iterator[Generation]:
    yield assistant.generation
    if result.dossier:
        with suppress(UnknownDossier, UnknownGeneration):
            yield assistant.dossier(result.dossier, None)
