"""The check of an installation, from outside the service: each thing it stands on, one by one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from assistant.errors import AssistantError, WrongSettings
from assistant.operations.installation import (
    Installation,
    port,
    program,
    storage,
    time_of_day,
)
from assistant.operations.monitoring import INSTALL, LACKING, can_trace
from assistant.operations.readiness import (
    SERVER,
    Requirement,
    broken,
    holds,
    met,
    of_builds,
    weak,
)
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
from ingestion.errors import (
    IngestionError,
    ModelUnavailable,
    NothingImported,
    UnknownSnapshot,
    UnreachableStore,
)
from ingestion.index.publication import current_manifest, current_name, verify_snapshot
from ingestion.index.store import Manifest
from ingestion.ledger.database import open_ledger
from ingestion.models.catalogue import WeightsState, load_catalogue, models_folder, state
from ingestion.progress import StepProgress

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
    except UnreachableStore as failure:
        remedy = "Rétablissez ce serveur, ou corrigez « store », puis relancez : sourcier doctor"
        yield broken("index", str(failure), remedy)
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


def recognition(place: Installation) -> Iterator[Requirement]:
    """Whether scanned pages can be read; all else is without it."""
    from ingestion.readers.scans import INSTALL_FRENCH, folder_of_languages  # loads Tesseract

    if found := folder_of_languages():
        yield met("scans", f"Les pages numérisées se lisent, par le français de {found}.")
        return
    told = "Le français de Tesseract n'est pas installé : les pages numérisées ne se lisent pas."
    yield weak("scans", told, f"Debian, Ubuntu : sudo {INSTALL_FRENCH}")


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


def engine(place: Installation) -> Iterator[Requirement]:
    """Whether the server that writes, where one does, would be asked; it is sent no question."""
    chosen = load_settings(place.home).engine
    if chosen is None:
        yield met(SERVER, "Aucun serveur de modèles n'est nommé : celui de cette machine écrit.")
        return
    if problem := place.absence(chosen):
        remedy = "Rétablissez-le, ou corrigez [engine] : le modèle de cette machine lit à sa place."
        yield weak(SERVER, f"{chosen.host} ne sert pas : {problem}.", remedy)
    else:
        yield met(
            SERVER, f"Le modèle {chosen.model} écrit sur {chosen.host}, où vont les questions."
        )


def builds(place: Installation) -> Iterator[Requirement]:
    """Whether somebody builds what is asked for, where a store has a queue."""
    return of_builds(place.home, broken)


STEPS: Sequence[tuple[str, Examination]] = (
    ("programme", program),
    ("poids", weights),
    (SERVER, engine),
    ("index", index),
    ("constructions", builds),
    ("disque et droits", storage),
    ("port", port),
    ("accès", people),
    ("mises à jour", updates),
    ("registre", figures),
    ("scans", recognition),
    ("traces", collector),
    ("horloge", time_of_day),
)
