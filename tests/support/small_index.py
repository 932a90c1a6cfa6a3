"""A small corpus written by the tests, and a real index of it by the words embedder."""

import atexit
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from assistant.answering.answer import Event, Finished, TurnResult
from assistant.answering.pipeline import Assistant, TurnWatch, unwatched
from assistant.journal.journal import Journal
from assistant.llm.language_model import LanguageModel
from assistant.retrieval.snapshots import SnapshotHolder
from assistant.retrieval.tuning import Tuning
from ingestion.documents.document import Kind
from ingestion.durable import lock_for_writing
from ingestion.index.build import build
from ingestion.index.judged_comparisons import JudgedComparison, JudgedComparisons
from ingestion.index.publication import publish
from ingestion.index.search import Embedder, PassageReader
from ingestion.library.library import Library
from ingestion.tenders.dossiers import Dossier, Dossiers
from tests.support.fakes import ScriptedModel, WordEmbedder
from tests.support.index_home import add, build_and_publish

TODAY = date(2026, 6, 1)
DOSSIER = "ecole-2026"

# What turns over it are asked: a rule, nothing that it has, what depends on the question before,
# and the same by itself.
ASKED = "Sous quel montant acheter des fournitures sans publicité ni mise en concurrence ?"
NOT_THERE = "Quelle météo demain à Brest ?"
FOLLOW_UP = "et pour une avance ?"
IN_ENGLISH = "Below what amount may an advance be granted?"
WHOLE = "Sous quel montant accorder une avance ?"
"""The same in French."""

SMALL_PURCHASES = """---
title: Petits achats
etat_au: 2026-05-01
---

# Petits achats

## Sous quel montant acheter sans publicité ni mise en concurrence ? (art. R2122-8)

L'acheteur peut acheter des fournitures sans publicité ni mise en concurrence si son besoin \
est estimé à moins de 60 000 € HT (art. R2122-8). Avant le 1er avril 2026, le seuil de \
dispense de publicité et de mise en concurrence était de 40 000 € HT pour les fournitures.
"""

PENALTIES = """---
title: Cahier des clauses administratives particulières (CCAP)
---

# CCAP

## Article 12 – Pénalités de retard

Tout retard de livraison donne lieu à une pénalité de 150 euros par jour calendaire [sic], sans \
mise en demeure préalable.
"""

_ORDINARY = ("Deuxième partie : marchés publics", "Exécution financière", "Délais de paiement")
_DEFENCE = ("Deuxième partie : marchés de défense ou de sécurité", "Délais de paiement")
ARTICLES = (
    (
        "R2192-10",
        _ORDINARY,
        "Le délai de paiement des communes est fixé à trente jours.",
        None,
        None,
    ),
    (
        "R2392-10",
        _DEFENCE,
        "Le délai de paiement des communes est fixé à trente jours.",
        None,
        None,
    ),
    (
        "R2191-3",
        ("Avances",),
        "L'acheteur accorde une avance lorsque le montant initial du marché dépasse 50 000 euros.",
        None,
        "2026-03-31",
    ),
    (
        "R2191-3",
        ("Avances",),
        "L'acheteur accorde une avance lorsque le montant initial du marché dépasse 30 000 euros.",
        "2026-04-01",
        None,
    ),
)


def answering_embedder() -> WordEmbedder:
    """The embedder of the small index: its cosines are where those of the real one are."""
    return WordEmbedder(dimension=512, alike=0.3)


def judge_comparisons(
    monkeypatch: pytest.MonkeyPatch, judged: Mapping[str, bool], question: str
) -> None:
    """Let readers have said which limits a figure of this question is of."""
    rows = [JudgedComparison(question, 1, limit, is_same) for limit, is_same in judged.items()]
    known = JudgedComparisons(rows, answering_embedder().embed_questions([question] * len(rows)))
    monkeypatch.setattr("assistant.answering.reading.judged_comparisons", lambda *_: known)


def assistant_over(
    home: Path,
    journal: Journal | None = None,
    embedder: Embedder | None = None,
    model: LanguageModel | None = None,
    *,
    snapshot: str | None = None,
    limit: int = 6,
    day: date = TODAY,
    writes: bool = False,
    tuning: Tuning | None = None,
    reader: PassageReader | None = None,
    watch: TurnWatch = unwatched,
) -> Assistant:
    """The assistant of a data folder, by words and with a model that says nothing."""
    embedder = embedder or answering_embedder()
    return Assistant(
        SnapshotHolder(home, embedder, snapshot),
        embedder,
        model or ScriptedModel(),
        journal or Journal(home / "journal.jsonl"),
        limit,
        writes,
        clock=lambda: day,
        tuning=tuning,
        reader=reader,
        watch=watch,
    )


def result_of(events: Iterable[Event]) -> TurnResult:
    """What a turn ends with."""
    *_, last = events
    assert isinstance(last, Finished)
    return last.result


Article = tuple[str, tuple[str, ...], str, str | None, str | None]


def build_small_index(
    home: Path, texts: Path, embedder: Embedder, articles: Sequence[Article] = ARTICLES
) -> None:
    """Write the corpus in `texts`, then add it to `home` and its dossier, build and publish.

    The usual one is made once in a process, and copied.
    """
    usual = answering_embedder()
    if (embedder.name, embedder.dimension, articles) == (usual.name, usual.dimension, ARTICLES):
        shutil.copytree(_usual(), home, dirs_exist_ok=True)
        _write_texts(texts, articles)
    else:
        _build(home, texts, embedder, articles)


@cache
def _usual() -> Path:
    folder = Path(mkdtemp())
    atexit.register(shutil.rmtree, folder)
    _build(folder / "home", folder, answering_embedder(), ARTICLES)
    return folder / "home"


def _write_texts(texts: Path, articles: Sequence[Article]) -> None:
    (texts / "petits-achats.md").write_text(SMALL_PURCHASES, encoding="utf-8")
    (texts / "CCAP.md").write_text(PENALTIES, encoding="utf-8")
    write_code(texts, articles)


def _build(home: Path, texts: Path, embedder: Embedder, articles: Sequence[Article]) -> None:
    _write_texts(texts, articles)
    dossiers = Dossiers(home)
    dossiers.create(Dossier(DOSSIER))
    rules = ("petits-achats.md", Kind.RULES, None), ("code.jsonl", Kind.RULES, None)
    pieces = (("CCAP.md", Kind.TENDER, DOSSIER),)
    for folder, files in ((home, rules), (dossiers.home(DOSSIER), pieces)):
        with lock_for_writing(folder):
            for name, kind, dossier in files:
                added = Library(folder).add(texts / name, name, kind, dossier)
                assert added.reading.problem is None, added.reading.problem
            publish(folder, build(folder, embedder, lambda step, done, total: None).name)


def write_code(texts: Path, articles: Sequence[Article]) -> Path:
    """Write articles as a code, in `texts`."""
    path = texts / "code.jsonl"
    path.write_text("\n".join(map(_line, articles)), encoding="utf-8")
    return path


def home_of_law(
    folder: Path, law: Mapping[str, str], titles: Mapping[str, str] | None = None
) -> Path:
    """The data folder of an index of these articles, each below its title, in `folder`."""
    articles = [
        (number, ((titles or {}).get(number, "Titre"),), text, "2026-01-01", None)
        for number, text in law.items()
    ]
    home = folder / "home"
    add(home, write_code(folder, articles))
    build_and_publish(home, answering_embedder())
    return home


def _line(article: Article) -> str:
    number, path, text, first, last = article
    fields = {"code": "Code de la commande publique", "num": number, "chemin": path, "texte": text}
    return json.dumps(fields | {"valide_du": first, "valide_au": last}, ensure_ascii=False)
