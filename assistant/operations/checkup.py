"""The check of an installation, from outside the service: each thing it stands on, one by one."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from platform import python_version
from urllib.parse import urlsplit

from assistant.errors import AssistantError, WrongSettings
from assistant.llm.keeper import engine_problem
from assistant.operations.monitoring import INSTALL, LACKING, can_trace
from assistant.operations.readiness import Requirement, broken, disk, holds, met, of_builds, weak
from assistant.publishing.schedule import planned_updates, schedule_of
from assistant.settings import (
    LOOPBACK,
    Settings,
    load_settings,
    local_models,
    openid_secret,
    served_embedder,
)
from ingestion.durable import in_words
from ingestion.errors import IngestionError, ModelUnavailable, NothingImported, UnknownSnapshot
from ingestion.index.publication import current_manifest, current_name, verify_snapshot
from ingestion.index.store import Manifest
from ingestion.ledger.database import open_ledger
from ingestion.models.catalogue import WeightsState, load_catalogue, models_folder, state
from ingestion.progress import StepProgress
from ingestion.setup.preflight import Machine, memory_problem, python_problem

NAME = "accès"


def access(settings: Settings) -> Iterator[Requirement]:
    """What is wrong with the way in, or that nothing is."""
    found = list(_alone(settings) if settings.access == "alone" else _with_accounts(settings))
    yield from found or [met(NAME, _summary(settings))]


def _summary(settings: Settings) -> str:
    if settings.access == "alone":
        return "Sans comptes : la page n'est servie qu'à cette machine."
    return f"Avec des comptes, sur {settings.address}."


def _alone(settings: Settings) -> Iterator[Requirement]:
    for key, value in (("address", settings.address), ("[openid]", settings.openid)):
        if value:
            told = (
                f"« {key} » ne sert à rien sans comptes : la page n'est servie qu'à cette machine."
            )
            yield weak(NAME, told, 'Écrivez access = "accounts", ou retirez ce réglage.')


def _with_accounts(settings: Settings) -> Iterator[Requirement]:
    address = urlsplit(settings.address)
    if not settings.address:
        told = "Des comptes, et pas d'adresse : les liens d'invitation mènent à cette machine."
        yield weak(NAME, told, 'Donnez-la : address = "https://…"')
    elif address.scheme != "https" and address.hostname not in LOOPBACK:
        told = f"{settings.address} n'est pas chiffrée : les mots de passe passent en clair."
        remedy = "Placez un serveur mandataire qui chiffre, et donnez son adresse https."
        yield broken(NAME, told, remedy)
    elif address.scheme == "https" and not settings.trusted_proxies:
        told = "Aucun mandataire n'est cru : la page se croit servie sans chiffrement."
        yield broken(NAME, told, 'Nommez-le : trusted_proxies = ["10.0.0.5"]')
    if settings.openid:
        try:
            openid_secret(settings.openid)
        except WrongSettings as failure:
            yield broken(NAME, str(failure), "Donnez ce secret au service.")


OLDEST = timedelta(days=90)
"""How old an index may be before it is worth a word, unless someone says how old it may be."""

HERE = "127.0.0.1"
PATIENCE = 5.0
"""Seconds that what listens on the port has to say who it is."""

SLACK = timedelta(minutes=5)
"""By how much two clocks may differ."""

PUBLIC = "models"
"""The folder whose files are nobody's secret."""


@dataclass(frozen=True, slots=True)
class Installation:
    """What is examined: a data folder, and how its service is started.

    `oldest` is how old its index may be, None where nobody said so. `embedder` gives the name of
    the embedding model by which its index must have been built.
    """

    home: Path
    port: int
    embedder: Callable[[Settings], str]
    oldest: timedelta | None = None
    machine: Machine = field(default_factory=Machine)
    engine: Callable[[], str] = engine_problem
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


Examination = Callable[[Installation], Iterable[Requirement]]


def examine(place: Installation, begun: StepProgress) -> Iterator[Requirement]:
    """Every requirement of an installation; `begun` hears of each step, its number, and how many.

    Where there is no data folder, or settings that cannot be read, nothing more is looked at.
    """
    steps: list[tuple[str, Examination]] = [("réglages", settings_read), *STEPS]
    for number, (name, examination) in enumerate(steps):
        begun(name, number, len(steps))
        found = _examined(name, examination, place)
        yield from found
        if examination is settings_read and not holds(found):
            return
    begun("", len(steps), len(steps))


def _examined(name: str, examination: Examination, place: Installation) -> tuple[Requirement, ...]:
    """What an examination finds, up to the failure that ends it, which is told as well."""
    found: list[Requirement] = []
    try:
        for each in examination(place):
            found.append(each)
    except PermissionError as refused:
        told = f"Ce compte n'a pas le droit de lire {refused.filename}."
        remedy = f"Rendez-le au compte du service : chown -R … {place.home}"
        found.append(broken(name, told, remedy))
    except OSError as failure:
        told = f"Fichier ou disque inaccessible : {in_words(failure)}."
        found.append(broken(name, told, "Rétablissez-le, puis relancez : sourcier doctor"))
    except (AssistantError, IngestionError) as failure:
        found.append(broken(name, str(failure), "Corrigez-le, puis relancez : sourcier doctor"))
    return tuple(found)


def settings_read(place: Installation) -> Iterator[Requirement]:
    """The data folder and its settings."""
    name, home = "réglages", place.home
    if not home.is_dir():
        remedy = "Lancez make run, ou nommez le dossier : sourcier --data DOSSIER doctor"
        yield broken(name, f"Le dossier des données {home} n'existe pas.", remedy)
        return
    try:
        load_settings(home)
    except WrongSettings as failure:
        yield broken(name, str(failure), f"Corrigez {home / 'settings.toml'}.")
    else:
        yield met(name, f"Les réglages de {home} se lisent.")


def program(place: Installation) -> Iterator[Requirement]:
    """Python, memory, and the engine of the language model."""
    if problem := python_problem(place.machine):
        yield broken("python", f"Python {python_version()} ne convient pas.", problem)
    else:
        yield met("python", f"Python {python_version()}.")
    if problem := memory_problem(place.machine):
        yield weak("mémoire", problem, "Ou choisissez un modèle plus petit : sourcier models list")
    else:
        yield met("mémoire", "La mémoire suffit.")
    if problem := place.engine():
        yield broken("moteur", problem, "make engine")
    else:
        yield met("moteur", "Le moteur du modèle de langue convient à ce processeur.")


def weights(place: Installation) -> Iterator[Requirement]:
    """Every byte of the weights chosen."""
    chosen, folder = load_settings(place.home), models_folder(place.home)
    try:
        catalogue = load_catalogue(folder)
    except ModelUnavailable as failure:
        yield broken("poids", str(failure), "Corrigez ce fichier, ou retirez-le.")
        return
    if server := served_embedder(chosen):
        told = f"Les vecteurs sont faits par {server.embeddings}, sur {server.host}"
        yield met("poids", f"{told} : toute question y part, et tout texte qui est indexé.")
    for name in local_models(chosen):
        model = catalogue.find(name)
        if model is None:
            yield _own_weights(Path(name).expanduser())
            continue
        found, remedy = state(model, folder, fresh=True), f"sourcier models pull {model.name}"
        if found is WeightsState.INTACT:
            yield met("poids", f"{model.name} : relu, intact.")
        else:
            yield broken("poids", f"{model.name} : {found.value}.", remedy)


def _own_weights(path: Path) -> Requirement:
    if path.exists():
        return met("poids", f"{path} : hors catalogue, présent ; rien ne dit ce qu'il doit être.")
    remedy = "Corrigez « llm » ou « embedder » dans settings.toml : sourcier models list"
    return broken("poids", f"{path} n'existe pas et n'est pas au catalogue.", remedy)


def index(place: Installation) -> Iterator[Requirement]:
    """The index in service: there, whole, of the embedding model chosen, and of which age."""
    try:
        name = current_name(place.home)
        verify_snapshot(place.home, name)
        manifest = current_manifest(place.home)
    except UnknownSnapshot as failure:
        yield broken("index", str(failure), "sourcier index build")
        return
    except IngestionError as failure:
        yield broken("index", str(failure), "sourcier index rollback, ou sourcier index build")
        return
    assert manifest is not None
    yield met("index", f"{name} : relu, intact, {manifest.passages} passages.")
    yield from _embedder(place, manifest)
    yield _age(place, manifest)


def _embedder(place: Installation, manifest: Manifest) -> Iterator[Requirement]:
    try:
        chosen = place.embedder(load_settings(place.home))
    except ModelUnavailable:  # said of the weights
        return
    if manifest.embedder != chosen:
        told = f"L'index a été construit avec {manifest.embedder}, et {chosen} est choisi."
        yield broken("index", told, "sourcier index build")


def _age(place: Installation, manifest: Manifest) -> Requirement:
    age = place.clock() - manifest.created_at
    told = f"L'index a {age.days} jour{'s' if age.days > 1 else ''}."
    if age <= (place.oldest or OLDEST):
        return met("index", told)
    judged = broken if place.oldest else weak
    return judged("index", told, "Ajoutez les textes nouveaux : sourcier index update")


def storage(place: Installation) -> Iterator[Requirement]:
    """The disk, and who may read what is on it."""
    yield disk(place.home)
    owner = place.home.stat().st_uid
    files = list(_files(place.home))
    foreign = sum(each.st_uid != owner for each in files)
    if foreign:
        remedy = f"chown -R --reference={place.home} {place.home}"
        told = "1 fichier est" if foreign == 1 else f"{foreign} fichiers sont"
        yield broken("droits", f"{told} à un autre compte.", remedy)
    is_closed = not place.home.stat().st_mode & 0o077
    shared = 0 if is_closed else sum(bool(each.st_mode & 0o077) for each in files)
    if shared:
        told = "1 fichier se laisse" if shared == 1 else f"{shared} fichiers se laissent"
        told = f"{told} lire par d'autres comptes de la machine."
        yield broken("droits", told, f"chmod -R go= {place.home}")
    elif not foreign:
        yield met("droits", "Les fichiers sont au compte du service, et à lui seul.")


def _files(home: Path) -> Iterator[os.stat_result]:
    """Of every file and folder of a data folder but the weights, which are public.

    What goes meanwhile is nobody's.
    """
    folders = [home]
    while folders:
        with suppress(FileNotFoundError), os.scandir(folders.pop()) as entries:
            for each in entries:
                if each.name == PUBLIC or each.is_symlink():
                    continue
                with suppress(FileNotFoundError):
                    yield each.stat()
                if each.is_dir():
                    folders.append(Path(each.path))


def port(place: Installation) -> Iterator[Requirement]:
    """Whether the service can be reached at its port, or may listen there."""
    if place.machine.can_listen(place.port):
        yield met("port", f"Le port {place.port} est libre.")
    elif _is_ours(place.port):
        yield met("port", f"Sourcier répond sur le port {place.port}.")
    else:
        told = f"Le port {place.port} est pris par un autre programme."
        yield broken("port", told, f"sourcier serve --port {place.port + 1}")


def _is_ours(number: int) -> bool:
    try:
        with closing(HTTPConnection(HERE, number, timeout=PATIENCE)) as connection:
            connection.request("GET", "/health")
            reply = connection.getresponse()
            return reply.status == 200 and b'"status":"ok"' in reply.read(1000)
    except (OSError, HTTPException):
        return False


def people(place: Installation) -> Iterator[Requirement]:
    """Who may reach the pages, and whether by a way that is encrypted."""
    return access(load_settings(place.home))


def updates(place: Installation) -> Iterator[Requirement]:
    """The schedule of updates."""
    name = "mises à jour"
    try:
        schedule = schedule_of(load_settings(place.home))
        planned = planned_updates(place.home)
    except WrongSettings as failure:
        yield broken(name, str(failure), "Corrigez ce fichier, puis relancez : sourcier doctor")
        return
    for kind, each in planned.items():
        yield met(name, f"{kind.label}, {each.recurrence.told}, par le service des pages.")
    if schedule is None:
        if not planned:
            yield met(name, "Aucune n'est prévue.")
    elif Path(schedule.folder).is_dir():
        yield met(name, f"Chaque jour à {schedule.at:%H:%M}, depuis {schedule.folder}.")
    else:
        told = f"Le dossier des textes nouveaux, {schedule.folder}, n'existe pas."
        yield broken(name, told, "Créez-le, ou corrigez « update_from » dans settings.toml.")


def figures(place: Installation) -> Iterator[Requirement]:
    """Whether invoices and purchases can be asked, wherever they are."""
    try:
        with open_ledger(place.home):
            yield met("registre", "Factures et achats se lisent.")
    except NothingImported:
        yield met("registre", "Aucune facture ni aucun achat n'est importé.")
    except IngestionError as failure:
        remedy = "Redémarrez son serveur, ou restaurez une sauvegarde : sourcier restore"
        yield broken("registre", str(failure), remedy)


def collector(place: Installation) -> Iterator[Requirement]:
    """Whether the collector of traces takes them, where there is one; answers do without."""
    name, address = "traces", load_settings(place.home).traces
    if not address:
        yield met(name, "Aucun collecteur n'est nommé : aucune trace ne part.")
        return
    if not can_trace():
        yield broken(name, LACKING, f"{INSTALL}, ou retirez « traces » de settings.toml.")
        return
    from assistant.operations.traces import sending_problem  # an optional extra

    if problem := sending_problem(address):
        remedy = "Démarrez-le, ou corrigez « traces » ; les réponses sont données sans lui."
        yield weak(name, f"Le collecteur {address} ne prend pas les traces : {problem}.", remedy)
    else:
        yield met(name, f"Le collecteur {address} prend les durées des réponses, sans un mot.")


def time_of_day(place: Installation) -> Iterator[Requirement]:
    """Whether the clock is after what was written before, and keeps the days of the law."""
    now, home = place.clock(), place.home
    written = [
        path.stat().st_mtime for path in (home / "current", home / "journal.jsonl") if path.exists()
    ]
    late = datetime.fromtimestamp(max(written, default=0.0), UTC) - now
    if late > SLACK:
        told = f"L'horloge retarde : des fichiers sont datés de {_span(late)} plus tard."
        yield broken("horloge", told, "Réglez-la : timedatectl set-ntp true")
    elif time.tzname[0] == "UTC":
        told = "L'heure est UTC : le droit du jour change une ou deux heures trop tard."
        yield weak("horloge", told, "timedatectl set-timezone Europe/Paris, ou TZ=Europe/Paris")
    else:
        yield met("horloge", f"Il est {now.astimezone():%H:%M} le {now.astimezone():%d/%m/%Y}.")


def _span(span: timedelta) -> str:
    """A positive length of time in French, in the two largest of its units. Pure."""
    minutes = round(span / timedelta(minutes=1))
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = (
        (days, f"{days} jour{'s' if days > 1 else ''}"),
        (hours, f"{hours} heure{'s' if hours > 1 else ''}"),
        (minutes, f"{minutes} minute{'s' if minutes > 1 else ''}"),
    )
    return " et ".join([told for number, told in parts if number][:2])


def builds(place: Installation) -> Iterator[Requirement]:
    """Whether somebody builds what is asked for, where a store has a queue."""
    return of_builds(place.home, broken)


STEPS: Sequence[tuple[str, Examination]] = (
    ("programme", program),
    ("poids", weights),
    ("index", index),
    ("constructions", builds),
    ("disque et droits", storage),
    ("port", port),
    ("accès", people),
    ("mises à jour", updates),
    ("registre", figures),
    ("traces", collector),
    ("horloge", time_of_day),
)
