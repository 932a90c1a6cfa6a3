"""Result files: the lines that `eval` writes, read back. Pure but for reading the file."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assistant.answers import Answer, Citation, Outcome, Removed, Sentence
from assistant.day import DaySource
from assistant.errors import WrongResults
from assistant.turn import Result, Seconds

_sentences = TypeAdapter(tuple[Sentence, ...])
_citations = TypeAdapter(tuple[Citation, ...])
_removed = TypeAdapter(tuple[Removed, ...])
_seconds = TypeAdapter(Seconds)


def read_results(path: Path) -> dict[str, Result]:
    """The results of a file by the `id` of their question; raises WrongResults naming the line.

    What the contract does not hold is not known: `evidence` is empty.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongResults(f"Le fichier de résultats {path} est illisible : {error}") from error
    found = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            found[str(row["id"])] = result_of(row)
        except (ValueError, KeyError, TypeError) as error:
            told = error.errors()[0]["msg"] if isinstance(error, ValidationError) else repr(error)
            raise WrongResults(
                f"{path}, ligne {number} n'est pas un résultat de « sourcier eval » : {told}"
            ) from error
    return found


def result_of(row: Mapping[str, Any]) -> Result:
    """The result that an object of the contract says, without its evidence.

    Raises ValueError, KeyError or TypeError when it is not one.
    """
    return Result(
        record_id=row["record_id"],
        question=row["question"],
        standalone=row["question"],
        as_of=date.fromisoformat(row["as_of"]),
        day_source=DaySource(row["as_of_source"]),
        answer=_answer(row),
        evidence=(),
        route=row["route"],
        model=row["model"],
        generation=row["generation"],
        seconds=_seconds.validate_python(row["seconds"]),
        dossier=row.get("dossier"),
        dossier_generation=row.get("dossier_generation"),
    )


def _answer(row: Mapping[str, Any]) -> Answer:
    """The answer; its preface and notice are what the text says around the sentences."""
    sentences = Answer(
        Outcome(row["outcome"]),
        _sentences.validate_python(row["sentences"]),
        _citations.validate_python(row["citations"]),
        _removed.validate_python(row["removed"]),
    )
    text = str(row["answer"])
    if not sentences.sentences:
        return replace(sentences, notice=text)
    before, said, after = text.partition(sentences.markdown)
    if not said:
        raise ValueError("« answer » n'a pas les phrases de « sentences »")
    return replace(sentences, preface=before.strip(), notice=after.strip())
