"""The answers of a register, and their exhibits."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from shutil import copytree
from threading import Event
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.answering.answer import Answer, Citation, Ending, Outcome, Sentence, cite
from assistant.citations.checker import Support
from assistant.errors import UnknownRecord
from assistant.journal.journal import Journal
from assistant.retrieval.evidence import Evidence
from assistant.review.listing import ListOrder, ReviewFilter, ordered
from assistant.review.readings import (
    ANSWER,
    ReviewMark,
    ReviewVerdict,
    Target,
    body_of,
    marks_of,
    over,
)
from assistant.review.recorded import ReviewState, Thumb
from assistant.review.register import AnswerRegister
from assistant.review.replay import ReviewExhibit, Seal, comparison, exhibit
from ingestion.chunking.passages import Passage, passages_of
from ingestion.documents.document import Document, Kind
from ingestion.documents.versions import WordChange
from ingestion.errors import UnreachableStore
from ingestion.tenders.dossiers import Dossier, Dossiers
from tests.support.review_home import ANNE, BRUNO, House, application, house
from tests.support.small_index import DOSSIER, judge_comparisons

PURCHASE = "Puis-je acheter pour 35 000 € sans publicité ?"
PAYMENT = "Quel délai de paiement pour une commune ?"
PENALTY = "Quelles sont les pénalités de retard ?"
LETTER = "Rédige-moi une lettre"


@pytest.fixture
def known(small_home: Path, tmp_path: Path) -> House:
    return house(copytree(small_home, tmp_path / "home"))


def listed(register: AnswerRegister, **wanted: object) -> list[str]:
    """The questions that a filter lets through, oldest first."""
    chosen = ReviewFilter(**wanted)  # type: ignore[arg-type]
    teams = {DOSSIER: "voirie"}
    return [
        item.line.question
        for item in ordered(chosen.select(register.items(), teams), ListOrder.OLDEST)
    ]


def test_answers_are_listed_with_what_is_said_of_them_as_it_comes(known: House) -> None:
    register = AnswerRegister(known.journal)
    assert list(register.items()) == []
    asked = known.ask(PURCHASE)
    [item] = register.items()
    assert (item.line.record_id, item.line.user) == (asked.record_id, "u-claire")
    assert (item.line.outcome, item.line.theme) == (Outcome.ANSWERED, "Choix de la procédure")
    assert (item.opinion, item.state) == (None, ReviewState.UNREAD)

    for thumb, comment in (("up", ""), ("down", "trop court")):
        said = {"record_id": asked.record_id, "thumb": thumb, "comment": comment}
        known.journal.append("opinion", said)
    marks = [ReviewMark(*ANSWER, ReviewVerdict.RIGHT)]
    known.journal.append("review", body_of(asked.record_id, marks), user="u-anne")
    known.ask(LETTER)
    latest, first = register.items()
    assert latest.line.question == LETTER
    assert first.opinion is not None
    assert (first.opinion.thumb, first.opinion.comment) == (Thumb.DOWN, "trop court")
    assert not first.is_contested, "a reader has judged it since"
    assert first.readers == ("u-anne",)


def test_a_stopped_turn_is_there_and_says_that_it_was_stopped(known: House) -> None:
    turn = known.assistant.ask(PURCHASE)
    next(turn)
    turn.close()
    register = AnswerRegister(known.journal)
    [item] = register.items()
    assert item.line.ending is Ending.INTERRUPTED
    shown = register.open(item.line.record_id)
    assert (shown.ending, shown.result.answer.sentences) == (Ending.INTERRUPTED, ())
    assert len(shown.archive) == len({each.passage.document_id for each in shown.result.evidence})


def test_an_answer_opened_is_the_one_that_was_given(known: House) -> None:
    for question, dossier in ((PURCHASE, None), (PENALTY, DOSSIER), (LETTER, None)):
        given = known.ask(question, dossier)
        shown = AnswerRegister(known.journal).open(given.record_id)
        assert shown.result == given
        assert set(shown.archive) == {each.passage.document_id for each in given.evidence}


@pytest.fixture
def several(known: House, monkeypatch: pytest.MonkeyPatch) -> AnswerRegister:
    """Four answers of several kinds, one of which was complained of and read."""
    judge_comparisons(monkeypatch, {"euro 60000": True}, PURCHASE)
    known.ask(PURCHASE)
    record_id = known.ask(PAYMENT).record_id
    known.ask(PENALTY, DOSSIER)
    known.ask(LETTER)
    known.journal.append("opinion", {"record_id": record_id, "thumb": "down", "comment": ""})
    wrong = body_of(record_id, [ReviewMark(*ANSWER, ReviewVerdict.WRONG)])
    known.journal.append("review", wrong, user="a")
    return AnswerRegister(known.journal)


def test_each_filter_lets_its_own_through(several: AnswerRegister) -> None:
    register, today = several, next(several.items()).line.day
    everything = [PURCHASE, PAYMENT, PENALTY, LETTER]
    assert listed(register) == everything
    assert listed(register, since=today, until=today) == everything
    assert listed(register, until=today - timedelta(1)) == []
    assert listed(register, since=today + timedelta(1)) == []
    assert listed(register, theme="Facturation et paiement") == [PAYMENT]
    assert listed(register, theme="CCAP") == [PENALTY]
    assert listed(register, outcome=Outcome.ABSTAINED) == [LETTER]
    assert listed(register, support=Support.COMPUTED) == [PURCHASE]
    assert listed(register, route="out_of_scope") == [LETTER]
    assert listed(register, thumb=Thumb.DOWN) == [PAYMENT]
    assert listed(register, thumb=Thumb.UP) == []
    assert listed(register, team="voirie") == [PENALTY]
    assert listed(register, dossier=DOSSIER) == [PENALTY]
    assert listed(register, state=ReviewState.READ) == [PAYMENT]
    assert listed(register, ending=Ending.INTERRUPTED) == []
    assert listed(register, words="DELAI  commune") == [PAYMENT]
    assert listed(register, words="délai avance") == []


def test_what_is_computed_on_the_ledger_has_a_theme_of_its_own(known: House) -> None:
    known.ask(PAYMENT)
    [entry] = known.journal.entries()
    body = known.journal.body(entry) or {}
    known.journal.append("answer", {**body, "question": "Combien ?", "route": "purchases"})
    register = AnswerRegister(known.journal)
    assert listed(register, theme="Achats") == ["Combien ?"]
    assert listed(register, theme="Facturation et paiement") == [PAYMENT]


def test_what_goes_with_its_dossier_is_forgotten_at_once(known: House) -> None:
    known.ask(PURCHASE)
    asked = known.ask(PENALTY, DOSSIER)
    register = AnswerRegister(known.journal)
    assert len(list(register.items())) == 2
    Dossiers(known.home).delete(DOSSIER)
    with pytest.raises(UnknownRecord):
        register.open(asked.record_id)
    known.journal.append("dossier", {"act": "deleted", "dossier": DOSSIER})
    assert [item.line.question for item in register.items()] == [PURCHASE]
    with pytest.raises(UnknownRecord):
        register.item(asked.record_id)


@pytest.mark.parametrize("first", ["items", "item"])
def test_answers_of_a_removed_dossier_are_not_those_of_the_next_one_of_its_name(
    known: House, first: str
) -> None:
    known.ask(PURCHASE)
    asked = known.ask(PENALTY, DOSSIER)
    assert len(known.review.items(ANNE)) == 2
    Dossiers(known.home).delete(DOSSIER)  # and nothing of it comes on record
    Dossiers(known.home).create(Dossier(DOSSIER, team="ecoles"))
    eva = replace(BRUNO, user="u-eva", teams=frozenset({"ecoles"}))
    if first == "item":
        with pytest.raises(UnknownRecord, match="n'a pas de réponse"):
            known.review.item(eva, asked.record_id)
    assert [item.line.question for item in known.review.items(eva)] == [PURCHASE]


def test_a_text_that_was_purged_is_forgotten_at_once(known: House) -> None:
    first, second = known.ask(PURCHASE), known.ask(PAYMENT)
    register = AnswerRegister(known.journal)
    assert len(list(register.items())) == 2
    known.journal.forget("retention", {}, lambda entry: entry["hash"][:16] == first.record_id)
    with pytest.raises(UnknownRecord):
        register.open(first.record_id)
    assert [item.line.record_id for item in register.items()] == [second.record_id]
    assert register.open(second.record_id).result == second


def test_what_was_read_after_a_purge_is_not_read_again(
    known: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = known.ask(PURCHASE), known.ask(PAYMENT)
    register = AnswerRegister(known.journal)
    known.journal.forget("retention", {}, lambda entry: entry["hash"][:16] == first.record_id)
    assert [item.line.record_id for item in register.items()] == [second.record_id]
    read: list[str] = []
    body = Journal.body

    def counted(journal: Journal, entry: Mapping[str, Any]) -> dict[str, Any] | None:
        read.append(str(entry["hash"]))
        return body(journal, entry)

    monkeypatch.setattr(Journal, "body", counted)
    assert len(list(register.items())) == 1
    assert read == []


def test_who_comes_while_everything_is_read_is_told_how_far_it_is(
    known: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    known.ask(PURCHASE)
    known.ask(PAYMENT)
    taken, reading, go_on = AnswerRegister._take, Event(), Event()

    def slowly(register: AnswerRegister, *entry: Any) -> None:
        taken(register, *entry)
        reading.set()
        assert go_on.wait(60)

    monkeypatch.setattr(AnswerRegister, "_take", slowly)
    monkeypatch.setattr("assistant.review.register.PATIENCE", 0)
    page = TestClient(application(known.review, ANNE))
    with ThreadPoolExecutor() as beside:
        first = beside.submit(known.review.items, ANNE)
        assert reading.wait(60)
        told = page.get("/referent/")
        go_on.set()
        assert len(first.result()) == 2
    assert (told.status_code, told.headers["refresh"]) == (503, "3")
    assert "en cours de lecture : 1 lue" in told.text
    assert "Quel délai de paiement" in page.get("/referent/").text


def test_a_register_that_is_followed_reads_once_the_store_answers(
    known: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    known.ask(PURCHASE)
    read, journal = Event(), known.journal
    entries = iter([UnreachableStore("Le serveur PostgreSQL ne répond pas.")])

    def restarted(position: int) -> Iterator[tuple[int, dict[str, Any]]]:
        for down in entries:
            raise down
        return Journal.read(journal, position)

    monkeypatch.setattr(journal, "read", restarted)
    monkeypatch.setattr("assistant.review.register._AGAIN", 0.01)
    monkeypatch.setattr(AnswerRegister, "_take", lambda *entry: read.set())
    known.review.follow()
    assert read.wait(60)


def test_two_readers_who_mark_at_once_lose_nothing(known: House) -> None:
    asked = known.ask(PURCHASE)
    register = AnswerRegister(known.journal)

    def mark(number: int) -> None:
        said = ReviewMark(Target.CITATION, number // 2 + 1, ReviewVerdict.PARTLY, f"n° {number}")
        body = body_of(asked.record_id, [said])
        known.journal.append("review", body, user=("u-anne", "u-bruno")[number % 2])
        list(register.items())

    with ThreadPoolExecutor(8) as together:
        list(together.map(mark, range(40)))
    item = register.item(asked.record_id)
    assert {user: len(each.now) for user, each in item.readings.items()} == {
        "u-anne": 20,
        "u-bruno": 20,
    }
    assert list(known.journal.faults()) == []


def test_the_last_mark_of_a_reader_counts_and_may_be_taken_back() -> None:
    first, better = (
        ReviewMark(*ANSWER, ReviewVerdict.WRONG),
        ReviewMark(*ANSWER, ReviewVerdict.RIGHT, "relu"),
    )
    citation = ReviewMark(Target.CITATION, 2, ReviewVerdict.SUPPORTS)
    sheet = over(over({}, [first, citation]), [better])
    assert sheet == {ANSWER: better, citation.place: citation}
    assert over(sheet, [better.blank]) == {citation.place: citation}
    assert marks_of(body_of("r", [better, citation.blank])) == (better, citation.blank)


def test_others_are_seen_once_one_has_judged(known: House) -> None:
    asked = known.ask(PURCHASE)
    known.review.mark(ANNE, asked.record_id, [ReviewMark(*ANSWER, ReviewVerdict.RIGHT)])
    citation = body_of(asked.record_id, [ReviewMark(Target.CITATION, 1, ReviewVerdict.PARTLY)])
    known.journal.append("review", citation, user="u-bruno")
    item = known.review.item(ANNE, asked.record_id)
    assert set(item.seen_by("u-anne")) == {"u-anne"}  # what Bruno says is a draft
    assert set(item.seen_by("u-bruno")) == {"u-bruno"}
    assert item.seen_by("u-claire") == {}
    assert (item.readers, item.state) == (("u-anne",), ReviewState.READ)


DOCUMENT = Document("d" * 64, "Délais", "delais.md", Kind.RULES, "Trente jours.\nPuis rien.")
[PASSAGE] = passages_of(DOCUMENT)
EVIDENCE = Evidence(1, PASSAGE, 0.9, sha256(DOCUMENT.text.encode()).hexdigest())
QUOTED = cite(EVIDENCE, 0, 12)


def sealed(
    document: Document | None = DOCUMENT, evidence: Evidence = EVIDENCE, cited: Citation = QUOTED
) -> ReviewExhibit:
    return exhibit(evidence, [(1, cited)], document)


def test_the_document_that_was_shown_is_shown_again() -> None:
    assert sealed() == ReviewExhibit(EVIDENCE, ((1, QUOTED),), DOCUMENT, Seal.INTACT)


def test_a_citation_of_another_passage_is_not_of_this_one() -> None:
    for other in (replace(QUOTED, n=2), replace(QUOTED, document="e" * 64)):
        assert sealed(cited=other).citations == ()


def test_without_a_document_the_passage_alone_was_kept() -> None:
    assert sealed(None).seal is Seal.ABSENT


def _moved(passage: Passage) -> Passage:
    return replace(passage, text="Soixante jours.")


@pytest.mark.parametrize(
    ("document", "evidence", "cited"),
    [
        (replace(DOCUMENT, text=DOCUMENT.text + "."), EVIDENCE, QUOTED),
        (replace(DOCUMENT, id="e" * 64), EVIDENCE, QUOTED),
        (DOCUMENT, replace(EVIDENCE, passage=_moved(PASSAGE)), QUOTED),
        (DOCUMENT, replace(EVIDENCE, document_sha256="0" * 64), QUOTED),
        (DOCUMENT, EVIDENCE, replace(QUOTED, sha256="0" * 64)),
        (DOCUMENT, EVIDENCE, replace(QUOTED, start=1)),
        (DOCUMENT, EVIDENCE, replace(QUOTED, quote="Trente mois.")),
    ],
)
def test_whatever_differs_is_never_shown_as_the_evidence(
    document: Document, evidence: Evidence, cited: Citation
) -> None:
    found = sealed(document, evidence, cited)
    assert (found.seal, found.document) == (Seal.ALTERED, None)


def answer(*said: str, quotes: tuple[tuple[str, str], ...] = (), notice: str = "") -> Answer:
    return Answer(
        Outcome.ANSWERED,
        tuple(Sentence(text, (1,), Support.VERBATIM) for text in said),
        tuple(
            Citation(1, "d", "Code", locator, quote, "p", 0, len(quote), "s")
            for locator, quote in quotes
        ),
        notice=notice,
    )


def test_the_same_answer_differs_in_nothing() -> None:
    one = answer("Trente jours.", quotes=(("art. R2192-10", "trente jours"),), notice="À jour.")
    compared = comparison(one, one)
    assert compared.is_same
    assert [each.before for each in compared.sentences] == ["Trente jours.", "À jour."]


def test_a_sentence_that_changed_stands_beside_the_one_it_was() -> None:
    before = answer("Oui.", "Le seuil est de 40 000 euros.", "Il faut un écrit.")
    after = answer("Oui.", "Le seuil est de 60 000 euros.")
    same, changed, gone = comparison(before, after).sentences
    assert same.is_same
    assert (changed.before, changed.after) == (
        "Le seuil est de 40 000 euros.",
        "Le seuil est de 60 000 euros.",
    )
    told = {segment.change: segment.text.strip() for segment in changed.segments}
    assert (told[WordChange.REMOVED], told[WordChange.ADDED]) == ("40 000", "60 000")
    assert (gone.before, gone.after, gone.is_same) == ("Il faut un écrit.", "", False)


def test_citations_are_compared_place_by_place() -> None:
    before = answer("A.", quotes=(("art. 1", "dix jours"), ("art. 2", "un mois")))
    after = answer("A.", quotes=(("art. 1", "vingt jours"), ("art. 3", "un an")))
    found = {each.place: (each.before, each.after) for each in comparison(before, after).citations}
    assert found == {
        "Code, art. 1": ("dix jours", "vingt jours"),
        "Code, art. 2": ("un mois", ""),
        "Code, art. 3": ("", "un an"),
    }
    assert not comparison(before, after).is_same
