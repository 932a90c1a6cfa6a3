"""What a reader may see and do, each in their own name."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from assistant.accounts.service import open_accounts
from assistant.answering.answer import Exchange, Outcome
from assistant.errors import UnknownRecord, WrongQuestions
from assistant.identity import UserRole
from assistant.journal.journal import erase
from assistant.review.gold import GoldQuestion
from assistant.review.listing import ListOrder, ReviewFilter
from assistant.review.readings import ANSWER, ReviewMark, ReviewVerdict, Target
from assistant.review.register import Reason, Sampling
from assistant.settings import Settings
from assistant.web.serving import naming
from ingestion.documents.document import Kind
from ingestion.durable import lock_for_writing
from ingestion.index.build import build
from ingestion.index.publication import publish
from ingestion.library.library import Library
from ingestion.tenders.dossiers import Dossiers
from tests.support.journals import recorded
from tests.support.review_home import ANNE, BRUNO, House, house
from tests.support.small_index import DOSSIER, TODAY, answering_embedder, result_of

PAYMENT = "Quel délai de paiement pour une commune ?"
PENALTY = "Quelles sont les pénalités de retard ?"


@pytest.fixture
def known(small_home: Path, tmp_path: Path) -> House:
    return house(copytree(small_home, tmp_path / "home"))


@pytest.fixture
def divided(known: House) -> House:
    """The dossier is that of the schools, which is not Bruno's team."""
    dossiers = Dossiers(known.home)
    path = known.home / "dossiers" / DOSSIER / "dossier.json"
    path.write_text(json.dumps({"id": DOSSIER, "team": "education"}))
    assert dossiers.get(DOSSIER).team == "education"
    return known


def bodies(known: House, kind: str) -> Iterator[dict[str, Any]]:
    for entry, body in recorded(known.journal, kind):
        yield body | {"user": entry.get("user")}


def test_the_answers_of_a_dossier_are_for_its_team_alone(divided: House) -> None:
    record_id = divided.ask(PENALTY, DOSSIER).record_id
    divided.ask(PAYMENT)
    review = divided.review
    assert len(review.items(ANNE)) == 2
    assert [item.line.question for item in review.items(BRUNO)] == [PAYMENT]
    assert review.teams(BRUNO) == {}
    replay = review.replay(ANNE, record_id, TODAY).record_id
    shown = review.open(ANNE, record_id)
    for forbidden in (
        lambda: review.open(BRUNO, record_id),
        lambda: review.item(BRUNO, record_id),
        lambda: review.mark(BRUNO, record_id, [ReviewMark(*ANSWER, ReviewVerdict.RIGHT)]),
        lambda: review.replay(BRUNO, record_id, TODAY),
        lambda: review.replays(BRUNO, record_id),
        lambda: review.open(BRUNO, replay),
        lambda: review.open(ANNE, "0" * 16),
        lambda: review.promote(BRUNO, GoldQuestion("a", "q", articles=("R1",)), record_id),
        lambda: review.exhibit(ANNE, shown, 99),
    ):
        with pytest.raises(UnknownRecord):
            forbidden()
    assert PENALTY not in review.export(BRUNO, ReviewFilter(), ListOrder.LATEST).decode()
    review.sample(ANNE, Sampling(rate=1.0, second=0.0))  # chance brings all
    assert len(review.tasks(ANNE)) == 2
    assert [task.item.line.question for task in review.tasks(BRUNO)] == [PAYMENT]


def test_marks_on_a_dossier_stay_in_its_folder(divided: House) -> None:
    record_id = divided.ask(PENALTY, DOSSIER).record_id
    said = ReviewMark(Target.CITATION, 1, ReviewVerdict.PARTLY, "le pavage seulement")
    divided.review.mark(ANNE, record_id, [said])
    assert divided.review.item(ANNE, record_id).sheet_of("u-anne") == {said.place: said}
    assert "pavage" not in (divided.home / "journal.jsonl").read_text()
    assert [body["user"] for body in bodies(divided, "review")] == ["u-anne"]


def test_only_what_is_new_is_written(known: House) -> None:
    record_id = known.ask(PAYMENT).record_id
    right, silent = ReviewMark(*ANSWER, ReviewVerdict.RIGHT), ReviewMark(Target.SENTENCE, 1, None)
    for _ in range(2):
        known.review.mark(ANNE, record_id, [right, silent])
    known.review.mark(ANNE, record_id, [right.blank])
    rows = [body["marks"] for body in bodies(known, "review")]
    assert [[row["verdict"] for row in each] for each in rows] == [["right"], [None]]
    # What was taken back is kept: the reading was frozen before.
    assert known.review.item(ANNE, record_id).readers == ("u-anne",)
    assert known.review.item(ANNE, record_id).sheet_of("u-anne") == {}


@pytest.mark.parametrize("verdict", [ReviewVerdict.RIGHT, ReviewVerdict.WRONG])
def test_a_complaint_after_the_reading_is_settled_by_a_word_of_a_reader(
    known: House, verdict: ReviewVerdict
) -> None:
    known.review.sample(ANNE, Sampling(rate=0, second=0))
    record_id = known.ask(PAYMENT).record_id
    known.review.mark(ANNE, record_id, [ReviewMark(*ANSWER, ReviewVerdict.RIGHT)])
    said = {"record_id": record_id, "thumb": "down", "comment": "c'est faux"}
    known.journal.append("opinion", said)
    assert [task.reasons for task in known.review.tasks(ANNE)] == [(Reason.COMPLAINED,)]
    known.review.mark(ANNE, record_id, [ReviewMark(*ANSWER, verdict)])
    assert known.review.tasks(ANNE) == known.review.tasks(BRUNO) == ()
    assert known.review.item(ANNE, record_id).sheet_of(ANNE.user)[ANSWER].verdict is verdict


def test_a_replay_is_on_record_and_is_no_buyers_question(known: House) -> None:
    given = known.ask("Et pour une commune, quel délai de paiement ?")
    again = known.review.replay(ANNE, given.record_id, TODAY)
    assert again.answer == given.answer
    assert [item.line.record_id for item in known.review.items(ANNE)] == [given.record_id]
    [replay] = known.review.replays(ANNE, given.record_id)
    assert (replay.result, replay.user) == (again, "u-claire")
    [body] = bodies(known, "review")
    assert (body["act"], body["record_id"], body["by"]) == (
        "replayed",
        given.record_id,
        "u-anne",
    )
    earlier = known.review.replay(ANNE, given.record_id, date(2020, 1, 1))
    assert earlier.as_of == date(2020, 1, 1)
    assert len(known.review.replays(ANNE, given.record_id)) == 2


def test_what_is_erased_of_a_buyer_goes_from_the_replays_too(known: House) -> None:
    given = known.ask(PAYMENT)
    known.review.replay(ANNE, given.record_id, TODAY)
    assert erase(known.journal, "u-claire") == 2
    assert known.journal.faults() == ()
    assert PAYMENT.encode() not in b"".join(
        path.read_bytes() for path in (known.home / "records").rglob("*.json")
    )


def test_a_change_of_law_brings_the_answers_that_cite_it(known: House, tmp_path: Path) -> None:
    known.review.sample(ANNE, Sampling(rate=0.0, second=0.0))  # chance brings none
    touched, other = known.ask(PAYMENT), known.ask("À partir de quel montant une avance ?")
    assert touched.answer.citations
    assert other.answer.citations
    assert known.review.tasks(ANNE) == ()
    code = next(
        path for path in (known.home / "originals").iterdir() if b"R2192-10" in path.read_bytes()
    )
    changed = code.read_bytes().replace(b"trente jours", b"vingt jours")
    (tmp_path / "code.jsonl").write_bytes(changed)
    with lock_for_writing(known.home):
        Library(known.home).add(tmp_path / "code.jsonl", "code.jsonl", Kind.RULES)
        publish(known.home, build(known.home, answering_embedder(), lambda *_: None).name)
    later = known.ask(PAYMENT)
    [task] = known.review.tasks(ANNE)
    assert (task.item.line.record_id, task.reasons) == (touched.record_id, (Reason.CHANGED,))
    assert "vingt jours" in later.answer.markdown


def test_the_sampling_is_chosen_and_on_record(known: House) -> None:
    for _ in range(3):
        known.ask(PAYMENT)
    assert known.review.sampling == Sampling()
    known.review.sample(ANNE, Sampling(3, 1.0, 0.0))
    assert known.review.sampling == Sampling(3, 1.0, 0.0)
    assert {task.reasons for task in known.review.tasks(ANNE)} == {(Reason.RANDOM,)}
    assert len(known.review.tasks(ANNE)) == 3


def test_two_readers_are_compared(known: House) -> None:
    ids = [known.ask(PAYMENT).record_id for _ in range(4)]
    for number, record_id in enumerate(ids):
        known.review.mark(ANNE, record_id, [ReviewMark(*ANSWER, ReviewVerdict.RIGHT)])
        second = ReviewVerdict.WRONG if number == 3 else ReviewVerdict.RIGHT
        known.review.mark(BRUNO, record_id, [ReviewMark(*ANSWER, second)])
    found = known.review.agreement(ANNE)
    rate = found[Target.ANSWER].rate
    assert rate is not None
    assert (rate.part, rate.whole) == (3, 4)
    assert found[Target.CITATION].rate is None


def test_a_question_is_promoted_corrected_and_removed_on_record(known: House) -> None:
    record_id = known.ask(PAYMENT).record_id
    question = GoldQuestion("delai-1", PAYMENT, TODAY, ("R2192-10",), ("trente jours",))
    known.review.promote(ANNE, question, record_id)
    better = f"{PAYMENT} En jours"
    known.review.promote(ANNE, replace(question, question=better))
    assert [each.question for each in known.review.gold] == [better]
    known.review.demote(ANNE, "delai-1")
    assert known.review.gold == ()
    acts = [(body["act"], body["question_id"], body["user"]) for body in bodies(known, "review")]
    assert acts == [(act, "delai-1", "u-anne") for act in ("promoted", "corrected", "removed")]


@pytest.mark.parametrize(
    ("question", "why"),
    [
        (GoldQuestion("a", PAYMENT, TODAY, ("R2192-10",)), "au moins un fait"),
        (
            GoldQuestion("a", PAYMENT, TODAY, ("R2192-10",), ("soixante jours",)),
            "ne répond pas comme attendu .Fait absent : soixante jours",
        ),
        (GoldQuestion("a", PAYMENT, TODAY, refusal_expected=True), "ne répond pas comme attendu"),
    ],
)
def test_a_question_that_tells_nothing_of_an_index_is_refused(
    known: House, question: GoldQuestion, why: str
) -> None:
    with pytest.raises(WrongQuestions, match=why):
        known.review.promote(ANNE, question)
    assert known.review.gold == ()


def test_a_refusal_that_is_due_is_tried_too(known: House) -> None:
    known.review.promote(
        ANNE, GoldQuestion("lettre", "Rédige-moi une lettre", refusal_expected=True)
    )
    assert [each.id for each in known.review.gold] == ["lettre"]


def test_the_question_of_a_dossier_stays_in_it(known: House) -> None:
    record_id = known.ask(PENALTY, DOSSIER).record_id
    with pytest.raises(WrongQuestions, match="reste dans ce dossier"):
        known.review.promote(ANNE, GoldQuestion("a", PENALTY, articles=("R1",)), record_id)
    assert known.review.gold == ()


def test_the_file_of_a_list_runs_nothing_and_is_on_record(known: House) -> None:
    hostile = '=HYPERLINK("http://x"; A1) quel délai de paiement pour une commune ?'
    record_id = known.ask(hostile).record_id
    said = {"record_id": record_id, "thumb": "down", "comment": "@SUM(1)"}
    known.journal.append("opinion", said)
    known.review.mark(ANNE, record_id, [ReviewMark(*ANSWER, ReviewVerdict.INCOMPLETE)])
    known.ask(PAYMENT)
    chosen = ReviewFilter(outcome=Outcome.ANSWERED, words="hyperlink")
    file = known.review.export(ANNE, chosen, ListOrder.LATEST).decode("utf-8-sig")
    heads, row = csv.reader(io.StringIO(file), delimiter=";")
    cells = dict(zip(heads, row, strict=True))
    assert cells["Question"] == f"'{hostile}"
    assert cells["Mot de l'acheteur"] == "'@SUM(1)"
    assert cells["Verdicts"] == "u-anne : incomplet"
    assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]
    [told] = bodies(known, "export")
    assert (told["count"], told["user"]) == (1, "u-anne")
    assert told["filter"] == {"outcome": "answered", "words": "hyperlink"}


def test_readers_are_called_by_name_unless_the_settings_ask_for_pseudonyms(known: House) -> None:
    accounts = open_accounts(known.home, known.journal)
    accounts.register.create("anne", "Anne Martin", {UserRole.REFERENT}, None, "u-admin")
    user = accounts.register.get("anne").user
    assert naming(accounts, Settings())(user) == "Anne Martin"
    assert naming(accounts, Settings(readers="pseudonyms"))(user) == user
    assert naming(accounts, Settings())("u-gone") == "u-gone"
    assert naming(None, Settings())("local") == "local"


def test_what_goes_on_from_another_question_is_asked_again_with_it(known: House) -> None:
    asking = known.assistant.ask(
        "et pour une commune ?",
        as_of=TODAY,
        history=(Exchange("Quel délai de paiement ?", "…"),),
        user="u-claire",
    )
    given = result_of(asking)
    again = known.review.replay(ANNE, given.record_id, TODAY)
    assert (again.question, again.standalone) == (given.question, given.standalone)
    assert again.answer == given.answer
