"""Bringing a model to this machine: one at a time, resumable, verified before it has its name."""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ingestion.durable import sync
from ingestion.errors import IngestionError, ModelUnavailable, StorageFull
from ingestion.weights.catalogue import Model
from ingestion.weights.digests import Digests
from ingestion.weights.locate import expected
from ingestion.weights.records import record
from ingestion.weights.sources import Content, Progress, fetch, space_needed

MARGIN_BYTES = 200_000_000
UNFINISHED = ".unfinished"


def free_bytes(folder: Path) -> int:
    """Free disk space where `folder` is."""
    return shutil.disk_usage(folder).free


def pull(
    model: Model,
    folder: Path,
    progress: Progress,
    *,
    given: Path | None = None,
    free: Callable[[Path], int] = free_bytes,
) -> Path:
    """Bring the model into `folder` unless it is there and right; returns where it is.

    Killed at any point, it goes on from the last whole part when called again.

    Raises:
        StorageFull: Before anything is written, when the disk is too small.
        ModelUnavailable: When no source works, or the content has not the expected hash.
        IngestionError: When another process is pulling.
    """
    with _alone(folder):
        target = folder / model.file
        if target.exists() and Digests(folder).of(target) == expected(model, folder):
            return target
        unfinished = folder / UNFINISHED / model.name
        _check_space(model, unfinished, free(folder))
        content = fetch(model, unfinished, given, progress)
        if content.raw:
            content = _converted(model, content.path, progress)
        progress("Vérification de l'empreinte", 0, 1)
        _accept(model, folder, content)
        _publish(content.path, target)
        shutil.rmtree(unfinished)
        return target


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise IngestionError(
                "Un autre téléchargement de modèle est en cours. Réessayez quand il sera fini."
            ) from exc
        yield


def _check_space(model: Model, unfinished: Path, free: int) -> None:
    needed = space_needed(model, unfinished) + MARGIN_BYTES
    if free < needed:
        raise StorageFull(
            f"Il faut {needed / 1e9:.1f} Go libres pour « {model.name} » et il en reste "
            f"{free / 1e9:.1f}. Libérez de la place ou choisissez un autre dossier (--data)."
        )


def _accept(model: Model, folder: Path, content: Content) -> None:
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


def _converted(model: Model, raw: Path, progress: Progress) -> Content:
    """Turn verified content into the model's folder, beside it."""
    from ingestion.weights.e5 import convert  # numpy: only when there is something to convert

    assert model.wheels is not None
    digest = Digests(raw.parent).of(raw, fresh=True)
    if model.wheels.sha256 is not None and digest != model.wheels.sha256:
        _refuse(model, raw, digest, model.wheels.sha256)
    progress("Conversion", 0, 1)
    folder = raw.parent / "folder"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    convert(raw, folder)
    return Content(folder)


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
