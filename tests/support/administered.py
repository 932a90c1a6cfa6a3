"""A data folder as an administrator finds it: the small index in service, and gold questions."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from unittest import mock

from assistant.journal.journal import journal_of
from assistant.publishing import gate
from assistant.publishing.decisions import Decisions
from assistant.publishing.gate import Examinee, make_candidate
from assistant.publishing.verdict import GateVerdict
from ingestion.documents.document import Kind
from ingestion.durable import lock_for_writing
from ingestion.index.store import Manifest
from ingestion.library.library import Library
from tests.support.journals import bodies
from tests.support.small_index import (
    ARTICLES,
    Article,
    answering_embedder,
    assistant_over,
    build_small_index,
    write_code,
)

USER = "u-7f3a"
PAYMENT = "Quel est le délai de paiement des communes ?"
GOLD = (
    {
        "id": "g1",
        "question": PAYMENT,
        "articles_attendus": ["R2192-10"],
        "faits": [["trente jours"]],
    },
    {
        "id": "g2",
        "question": "Sous quel montant acheter sans publicité ni mise en concurrence ?",
        "articles_attendus": ["R2122-8"],
        "faits": [["60 ?000"]],
    },
    {"id": "g3", "question": "Quelle est la recette des crêpes ?", "attendu_refus": True},
    {"id": "g4", "question": "Qui signe ?", "articles_attendus": ["L9999-1"], "faits": [["maire"]]},
)


def administered(home: Path, texts: Path) -> Path:
    """The folder, with the small index published and gold questions that the référent promoted."""
    build_small_index(home, texts, answering_embedder())
    lines = (json.dumps(line, ensure_ascii=False) for line in GOLD)
    (home / "gold.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return home


def with_text(reference: str, text: str) -> list[Article]:
    """The articles of the small index, one of them with another text, under the same dates."""
    return [
        (number, path, text if number == reference else said, first, last)
        for number, path, said, first, last in ARTICLES
    ]


def without(reference: str) -> list[Article]:
    """The articles of the small index but one."""
    return [article for article in ARTICLES if article[0] != reference]


def add_code(home: Path, texts: Path, articles: Sequence[Article]) -> None:
    """Let the library have these articles instead of the first ones."""
    with lock_for_writing(home):
        added = Library(home).add(write_code(texts, articles), "code.jsonl", Kind.RULES)
    assert added.reading.problem is None


def decisions(home: Path) -> Decisions:
    return Decisions(home, journal_of(home), USER)


def candidate(home: Path) -> tuple[Manifest, GateVerdict | None]:
    """Build what was added and ask the gate."""
    with lock_for_writing(home):
        return make_candidate(
            home, answering_embedder(), examinee(home), decisions(home), lambda *_: None
        )


@contextmanager
def promoted_alone() -> Iterator[None]:
    """The gate asks what the référent promoted, and nothing else: it is quicker."""
    with (
        mock.patch.object(gate, "BUILTIN", Path(os.devnull)),
        mock.patch.object(gate, "one_a_chapter", tuple),
    ):
        yield


def examinee(home: Path) -> Examinee:
    """Assistants over any snapshot of a folder, that keep their journal elsewhere."""
    journal = journal_of(Path(mkdtemp()))
    return lambda name: assistant_over(home, journal, snapshot=name)


def acts(home: Path) -> list[str]:
    """What the journal says was done to the index, oldest first."""
    return [body["act"] for body in bodies(journal_of(home), "index") if body]
