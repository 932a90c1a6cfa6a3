"""The container: settings to an assistant; the only place that names the real models."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path

from assistant.answering.pipeline import Assistant, TurnWatch, unwatched
from assistant.calculators.calculation import Buyer
from assistant.calculators.constants import read_rates
from assistant.journal.journal import Journal, journal_of
from assistant.llm.fallback import FallbackModel
from assistant.llm.language_model import LanguageModel
from assistant.llm.process import ModelProcess, engine_command
from assistant.llm.remote import RemoteEmbedder, RemoteModel
from assistant.llm.sharing import BorrowedModel
from assistant.publishing.gate import Examinee
from assistant.retrieval.snapshots import SnapshotHolder
from assistant.retrieval.tuning import tuning_for
from assistant.settings import Engine, Settings, engine_secret, served_embedder
from ingestion.index.search import Embedder, PassageReader
from ingestion.models.catalogue import (
    Taught,
    Weights,
    find_taught,
    load_catalogue,
    locate,
    models_folder,
    taught_digest,
)


@cache
def load_embedder(home: Path, settings: Settings) -> Embedder:
    """The embedding model chosen: on the server of the settings, else here with what it was taught.

    It is loaded once. Raises ModelUnavailable, and WrongSettings where the server's secret is
    missing.
    """
    if server := served_embedder(settings):
        known = load_catalogue(models_folder(home)).find(server.embeddings)
        return RemoteEmbedder(server, engine_secret(server), known.prefixes if known else None)
    return load_local_embedder(home, settings)


def load_local_embedder(home: Path, settings: Settings) -> Embedder:
    """The embedding model of this machine; raises ModelUnavailable."""
    from ingestion.encoders.embedder import SentenceTransformerEmbedder  # takes seconds

    weights = locate(settings.embedder, home)
    taught = find_taught(home, Taught.RETRIEVER, weights.sha256)
    prefixes = weights.model.prefixes if weights.model else None
    return SentenceTransformerEmbedder(
        weights.path, embedder_name(weights, taught), taught, prefixes
    )


@cache
def load_reader(home: Path, settings: Settings) -> PassageReader | None:
    """The reader that the embedding model was taught to be, loaded once; None where it was not.

    Raises ModelUnavailable.
    """
    if served_embedder(settings):
        return None
    from ingestion.encoders.embedder import TaughtReader  # takes seconds

    weights = locate(settings.embedder, home)
    taught = find_taught(home, Taught.READER, weights.sha256)
    if taught is None:
        return None
    return TaughtReader(weights.path, embedder_name(weights, taught), taught)


def chosen_embedder(home: Path, settings: Settings) -> str:
    """The name of the embedding model chosen, which is not loaded; raises ModelUnavailable."""
    if server := served_embedder(settings):
        return RemoteEmbedder(server).name
    weights = locate(settings.embedder, home)
    return embedder_name(weights, find_taught(home, Taught.RETRIEVER, weights.sha256))


def load_model(home: Path, settings: Settings, lent: Path | None = None) -> LanguageModel:
    """The language model chosen: on the server of the settings, else on this machine.

    `lent` is where another process of this machine lends it, if one does. Raises ModelUnavailable,
    and WrongSettings where the server's secret is missing.
    """
    if (engine := settings.engine) is None:
        return local_model(home, settings, lent)
    server = RemoteModel(engine, engine_secret(engine))
    return FallbackModel(
        server, partial(local_model, home, settings, lent), engine.rest_minutes * 60
    )


def server_absence(engine: Engine) -> str:
    """Why the server that writes would not be asked now, "" where it would; it is sent nothing.

    Raises WrongSettings where its secret is missing.
    """
    return RemoteModel(engine, engine_secret(engine)).absence()


def local_model(home: Path, settings: Settings, lent: Path | None) -> LanguageModel:
    """The language model of this machine, borrowed where it is lent; raises ModelUnavailable."""
    if lent is None:
        return load_local_model(home, settings)
    return BorrowedModel(weights_name(locate(settings.llm, home)), lent)


def load_local_model(home: Path, settings: Settings) -> ModelProcess:
    """The language model of this machine, in a process of its own; raises ModelUnavailable."""
    weights = locate(settings.llm, home)
    template = weights.model.chat_template if weights.model else None
    return ModelProcess(weights_name(weights), engine_command(weights.path, template or "chatml"))


def model_writes(home: Path, settings: Settings) -> bool:
    """Whether the model chosen adds sentences of its own; a file outside the catalogue does.

    That of a server does where the catalogue says so of its name.
    """
    if settings.writing != "auto":
        return settings.writing == "always"
    if settings.engine:
        served = load_catalogue(models_folder(home)).find(settings.engine.model)
        return served is not None and served.writes
    model = locate(settings.llm, home).model
    return model is None or model.writes


def load_assistant(
    home: Path,
    settings: Settings,
    generation: str | None = None,
    watch: TurnWatch = unwatched,
    lent: Path | None = None,
) -> Assistant:
    """Everything a question needs; `generation` pins one instead of the published one.

    `lent` is where another process lends the language model, if one does.
    """
    with ThreadPoolExecutor(max_workers=1) as beside:
        # Reading a gigabyte of weights takes as long as importing the embedding library.
        model = beside.submit(load_model, home, settings, lent)
        embedder = load_embedder(home, settings)
    holder, journal = SnapshotHolder(home, embedder, generation), journal_of(home)
    reader = load_reader(home, settings)
    return assembled(home, settings, holder, embedder, reader, model.result(), journal, watch)


def load_examinee(home: Path, settings: Settings, records: Path) -> Examinee:
    """Assistants over any snapshot, of one model loaded once; their journal is in `records`."""
    embedder, model = load_embedder(home, settings), cache(partial(load_model, home, settings))
    journal = Journal(records / "journal.jsonl")
    return lambda name: assembled(
        home,
        settings,
        SnapshotHolder(home, embedder, name),
        embedder,
        load_reader(home, settings),
        model(),
        journal,
    )


def assembled(
    home: Path,
    settings: Settings,
    holder: SnapshotHolder,
    embedder: Embedder,
    reader: PassageReader | None,
    model: LanguageModel,
    journal: Journal,
    watch: TurnWatch = unwatched,
) -> Assistant:
    """The assistant of these parts, weighing as was fitted with its embedder."""
    return Assistant(
        holder,
        embedder,
        model,
        journal,
        settings.evidence_limit,
        model_writes(home, settings),
        partial(read_rates, home),
        buyer=Buyer(settings.buyer),
        tuning=tuning_for(embedder.name),
        reader=reader,
        watch=watch,
    )


def embedder_name(weights: Weights, taught: Path | None) -> str:
    """The name of an embedder: that of its weights, bound to what they were taught, if anything."""
    name = weights_name(weights)
    return f"{name}+{taught_digest(taught)}" if taught else name


def weights_name(weights: Weights) -> str:
    """The name by which an index and a record know weights: readable, and bound to the bytes."""
    known = weights.model.name if weights.model else weights.path.name
    return f"{known}@{weights.sha256[:12]}"
