"""Vectors made by a server: what is sent there, what it does wrong, and whose index is searched."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient

from assistant.answering.record import contract
from assistant.container import chosen_embedder, load_embedder, load_reader
from assistant.llm.call import Patience
from assistant.llm.fallback import MOST_FAILURES
from assistant.llm.remote import BATCH, RemoteEmbedder
from assistant.operations.checkup import weights
from assistant.operations.installation import Installation
from assistant.operations.monitoring import TurnMeasures, monitoring_of
from assistant.operations.readiness import RequirementState, met, of_weights
from assistant.retrieval.snapshots import SnapshotHolder
from assistant.settings import Engine, Settings, load_settings
from assistant.web.local_service import LocalBuyerService
from ingestion.durable import lock_for_writing
from ingestion.errors import EmbedderMismatch, RefusedText, UnreachableEmbedder
from ingestion.index.build import build
from ingestion.index.publication import current_manifest
from tests.support.accounts_home import Clock
from tests.support.fakes import WordEmbedder
from tests.support.journals import bodies
from tests.support.model_server import MODEL, ModelServer, serving
from tests.support.page_app import app_over
from tests.support.small_index import (
    TODAY,
    answering_embedder,
    assistant_over,
    build_small_index,
    result_of,
)

ASKED = "Sous quel montant acheter des fournitures sans publicité ni mise en concurrence ?"
QUICK = Patience(connect=2, first=0.4, whole=0.8)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with serving({}) as served:
        yield served


def _engine(server: ModelServer) -> Engine:
    return Engine(server.address, MODEL, rest_minutes=2, embeddings=MODEL)


def _embedder(server: ModelServer, clock: Clock | None = None, secret: str = "") -> RemoteEmbedder:
    return RemoteEmbedder(_engine(server), secret, None, QUICK, clock or Clock())


def test_texts_go_in_batches_to_a_server_that_says_it_serves_the_model(server: ModelServer) -> None:
    server.secret = "abc"
    embedder = _embedder(server, secret="abc")
    texts = [f"texte {n}" for n in range(BATCH + 1)]
    rows = embedder.embed_passages(texts)
    assert np.allclose(rows, server.embedder.embed_passages(texts), atol=1e-6)
    assert (embedder.name, embedder.dimension) == ("lecteur@localhost", 512)
    assert server.paths == ["/v1/models", "/v1/embeddings", "/v1/embeddings"]
    assert [text for asked in server.asked for text in asked["input"]] == texts
    assert embedder.embed_passages([]).shape == (0, 512)
    with pytest.raises(UnreachableEmbedder, match="refuse le secret"):
        _embedder(server).embed_questions(texts)
    server.served = "autre"
    with pytest.raises(UnreachableEmbedder, match="ne sert pas le modèle « lecteur »"):
        embedder.embed_questions(texts)
    assert len(server.asked) == 2


MISBEHAVIOURS = {
    "silent": "à temps",
    "breaks its JSON": "pas du JSON",
    "forgets one": "vecteurs illisible",
    "adds one": "vecteurs illisible",
    "changes length": r"longueurs différentes \(511, 512\)",
    "has no direction": "sans direction",
    "says no number": "vecteurs illisible",
    "floods": "octets",
    429: "trop de demandes",
    500: r"erreur \(500\)",
    307: "renvoie ailleurs",
}


@pytest.mark.parametrize(("behaves", "told"), MISBEHAVIOURS.items(), ids=map(str, MISBEHAVIOURS))
def test_a_server_that_gives_no_vectors_is_told(
    server: ModelServer, behaves: str | int, told: str
) -> None:
    embedder = _embedder(server)
    server.behaves = behaves
    with pytest.raises(UnreachableEmbedder, match=rf"localhost.*{told}.*sourcier index build"):
        embedder.embed_questions(["Quel délai ?", "Quelle avance ?"])
    server.behaves = "well"
    assert embedder.embed_questions(["Quel délai ?"]).shape == (1, 512)


def test_vectors_of_another_length_than_before_are_refused(server: ModelServer) -> None:
    embedder = _embedder(server)
    assert embedder.dimension == 512
    server.embedder = WordEmbedder(dimension=64)
    with pytest.raises(UnreachableEmbedder, match=r"longueurs différentes \(64, 512\)"):
        embedder.embed_questions(["Quel délai ?"])


def test_a_server_that_fails_in_a_row_is_left_alone_for_a_while(server: ModelServer) -> None:
    clock = Clock()
    embedder = _embedder(server, clock)
    server.behaves = 500
    for _ in range(MOST_FAILURES):
        with pytest.raises(UnreachableEmbedder):
            embedder.embed_questions(["Quel délai ?"])
    asked = len(server.asked)
    server.behaves = "well"
    with pytest.raises(UnreachableEmbedder, match="3 fois de suite"):
        embedder.embed_questions(["Quel délai ?"])
    assert len(server.asked) == asked
    clock.now += 121
    assert embedder.embed_questions(["Quel délai ?"]).shape == (1, 512)


TOO_LONG = "Quel délai ? " * 100


@pytest.mark.parametrize("status", [400, 413, 422, 500])  # the last of llama.cpp's server
def test_a_text_that_the_server_does_not_read_is_no_failure_of_the_server(
    server: ModelServer, status: int
) -> None:
    server.refuses, server.longest = status, 200
    embedder = _embedder(server)
    for _ in range(MOST_FAILURES + 1):
        with pytest.raises(RefusedText, match=rf"localhost.*\({status}\).*Raccourcissez"):
            embedder.embed_passages(["Trente jours.", TOO_LONG])
    assert not embedder.problem
    assert embedder.embed_questions(["Quel délai ?"]).shape == (1, 512)


def test_a_program_is_told_that_its_text_is_too_long_and_others_go_on_searching(
    server: ModelServer, small_home: Path
) -> None:
    server.longest = 200
    embedder = _embedder(server)
    service = LocalBuyerService(small_home, assistant_over(small_home), lambda: embedder)
    with TestClient(app_over(service), base_url="http://127.0.0.1") as client:

        def statuses(text: str, times: int) -> list[int]:
            body = {"model": "sourcier/embeddings", "input": text}
            replies = [client.post("/v1/embeddings", json=body) for _ in range(times)]
            return [reply.status_code for reply in replies]

        assert statuses(TOO_LONG, MOST_FAILURES) == [400] * MOST_FAILURES
        assert statuses("Quel délai ?", 1) == [200]
        server.behaves = 500
        assert statuses("Quel délai ?", 1) == [503]


def test_an_index_is_searched_by_the_embedder_that_made_it_only(
    server: ModelServer, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    build_small_index(home, tmp_path, _embedder(server))
    manifest = current_manifest(home)
    assert manifest is not None
    assert (manifest.embedder, manifest.dimension) == ("lecteur@localhost", 512)
    with pytest.raises(EmbedderMismatch, match="lecteur@localhost"):
        SnapshotHolder(home, answering_embedder()).current()
    server.embedder = WordEmbedder(dimension=64)  # another model, under the same name
    with pytest.raises(EmbedderMismatch, match=r"512 nombres.*donne 64"):
        list(assistant_over(home, embedder=_embedder(server)).ask(ASKED, as_of=TODAY))
    with lock_for_writing(home):
        rebuilt = build(home, _embedder(server), lambda step, done, total: None)
    assert (rebuilt.name != manifest.name, rebuilt.dimension) == (True, 64)


def test_a_turn_says_whose_vectors_it_used_and_that_they_are_missing(
    server: ModelServer, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    build_small_index(home, tmp_path, _embedder(server))
    assistant = assistant_over(home, embedder=_embedder(server))
    result = result_of(assistant.ask(ASKED, as_of=TODAY))
    assert "60 000 €" in result.answer.markdown
    assert contract(result)["embedder"] == "lecteur@localhost"
    server.behaves = 500
    told = monitoring_of(home, Settings(), assistant, TurnMeasures()).requirements
    assert told()[-1] == met("vecteurs", "Les vecteurs viennent de localhost.")
    with pytest.raises(UnreachableEmbedder, match=r"localhost.*rien ne se cherche"):
        list(assistant.ask(ASKED, as_of=TODAY))
    assert (told()[-1].state, "erreur (500)" in told()[-1].told) == (RequirementState.WEAK, True)
    body = bodies(assistant.journal)[-1]
    assert (body["ended"], body["embedder"]) == ("interrupted", "lecteur@localhost")


def test_the_settings_choose_it_and_no_weights_are_asked_for(
    server: ModelServer, tmp_path: Path
) -> None:
    text = f'[engine]\naddress = "{server.address}"\nmodel = "lecteur"\n'
    (tmp_path / "settings.toml").write_text(text)
    assert load_settings(tmp_path) == Settings(engine=Engine(server.address, MODEL))
    server.served = "multilingual-e5-base"
    engine = replace(_engine(server), embeddings=server.served)
    settings = Settings(llm="absent", engine=engine)
    embedder = load_embedder(tmp_path, settings)
    assert embedder.name == chosen_embedder(tmp_path, settings) == "multilingual-e5-base@localhost"
    assert load_reader(tmp_path, settings) is None
    embedder.embed_questions(["Quel délai ?"])
    embedder.embed_passages(["Trente jours."])
    sent = [text for asked in server.asked for text in asked["input"]]
    assert sent == ["query: Quel délai ?", "passage: Trente jours."]
    told = [each.told for each in of_weights(tmp_path, settings)]
    assert told == ["Les poids de absent ne sont pas là."]
    [missing] = of_weights(tmp_path, replace(settings, llm="/srv/mien.gguf"))
    assert "settings.toml" in missing.remedy
    chosen = f'llm = "absent"\n{text}embeddings = "lecteur"\n'
    (tmp_path / "settings.toml").write_text(chosen)
    there, here = weights(Installation(tmp_path, 7860, lambda _: "", lambda _: ""))
    assert "lecteur, sur localhost" in there.told
    assert "absent" in here.told
