"""Questions asked by programs."""

import json
from collections.abc import Callable, Coroutine, Iterator, Sequence
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any, cast

import httpx2
import pytest
from fastapi import Request
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from openai import (
    APIError,
    AuthenticationError,
    BadRequestError,
    NotFoundError,
    OpenAI,
    PermissionDeniedError,
    RateLimitError,
)
from openai.types.chat import ChatCompletionMessageParam
from openai.types.responses.response_output_text import AnnotationFileCitation
from pydantic import SecretStr

from assistant.identity import Identity, UserRole
from assistant.web.api import turns
from assistant.web.api.requests import MOST_TEXTS
from assistant.web.api.routes import BATCH
from assistant.web.api.telling import for_response
from assistant.web.api.turns import MOST_AT_ONCE
from assistant.web.site import Members, Site
from ingestion.index.search import Vectors
from tests.support.accounts_home import Hall
from tests.support.announced_schema import announced_by, require_announced
from tests.support.fakes import WordEmbedder
from tests.support.fakes_page import FakeService
from tests.support.page_app import app_of
from tests.support.page_server import serving
from tests.support.page_texts import NOT_FOUND
from tests.support.program_server import (
    DOSSIER,
    QUESTION,
    Served,
    served,
    told,
    user,
)

PATIENCE = 60
TITLE_TASK = (
    "### Task:\nGenerate a title for this chat.\n<chat_history>\nUSER: Bonjour\n</chat_history>"
)
"""As Open WebUI has the titles of its conversations written."""


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served() as found:
        yield found


def test_the_client_lists_what_can_be_asked(server: Served) -> None:
    models = {each.id: each for each in server.client.models.list()}
    assert list(models) == ["sourcier", DOSSIER]
    assert cast(Any, models[DOSSIER]).name == "2026-04 (démonstration)"
    assert server.client.models.retrieve(DOSSIER).id == DOSSIER
    for unknown in ("gpt-4o", "sourcier/dossier:autre"):
        with pytest.raises(NotFoundError):
            server.client.models.retrieve(unknown)


def test_a_completion_is_the_answer_with_what_carries_each_sentence(server: Served) -> None:
    completion = server.client.chat.completions.create(
        model="sourcier", messages=[user(QUESTION)], temperature=0.2
    )
    record = cast(Any, completion).sourcier
    message = completion.choices[0].message
    assert message.content == record["answer"]
    assert (record["question"], record["record_id"]) == (
        QUESTION,
        f"essai-{len(server.service.asked)}",
    )
    assert message.annotations is not None
    assert completion.usage is not None
    assert completion.usage.total_tokens > completion.usage.completion_tokens > 50
    quoted = {each["quote"] for each in record["citations"]}
    assert {cast(Any, each).quote for each in message.annotations} == quoted
    for each in message.annotations:
        link = each.url_citation
        sentence = told(completion)[link.start_index : link.end_index]
        extra = cast(Any, each)
        assert sentence.endswith("]")
        assert f"[{extra.n}]" in sentence
        document = server.service.document(extra.document)
        assert document.text[extra.start : extra.end] == extra.quote
        assert httpx2.get(link.url).status_code == 200
    places = {cast(Any, each).locator: cast(Any, each).page for each in message.annotations}
    assert places["CCAP, art. 12, p. 2"] == 2
    assert cast(Any, message.annotations[0]).valid_from == "2026-04-01"


def test_a_stream_brings_the_sentences_as_they_come(server: Served) -> None:
    stream = server.client.chat.completions.create(
        model=DOSSIER,
        messages=[user(QUESTION)],
        stream=True,
        stream_options={"include_usage": True},
    )
    *chunks, last, usage = list(stream)
    pieces = [each.choices[0].delta.content or "" for each in chunks]
    record = cast(Any, last).sourcier
    assert len([each for each in pieces if each]) == len(record["sentences"])
    text = "".join(pieces)
    assert text == record["answer"]
    assert (last.choices[0].finish_reason, record["dossier"]) == ("stop", "montelyre-2026")
    for each in cast(Any, last.choices[0].delta).annotations:
        link = each["url_citation"]
        assert f"[{each['n']}]" in text[link["start_index"] : link["end_index"]]
    assert usage.choices == []
    assert usage.usage is not None
    assert server.service.asked_of[-1] == "montelyre-2026"


def test_what_the_program_says_itself_is_told_at_once_and_in_a_stream(server: Served) -> None:
    messages = [user("Quelle météo ?")]
    completion = server.client.chat.completions.create(model="sourcier", messages=messages)
    assert cast(Any, completion).sourcier["outcome"] == "abstained"
    assert told(completion) == NOT_FOUND
    assert completion.choices[0].message.annotations == []
    with server.client.responses.stream(model="sourcier", input="Quelle météo ?") as stream:
        assert stream.get_final_response().output_text == NOT_FOUND


def test_the_earlier_messages_are_what_a_question_refers_to(server: Served) -> None:
    """As they were made standalone; what was asked of another dossier stays out of it."""
    talk: list[ChatCompletionMessageParam] = [{"role": "system", "content": "Réponds en latin."}]
    for model, question in (
        ("sourcier", "Quel délai de paiement ?"),
        (DOSSIER, "Quelle pénalité ?"),
        ("sourcier", "Et pour une commune ?"),
        ("sourcier", "Et en 2019 ?"),
    ):
        talk.append(user(question))
        completion = server.client.chat.completions.create(model=model, messages=talk)
        talk.append({"role": "assistant", "content": told(completion)})
    (_, _, first), (_, _, second), (_, _, third), (_, _, last) = server.service.asked[-4:]
    assert first == ()
    assert [each.question for each in second] == ["Quel délai de paiement ?"]
    assert [each.question for each in third] == ["Quel délai de paiement ?"]
    assert [each.question for each in last] == [
        "Quel délai de paiement ?",
        "Quel délai de paiement ? Et pour une commune ?",
    ]
    assert last[0].answer == talk[2]["content"]


def test_a_response_is_the_same_turn_in_the_other_interface(server: Served) -> None:
    response = server.client.responses.create(
        model="sourcier",
        input=[
            {"role": "developer", "content": "Réponds en latin."},
            {"role": "user", "content": [{"type": "input_text", "text": QUESTION}]},
        ],
        extra_body={"sourcier": {"as_of": "2026-03-15"}},
    )
    assert response.output_text == cast(Any, response).sourcier["answer"]
    assert server.service.asked[-1][1] == date(2026, 3, 15)
    part = cast(Any, response.output[0]).content[0]
    for each in part.annotations:
        assert each.type == "url_citation"
        assert part.text[each.start_index : each.end_index].endswith(f"[{each.n}]")
    with server.client.responses.stream(model="sourcier", input=QUESTION) as stream:
        events = list(stream)
        final = stream.get_final_response()
    assert final.output_text == response.output_text
    kinds = [each.type for each in events]
    assert kinds[0] == "response.created"
    assert kinds[-1] == "response.completed"
    assert kinds.count("response.output_text.annotation.added") == len(part.annotations)
    assert [each.sequence_number for each in events] == list(range(len(events)))


def test_a_piece_of_a_dossier_is_a_file_and_a_rule_is_a_link() -> None:
    rule = {"type": "url_citation", "end_index": 7, "document": "a1", "title": "CCAP, art. 12"}
    assert for_response({**rule, "dossier": None})["type"] == "url_citation"
    piece = for_response({**rule, "dossier": "montelyre-2026"})
    assert AnnotationFileCitation.model_validate(piece, strict=True).file_id == "a1"


def test_texts_become_the_vectors_of_the_index(server: Served) -> None:
    texts = ["délai de paiement", "pénalité de retard"]
    create = server.client.embeddings.create
    found = create(model="sourcier/embeddings", input=texts)  # the client asks for base64
    expected = WordEmbedder().embed_passages(texts).tolist()
    assert [each.embedding for each in found.data] == expected
    listed = create(model="sourcier/embeddings", input=texts[0], encoding_format="float")
    assert listed.data[0].embedding == expected[0]
    for wrong in ([1, 2], "", ["a"] * (MOST_TEXTS + 1)):
        with pytest.raises(BadRequestError):
            create(model="sourcier/embeddings", input=cast(Any, wrong))
    with pytest.raises(NotFoundError):
        create(model="text-embedding-3-small", input="a")


def test_dimensions_are_judged_before_the_texts_are_embedded(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded, embed = list[int](), server.service.embed

    def counted(texts: Sequence[str], *, are_questions: bool) -> Vectors:
        embedded.append(len(texts))
        return embed(texts, are_questions=are_questions)

    monkeypatch.setattr(server.service, "embed", counted)
    create, texts = server.client.embeddings.create, ["a", "b", "c"]
    with pytest.raises(BadRequestError) as refused:
        create(model="sourcier/embeddings", input=texts, dimensions=3)
    assert (refused.value.param, embedded) == ("dimensions", [1])
    right = WordEmbedder().dimension
    assert len(create(model="sourcier/embeddings", input=texts, dimensions=right).data) == 3


def test_as_many_texts_as_clients_send_are_embedded_by_few(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, embed = list[int](), server.service.embed

    def counted(texts: Sequence[str], *, are_questions: bool) -> Vectors:
        sizes.append(len(texts))
        return embed(texts, are_questions=are_questions)

    monkeypatch.setattr(server.service, "embed", counted)
    texts = [
        f"délai {number}" for number in range(OpenAIEmbeddings.model_fields["chunk_size"].default)
    ]
    found = server.client.embeddings.create(model="sourcier/embeddings", input=texts)
    assert [each.embedding for each in found.data] == WordEmbedder().embed_passages(texts).tolist()
    assert (sum(sizes), max(sizes)) == (len(texts), BATCH)


def test_nobody_embeds_for_a_program_that_has_hung_up(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, moves_up, sizes, embed = Event(), Event(), list[int](), server.service.embed

    def slow(texts: Sequence[str], *, are_questions: bool) -> Vectors:
        sizes.append(len(texts))
        began.set()
        assert moves_up.wait(PATIENCE)
        return embed(texts, are_questions=are_questions)

    monkeypatch.setattr(server.service, "embed", slow)
    left = Event()
    monkeypatch.setattr(turns, "_watch", _watching(left))
    body = {"model": "sourcier/embeddings", "input": ["a"] * BATCH * 3}
    with httpx2.Client(timeout=0.5) as asking, pytest.raises(httpx2.ReadTimeout):
        asking.post(f"{server.address}v1/embeddings", json=body)
    assert began.is_set()
    assert left.wait(PATIENCE)
    moves_up.set()
    assert told(server.client.chat.completions.create(model="sourcier", messages=[user(QUESTION)]))
    assert sizes == [BATCH]


def _watching(left: Event) -> Callable[[Request, Event], Coroutine[Any, Any, None]]:
    """What watches over a program, and tells that it has seen it leave."""
    watch = turns._watch

    async def watched(request: Request, stop: Event) -> None:
        await watch(request, stop)
        left.set()

    return watched


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools"),
        ({"n": 2}, "n"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"messages": [{"role": "assistant", "content": "Oui."}]}, "messages"),
        ({"messages": [{"role": "user", "content": " "}]}, "messages"),
        ({"messages": [{"role": "user", "content": TITLE_TASK}]}, "messages"),
        ({"messages": [{"role": "user", "content": "x" * 2001}]}, "messages"),
        ({"messages": []}, "messages"),
        ({"sourcier": {"as_of": "hier"}}, "sourcier.as_of"),
        ({"sourcier": {"as_of": 0}}, "sourcier.as_of"),
        ({"sourcier": {"as_of": "20260315"}}, "sourcier.as_of"),
        ({"sourcier": {"asOf": "2026-03-15"}}, "sourcier.asOf"),
    ],
)
def test_what_cannot_be_done_is_refused_by_the_name_of_the_field(
    server: Served, sent: dict[str, object], param: str
) -> None:
    asked = len(server.service.asked)
    body = {"model": "sourcier", "messages": [user(QUESTION)], **sent}
    with pytest.raises(BadRequestError) as refused:
        server.client.post("/chat/completions", cast_to=object, body=body)
    assert refused.value.param == param
    assert len(server.service.asked) == asked


@pytest.mark.parametrize("form", ["json", ["json"], {"type": "json_object"}])
def test_a_response_has_no_other_form_than_text_however_that_is_asked(
    server: Served, form: object
) -> None:
    body = {"model": "sourcier", "input": QUESTION, "text": {"format": form}}
    with pytest.raises(BadRequestError) as refused:
        server.client.post("/responses", cast_to=object, body=body)
    assert refused.value.param == "text.format"


@pytest.mark.parametrize(
    "said",
    [" ", "x" * 2001, [{"role": "user", "content": [{"type": "input_image"}]}], [{"role": "tool"}]],
)
def test_what_is_wrong_with_the_input_of_a_response_is_called_so(
    server: Served, said: object
) -> None:
    with pytest.raises(BadRequestError) as refused:
        server.client.post("/responses", cast_to=object, body={"model": "sourcier", "input": said})
    assert refused.value.param == "input"


def test_a_failure_is_told_before_a_stream_begins_and_in_it(server: Served) -> None:
    create = server.client.chat.completions.create
    broken = [user("Où est l’index ?")]
    with pytest.raises(APIError, match="L’index est abîmé"):
        create(model="sourcier", messages=broken)
    with pytest.raises(APIError, match="L’index est abîmé"):
        list(create(model="sourcier", messages=broken, stream=True))
    events = list(server.client.responses.create(model="sourcier", input="panne", stream=True))
    assert events[-1].type == "response.failed"


@pytest.mark.parametrize("is_stream", [True, False])
def test_a_program_that_hangs_up_ends_its_turn(server: Served, *, is_stream: bool) -> None:
    server.service.began.clear()
    server.service.ended.clear()
    body = {"model": "sourcier", "messages": [user("Réponds lentement")], "stream": is_stream}
    url = f"{server.address}v1/chat/completions"
    asking = httpx2.Client(timeout=0.5)
    with pytest.raises(httpx2.ReadTimeout):
        asking.post(url, json=body)
    assert server.service.began.is_set()
    asking.close()
    assert server.service.ended.wait(PATIENCE)


def test_a_program_waits_for_so_many_answers_and_no_more(server: Served) -> None:
    slow = [user("attendre")]
    create = server.client.chat.completions.create
    server.service.moves_up.clear()
    streams = [create(model="sourcier", messages=slow, stream=True) for _ in range(MOST_AT_ONCE)]
    with pytest.raises(RateLimitError) as refused:
        create(model="sourcier", messages=slow)
    assert refused.value.response.headers["retry-after"] == "1"
    require_announced(announced_by(server), "/chat/completions", refused.value.response)
    server.service.moves_up.set()
    for stream in streams:
        list(stream)
    assert told(create(model="sourcier", messages=[user(QUESTION)]))
    server.service.moves_up.clear()


@pytest.mark.parametrize("is_response", [False, True])
def test_langchain_asks_and_streams(server: Served, *, is_response: bool) -> None:
    model = ChatOpenAI(
        base_url=f"{server.address}v1",
        api_key=SecretStr("any"),
        model="sourcier",
        use_responses_api=is_response,
        temperature=0,
        max_retries=0,
    )
    talk = [("system", "Réponds en latin."), ("human", QUESTION)]
    whole = model.invoke(talk)
    streamed = "".join(chunk.text for chunk in model.stream(talk))
    assert streamed == whole.text
    assert whole.text.startswith("Oui : en dessous de 60 000 € HT")
    assert whole.usage_metadata is not None
    assert whole.usage_metadata["total_tokens"] > 50


def test_langchain_embeds(server: Served) -> None:
    embeddings = OpenAIEmbeddings(
        base_url=f"{server.address}v1",
        api_key=SecretStr("any"),
        model="sourcier/embeddings",
        check_embedding_ctx_length=False,
    )
    expected = WordEmbedder().embed_passages(["délai de paiement"]).tolist()
    assert embeddings.embed_documents(["délai de paiement"]) == expected


def test_open_webui_lists_the_models_and_streams_with_its_own_fields(server: Served) -> None:
    """It names a connection's models by `name`, and shows the links of a chunk as sources."""
    headers = {
        "Authorization": "Bearer any",
        "Content-Type": "application/json",
        "X-OpenWebUI-User-Name": "Ana",
        "X-OpenWebUI-User-Role": "user",
    }
    body = {
        "stream": True,
        "model": DOSSIER,
        "messages": [
            {"role": "system", "content": "Tu es un assistant."},
            {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
        ],
        "stream_options": {"include_usage": True},
        "session_id": "s-1",
        "chat_id": "c-1",
        "id": "m-1",
        "features": {"web_search": False, "code_interpreter": False},
        "background_tasks": {"title_generation": True},
        "variables": {"{{USER_NAME}}": "Ana"},
        "params": {},
        "tool_ids": [],
    }
    with httpx2.Client(base_url=f"{server.address}v1", headers=headers) as client:
        listed = client.get("/models").json()["data"]
        reply = client.post("/chat/completions", json=body)
    assert [each["name"] for each in listed][1] == "2026-04 (démonstration)"
    assert reply.headers["content-type"].startswith("text/event-stream")
    lines = [each for each in reply.text.split("\n\n") if each]
    assert lines[-1] == "data: [DONE]"
    chunks = [json.loads(each.removeprefix("data: ")) for each in lines[:-1]]
    deltas = [each["choices"][0]["delta"] for each in chunks if each["choices"]]
    assert "".join(each.get("content", "") for each in deltas).startswith("Oui")
    sources = [each for delta in deltas for each in delta.get("annotations", ())]
    assert {each["type"] for each in sources} == {"url_citation"}
    assert all(each["url_citation"]["url"].startswith(server.address) for each in sources)
    assert chunks[-1]["usage"]["total_tokens"] > 50


def test_open_webui_is_told_what_to_set_when_it_wants_a_title(server: Served) -> None:
    with pytest.raises(BadRequestError, match="modèle pour les tâches, ou éteignez-les") as refused:
        server.client.responses.create(model="sourcier", input=TITLE_TASK)
    assert (refused.value.param, refused.value.code) == ("input", "unsupported_task")


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    return Hall(tmp_path / "home")


def test_a_program_is_heard_with_a_token_of_a_buyer_until_it_is_revoked(hall: Hall) -> None:
    hall.settle("ana", [UserRole.BUYER, UserRole.REFERENT])
    tokens = hall.accounts.tokens
    buyer = tokens.create("ana", "Open WebUI", "chef")
    referent = tokens.create("ana", "Tableau", "chef", roles=[UserRole.REFERENT])
    given: list[Identity] = []
    service = FakeService()

    def services(reader: Identity) -> FakeService:
        given.append(reader)
        return service

    site = Site(services, Members(hall.accounts), accounts=hall.accounts)
    with serving(app_of(site)) as address:

        def ask(key: str) -> Any:
            client = OpenAI(base_url=f"{address}v1", api_key=key, max_retries=0)
            return client.chat.completions.create(model="sourcier", messages=[user(QUESTION)])

        assert told(ask(buyer)).startswith("Oui")
        (program,) = given
        assert (program.user, bool(program.token)) == (hall.accounts.register.get("ana").user, True)
        with pytest.raises(PermissionDeniedError, match="acheteur"):
            ask(referent)
        with pytest.raises(AuthenticationError, match="Il faut un jeton") as unknown:
            ask("sourcier_guessed")
        assert unknown.value.code == "invalid_api_key"
        tokens.revoke(program.token, "chef")
        with pytest.raises(AuthenticationError):
            ask(buyer)
    assert given == [program]
