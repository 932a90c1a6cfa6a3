"""A data folder with a few articles, for the tests of the index."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from ingestion.chunking.passages import Passage, passages_of
from ingestion.documents.document import Document, Kind
from ingestion.durable import lock_for_writing
from ingestion.index import publication
from ingestion.index.build import Comparison, build, uncompared
from ingestion.index.publication import current_name, open_snapshot, publish
from ingestion.index.search import Embedder
from ingestion.index.snapshot import IndexSnapshot
from ingestion.index.store import MANIFEST, snapshots_folder
from ingestion.library.library import Library
from tests.support.fakes import WordEmbedder

ARTICLES = {
    "R2122-8": "L'acheteur peut passer sans publicité un marché inférieur à soixante mille euros.",
    "R2192-10": "Le délai de paiement est fixé à trente jours pour les pouvoirs adjudicateurs.",
    "R2191-3": "L'acheteur accorde une avance au titulaire du marché.",
    "L2113-10": "L'acheteur divise son marché en lots séparés, sauf si l'objet ne le permet pas.",
    "R2112-13": "Les prix peuvent être fermes ou révisables ; la révision suit une formule.",
}
"""Text of each article, by reference."""

NEWER = ARTICLES | {"R2193-1": "Le titulaire peut sous-traiter une partie de son marché."}
"""The same and one more."""


@contextmanager
def verified_here() -> Iterator[None]:
    """An index is verified in this process, which has loaded all it takes to."""

    def examined_here(home: Path, name: str, *, in_folder: bool) -> "CompletedProcess[str]":
        return CompletedProcess([], *publication.examined(home, name, in_folder=in_folder))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publication, "examined_apart", examined_here)
        yield


def write_articles(path: Path, articles: Mapping[str, str]) -> Path:
    """Write a code in the format of one JSON object a line."""
    lines = (
        json.dumps({"code": "Code", "num": number, "chemin": ["Titre"], "texte": text})
        for number, text in articles.items()
    )
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def add(home: Path, path: Path) -> None:
    """Add a file under its name."""
    with lock_for_writing(home):
        added = Library(home).add(path, path.name, Kind.RULES)
    assert added.reading.problem is None


def build_only(
    home: Path, embedder: Embedder | None = None, compare: Comparison = uncompared
) -> str:
    """Build what was added, without publishing it; the name of the snapshot."""
    with lock_for_writing(home):
        return build(home, embedder or WordEmbedder(), lambda step, done, total: None, compare).name


def build_and_publish(
    home: Path, embedder: Embedder | None = None, compare: Comparison = uncompared
) -> str:
    """Build what was added and put it in use; the name of the snapshot."""
    name = build_only(home, embedder, compare)
    with lock_for_writing(home):
        publish(home, name)
    return name


def with_articles(folder: Path, articles: Mapping[str, str]) -> Path:
    """A data folder below `folder` with these articles published."""
    home = folder / "home"
    add(home, write_articles(folder / "code.jsonl", articles))
    build_and_publish(home)
    return home


def answers(generation: IndexSnapshot, question: str) -> list[str]:
    """References of the passages found first, by words then by vector."""
    [vector] = WordEmbedder().embed_questions([question])
    found = [*generation.lexical.search(question, 1), *generation.vectors.search(vector, 1)]
    passages = generation.store.passages([hit.passage_id for hit in found])
    return [reference for passage in passages for reference in passage.references]


def published(home: Path) -> IndexSnapshot:
    """The snapshot in use, open."""
    return open_snapshot(home, current_name(home))


def passages_of_texts(texts: Sequence[str]) -> list[Passage]:
    """One passage a text; number n is the article "R1-n"."""
    return [
        passage
        for number, text in enumerate(texts)
        for passage in passages_of(
            Document(
                f"{number:02x}" * 32,
                "Code",
                "code.jsonl",
                Kind.RULES,
                text,
                reference=f"R1-{number}",
            )
        )
    ]


def damage(home: Path) -> None:
    """Alter the snapshot in use."""
    manifest = snapshots_folder(home) / current_name(home) / MANIFEST
    manifest.write_bytes(manifest.read_bytes() + b" ")
