"""The evidence that is found for a question."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import cast

import pytest

from assistant.retrieval.candidates import CANDIDATES
from assistant.retrieval.evidence import NAMED, Evidence, Scope
from assistant.retrieval.retriever import BESIDE, Retriever, referred
from assistant.retrieval.snapshots import SnapshotHolder
from assistant.retrieval.tuning import default_tuning
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Document, Kind
from ingestion.documents.pieces import PieceKind
from ingestion.index.lexical import Term
from ingestion.index.questions import (
    QuestionIndex,
    read_leading_questions,
)
from ingestion.index.search import Hit, Vectors
from ingestion.index.snapshot import IndexSnapshot
from ingestion.index.store import Manifest
from tests.support.fakes import ListVectorIndex, WordIndex
from tests.support.graded import MANIFEST
from tests.support.page_texts import PAYMENT, passage_of, text_document
from tests.support.small_index import DOSSIER, TODAY, answering_embedder

DOCUMENT = text_document("fiches/paiement.md", PAYMENT)
RULE = passage_of(DOCUMENT, "art. R2192-10", "Les collectivités", "30 jours")
TENDER = replace(RULE, id="t", kind=Kind.TENDER, dossier="ecole")
ASKED = "Sous quel montant acheter des fournitures sans publicité ni mise en concurrence ?"


@pytest.fixture(scope="module")
def generation(small_home: Path) -> IndexSnapshot:
    return SnapshotHolder(small_home, answering_embedder()).current()


@pytest.fixture(scope="module")
def pieces(small_home: Path) -> IndexSnapshot:
    return SnapshotHolder(small_home, answering_embedder()).dossier(DOSSIER, None)


def _find(
    generation: IndexSnapshot, question: str, as_of: date = TODAY, dossier: str | None = None
) -> tuple[Evidence, ...]:
    retriever = Retriever(generation, answering_embedder(), default_tuning())
    return retriever.retrieve(question, Scope(as_of, dossier), 6)


def _find_in(pieces: IndexSnapshot, rules: IndexSnapshot, question: str) -> tuple[Evidence, ...]:
    retriever = Retriever(rules, answering_embedder(), default_tuning(), pieces)
    return retriever.retrieve(question, Scope(TODAY, DOSSIER), 6)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "admitted"),
    [
        (None, None, True),
        (date(2026, 6, 1), None, True),
        (date(2026, 6, 2), None, False),
        (None, date(2026, 6, 2), True),
        (None, date(2026, 6, 1), False),  # the end is exclusive
        (date(2026, 1, 1), date(2027, 1, 1), True),
    ],
)
def test_a_rule_is_admitted_on_its_days(
    valid_from: date | None, valid_to: date | None, *, admitted: bool
) -> None:
    passage = replace(RULE, valid_from=valid_from, valid_to=valid_to)
    assert Scope(TODAY).admits(passage) is admitted
    assert Scope(TODAY, "ecole").admits(passage) is admitted


@pytest.mark.parametrize("kind", Kind)
def test_what_belongs_to_a_dossier_is_for_it_alone(kind: Kind) -> None:
    passage = replace(RULE, kind=kind, dossier="ecole")
    assert Scope(TODAY, "ecole").admits(passage)
    assert not Scope(TODAY, "mairie").admits(passage)
    assert not Scope(TODAY).admits(passage)


def test_what_a_supplier_wrote_is_for_questions_about_offers_alone() -> None:
    offer = replace(TENDER, piece=PieceKind.OFFER)
    assert not Scope(TODAY, "ecole").admits(offer)
    assert Scope(TODAY, "ecole", offers=True).admits(offer)
    assert not Scope(TODAY, offers=True).admits(offer)
    assert Scope(TODAY, "ecole", offers=True).admits(replace(TENDER, piece=PieceKind.CCAP))


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.RULES])
def test_only_rules_may_belong_to_no_dossier(kind: Kind) -> None:
    passage = replace(RULE, kind=kind)
    assert not Scope(TODAY).admits(passage)
    assert not Scope(TODAY, "ecole").admits(passage)


def test_evidence_is_numbered_by_score_and_stands_in_its_document(
    generation: IndexSnapshot,
) -> None:
    evidence = _find(generation, ASKED)
    assert [item.number for item in evidence] == list(range(1, len(evidence) + 1))
    scores = [item.score for item in evidence]
    assert scores == sorted(scores, reverse=True)
    assert "R2122-8" in evidence[0].passage.locator
    for item in evidence:
        document = generation.store.document(item.passage.document_id)
        assert document.text[item.passage.start : item.passage.end] == item.passage.text
        assert item.document_sha256 == sha256(document.text.encode()).hexdigest()
        assert 0 <= item.similarity <= 1.0001


def test_the_limit_is_kept(generation: IndexSnapshot) -> None:
    retriever = Retriever(generation, answering_embedder(), default_tuning())
    assert len(retriever.retrieve(ASKED, Scope(TODAY), 2)) == 2


@pytest.mark.parametrize(
    "question",
    [
        "R2192-10",
        "Que dit l'art. R. 2192-10 sur la publicité et la mise en concurrence des fournitures ?",
        "article R 2192-10 : sous quel montant acheter sans publicité ni mise en concurrence ?",
    ],
)
def test_what_is_asked_for_by_name_comes_first(generation: IndexSnapshot, question: str) -> None:
    first, *others = _find(generation, question)
    assert first.passage.locator == "art. R2192-10"
    assert first.score >= 1 > max(item.score for item in others)


def test_a_clause_is_found_by_name_in_its_dossier_only(
    pieces: IndexSnapshot, generation: IndexSnapshot
) -> None:
    first = _find_in(pieces, generation, "Que dit l'article 12 du CCAP ?")[0]
    assert first.passage.locator.startswith("CCAP, art. 12")
    assert first.score >= 1
    outside = _find(generation, "Que dit l'article 12 du CCAP ?")
    assert all(item.passage.kind is Kind.RULES for item in outside)


@pytest.mark.parametrize("question", ["Quelles pénalités de retard ?", "article 12 du CCAP", ASKED])
def test_a_dossier_is_seen_by_nobody_else(
    pieces: IndexSnapshot, generation: IndexSnapshot, question: str
) -> None:
    assert all(item.passage.dossier is None for item in _find(generation, question))
    retriever = Retriever(generation, answering_embedder(), default_tuning(), pieces)
    for dossier in (None, "mairie"):  # even where the wrong pieces were opened
        found = retriever.retrieve(question, Scope(TODAY, dossier), 6)
        assert all(item.passage.dossier is None for item in found)


def test_the_text_of_the_day_is_found_even_by_name(generation: IndexSnapshot) -> None:
    for day, amount in ((date(2026, 3, 31), "50 000"), (date(2026, 4, 1), "30 000")):
        found = _find(generation, "R. 2191-3 : quel montant pour une avance ?", day)
        texts = [item.passage.text for item in found if "R2191-3" in item.passage.references]
        assert len(texts) == 1
        assert amount in texts[0]


def test_an_article_of_another_code_is_no_article_of_that_number(
    generation: IndexSnapshot,
) -> None:
    def score(question: str) -> float:
        return max(item.score for item in _find(generation, question))

    assert score("Que dit l'article R. 2191-3 du code de la commande publique ?") >= NAMED
    assert score("Que dit l'article R. 2191-3 du CGCT ?") < NAMED
    assert score("Que dit l'article R. 2191-3 du code du travail ?") < NAMED


def test_an_article_of_another_code_is_found_where_that_code_is_indexed() -> None:
    title = "Code général des collectivités territoriales"
    ours = replace(RULE, id="ours", title="Code de la commande publique", references=("L2131-1",))
    theirs = replace(ours, id="theirs", title=title)
    for asked in ("L2131-1 du CGCT", f"L. 2131-1 du {title.lower()} pour le paiement"):
        found = _find(_lists([ours, theirs]), f"Que dit l'article {asked} ?")
        assert [item.passage.id for item in found if item.score >= NAMED] == ["theirs"]


def test_an_article_of_another_law_is_none_of_that_number_of_those_indexed() -> None:
    title = "Décret n° 2013-269 du 29 mars 2013 relatif à la lutte contre les retards de paiement"
    decree = replace(RULE, id="decree", title=title, references=("12",))

    def is_named(asked: str) -> bool:
        return _find(_lists([decree]), f"Que dit l'article 12 {asked} ?")[0].score >= NAMED

    assert is_named("du décret n° 2013-269")
    assert is_named("du décret du 29 mars 2013")
    for other in ("du RGPD", "de la loi n° 2013-100", "du décret n° 2019-748", "du marché"):
        assert not is_named(other)


def test_an_annex_of_a_contract_is_none_of_the_code() -> None:
    annex = replace(RULE, id="annex", references=("Annexe 2",))
    for asked, is_named in (("notre acte d'engagement", False), ("la commande publique", True)):
        found = _find(_lists([annex]), f"Que contient l'annexe 2 de {asked} ?")
        assert (found[0].score >= NAMED) is is_named


def test_the_ordinary_twin_comes_before_the_other_regime(generation: IndexSnapshot) -> None:
    locators = [
        each.passage.locator for each in _find(generation, "Délai de paiement des communes")
    ]
    assert locators.index("art. R2192-10") < locators.index("art. R2392-10")
    defence = _find(generation, "Délai de paiement des communes, marché de défense ou sécurité")
    assert defence[0].passage.locator == "art. R2392-10"


@pytest.mark.parametrize(
    "question", ["", "?", "…", "de la", "x" * 20_000, '"AND (OR', "caf\u0301e"]
)
def test_any_question_can_be_searched(generation: IndexSnapshot, question: str) -> None:
    assert isinstance(_find(generation, question), tuple)


def test_in_a_dossier_its_passages_come_before_the_nearest_rules(
    pieces: IndexSnapshot, generation: IndexSnapshot
) -> None:
    found = _find_in(pieces, generation, "Quelles pénalités de retard de livraison ?")
    assert [item.number for item in found] == list(range(1, len(found) + 1))
    belongs = [item.passage.dossier is not None for item in found]
    assert belongs[0]
    assert belongs == sorted(belongs, reverse=True)
    assert 0 < belongs.count(False) <= BESIDE


@dataclass
class _Store:
    passages_: dict[str, Passage]
    revised: frozenset[str] = frozenset()

    def passages(self, ids: list[str]) -> Iterator[Passage]:
        return (self.passages_[each] for each in ids)

    def document(self, document_id: str) -> Document:
        return DOCUMENT

    def versions(self, reference: str) -> list[Document]:
        return []


@dataclass
class _Lists:
    store: _Store
    lexical: WordIndex
    vectors: ListVectorIndex
    questions: QuestionIndex
    manifest: Manifest
    glossary: tuple[Term, ...] = ()

    def near(self, vector: Vectors, k: int) -> list[Hit]:
        return self.vectors.search(vector, k)


def _lists(passages: list[Passage]) -> IndexSnapshot:
    embedder = answering_embedder()
    vectors = embedder.embed_passages([passage.text for passage in passages])
    ids = [passage.id for passage in passages]
    store = _Store(dict(zip(ids, passages, strict=True)))
    asked = read_leading_questions(Path("nowhere"))
    lists = _Lists(store, WordIndex(passages), ListVectorIndex(ids, vectors), asked, MANIFEST)
    return cast(IndexSnapshot, lists)


def test_a_rule_is_found_behind_any_number_of_passages_of_dossiers() -> None:
    """Passages that may not be shown take no place among the candidates."""
    words = "délai de paiement des collectivités"
    crowd = [
        replace(TENDER, id=f"t{number}", text=f"{words} {number}")
        for number in range(5 * CANDIDATES)
    ]
    rule = replace(RULE, text=f"{words} et bien d'autres choses sur les fournisseurs")
    evidence = _find(_lists([*crowd, rule]), f"Quel {words} ?")
    assert [item.passage.id for item in evidence] == [rule.id]


def test_the_glossary_finds_an_article_that_has_none_of_the_words() -> None:
    crowd = [
        replace(RULE, id=f"r{number}", text=f"La fourniture {number} est livrée.", references=())
        for number in range(3)
    ]
    adapted = replace(RULE, text="La procédure est adaptée.", references=("L2123-1",))
    lists = cast(_Lists, _lists([*crowd, adapted]))
    terms = (Term(("MAPA",), ("L2123-1",)),)
    told = replace(lists, lexical=WordIndex([*crowd, adapted], terms), glossary=terms)
    found = _find(cast(IndexSnapshot, told), "Un MAPA de fourniture ?")
    assert found[0].passage.id == adapted.id


def test_the_last_place_is_for_an_article_that_the_first_refers_to() -> None:
    words = "délai de paiement des collectivités"
    first = replace(RULE, id="first", text=f"{words} : voir l'article R. 2192-36.")
    crowd = [
        replace(RULE, id=f"r{number}", text=f"paiement {number}", references=())
        for number in range(8)
    ]
    named = replace(RULE, id="named", text="Le taux est majoré.", references=("R2192-36",))
    found = _find(_lists([first, *crowd, named]), f"Quel {words} ?")
    assert [item.passage.id for item in found][::5] == ["first", "named"]
    scores = [item.score for item in found]
    assert scores == sorted(scores, reverse=True)


def test_a_passage_refers_to_the_articles_it_names_and_to_its_law() -> None:
    decree = replace(
        RULE, references=("R2192-10",), text="Selon l'article R. 2192-36 et l'article 12 du CCAP."
    )
    assert referred(decree) == ["R2192-36", "L2192-10"]
    assert referred(replace(decree, references=("L2192-10",))) == ["R2192-36"]
    of_others = replace(decree, text="Transmis selon l'article L. 2131-1 du CGCT.")
    assert referred(of_others) == ["L2192-10"]


def test_without_passages_there_is_no_evidence() -> None:
    rules_only = _lists([TENDER])
    assert _find(rules_only, "Quel délai ?") == ()


WORDS = "délai de paiement des collectivités"
SHEET = replace(RULE, id="sheet", locator="fiche", state_date=TODAY)


def test_a_sheet_that_leaves_the_detail_to_a_decree_is_shown_once() -> None:
    both = ("L2192-10", "R2192-10")
    sheet = replace(SHEET, text=f"Le {WORDS} est fixé par décret.", references=both)
    assert [item.passage.id for item in _find(_lists([sheet]), f"Quel {WORDS} ?")] == ["sheet"]


def test_a_sheet_that_is_found_is_not_shown_again_for_the_article_that_it_explains() -> None:
    article = replace(RULE, text=f"Le {WORDS} est de trente jours.", references=("R2192-10",))
    sheet = replace(SHEET, text="Payer sous ce délai.", references=("R2192-10", "R2192-99"))
    found = _find(_lists([article, sheet]), f"R2192-10 : quel {WORDS} ?")
    assert [item.passage.id for item in found] == [article.id, "sheet"]
