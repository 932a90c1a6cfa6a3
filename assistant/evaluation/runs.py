"""Runs: questions asked to their end, what was measured and with what, against an earlier run."""

import os
import platform
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from importlib.metadata import version
from pathlib import Path

from assistant.answering.answer import Citation, Finished, TurnResult
from assistant.answering.pipeline import Assistant
from assistant.answering.record import ASKED, EXAMINED, Purpose
from assistant.confidence import mcnemar
from assistant.evaluation.grading import Estimates, Graded, Measure, estimates, grade
from assistant.evaluation.questions import Question
from assistant.identity import ALONE
from assistant.llm.language_model import FOLDER
from assistant.question.language import Language, detect_language
from assistant.settings import Settings, local_models
from ingestion.durable import file_sha256
from ingestion.errors import IngestionError, UnknownDocument, UnknownDossier, UnknownSnapshot
from ingestion.index.snapshot import IndexSnapshot
from ingestion.index.store import Manifest
from ingestion.models.catalogue import SHIPPED, Model, Taught, Weights, find_taught, locate

# The baseline: an earlier run held against this one, question by question. Pure.

GUARDED = (
    Measure.CORRECT,
    Measure.RECALL,
    Measure.PRECISION,
    Measure.REFUSAL_F1,
    Measure.SUPPORTED,
    Measure.EXACT,
)
"""Measures that must not fall."""


class AnswerChange(StrEnum):
    """What has become of an answer."""

    WORSE = "devenue fausse"
    BETTER = "devenue correcte"
    REWORDED = "dite autrement, même verdict"
    SAME = "mot pour mot la même"


@dataclass(frozen=True, slots=True)
class Pair:
    """One question in the earlier run and in this one."""

    before: Graded
    after: Graded

    @property
    def change(self) -> AnswerChange:
        """Whether the verdict has changed, else whether a word has."""
        if self.before.correct != self.after.correct:
            return AnswerChange.BETTER if self.after.correct else AnswerChange.WORSE
        before, after = (each.result.answer.markdown for each in (self.before, self.after))
        return AnswerChange.SAME if before == after else AnswerChange.REWORDED


@dataclass(frozen=True, slots=True)
class RunComparison:
    """Two runs over the questions that both answered.

    `added` and `dropped` are how many questions only this run, or only the earlier one, has.
    `chance` is how often chance alone would give as unequal a number of better and worse answers.
    """

    pairs: tuple[Pair, ...]
    added: int
    dropped: int
    before: Estimates
    after: Estimates
    chance: float

    def of(self, change: AnswerChange) -> list[Pair]:
        """The questions with this change, in the order asked."""
        return [pair for pair in self.pairs if pair.change is change]


@dataclass(frozen=True, slots=True)
class Fall:
    """A measure that is lower than it was by more than is tolerated."""

    measure: Measure
    before: float
    after: float


def compare(
    before: Mapping[str, TurnResult],
    after: Sequence[Graded],
    regrade: Callable[[Question, TurnResult], Graded],
) -> RunComparison:
    """Compare this run with earlier results by `id`, graded again by what is expected today.

    A question whose words have changed is another one. Measures are of the common questions.
    """
    pairs = tuple(
        Pair(regrade(item.question, earlier), item)
        for item in after
        if (earlier := before.get(item.question.id)) and earlier.question == item.question.text
    )
    changes = [pair.change for pair in pairs]
    return RunComparison(
        pairs,
        added=len(after) - len(pairs),
        dropped=len(before) - len(pairs),
        before=estimates([pair.before for pair in pairs]),
        after=estimates([pair.after for pair in pairs]),
        chance=mcnemar(changes.count(AnswerChange.BETTER), changes.count(AnswerChange.WORSE)),
    )


def falls(comparison: RunComparison, tolerance: float) -> list[Fall]:
    """The guarded measures that fell by more than `tolerance` (0.02 is two points)."""
    found = []
    for measure in GUARDED:
        before, after = comparison.before[measure], comparison.after[measure]
        # Rounded: a fall of just 0.02 is no more than 0.02, whatever floats say.
        if before and after and round(before.value - after.value, 9) > tolerance:
            found.append(Fall(measure, before.value, after.value))
    return found


# An evaluation: what was measured, on what, with what, so that another can repeat it.

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Digest:
    """A file, by the name under which it was given, and the sha256 of its bytes."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class RunWeights:
    """Weights in use, the sha256 of all their bytes, and from where they may be had, if known."""

    name: str
    sha256: str
    origin: str


@dataclass(frozen=True, slots=True)
class RunConditions:
    """The conditions of a run; `code` is a commit, or the version of the package without one."""

    began: datetime
    code: str
    model: str
    manifest: Manifest
    settings: Settings
    prompts: tuple[Digest, ...]
    files: tuple[Digest, ...]
    machine: str
    weights: tuple[RunWeights, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run over question sets; less than `planned` questions were asked if it was interrupted.

    `falls` are the measures that are lower than in the earlier run, `baseline` its file.
    """

    identity: RunConditions
    planned: int
    graded: tuple[Graded, ...]
    baseline: Digest | None = None
    comparison: RunComparison | None = None
    falls: tuple[Fall, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every question was asked."""
        return len(self.graded) == self.planned


def identify(
    home: Path, model: str, manifest: Manifest, settings: Settings, files: Sequence[Path]
) -> RunConditions:
    """The conditions of a run that begins now, on this machine, over this data folder."""
    return RunConditions(
        began=datetime.now().astimezone(),
        code=code_version(ROOT),
        model=model,
        manifest=manifest,
        settings=settings,
        prompts=tuple(hash_file(path, path.name) for path in sorted(FOLDER.glob("*.md"))),
        files=tuple(hash_file(path, str(path)) for path in files),
        machine=machine(),
        weights=tuple(_weights(home, local_models(settings))),
    )


def _weights(home: Path, chosen: Sequence[str]) -> Iterator[RunWeights]:
    """Those that are here; a model that is not cannot have been used."""
    for name in chosen:
        with suppress(IngestionError):
            found = locate(name, home)
            yield RunWeights(name, found.sha256, _origin(found.model))
            yield from taught_weights(home, found).values()


def taught_weights(home: Path, base: Weights) -> dict[Taught, RunWeights]:
    """The files of what weights were taught besides, by which they find and answer otherwise."""
    files = {each: find_taught(home, each, base.sha256) for each in Taught}
    return {each: _taught(file) for each, file in files.items() if file}


def _taught(file: Path) -> RunWeights:
    origin = "livré avec le programme" if file.parent == SHIPPED else "appris sur cette machine"
    return RunWeights(file.name, file_sha256(file), origin)


def _origin(model: Model | None) -> str:
    if model is None:
        return "hors catalogue"
    if model.hub:
        return f"{model.hub.repository}, révision {model.hub.revision}"
    if model.wheels:
        return f"paquets {model.wheels.package}, version {model.wheels.version}"
    return model.local or "inconnue"


def hash_file(path: Path, name: str) -> Digest:
    """The digest of a file."""
    return Digest(name, file_sha256(path))


def code_version(root: Path) -> str:
    """The git commit of the code, and whether files differ from it, else the package's version."""
    released = f"sourcier {version('sourcier')}"
    if not (root / ".git").exists():
        return released
    try:
        commit, changed = (
            subprocess.run(
                ("git", "-C", str(root), *command), capture_output=True, text=True, check=True
            ).stdout.strip()
            for command in (("rev-parse", "HEAD"), ("status", "--porcelain"))
        )
    except (OSError, subprocess.CalledProcessError):
        return released
    return f"{released}, commit {commit}" + (", fichiers modifiés depuis" if changed else "")


def machine() -> str:
    """The processor, the cores that this process may use, and the system."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").split("\n") if cpuinfo.exists() else []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    processor = next(models, platform.processor() or platform.machine())
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{processor}, {cores} cœurs, {platform.system()} {platform.release()}"


# An examination: a question asked to its end, and its answer held against what is expected.


def run_turn(
    assistant: Assistant,
    question: str,
    as_of: date | None,
    dossier: str | None,
    language: Language | None = None,
    purpose: Purpose = ASKED,
) -> TurnResult:
    """Ask and return the recorded result; day and language are the question's where not given."""
    spoken = language or detect_language(question)
    asking = assistant.ask(
        question, as_of=as_of, language=spoken, dossier=dossier, user=ALONE.user, purpose=purpose
    )
    for event in asking:
        if isinstance(event, Finished):
            return event.result
    raise AssertionError("a turn that is not interrupted ends with Finished")


def examine(assistant: Assistant, question: Question) -> Graded:
    """Ask a question and grade the answer; it is no buyer's, and recorded as an evaluation's."""
    result = run_turn(assistant, question.text, question.as_of, question.dossier, purpose=EXAMINED)
    return graded(assistant, question, result)


def graded(assistant: Assistant, question: Question, result: TurnResult) -> Graded:
    """Grade an answer, which this assistant or another has given."""
    return grade(question, result, partial(_text, assistant, result))


def _text(assistant: Assistant, result: TurnResult, citation: Citation) -> str | None:
    """The text that a result cites; None where the index that it was found in is not in use."""
    held = tuple(_indexes(assistant, result))
    for generation in held:
        if (text := cited_text(generation, citation)) is not None:
            return text
    used = {result.generation, result.dossier_generation} - {None}
    # An index in use that does not have the text it is said to have is at fault: nothing matches.
    return "" if used <= {generation.manifest.name for generation in held} else None


def cited_text(generation: IndexSnapshot, citation: Citation) -> str | None:
    """The text that was cited, None where an index has it no more as it was."""
    with suppress(UnknownDocument):
        document = generation.store.document(citation.document)
        if document.text_sha256 == citation.sha256:
            return document.text
    return None


def _indexes(assistant: Assistant, result: TurnResult) -> Iterator[IndexSnapshot]:
    yield assistant.generation
    if result.dossier:
        with suppress(UnknownDossier, UnknownSnapshot):
            yield assistant.dossier(result.dossier, None)
