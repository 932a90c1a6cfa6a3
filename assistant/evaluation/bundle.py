"""Bundles: one archive with which others check a run elsewhere: questions, results, conditions.

The archive holds no text of an index: its measures are computed again from the questions and the
results that it has, all but the share of exact quotes, for which the index itself is needed.
"""

import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.metadata import distributions
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pydantic import TypeAdapter

from assistant.confidence import Estimate
from assistant.errors import WrongBundle, WrongQuestions, WrongResults
from assistant.evaluation.grading import Estimates, Measure, estimates, grade, read_results, unread
from assistant.evaluation.questions import read_questions
from assistant.evaluation.runs import Evaluation, RunConditions
from ingestion.readers.content import DAMAGES

FORMAT = 1
MANIFEST, RESULTS, ENVIRONMENT, QUESTIONS = (
    "manifest.json",
    "results.jsonl",
    "environment.txt",
    "questions",
)
"""What stands in an archive; the question files are numbered in the order of the run."""

ANSWERING = ("llm", "embedder", "evidence_limit", "writing", "buyer")
"""Settings on which answers depend; the others are nobody's business elsewhere."""

MOST_BYTES = 500_000_000
"""Of all that an archive unfolds to."""

_DAY_ONE = (1980, 1, 1, 0, 0, 0)
"""The time of every file of an archive: equal runs give equal bytes."""


def write_bundle(
    path: Path, evaluation: Evaluation, questions: Sequence[Path], results: Path
) -> None:
    """Write the archive of a run; `results` is the file that the run has written."""
    files = {
        RESULTS: results.read_bytes(),
        ENVIRONMENT: "".join(f"{line}\n" for line in sorted(_environment())).encode(),
        **{
            f"{QUESTIONS}/{number:02}-{file.name}": file.read_bytes()
            for number, file in enumerate(questions, 1)
        },
    }
    manifest = _manifest(evaluation) | {
        "files": {name: sha256(content).hexdigest() for name, content in files.items()}
    }
    files[MANIFEST] = json.dumps(manifest, ensure_ascii=False, indent=2).encode()
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(ZipInfo(name, _DAY_ONE), content, ZIP_DEFLATED)
    path.write_bytes(written.getvalue())


def _environment() -> Iterator[str]:
    """The interpreter, the system, and every library with its version."""
    yield f"# python {platform.python_version()}, {platform.platform()}"
    for each in distributions():
        yield f"{each.metadata['Name']}=={each.version}"


def _manifest(evaluation: Evaluation) -> dict[str, Any]:
    found = estimates(evaluation.graded)
    return {
        "format": FORMAT,
        "conditions": _conditions(evaluation.identity),
        "asked": len(evaluation.graded),
        "planned": evaluation.planned,
        "measures": {each.value: told and asdict(told) for each, told in found.items()},
    }


def _conditions(identity: RunConditions) -> dict[str, Any]:
    manifest = identity.manifest
    return {
        "began": identity.began.isoformat(),
        "program": identity.code,
        "machine": identity.machine,
        "model": identity.model,
        "weights": [asdict(each) for each in identity.weights],
        "prompts": {each.name: each.sha256 for each in identity.prompts},
        "settings": {name: str(getattr(identity.settings, name)) for name in ANSWERING},
        "index": {
            "name": manifest.name,
            "content": manifest.content,
            "embedder": manifest.embedder,
            "documents": manifest.documents,
            "passages": manifest.passages,
            "state_date": manifest.state_date and manifest.state_date.isoformat(),
            "texts": dict(manifest.origins),
            "files": dict(manifest.files),
        },
    }


# Checking an archive, on any machine.


@dataclass(frozen=True, slots=True)
class BundleIndex:
    """The index that answered."""

    name: str
    content: str


@dataclass(frozen=True, slots=True)
class BundleWeights:
    """Weights that it was answered with."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class BundleConditions:
    """What is shown of the conditions of a run."""

    program: str
    model: str
    index: BundleIndex
    weights: tuple[BundleWeights, ...]


@dataclass(frozen=True, slots=True)
class _Manifest:
    """What is checked of a manifest."""

    conditions: BundleConditions
    asked: int
    measures: dict[str, Estimate | None]
    files: dict[str, str]


_MANIFEST = TypeAdapter(_Manifest)


@dataclass(frozen=True, slots=True)
class BundleCheck:
    """What an archive says, and what does not hold in it, in French; nothing when all does.

    `measured` was computed again from its questions and results.
    """

    conditions: BundleConditions
    measured: Estimates
    faults: tuple[str, ...]


def check_bundle(path: Path) -> BundleCheck:
    """Read an archive again; raises WrongBundle where nothing of it can be measured."""
    files = _files(path)
    manifest = _manifest_of(path, files)
    faults = [*_altered(files, manifest.files)]
    try:
        measured = _measured(files)
    except (WrongQuestions, WrongResults) as error:
        told = " ".join([*faults, f"Ses questions ou ses résultats ne se lisent pas : {error}"])
        raise WrongBundle(f"{path} ne se mesure pas. {told}") from error
    count = len([line for line in files.get(RESULTS, b"").splitlines() if line.strip()])
    if count != manifest.asked:
        faults.append(f"{RESULTS} a {count} résultats, le manifeste en annonce {manifest.asked}.")
    faults += _disagreeing(measured, manifest.measures)
    return BundleCheck(manifest.conditions, measured, tuple(faults))


def _files(path: Path) -> dict[str, bytes]:
    try:
        with ZipFile(path) as archive:
            if sum(each.file_size for each in archive.infolist()) > MOST_BYTES:
                raise WrongBundle(f"{path} se déplie en plus de {MOST_BYTES // 10**6} Mo.")
            return {name: archive.read(name) for name in archive.namelist()}
    except (OSError, RuntimeError, *DAMAGES) as error:
        raise WrongBundle(f"{path} ne se lit pas comme une archive : {error}") from error


def _manifest_of(path: Path, files: Mapping[str, bytes]) -> _Manifest:
    try:
        told = json.loads(files[MANIFEST])
        if isinstance(told, dict) and told.get("format", FORMAT) != FORMAT:
            raise WrongBundle(f"{path} vient d'une autre version de Sourcier, qui la vérifie.")
        return _MANIFEST.validate_python(told)
    except (KeyError, ValueError) as error:  # pydantic's own are of the latter
        raise WrongBundle(
            f"{path} n'est pas une archive de « sourcier eval --bundle » : son manifeste ne se lit "
            "pas."
        ) from error


def _altered(files: Mapping[str, bytes], known: Mapping[str, str]) -> Iterator[str]:
    for name in sorted((files.keys() | known.keys()) - {MANIFEST}):
        if name not in files:
            yield f"{name} manque."
        elif name not in known:
            yield f"{name} a été ajouté."
        elif sha256(files[name]).hexdigest() != known[name]:
            yield f"{name} a été modifié : son empreinte n'est pas celle du manifeste."


def _measured(files: Mapping[str, bytes]) -> Estimates:
    """The measures of the questions that have a result, read by the same code as in a run.

    Raises WrongQuestions and WrongResults, which name a file as it is in the archive.
    """
    names = sorted(name for name in files if name.startswith(f"{QUESTIONS}/"))
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.jsonl" for number in range(len(names) + 1)]
        for file, name in zip(paths, (RESULTS, *names), strict=True):
            file.write_bytes(files.get(name, b""))
        try:
            results = read_results(paths[0])
            asked = [each for each in read_questions(*paths[1:]) if each.id in results]
        except (WrongQuestions, WrongResults) as error:
            told = str(error)
            for file, name in zip(paths, (RESULTS, *names), strict=True):
                told = told.replace(str(file), name)
            raise type(error)(told) from error
    return estimates([grade(each, results[each.id], unread) for each in asked])


def _disagreeing(measured: Estimates, told: Mapping[str, Estimate | None]) -> Iterator[str]:
    for measure, found in measured.items():
        if measure is Measure.EXACT:
            continue
        said = told.get(measure.value)
        is_same = _is_same(found, said) if found and said else found is said
        if not is_same:
            value = "rien" if found is None else f"{found.value:.4f}"
            before = "rien" if said is None else f"{said.value:.4f}"
            yield f"« {measure} » : recalculé, {value} ; annoncé, {before}."


def _is_same(found: Estimate, said: Estimate) -> bool:
    values = (found.value, found.low, found.high)
    told = (said.value, said.low, said.high)
    return all(abs(one - other) < 1e-9 for one, other in zip(values, told, strict=True))
