"""A language model on a server that answers, one that misbehaves, and the model in its place."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from assistant.answering.state import TurnState
from assistant.container import load_model, model_writes
from assistant.errors import EngineFailure
from assistant.journal.journal import Journal
from assistant.llm.call import Patience, unmarked, version_said
from assistant.llm.fallback import MOST_FAILURES, FallbackModel
from assistant.llm.language_model import EngineUse, LanguageModel, Prompt
from assistant.llm.remote import RemoteModel
from assistant.question.day import day_asked
from assistant.question.language import Language
from assistant.retrieval.evidence import Scope
from assistant.retrieval.snapshots import SnapshotHolder
from assistant.settings import Engine, Settings
from tests.support.accounts_home import Clock
from tests.support.fakes import ScriptedModel
from tests.support.journals import bodies
from tests.support.model_server import MODEL, VERSION, ModelServer, serving
from tests.support.small_index import TODAY, answering_embedder, assistant_over

REPLY = "Le délai de paiement est de trente jours."
SCRIPT = {"délai": REPLY}
LOCAL = "Trente jours, dit cette machine."
QUICK = Patience(connect=2, first=0.4, whole=0.8)
SAID = tuple((key, str(value)) for key, value in VERSION.items())


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with serving(SCRIPT) as served:
        yield served


def _remote(server: ModelServer, secret: str = "", patience: Patience = QUICK) -> RemoteModel:
    return RemoteModel(Engine(server.address, MODEL), secret, patience)


def _reply(model: LanguageModel, tokens: int = 16, schema: str = "") -> str:
    pieces = model.stream(Prompt("Tu lis.", ("Quel délai ?",)), tokens, schema)
    return "".join(piece or "" for piece in pieces)


def test_a_reply_says_which_model_wrote_it_where_and_in_which_version(server: ModelServer) -> None:
    model = _remote(server)
    assert (model.name, model.engine) == (f"{MODEL}@localhost", EngineUse("localhost", MODEL))
    assert _reply(model) == REPLY
    assert model.engine == EngineUse("localhost", MODEL, SAID, sent=True, is_last_sent=True)
    assert server.paths == ["/v1/models", "/v1/chat/completions"]
    [asked] = server.asked
    assert (asked["temperature"], asked["stream"], asked["max_tokens"]) == (0, True, 16)


def test_the_secret_is_said_and_its_refusal_told(server: ModelServer) -> None:
    server.secret = "abc"
    assert _reply(_remote(server, "abc")) == REPLY
    model = _remote(server)
    with pytest.raises(EngineFailure, match=r"localhost.*refuse le secret"):
        _reply(model)
    assert not model.engine.sent


def test_a_server_that_has_its_own_way_of_schemas_is_asked_that_way(server: ModelServer) -> None:
    server.behaves = "llama"
    assert _reply(_remote(server), schema='{"type": "string"}') == REPLY
    forms = [asked["response_format"]["type"] for asked in server.asked]
    assert forms == ["json_schema", "json_object"]


MISBEHAVIOURS = {
    "silent": "rien dit en",
    "stalls": "pas fini en",
    "endless": "plus qu'il ne lui est demandé",
    "floods": "octets",
    "is cut": "coupée",
    "breaks its JSON": "pas du JSON",
    "says no text": "pas un texte",
    "tells an error": "annonce une erreur",
    "lists nothing": "pas du JSON",
    429: "trop de demandes",
    500: r"erreur \(500\)",
    307: "renvoie ailleurs",
}


def test_a_reply_goes_on_while_the_reason_of_its_end_is_empty(server: ModelServer) -> None:
    server.reason = ""
    assert _reply(_remote(server)) == REPLY


@pytest.mark.parametrize(("behaves", "told"), MISBEHAVIOURS.items(), ids=map(str, MISBEHAVIOURS))
def test_a_server_that_misbehaves_is_told_in_time(
    server: ModelServer, behaves: str | int, told: str
) -> None:
    server.behaves = behaves
    model = _remote(server)
    with pytest.raises(EngineFailure, match=told):
        _reply(model)
    assert model.engine.problem
    assert model.engine.sent is (behaves != "lists nothing")
    server.behaves = "well"
    assert _reply(model) == REPLY
    assert not model.engine.problem


def test_a_question_is_not_sent_where_another_model_is_served(server: ModelServer) -> None:
    server.served = "autre"
    with pytest.raises(EngineFailure, match="« lecteur » \\(servis : autre\\)"):
        _reply(_remote(server))
    assert not server.asked


def test_nothing_follows_a_redirect_nor_a_proxy_of_the_environment(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(SCRIPT) as other:
        for name in ("http_proxy", "all_proxy"):
            monkeypatch.setenv(name, other.address)
        assert _reply(_remote(server)) == REPLY
        server.behaves, server.elsewhere = 307, other.address
        with pytest.raises(EngineFailure, match="307"):
            _reply(_remote(server))
        assert not other.paths


def test_an_address_where_nobody_listens_is_told() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        engine = Engine(f"http://127.0.0.1:{bound.getsockname()[1]}/v1", MODEL)
        with pytest.raises(EngineFailure, match="liaison"):
            _reply(RemoteModel(engine, patience=QUICK))


@pytest.mark.parametrize(("behaves", "after"), [("silent", 2), ("endless", 5)])
def test_closing_hangs_up_at_once(server: ModelServer, behaves: str, after: int) -> None:
    server.behaves = behaves
    stream = _remote(server, patience=Patience(60, 60, 60)).stream(Prompt("", ("délai",)), 10_000)
    heard: list[Any] = []
    while len(heard) < after or not server.asked:
        heard.append(next(stream))
    stream.close()
    assert server.hung_up.wait(10)


# Certificates


def _certificate(folder: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = folder / f"{name}.pem"
    path.write_bytes(key.private_bytes(encoding, *private) + certificate.public_bytes(encoding))
    return path


def test_a_certificate_is_believed_that_the_system_trusts_for_this_name_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, other = _certificate(tmp_path, "localhost"), _certificate(tmp_path, "autre.fr")
    with ExitStack() as stack:
        served = [stack.enter_context(serving(SCRIPT, tls)) for tls in (right, right, other)]
        trusted = [tmp_path / "nobody.pem", right, other]
        for server, trust in zip(served, trusted, strict=True):
            monkeypatch.setenv("SSL_CERT_FILE", str(trust))
            if trust is right:
                assert _reply(_remote(server)) == REPLY
            else:
                with pytest.raises(EngineFailure, match="CERTIFICATE_VERIFY_FAILED"):
                    _reply(_remote(server))
            assert bool(server.paths) is (trust is right)


# The model of this machine in the server's place


@pytest.fixture
def clock() -> Clock:
    return Clock(0.0)


@pytest.fixture
def model(server: ModelServer, clock: Clock) -> FallbackModel:
    local = ScriptedModel({"délai": LOCAL}, name="ici@1")
    return FallbackModel(_remote(server), lambda: local, 300, clock)


def test_three_failures_in_a_row_and_the_server_is_left_alone_for_a_while(
    server: ModelServer, model: FallbackModel, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    server.behaves = 500
    for _ in range(MOST_FAILURES):
        assert _reply(model) == LOCAL
        assert model.name == "ici@1"
        assert (model.engine.sent, "500" in model.engine.problem) == (True, True)
    assert "for 5 min." in caplog.text
    server.behaves = "well"
    asked = len(server.asked)
    assert _reply(model) == LOCAL
    assert (model.engine.sent, "500" in model.engine.problem) == (False, True)
    assert len(server.asked) == asked
    clock.now = 300
    assert _reply(model) == REPLY
    assert (model.name, model.engine.problem) == (f"{MODEL}@localhost", "")
    assert "délai" not in caplog.text


def test_after_its_rest_one_more_failure_is_enough(
    server: ModelServer, model: FallbackModel, clock: Clock
) -> None:
    server.behaves = 500
    for clock.now in (0, 0, 0, 300, 301):
        assert _reply(model) == LOCAL
    assert len(server.asked) == MOST_FAILURES + 1


def test_failures_that_are_not_in_a_row_are_counted_anew(
    server: ModelServer, model: FallbackModel
) -> None:
    for _ in range(MOST_FAILURES):
        server.behaves = 429
        assert _reply(model) == LOCAL
        server.behaves = "well"
        stream = model.stream(Prompt("", ("délai",)), 16)
        assert any(islice(stream, 9))
        stream.close()  # as a rewriting does once it has its question mark
    assert not model.engine.problem


def test_a_reply_that_had_begun_is_not_begun_again(
    server: ModelServer, model: FallbackModel
) -> None:
    server.behaves = "is cut"
    for _ in range(MOST_FAILURES):
        with pytest.raises(EngineFailure, match="coupée"):
            _reply(model)
    assert _reply(model) == LOCAL


# A turn


ASKED = "Sous quel montant acheter des fournitures sans publicité ni mise en concurrence ?"
IN_ENGLISH = "Below what amount may one buy against an advance?"
WHOLE = "Sous quel montant acheter pour une avance ?"


def test_a_turn_says_and_records_where_its_question_went(
    small_home: Path, tmp_path: Path, server: ModelServer, clock: Clock
) -> None:
    server.model = ScriptedModel({"advance": WHOLE})
    local = ScriptedModel({"advance": WHOLE}, name="ici@1")
    model = FallbackModel(_remote(server), lambda: local, 300, clock)
    journal = Journal(tmp_path / "journal.jsonl")
    assistant = assistant_over(small_home, journal, model=model)
    assert assistant.engine_host == "localhost"

    def asked(question: str, language: Language = Language.ENGLISH) -> dict[str, Any]:
        list(assistant.ask(question, as_of=TODAY, language=language))
        body: dict[str, Any] = bodies(journal)[-1]
        return body

    told = {"host": "localhost", "model": MODEL, "version": dict(SAID)}
    there = asked(IN_ENGLISH)
    assert there["standalone"] == WHOLE
    assert there["engine"] == told | {"sent": True, "problem": ""}
    assert there["model"] == f"{MODEL}@localhost"
    assert "went to the server localhost" in there["answer"]
    server.behaves = 500
    failed = [asked(IN_ENGLISH) for _ in range(MOST_FAILURES + 1)]
    assert [body["engine"]["sent"] for body in failed] == [True, True, True, False]
    assert all((body["standalone"], body["model"]) == (WHOLE, "ici@1") for body in failed)
    assert "did not answer" in failed[0]["answer"]
    assert "stayed on this machine" in failed[-1]["answer"]
    alone = asked(ASKED, Language.FRENCH)
    assert (alone["engine"], "localhost" in alone["answer"]) == (None, False)


def test_what_went_is_told_with_the_quotes_where_they_went(
    small_home: Path, journal: Journal, server: ModelServer
) -> None:
    server.model = local = ScriptedModel({"advance": WHOLE, "": REPLY})
    model = FallbackModel(_remote(server), lambda: local, 300)
    assistant = assistant_over(small_home, journal, model=model, writes=True)

    def told(question: str, language: Language) -> str:
        list(assistant.ask(question, as_of=TODAY, language=language))
        answer: str = bodies(journal)[-1]["answer"]
        return answer

    assert "The question and the quotes went" in told(IN_ENGLISH, Language.ENGLISH)
    server.behaves = 500
    for _ in range(MOST_FAILURES - 1):
        failed = told(ASKED, Language.FRENCH)
        assert "La question et les citations sont allées au serveur localhost, qui n’a" in failed
    server.asked.clear()
    translated = told(IN_ENGLISH, Language.ENGLISH)
    assert len(server.asked) == 1  # the model of this machine wrote
    assert "The question went to the server localhost, which did not answer" in translated


@pytest.mark.parametrize("behaves", ["is cut", "stalls"])
def test_a_server_that_fails_in_its_middle_is_not_said_to_start_again(
    small_home: Path, journal: Journal, server: ModelServer, model: FallbackModel, behaves: str
) -> None:
    server.model = ScriptedModel({"": REPLY})
    server.behaves = behaves
    assistant = assistant_over(small_home, journal, model=model, writes=True)
    list(assistant.ask(ASKED, as_of=TODAY))
    [body] = bodies(journal)
    assert "Le serveur du modèle de langue n’a pas fini de répondre" in body["answer"]
    assert "redémarre" not in body["answer"]


def test_a_turn_stopped_while_the_server_reads_records_that_its_question_went(
    small_home: Path, tmp_path: Path, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.llm.remote.PAUSE_SECONDS", 0.05)
    server.behaves = "silent"
    remote = _remote(server, patience=Patience(connect=2, first=20, whole=20))
    model = FallbackModel(remote, lambda: ScriptedModel({}), rest=300)
    journal = Journal(tmp_path / "journal.jsonl")
    assistant = assistant_over(small_home, journal, model=model)
    turn = assistant.ask(IN_ENGLISH, as_of=TODAY, language=Language.ENGLISH)
    was_asked = False
    while not was_asked:
        was_asked = bool(server.asked)  # before the step that hears which model was asked
        next(turn)
    turn.close()
    [body] = bodies(journal)
    assert body["ended"] == "interrupted"
    assert (body["engine"]["sent"], bool(body["engine"]["version"])) == (True, True)


def test_a_question_that_went_there_is_never_said_to_have_stayed(
    small_home: Path, server: ModelServer, model: FallbackModel
) -> None:
    day = day_asked([ASKED], TODAY, TODAY)
    snapshot = SnapshotHolder(small_home, answering_embedder()).current()
    turn = TurnState(ASKED, day, Scope(TODAY), Language.FRENCH, snapshot, ASKED)
    for server.behaves, problem in (("well", False), (500, True), ("lists nothing", True)):
        _reply(model)
        turn.asked(model)
        assert turn.engine is not None
        assert (turn.engine.sent, bool(turn.engine.problem)) == (True, problem)
    assert turn.result("asked by others since@1").model == "ici@1"


# By default, and as chosen


def test_nothing_is_asked_of_a_server_unless_one_is_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: ModelServer
) -> None:
    local = ScriptedModel({"délai": LOCAL})
    monkeypatch.setattr("assistant.container.load_local_model", lambda home, settings: local)
    assert load_model(tmp_path, Settings()) is local
    chosen = load_model(tmp_path, Settings(engine=Engine(server.address, MODEL)))
    assert (_reply(chosen), server.paths[0]) == (REPLY, "/v1/models")


def test_the_model_of_a_server_writes_when_told_to_or_when_the_catalogue_says_so(
    tmp_path: Path,
) -> None:
    def writes(model: str, **chosen: Any) -> bool:
        return model_writes(tmp_path, Settings(engine=Engine("https://a.fr/v1", model), **chosen))

    assert [writes("inconnu"), writes("ministral-3-3b")] == [False, True]
    assert [writes("inconnu", writing="always"), writes("ministral-3-3b", writing="never")] == [
        True,
        False,
    ]


# What is said, and what is read


@pytest.mark.parametrize(
    "mark", ["<|im_end|>", "</s>", "[/INST]", "<end_of_turn>", "<turn|>", "</think>"]
)
def test_a_mark_in_a_text_is_no_mark_for_the_server(mark: str) -> None:
    assert mark not in unmarked(f"Un {mark} texte")
    plain = "L'article [1], 3 < 4 > 2, [TVA] et « a <- b »"
    assert unmarked(plain) == plain


def test_what_a_server_says_of_its_model_is_kept_in_bounds() -> None:
    row = {"id": "m", "object": "model", "owned_by": "x" * 999, "meta": {"n_ctx": 8192}, "all": []}
    said = version_said(json.dumps({"data": [{"id": "n"}, row]}).encode(), "m")
    assert said == (("owned_by", "x" * 200), ("meta.n_ctx", "8192"))
