"""Speed and memory, as ratios: `python -m tests.studies.benchmark [--data DIR]` (or `make bench`).

Ratios are of medians over interleaved runs, so that a slow moment of the machine weighs on both
sides. All but the first ones, of work that grows with its size, need the weights and a published
index; nothing is asserted here.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median

from llama_cpp import Llama

from assistant.container import load_embedder, load_model
from assistant.llm.language_model import CHAT_FORMATS, LanguageModel, Prompt
from assistant.llm.llama import LlamaModel
from assistant.llm.process import ModelProcess
from assistant.retrieval.evidence import Scope
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.snapshots import SnapshotHolder
from assistant.retrieval.tuning import default_tuning
from assistant.settings import Settings, default_home, load_settings
from ingestion.documents.versions import compare
from ingestion.library.corpus import CORPUS
from ingestion.models.catalogue import locate
from tests.support.journals import fill

RUNS = 5
WRITTEN = 48
"""Tokens written in each run."""

QUESTIONS = (
    "À partir de quel montant faut-il un écrit ?",
    "Quel délai pour payer une facture ?",
    "Peut-on négocier dans un appel d'offres ?",
    "Qui peut demander les motifs du rejet de son offre ?",
    "Faut-il une avance pour un marché de six mois ?",
    "Combien de temps garder les offres ?",
)


def main() -> None:
    """Print each ratio with its goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_home())
    home: Path = parser.parse_args().data
    settings = load_settings(home)
    _growth()
    _engine(home, settings)
    _evidence(home, settings)


def _growth() -> None:
    """What one piece of a long work costs beside one of a short one: 1 where it only adds up."""
    with tempfile.TemporaryDirectory() as folder:
        short, long = (fill(Path(folder) / f"{n}/journal.jsonl", n) for n in (10_000, 100_000))
        ratio, seconds = _cost(short.faults, long.faults)
    _say("an entry verified, of 100,000 / of 10,000", ratio / 10, "(goal ≤ 1.5)")
    _say("a journal of 100,000 entries verified", seconds, "s of processor time")
    texts = [_altered(lines) for lines in (300, 3_000)]
    ratio, _ = _cost(*(partial(compare, *each) for each in texts))
    _say("a line compared, of 3,000 / of 300", ratio / 10, "(goal ≤ 10)")


def _cost(short: Callable[[], object], long: Callable[[], object]) -> tuple[float, float]:
    """The long work's processor time over the short one's, and in seconds."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(RUNS):
        for work, taken in zip((short, long), seconds, strict=True):
            began = time.process_time()
            work()
            taken.append(time.process_time() - began)
    return median(seconds[1]) / median(seconds[0]), median(seconds[1])


def _altered(lines: int) -> tuple[str, str]:
    """A text, and itself with every other line changed by a number."""
    line = "L'acheteur peut passer un marché sans publicité de moins de {} euros ; \n"
    before = "".join(line.format(n) for n in range(lines))
    return before, "".join(line.format(n + n % 2) for n in range(lines))


def _engine(home: Path, settings: Settings) -> None:
    weights = locate(settings.llm, home)
    ours = load_model(home, settings)
    assert isinstance(ours, ModelProcess)
    text = _long_text()
    chat_format = CHAT_FORMATS[(weights.model and weights.model.chat_template) or "chatml"]
    here = LlamaModel(weights.path, ours.name, chat_format)
    reading, writing = _alternately([ours, here], text)
    _say("our reading in a process / in this one", reading[1] / reading[0], "(goal ≥ 0.97)")
    _say("our writing in a process / in this one", writing[0] / writing[1], "(goal ≥ 0.97)")
    del here
    cold, follow = reading[0], []
    for run in range(RUNS):
        _first_token(ours, _prompt(f"Suite {run}. {text}", "Première question."))
        follow.append(_first_token(ours, _prompt(f"Suite {run}. {text}", "Autre question ?")))
    beside = _peak(ours.pid) - weights.path.stat().st_size
    _say("its process: peak memory minus weights", beside / 1e9, "GB")
    library = Llama(str(weights.path), n_ctx=4096, flash_attn=True, verbose=False)
    own_reading, own_writing = _library(library, text)
    tokens = len(library.tokenize(text.encode(), add_bos=False))
    _say("our reading / the library's", own_reading / cold, "(goal ≥ 0.95)")
    _say("our writing / the library's", writing[0] / own_writing, "(goal ≥ 0.95)")
    _say("our reading", tokens / cold, "tokens/s")
    _say("our writing", writing[0], "tokens/s")
    _say("cold first token / follow-up's", cold / median(follow), "")


def _alternately(
    models: Sequence[LanguageModel], text: str
) -> tuple[Sequence[float], Sequence[float]]:
    """Median seconds to the first token, and tokens written a second, of each model."""
    reading: list[list[float]] = [[] for _ in models]
    writing: list[list[float]] = [[] for _ in models]
    for run in range(RUNS):
        for number, model in enumerate(models):
            long = _prompt(f"Tirage {run}. {text}", "Résume.")
            reading[number].append(_first_token(model, long))
            count = _prompt("Compte.", f"Compte de {run} à 100, en chiffres.")
            writing[number].append(_rate(model, count))
    return [median(each) for each in reading], [median(each) for each in writing]


def _peak(pid: int) -> int:
    """The most memory that a process has held, in bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line) * 1024


def _library(library: Llama, text: str) -> tuple[float, float]:
    """Median seconds to the first token of the same prompt, and tokens written a second."""
    reading, writing = [], []
    for run in range(RUNS):
        library.n_tokens = 0
        tokens = library.tokenize(f"Tirage {run}. {text} Résume.".encode())
        began = time.perf_counter()
        library.eval(tokens)
        library.sample(temp=0.0)
        reading.append(time.perf_counter() - began)
        began = time.perf_counter()
        for _ in range(WRITTEN):
            library.eval([library.sample(temp=0.0)])
        writing.append(WRITTEN / (time.perf_counter() - began))
    return median(reading), median(writing)


def _evidence(home: Path, settings: Settings) -> None:
    embedder = load_embedder(home, settings)
    retriever = Retriever(SnapshotHolder(home, embedder).current(), embedder, default_tuning())
    scope = Scope(date.today())
    seconds = []
    for question in ("premier appel", *QUESTIONS * RUNS):
        began = time.perf_counter()
        retriever.retrieve(question, scope, settings.evidence_limit)
        seconds.append(time.perf_counter() - began)
    _say("evidence, median", median(seconds), "s (goal ≤ 0.5)")


def _prompt(part: str, question: str) -> Prompt:
    return Prompt("Tu aides des acheteurs publics.", (part, question))


def _first_token(model: LanguageModel, prompt: Prompt) -> float:
    began = time.perf_counter()
    with closing(model.stream(prompt, WRITTEN)) as pieces:
        _next_piece(pieces)
    return time.perf_counter() - began


def _rate(model: LanguageModel, prompt: Prompt) -> float:
    with closing(model.stream(prompt, WRITTEN)) as pieces:
        _next_piece(pieces)
        began = time.perf_counter()
        count = sum(1 for piece in pieces if piece is not None)
        return count / (time.perf_counter() - began)


def _next_piece(pieces: Generator[str | None, None, None]) -> None:
    while next(pieces) is None:
        pass


def _long_text() -> str:
    sheets = sorted((CORPUS / "fiches").glob("*.md"))
    return "\n".join(path.read_text(encoding="utf-8") for path in sheets[:2])[:1800]


def _say(name: str, value: float, unit: str) -> None:
    sys.stdout.write(f"{name:45} {value:8.2f} {unit}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
