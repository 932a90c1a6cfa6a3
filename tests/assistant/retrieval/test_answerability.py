"""Passages found, and whether they answer."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from assistant.retrieval.candidates import CANDIDATES
from assistant.retrieval.evidence import Evidence, Scope
from assistant.retrieval.ranking import Refusal, Tuning
from assistant.retrieval.retriever import (
    BESIDE,
    FIRST,
    NAMED,
    Answerability,
    Retriever,
    answerability,
    read_first,
    referred,
    told_by_questions,
)
from assistant.retrieval.snapshots import SnapshotHolder
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Document, Kind
from ingestion.documents.pieces import PieceKind
from ingestion.index.lexical import Term
from ingestion.index.questions import (
    LeadingQuestion,
    QuestionIndex,
    read_leading_questions,
    write_questions,
)
from ingestion.index.search import Hit, Vectors
from ingestion.index.snapshot import IndexSnapshot
from ingestion.index.store import Manifest
from tests.studies.answerability import separation
from tests.support.fakes import ListVectorIndex, WordIndex, WordReader
from tests.support.graded import MANIFEST
from tests.support.page_texts import PAYMENT, passage_of, text_document
from tests.support.passage_texts import evidence_of
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
    return Retriever(generation, answering_embedder()).retrieve(question, Scope(as_of, dossier), 6)


def _find_in(pieces: IndexSnapshot, rules: IndexSnapshot, question: str) -> tuple[Evidence, ...]:
    retriever = Retriever(rules, answering_embedder(), pieces)
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
    assert len(Retriever(generation, answering_embedder()).retrieve(ASKED, Scope(TODAY), 2)) == 2


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
    retriever = Retriever(generation, answering_embedder(), pieces)
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


TUNING = Tuning(
    "words@1",
    {},
    {
        "rules": Refusal(refused=-0.5, sure=1.0, similarity=72.3, strength=0.35, bias=-64.3),
        "dossier": Refusal(refused=0.0, sure=1.0, similarity=46.6, topic=3.5, bias=-41.0),
        "rules asked": Refusal(
            refused=-1.0, sure=1.0, similarity=10.0, unanswered=-10.0, bias=-9.0
        ),
        "rules read": Refusal(refused=-2.0, sure=-1.0, answers=1.0),
        "dossier read": Refusal(refused=-4.0, sure=-2.0, answers=1.0, unanswered=-10.0),
    },
)
"""Weights that tell cosines of 0.84 and 0.87 apart."""

LATE_ASKED = "Quel délai de paiement des factures ?"
SAYS = "Le délai de paiement des factures est de trente jours."
ELSE = "La vache broute."
YES, DOUBTFUL, NO = Answerability.YES, Answerability.DOUBTFUL, Answerability.NO


def test_nothing_found_answers_nothing() -> None:
    assert answerability(LATE_ASKED, [], TUNING) is NO


def test_a_passage_asked_for_by_name_is_always_read() -> None:
    assert answerability(LATE_ASKED, [evidence_of(ELSE, score=NAMED)], TUNING) is YES


@pytest.mark.parametrize(
    ("dossier", "text", "similarity", "strength", "readings", "unanswered", "expected"),
    [
        # Nearness in meaning and strength add up.
        (None, SAYS, 0.87, 9, (), None, YES),
        (None, SAYS, 0.85, 9, (), None, DOUBTFUL),
        (None, SAYS, 0.85, 4, (), None, NO),
        (None, SAYS, 0.80, 9, (), None, NO),
        (None, SAYS, 0.92, 0, (), None, YES),
        # In a dossier subjects count.
        ("ecole", SAYS, 0.87, 9, (), None, YES),
        ("ecole", SAYS, 0.84, 9, (), None, DOUBTFUL),
        ("ecole", ELSE, 0.86, 9, (), None, NO),
        ("ecole", SAYS, 0.80, 9, (), None, NO),
        # What was read is weighed by weights of its own,
        (None, SAYS, 0.9, 0, (0.0,), None, YES),
        (None, SAYS, 0.9, 0, (-1.0,), None, DOUBTFUL),
        (None, SAYS, 0.9, 0, (-3.0,), None, NO),
        ("ecole", SAYS, 0.9, 0, (-3.0,), None, DOUBTFUL),
        ("ecole", SAYS, 0.9, 0, (-5.0,), None, NO),
        # and so is what the bank tells, which in a dossier is added to it.
        (None, SAYS, 0.9, 9, (), -0.3, YES),
        (None, SAYS, 0.9, 9, (), 0.0, DOUBTFUL),
        (None, SAYS, 0.9, 9, (), 0.3, NO),
        (None, SAYS, 0.9, 9, (), None, YES),
        ("ecole", SAYS, 0.9, 0, (-3.0,), -0.3, YES),
        ("ecole", SAYS, 0.9, 0, (-3.0,), 0.0, DOUBTFUL),
        ("ecole", SAYS, 0.9, 0, (-3.0,), 0.3, NO),
    ],
)
def test_signals_are_weighed_by_the_weights_of_what_was_asked_and_read(
    dossier: str | None,
    text: str,
    similarity: float,
    strength: float,
    readings: tuple[float, ...],
    unanswered: float | None,
    expected: Answerability,
) -> None:
    passage = evidence_of(text, similarity=similarity, strength=strength)
    found = answerability(
        LATE_ASKED, [passage], TUNING, readings, unanswered, in_dossier=dossier is not None
    )
    assert found is expected


@pytest.mark.parametrize(("score", "expected"), [(0.9, YES), (0.2, DOUBTFUL), (0.0, DOUBTFUL)])
def test_where_no_passage_is_ahead_of_the_others_there_is_doubt(
    score: float, expected: Answerability
) -> None:
    asked = Refusal(refused=-1.0, sure=-0.5, similarity=10.0, ahead=1.0, bias=-9.0)
    tuning = replace(TUNING, refusal={"rules asked": asked})
    passage = evidence_of(SAYS, similarity=0.9, score=score)
    assert answerability(LATE_ASKED, [passage], tuning, unanswered=0.0) is expected


@pytest.mark.parametrize(
    ("unanswered", "left_open", "expected"),
    [
        (-0.3, 0.5, YES),
        (-0.3, 0.6, Answerability.IN_PART),
        (0.0, 0.6, DOUBTFUL),
        (0.3, 0.6, NO),
        (None, 0.6, YES),
    ],
)
def test_where_few_questions_like_it_have_a_whole_answer_it_may_have_none(
    unanswered: float | None, left_open: float, expected: Answerability
) -> None:
    asked = replace(TUNING.refusal["rules asked"], left_open=0.5)
    tuning = replace(TUNING, refusal=dict(TUNING.refusal) | {"rules asked": asked})
    passage = evidence_of(SAYS, similarity=0.9, strength=9)
    found = answerability(LATE_ASKED, [passage], tuning, (), unanswered, left_open)
    assert found is expected


def test_the_nearest_and_the_strongest_passage_count() -> None:
    near, strong = evidence_of(ELSE, similarity=0.87), evidence_of(SAYS, 2, strength=9)
    assert answerability(LATE_ASKED, [strong, near], TUNING) is YES
    assert answerability(LATE_ASKED, [near], TUNING) is NO
    assert answerability(LATE_ASKED, [strong], TUNING) is NO


def test_one_of_the_first_that_answers_is_enough() -> None:
    evidence = [evidence_of(SAYS, number, similarity=0.9) for number in (1, 2, 3)]
    assert answerability(LATE_ASKED, evidence, TUNING, [-9.0, -9.0, 1.0]) is YES
    assert answerability(LATE_ASKED, evidence, TUNING, [-9.0, -9.0, -9.0]) is NO


def test_several_that_may_answer_count_more_than_one() -> None:
    evidence = [evidence_of(SAYS, number, similarity=0.9) for number in (1, 2, 3)]
    assert answerability(LATE_ASKED, evidence, TUNING, [-1.0]) is DOUBTFUL
    assert answerability(LATE_ASKED, evidence, TUNING, [-1.0, -1.0, -1.0]) is YES


def test_the_first_passages_are_read() -> None:
    evidence = [evidence_of(SAYS, number) for number in range(1, FIRST + 3)]
    reader = WordReader()
    told = read_first(LATE_ASKED, evidence, reader)
    assert reader.passages_read == [item.passage for item in evidence[:FIRST]]
    assert len(told) == FIRST
    assert read_first(LATE_ASKED, evidence, None) == []


def test_the_bank_tells_of_its_own_passages_only(tmp_path: Path) -> None:
    asked, other = evidence_of(SAYS, 1), evidence_of(SAYS, 2)
    vectors = np.eye(2, dtype=np.float32)
    known = [LeadingQuestion("un", (asked.passage.id,)), LeadingQuestion("deux", ())]
    write_questions(tmp_path, known, vectors)
    questions = read_leading_questions(tmp_path)
    assert told_by_questions(vectors[1], [asked, other], questions) == pytest.approx(1.0)
    assert told_by_questions(vectors[1], [other, asked], questions) is None
    assert told_by_questions(vectors[1], [], questions) is None


def test_separation_is_the_share_of_pairs_in_order() -> None:
    assert separation([3.0, 2.0], [1.0, 0.0]) == 1.0
    assert separation([1.0], [1.0]) == 0.5
    assert separation([0.0], [1.0]) == 0.0
