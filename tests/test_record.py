import json
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from assistant.answering.answer import (
    Answer,
    Choice,
    Outcome,
    Prominence,
    Removed,
    Seconds,
    Sentence,
    TurnResult,
    cite,
    conclude,
)
from assistant.answering.record import answer_fields, contract, journal_body
from assistant.citations.checker import Support
from assistant.question.day import DaySource
from assistant.retrieval.evidence import Scope
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.snapshots import SnapshotHolder
from ingestion.index.snapshot import IndexSnapshot
from tests.small_index import TODAY, answering_embedder

# The contract for programs: names, and the types that JSON knows.
CONTRACT = {
    "question": str,
    "as_of": str,
    "as_of_source": str,
    "outcome": str,
    "answer": str,
    "lead": (dict, type(None)),
    "sentences": list,
    "citations": list,
    "removed": list,
    "choices": list,
    "evidence": list,
    "route": str,
    "decisions": (dict, type(None)),
    "model": str,
    "engine": (dict, type(None)),
    "embedder": str,
    "generation": str,
    "dossier": (str, type(None)),
    "dossier_generation": (str, type(None)),
    "proposed_dossiers": list,
    "seconds": dict,
    "record_id": str,
}
SENTENCE = {"text": str, "citations": list, "support": str}
CITATION = {
    "n": int,
    "document": str,
    "title": str,
    "locator": str,
    "quote": str,
    "passage_id": str,
    "start": int,
    "end": int,
    "sha256": str,
    "valid_from": (str, type(None)),
    "valid_to": (str, type(None)),
}
REMOVED = {"text": str, "reason": str}
CHOICE = {"label": str, "question": str}
EVIDENCE = {"n": int, "locator": str, "passage_id": str, "score": float}
SECONDS = {"evidence": float, "first_token": (float, type(None)), "total": float}


@pytest.fixture(scope="module")
def generation(small_home: Path) -> IndexSnapshot:
    return SnapshotHolder(small_home, answering_embedder()).current()


@pytest.fixture(scope="module")
def result(generation: IndexSnapshot) -> TurnResult:
    question = "R. 2191-3 : sous quel montant acheter sans publicité ?"
    evidence = Retriever(generation, answering_embedder()).retrieve(question, Scope(TODAY), 6)
    sentences = [
        Sentence(item.passage.text[:40], (item.number,), Support.VERBATIM) for item in evidence
    ]
    citations = [cite(item, 0, 40) for item in evidence]
    return TurnResult(
        record_id="0123456789abcdef",
        question=question,
        standalone=question,
        as_of=TODAY,
        day_source=DaySource.QUESTION,
        answer=conclude(
            sentences,
            citations,
            [Removed("Faux.", "chiffre absent")],
            choices=[Choice("Des travaux", f"{question} L'achat porte sur des travaux.")],
        ),
        evidence=evidence,
        route="rule",
        model="script@1",
        generation=generation.manifest.name,
        seconds=Seconds(0.1, None, 0.5),
    )


def _has_exactly(value: dict[str, Any], shape: dict[str, Any]) -> None:
    assert list(value) == list(shape)
    for key, type_ in shape.items():
        assert isinstance(value[key], type_), key


def test_the_contract_is_exactly_what_it_says(result: TurnResult) -> None:
    written = json.loads(json.dumps(contract(result)))
    _has_exactly(written, CONTRACT)
    shapes: dict[str, dict[str, Any]] = {
        "sentences": SENTENCE, "citations": CITATION, "removed": REMOVED, "choices": CHOICE,
        "evidence": EVIDENCE,
    }  # fmt: skip
    for name, shape in shapes.items():
        assert written[name]
        for value in written[name]:
            _has_exactly(value, shape)
    _has_exactly(written["seconds"], SECONDS)
    assert written["outcome"] == "answered"
    assert written["as_of"] == TODAY.isoformat()
    assert written["as_of_source"] == "question"
    assert {each["support"] for each in written["sentences"]} == {"verbatim"}
    assert "[1]" in written["answer"]


@pytest.mark.parametrize(
    ("text", "support", "form", "made_by"),
    [
        ("Oui, si le bon de commande le dit.", Support.PREPARED, "yes_if", "prepared"),
        ("Oui, l'acheteur le doit.", Support.PREPARED, "yes", "prepared"),
        ("Non, sauf urgence.", Support.PREPARED, "no_unless", "prepared"),
        ("Non : 8 % + 5 % = 13 %.", Support.COMPUTED, "no", "calculation"),
        ("Cela dépend de l'acheteur.", Support.PREPARED, "depends", "prepared"),
        ("Intérêts : 120 €.", Support.COMPUTED, "value", "calculation"),
        ("Le comptable assignataire.", Support.PREPARED, "other", "prepared"),
    ],
)
def test_the_lead_says_what_kind_of_answer_it_is(
    text: str, support: Support, form: str, made_by: str
) -> None:
    lead, quote = Sentence(text, (1, 2), support, Prominence.LEAD), Sentence(text, (1,), support)
    told = answer_fields(conclude([lead, quote], [], []))
    assert told["lead"] == {"text": text, "form": form, "made_by": made_by, "citations": [1, 2]}
    assert answer_fields(conclude([quote], [], []))["lead"] is None


def test_numbers_in_the_answer_are_those_of_the_citations(result: TurnResult) -> None:
    written = contract(result)
    cited = {number for each in written["sentences"] for number in each["citations"]}
    assert cited == {each["n"] for each in written["citations"]}


def test_the_evidence_is_told_best_first(result: TurnResult) -> None:
    told = contract(result)["evidence"]
    assert [each["n"] for each in told] == list(range(1, len(told) + 1))
    scores = [each["score"] for each in told]
    assert scores == sorted(scores, reverse=True)
    assert told[0]["locator"] == "art. R2191-3"
    assert isinstance(journal_body(result)["evidence"][0]["passage"], dict)


def test_every_quote_stands_at_its_place(result: TurnResult, generation: IndexSnapshot) -> None:
    citations = contract(result)["citations"]
    assert len(citations) > 2
    for each in citations:
        document = generation.store.document(each["document"])
        assert document.text[each["start"] : each["end"]] == each["quote"]
        assert sha256(document.text.encode()).hexdigest() == each["sha256"]
        assert document.title == each["title"]
        [passage] = generation.store.passages([each["passage_id"]])
        assert passage.start <= each["start"] < each["end"] <= passage.end


def test_days_of_validity_are_written_as_days(result: TurnResult) -> None:
    [citation] = [each for each in contract(result)["citations"] if "R2191-3" in each["locator"]]
    assert (citation["valid_from"], citation["valid_to"]) == ("2026-04-01", None)
    ended = replace(result.answer.citations[0], valid_to=date(2027, 1, 1))
    written = answer_fields(Answer(Outcome.ANSWERED, citations=(ended,)))
    assert written["citations"][0]["valid_to"] == "2027-01-01"


def test_the_journal_holds_the_contract_and_what_was_shown(result: TurnResult) -> None:
    body = json.loads(json.dumps(journal_body(result)))
    apart = {"record_id", "proposed_dossiers"}
    assert not apart & set(body)
    alike = CONTRACT.keys() - apart - {"evidence"}
    assert {key: body[key] for key in alike} == {key: contract(result)[key] for key in alike}
    assert body["standalone"] == result.standalone
    assert len(body["evidence"]) == len(result.evidence)
    for written, item in zip(body["evidence"], result.evidence, strict=True):
        assert written["number"] == item.number
        assert written["document_sha256"] == item.document_sha256
        assert written["passage"]["id"] == item.passage.id
        assert written["passage"]["text"] == item.passage.text
        assert (written["passage"]["start"], written["passage"]["end"]) == (
            item.passage.start,
            item.passage.end,
        )


def test_a_sentence_that_stands_aside_says_so() -> None:
    sentences = [
        Sentence(text, (1,), Support.VERBATIM, place)
        for text, place in (("a", Prominence.BODY), ("b", Prominence.ASIDE))
    ]
    written = answer_fields(Answer(Outcome.ANSWERED, tuple(sentences)))["sentences"]
    assert [each.get("aside", False) for each in written] == [False, True]
