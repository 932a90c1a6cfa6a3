"""`sourcier models list | pull | verify | train`. Door of rich, for this command."""

import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table
from typer import Context

from assistant.cli.actions import Actions
from assistant.cli.options import (
    AS_JSON_LIST,
    Steps,
    Terminal,
    argument,
    one_of,
    option,
    print_json,
    progress_bars,
)
from assistant.settings import load_settings
from ingestion.errors import ModelUnavailable
from ingestion.models.catalogue import (
    Catalogue,
    Model,
    ModelRole,
    Taught,
    WeightsState,
    load_catalogue,
    locate,
    models_folder,
    own_folder,
    state,
    taught_file,
)
from ingestion.models.pull import pull
from ingestion.progress import StepProgress
from ingestion.setup.preflight import gigabytes

OK, BROKEN, USAGE = 0, 1, 2
LINE_SECONDS = 5.0
CUT_SHORT = "Interrompu. Relancez la même commande pour continuer."
WIDE = 110  # columns from which the description of each model has room
HUB = "https://huggingface.co/"


ROLES = {ModelRole.LLM: "langue", ModelRole.EMBEDDER: "vecteurs", ModelRole.VOICE: "voix"}


app = Actions("models")


@app.action("list")
def _list_models(ctx: Context, as_json: bool = AS_JSON_LIST) -> int:
    folder = models_folder(ctx.obj)
    found = {model: state(model, folder) for model in load_catalogue(folder).models}
    if as_json:
        print_json([_fields(model, here) for model, here in found.items()])
        return OK
    console = Terminal()
    console.print(_catalogue_table(found, described=console.width >= WIDE))
    console.print(f"En gras : par défaut. Dossier : {folder}", highlight=False, soft_wrap=True)
    for line in _hub_lines(found):
        console.print(line, highlight=False, soft_wrap=True)
    return OK


def _catalogue_table(models: Mapping[Model, WeightsState], *, described: bool) -> Table:
    table = Table(box=None)
    for title in ("Nom", "Rôle", "Licence", "Taille", "Mémoire", "Ici"):
        table.add_column(title, no_wrap=True)
    if described:
        table.add_column("Modèle")
    for model, found in models.items():
        table.add_row(
            model.name,
            ROLES[model.role],
            model.licence,
            gigabytes(model.size),
            gigabytes(model.memory),
            "–" if found is WeightsState.ABSENT else found.value,
            *([model.title] if described else []),
            style="bold" if model.default else "",
        )
    return table


def _hub_lines(models: Iterable[Model]) -> list[str]:
    """Where those are that come from no package index nor folder; an address fits in 80 columns."""
    found = [
        (model.name, model.hub.repository)
        for model in models
        if model.hub and not (model.wheels or model.local)
    ]
    wide = max((len(name) for name, _ in found), default=0)
    lines = [f"  {name:<{wide}}  {repository}" for name, repository in found]
    return [f"Pris sur {HUB}… :", *lines] if lines else []


def _fields(model: Model, found: WeightsState) -> dict[str, Any]:
    """A model as programs read it; sizes in bytes."""
    return {
        "name": model.name,
        "title": model.title,
        "role": model.role.value,
        "licence": model.licence,
        "size": model.size,
        "memory": model.memory,
        "default": model.default,
        "state": found.value,
        "hub": f"{HUB}{model.hub.repository}" if model.hub else None,
        "revision": model.hub.revision if model.hub else None,
    }


@app.action("pull")
def _pull_models(
    ctx: Context,
    names: list[str] | None = argument("NOM", "par défaut : les deux modèles", default=None),
    given: Path | None = option(
        "--from DOSSIER", "prend les fichiers dans ce dossier au lieu de les télécharger", Path
    ),
) -> int:
    folder = models_folder(ctx.obj)
    try:
        models = _chosen(load_catalogue(folder), names)
    except ModelUnavailable as exc:
        return _complain(exc, USAGE)
    if given is not None and not given.is_dir():
        return _complain(f"Le dossier {given} n'existe pas.", USAGE)
    for model in models:
        _warn_memory(model)
        try:
            with _shown(model) as report:
                path = pull(model, folder, report, given=given)
        except KeyboardInterrupt:
            return _complain(CUT_SHORT, BROKEN)
        pinned = "" if model.sha256 else " (empreinte enregistrée : le catalogue n'en fixe pas)"
        Terminal().print(f"{model.name} : vérifié{pinned}, {path}", highlight=False, soft_wrap=True)
    return OK


@app.action("verify")
def _verify(
    ctx: Context,
    names: list[str] | None = argument("NOM", "par défaut : tous les présents", default=None),
) -> int:
    """Read models again; the exit code says whether all are intact."""
    folder = models_folder(ctx.obj)
    catalogue = load_catalogue(folder)
    try:
        models = _chosen(catalogue, names) if names else catalogue.models
    except ModelUnavailable as exc:
        return _complain(exc, USAGE)
    states = {model.name: state(model, folder, fresh=True) for model in models}
    if not names:
        states = {name: found for name, found in states.items() if found is not WeightsState.ABSENT}
    if not states:
        return _complain("Aucun modèle sur cette machine : sourcier models pull", BROKEN)
    for name, found in states.items():
        remedy = "" if found is WeightsState.INTACT else f" (remède : sourcier models pull {name})"
        Terminal().print(f"{name} : {found.value}{remedy}", highlight=False, soft_wrap=True)
    return OK if set(states.values()) == {WeightsState.INTACT} else BROKEN


@app.action("train")
def _train(
    ctx: Context,
    what: Taught = argument("QUOI", "ce qui est appris : retriever, reader", one_of(Taught)),
    out: Path | None = option(
        "--out FICHIER", "où écrire les poids appris (défaut : le dossier de données)", Path
    ),
) -> int:
    # torch takes seconds to import.
    from assistant.container import load_local_embedder
    from ingestion.encoders.teaching import train_reader, train_retriever

    home, settings = ctx.obj, load_settings(ctx.obj)
    weights = locate(settings.embedder, home)
    path = out or taught_file(own_folder(home), what, weights.sha256)
    with progress_bars(Terminal(is_stderr=True)) as bars:
        try:
            if what is Taught.READER:
                embedder = load_local_embedder(home, settings)
                train_reader(home, weights, embedder, path, Steps(bars))
            else:
                train_retriever(home, weights, path, Steps(bars))
        except KeyboardInterrupt:
            return _complain(CUT_SHORT, BROKEN)
    Terminal().print(f"Écrit : {path}", highlight=False, soft_wrap=True)
    return OK


def _chosen(catalogue: Catalogue, names: list[str] | None) -> tuple[Model, ...]:
    return tuple(catalogue.get(name) for name in names or ()) or catalogue.defaults()


def _warn_memory(model: Model) -> None:
    installed = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if installed < model.memory:
        Terminal(is_stderr=True).print(
            f"Attention : {model.name} demande {gigabytes(model.memory)} de mémoire, "
            f"cette machine en a {gigabytes(installed)}."
        )


@contextmanager
def _shown(model: Model) -> Iterator[StepProgress]:
    """A bar in a terminal, a line now and then elsewhere."""
    if not sys.stdout.isatty():
        yield _lines(model)
        return
    columns = (DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(TextColumn("{task.description}"), BarColumn(), *columns) as bars:
        task = bars.add_task(model.name, total=None)

        def report(step: str, done: int, total: int) -> None:
            bars.update(task, description=f"{model.name} : {step}")
            if total > 1:
                bars.update(task, completed=done, total=total)

        yield report


def _lines(model: Model) -> StepProgress:
    began = time.monotonic()
    last_step, last_at = "", began

    def report(step: str, done: int, total: int) -> None:
        nonlocal last_step, last_at
        now = time.monotonic()
        if last_step == step and now - last_at < LINE_SECONDS:
            return
        last_step, last_at = step, now
        amount = f" : {done / 1e6:.0f} Mo sur {total / 1e6:.0f}" if total > 1 else ""
        Terminal().print(f"{model.name} : {step}{amount}, {now - began:.0f} s", highlight=False)

    return report


def _complain(message: object, code: int) -> int:
    Terminal(is_stderr=True).print(str(message), style="red", highlight=False, soft_wrap=True)
    return code
