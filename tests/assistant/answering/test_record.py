"""Answers kept, and why they were found."""

import json
from dataclasses import replace
from datetime import date
from functools import partial
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
from assistant.answering.pipeline import Assistant
from assistant.answering.record import answer_fields, contract, journal_body
from assistant.citations.checker import Support
from assistant.evaluation.runs import run_turn
from assistant.journal.journal import Journal
from assistant.law.sheets import disputed_figures
from assistant.question.day import DaySource
from assistant.retrieval.evidence import Evidence, Scope
from assistant.retrieval.hierarchy import Rank, rank_of
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.snapshots import SnapshotHolder
from assistant.retrieval.tuning import default_tuning
from ingestion.index.build import Comparison, uncompared
from ingestion.index.question_bank import BankQuestion, Form, Style, digest_of
from ingestion.index.snapshot import IndexSnapshot
from tests.support.fakes import ScriptedModel
from tests.support.index_home import add, build_and_publish, published
from tests.support.small_index import TODAY, Article, answering_embedder, write_code

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
    retriever = Retriever(generation, answering_embedder(), default_tuning())
    evidence = retriever.retrieve(question, Scope(TODAY), 6)
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
        ("No: 8% + 5% = 13%.", Support.COMPUTED, "no", "calculation"),
        ("No deposit may be asked for.", Support.PREPARED, "other", "prepared"),
        ("Cela dépend de l'acheteur.", Support.PREPARED, "depends", "prepared"),
        ("Intérêts : 120 €.", Support.COMPUTED, "value", "calculation"),
        ("Le comptable assignataire.", Support.PREPARED, "other", "prepared"),
        ("Groupement solidaire obligatoire.", Support.SUPPORTED, "other", "span"),
        ("Non-respect du délai : pénalité.", Support.VERBATIM, "other", "span"),
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


DAY = date(2026, 6, 1)
ASKED = "À partir de quel montant l'acheteur accorde-t-il une avance ?"

SHEET = """---
title: Avances
etat_au: 2026-05-01
au_plus_tot: 2019-04-01
---

# Avances

## Qui demande les pièces ? (art. R2191-3)

Le titulaire demande les pièces au comptable.

## À partir de quel montant l'acheteur accorde-t-il une avance ? (art. R2191-3)

L'acheteur accorde une avance au-dessus de 50 000 euros. {du=2019-04-01 au=2026-03-31}
L'acheteur accorde une avance au-dessus de 30 000 euros. {du=2026-04-01}

## Quelle garantie l'acheteur exige-t-il contre une avance ? (art. R2191-3 et R2191-7)

L'acheteur exige une garantie contre une avance de 90 000 euros.
"""

UNDATED: Article = (
    "R2191-3",
    ("Avances",),
    "L'acheteur accorde une avance lorsque le montant initial du marché dépasse 30 000 euros.",
    None,
    None,
)

DATED: Article = (*UNDATED[:3], "2026-04-01", None)


def _found(
    folder: Path,
    *articles: Article,
    asked: str = ASKED,
    day: date = DAY,
    compare: Comparison = uncompared,
) -> tuple[Evidence, ...]:
    home, sheet = folder / "home", folder / "avances.md"
    sheet.write_text(SHEET, encoding="utf-8")
    add(home, sheet)
    if articles:
        add(home, write_code(folder, articles))
    build_and_publish(home, answering_embedder(), compare)
    retriever = Retriever(published(home), answering_embedder(), default_tuning())
    return retriever.retrieve(asked, Scope(day), 3)


def _ranks(found: tuple[Evidence, ...]) -> list[Rank | None]:
    return [rank_of(item.passage) for item in found]


@pytest.mark.parametrize("article", [UNDATED, DATED])
def test_the_article_comes_first_and_what_explains_it_last(
    tmp_path: Path, article: Article
) -> None:
    first, *_, last = found = _found(tmp_path, article)
    assert first.passage.text == article[2]
    assert [item.number for item in found] == list(range(1, len(found) + 1))
    assert last.passage.text == "L'acheteur accorde une avance au-dessus de 30 000 euros."
    assert last.score == 0.0
    assert not any("comptable" in item.passage.text for item in found)


@pytest.mark.parametrize(("written_on", "explained"), [(UNDATED[2], True), ("Un autre.", False)])
def test_a_sheet_does_not_explain_a_text_that_has_changed_since_it_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written_on: str, explained: bool
) -> None:
    question = BankQuestion(
        "R2191-3-01", "Une avance ?", "R2191-3", digest_of(written_on), ((0, 9),),
        Form.YES, Style.SHORT, "Oui.", rule="L'acheteur accorde une avance.",
    )  # fmt: skip
    monkeypatch.setattr("ingestion.index.build.read_bank", lambda: (question,))
    found = _found(tmp_path, UNDATED)
    assert found[0].passage.text == UNDATED[2]
    assert any("au-dessus de 30 000" in item.passage.text for item in found) is explained


def test_a_sheet_stands_for_itself_where_its_article_is_not_there(tmp_path: Path) -> None:
    found = _found(tmp_path)
    assert set(_ranks(found)) == {Rank.SHEET}
    assert len({item.passage.id for item in found}) == len(found) == 3


def test_a_section_about_another_article_as_well_is_found_beside_the_first(tmp_path: Path) -> None:
    found = _found(tmp_path, UNDATED, asked="Quelle garantie exiger contre une avance ?")
    assert "garantie" in found[0].passage.text


def test_a_figure_that_the_article_does_not_state_is_told_beside_its_sheet_and_never_quoted(
    tmp_path: Path,
) -> None:
    raised: Article = (*UNDATED[:2], UNDATED[2].replace("30 000", "35 000"), "2026-04-01", None)
    asked = f"{ASKED} Quelle garantie exiger contre une avance ?"
    found = _found(tmp_path, raised, asked=asked, compare=partial(disputed_figures, day=DAY))
    assert found[0].passage.text == raised[2]
    *others, last = found
    assert not any(rank_of(each.passage) is Rank.SHEET or each.disputed for each in others)
    (disputed,) = last.disputed
    assert disputed.figure in last.passage.text
    assert (disputed.articles, disputed.since) == (("R2191-3",), date(2026, 4, 1))
    retriever = Retriever(published(tmp_path / "home"), answering_embedder(), default_tuning())
    earlier = retriever.retrieve(
        "Quelle garantie exiger contre une avance ?", Scope(date(2026, 3, 31)), 3
    )
    assert any("90 000" in each.passage.text for each in earlier)


def test_a_sheet_that_its_article_belies_is_told_and_not_quoted(tmp_path: Path) -> None:
    raised: Article = (*UNDATED[:2], UNDATED[2].replace("30 000", "20 000"), None, None)
    _found(tmp_path, raised, compare=partial(disputed_figures, day=DAY))
    embedder, home = answering_embedder(), tmp_path / "home"
    holder, journal = SnapshotHolder(home, embedder), Journal(home / "journal.jsonl")
    result = run_turn(Assistant(holder, embedder, ScriptedModel(), journal, 6), ASKED, None, None)
    assert [each.text for each in result.answer.sentences] == [raised[2]]
    shown = contract(result)["evidence"]
    assert [each["n"] for each in shown if each.get("disputed") == ["30 000 euros"]] == [len(shown)]


@pytest.mark.parametrize("article", [UNDATED, DATED])
def test_the_law_of_an_earlier_day_stays_where_no_article_tells_it(
    tmp_path: Path, article: Article
) -> None:
    first, *_ = _found(tmp_path, article, day=date(2026, 3, 1))
    assert "50 000" in first.passage.text
