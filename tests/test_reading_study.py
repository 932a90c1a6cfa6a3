"""The strategies on scripted replies, and the table that compares them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from llama_cpp.llama_grammar import LlamaGrammar

from assistant.answering.pipeline import Assistant
from assistant.journal.journal import Journal
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.snapshots import SnapshotHolder
from tests.fakes import ScriptedModel, WordEmbedder
from tests.graded import question_of
from tests.passage_texts import evidence_of
from tests.small_index import TODAY, answering_embedder
from tests.studies.reading import Measured, ask, measured, row, table
from tests.studies.strategies.strategy import (
    FIELDS,
    ByPassage,
    Moment,
    Plain,
    Product,
    Reached,
    Reply,
    Said,
    SentenceNumbers,
    ShortFormat,
    grammar,
    kind_of,
    numbers,
    read,
    refuses,
    written,
)

PAYMENT = "Le délai de paiement des communes est fixé à trente jours."
ADVANCE = "Une avance est due au-dessus de 50 000 euros hors taxes."
QUESTION = "Quel est le délai de paiement des communes ?"


class ScriptedWriter:
    """Replies the same to every request, and keeps them."""

    def __init__(self, reply: str) -> None:
        self.requests: list[str] = []
        self.grammars: list[str | None] = []
        self._reply = reply

    def generate(self, request: str, reached: Reached, grammar: str | None = None) -> str:
        self.requests.append(request)
        self.grammars.append(grammar)
        reached(Moment.TEXT)
        return self._reply


def _evidence() -> tuple[Evidence, ...]:
    found = []
    for number, (key, text) in enumerate((("R2192-10", PAYMENT), ("R2191-3", ADVANCE)), 1):
        item = evidence_of(text, number)
        passage = replace(item.passage, locator=f"art. {key}", references=(key,))
        found.append(replace(item, passage=passage))
    return tuple(found)


def _search(question: str, as_of: date | None) -> tuple[Evidence, ...]:
    return _evidence()


def _passages() -> list[Any]:
    return [item.passage for item in _evidence()]


def _cited(reply: Reply) -> list[list[str]]:
    return [[passage.locator for passage in said.passages] for said in reply.said]


def _nothing(moment: Moment) -> None:
    pass


def test_a_sentence_cites_what_its_number_or_article_names() -> None:
    reply = written(
        "Trente jours [1]. Une avance est due. [2] Voir l'article R. 2191-3. Rien de plus.",
        _passages(),
    )
    assert _cited(reply) == [["art. R2192-10"], ["art. R2191-3"], ["art. R2191-3"], []]


def test_a_mark_before_the_first_sentence_is_its_own() -> None:
    reply = written("[1]. Le délai est de trente jours. Une avance est due.", _passages())
    assert _cited(reply) == [["art. R2192-10"], []]


def test_a_number_that_is_not_there_cites_nothing() -> None:
    assert _cited(written("Trente jours [7].", _passages())) == [[]]


@pytest.mark.parametrize(
    "text", ["", "[1]", "Rien.", "[1] Je ne trouve pas la réponse.", "Les sources ne disent rien."]
)
def test_a_model_that_does_not_know_refuses(text: str) -> None:
    assert refuses(text)
    assert written(text, _passages()).refused


def test_a_negative_answer_is_not_a_refusal() -> None:
    assert not refuses("Non, la commune ne peut pas payer après trente jours [1].")


def test_the_plain_prompt_has_every_passage_then_the_question() -> None:
    model = ScriptedModel({PAYMENT: "Trente jours [1]."})
    reply = Plain(_search, model).answer(QUESTION, None, _nothing)
    [prompt] = model.prompts
    assert PAYMENT in prompt.parts[0]
    assert ADVANCE in prompt.parts[0]
    assert QUESTION in prompt.parts[-1]
    assert _cited(reply) == [["art. R2192-10"]]


def test_only_a_plain_prompt_that_may_refuse_says_how() -> None:
    model = ScriptedModel()
    for may_refuse in (False, True):
        Plain(_search, model, may_refuse=may_refuse).answer(QUESTION, None, _nothing)
    assert ["Je ne trouve pas" in prompt.system for prompt in model.prompts] == [False, True]


def test_by_passage_a_prompt_opens_with_what_can_be_kept() -> None:
    model = ScriptedModel({PAYMENT: "Trente jours.", ADVANCE: "Rien."})
    reply = ByPassage(_search, model).answer(QUESTION, None, _nothing)
    assert reply.text == "Trente jours. [1]"
    first, second = model.prompts
    assert first.system == second.system
    assert [QUESTION in part for part in first.parts] == [False, True]
    assert first.parts[1] == second.parts[1]


def test_by_passage_nothing_found_is_a_refusal() -> None:
    assert ByPassage(_search, ScriptedModel()).answer(QUESTION, None, _nothing).refused


def test_numbers_are_those_that_are_there_each_once() -> None:
    assert numbers("3, 1 et 12, 3", 5) == [1, 3]
    assert numbers("4,3,2,1", 5) == [2, 3, 4]
    assert numbers("0", 5) == []


def test_a_sentence_chosen_by_number_is_quoted() -> None:
    reply = SentenceNumbers(_search, ScriptedModel({"2. Une avance": "2"})).answer(
        QUESTION, TODAY, _nothing
    )
    assert reply.text == ADVANCE
    assert _cited(reply) == [["art. R2191-3"]]


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Peut-on négocier ?", "closed"),
        ("Une commune peut-elle refuser une offre ?", "closed"),
        ("À partir de quel montant faut-il un écrit ?", "amount"),
        ("Quel est le délai de paiement ?", "duration"),
        ("Quelles sont les conditions de la sous-traitance ?", "list"),
        ("Qu'est-ce qu'un accord-cadre ?", "definition"),
        ("Comment notifier ?", "other"),
    ],
)
def test_the_form_follows_the_question(question: str, kind: str) -> None:
    assert kind_of(question) == kind


@pytest.mark.parametrize("kind", FIELDS)
def test_every_grammar_can_be_read(kind: str) -> None:
    assert LlamaGrammar.from_string(grammar(tuple(FIELDS[kind]), 3), verbose=False)


def test_a_form_becomes_a_sentence_that_cites_its_article() -> None:
    writer = ScriptedWriter('{"article": 1, "delai": "trente jours", "phrase": "fixé à trente"}')
    reply = ShortFormat(_search, writer).answer(QUESTION, None, _nothing)
    assert reply.text == "Trente jours : fixé à trente [1]"
    assert _cited(reply) == [["art. R2192-10"]]
    assert writer.grammars == [grammar(("delai", "phrase"), 2)]


@pytest.mark.parametrize(
    "text", ['{"article": 0, "reponse": "x"}', '{"article": 1, "reponse": "tr']
)
def test_a_form_without_article_or_end_refuses(text: str) -> None:
    assert read(text)[0] == 0
    assert ShortFormat(_search, ScriptedWriter(text)).answer(QUESTION, None, _nothing).refused


def test_the_product_is_asked_as_its_users_ask_it(small_home: Path, tmp_path: Path) -> None:
    embedder = answering_embedder()
    journal = Journal(tmp_path / "journal.jsonl")
    assistant = Assistant(
        SnapshotHolder(small_home, embedder), embedder, ScriptedModel(), journal, 6
    )
    asked = "Sous quel montant acheter des fournitures sans publicité ni mise en concurrence ?"
    moments: list[Moment] = []
    reply = Product(assistant).answer(asked, TODAY, moments.append)
    assert moments[:2] == [Moment.EVIDENCE, Moment.TEXT]
    assert "60 000 €" in reply.text
    assert all(each.passages for each in reply.said)
    assert Product(assistant).answer("Quelle météo demain à Brest ?", TODAY, _nothing).refused


def _measured(text: str, *numbers: int, refused: bool = False, refusal: bool = False) -> Measured:
    passages = tuple(_passages()[number - 1] for number in numbers)
    question = question_of((("trente",),), (), ("R2192-10",), refusal=refusal)
    said = () if refused else (Said(text, passages),)
    return measured("s", question, Reply(text, said, refused), (0.1, 0.2, 2.0))


def test_a_right_sentence_that_cites_its_article_counts_in_full() -> None:
    found = _measured(PAYMENT, 1)
    assert (found.correct, found.recall, found.precision) == (True, 1.0, 1.0)
    assert (found.sentences, found.supported) == (1, 1)


def test_a_right_sentence_that_cites_another_article_is_not_supported() -> None:
    found = _measured(PAYMENT, 2)
    assert (found.correct, found.recall, found.precision, found.supported) == (True, 0.0, 0.0, 0)


def test_a_refusal_is_right_only_where_one_is_expected() -> None:
    assert not _measured("trente", refused=True).correct
    assert _measured("Je ne trouve pas.", refused=True, refusal=True).correct


@pytest.mark.parametrize("text", ["The time limit is thirty days.", "Le délai est de 三十 jours."])
def test_what_is_not_french_is_seen(text: str) -> None:
    assert not _measured(text, 1).french
    assert _measured(PAYMENT, 1).french


def test_a_row_sums_up_the_replies_of_a_strategy() -> None:
    replies = [
        _measured(PAYMENT, 1),
        _measured(PAYMENT),
        _measured("", refused=True),
        _measured("", refused=True, refusal=True),
    ]
    found = row(replies)
    assert found["questions"] == 4
    assert found["correct"] == 0.75
    assert found["recall"] == 0.25
    assert found["precision"] == 1.0
    assert found["supported"] == 0.5
    assert found["refusal F1"] == pytest.approx(2 / 3)
    assert found["words"] == len(PAYMENT.split())


def test_a_ratio_says_how_many_times_faster_than_a_rival() -> None:
    slow = replace(_measured(PAYMENT, 1), strategy="plain", total=6.0)
    rows = table([slow, _measured(PAYMENT, 1)])
    assert rows["s"]["× plain"] == 3.0
    assert rows["plain"]["× plain"] == 1.0
    assert rows["s"]["× LlamaIndex"] is None
    assert json.dumps(rows)


def test_seconds_run_from_the_question_on() -> None:
    found = ask("plain", Plain(_search, ScriptedModel({PAYMENT: "Trente [1]."})), question_of())
    assert found.evidence is not None
    assert found.first is not None
    assert 0 < found.evidence < found.first < found.total


Framework = Callable[[Sequence[Any], ScriptedWriter, bool], Any]


def _llama_index(passages: Sequence[Any], writer: ScriptedWriter, given: bool) -> Any:
    pytest.importorskip("llama_index.core", reason="needs the bench extra")
    from tests.studies.strategies import llama_index_citations as module

    embedder = WordEmbedder(dimension=512)
    vectors = embedder.embed_passages([passage.text for passage in passages])
    retriever = (
        module.GivenPassages(_search)
        if given
        else module.own_retriever(passages, vectors, embedder)
    )
    return module.LlamaIndexCitations(retriever, passages, writer)


def _haystack(passages: Sequence[Any], writer: ScriptedWriter, given: bool) -> Any:
    pytest.importorskip("haystack", reason="needs the bench extra")
    from tests.studies.strategies import haystack_pipeline as module

    embedder = WordEmbedder(dimension=512)
    vectors = embedder.embed_passages([passage.text for passage in passages])
    finding = (
        module.given_finding(_search) if given else module.own_finding(passages, vectors, embedder)
    )
    return module.HaystackPipeline(finding, passages, writer)


@pytest.mark.parametrize("framework", [_llama_index, _haystack])
@pytest.mark.parametrize("given", [True, False])
def test_a_framework_writes_in_french_from_passages_with_their_numbers(
    framework: Framework, given: bool
) -> None:
    writer = ScriptedWriter("Le délai est de trente jours [1].")
    moments: list[Moment] = []
    reply = framework(_passages(), writer, given).answer(QUESTION, None, moments.append)
    assert _cited(reply) == [["art. R2192-10"]]
    assert moments == [Moment.EVIDENCE, Moment.TEXT]
    [request] = writer.requests
    assert PAYMENT in request
    assert QUESTION in request
    assert "Réponds" in request
    assert "Please" not in request
