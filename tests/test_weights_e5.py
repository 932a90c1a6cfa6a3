import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from assistant.settings import default_home
from ingestion.errors import ModelUnavailable
from ingestion.models.catalogue import ModelRole, load_catalogue, locate, models_folder
from ingestion.models.e5 import convert, open_e5
from tests.weights_fakes import FEED_FORWARD, HIDDEN, PIECES, write_e5


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_e5(tmp_path / "source.bin")
    folder = tmp_path / "model"
    folder.mkdir()
    convert(tmp_path / "source.bin", folder)
    return folder


def test_every_number_is_decoded(tmp_path: Path) -> None:
    values = write_e5(tmp_path / "source.bin")
    model = open_e5(tmp_path / "source.bin")
    assert set(model.tensors) == set(values)
    for name, expected in values.items():
        np.testing.assert_array_equal(model.numbers(name), np.array(expected, np.float32))


def test_the_safetensors_library_reads_the_weights(folder: Path, tmp_path: Path) -> None:
    values = write_e5(tmp_path / "source.bin")
    tensors = load_file(folder / "model.safetensors")
    up = tensors["encoder.layer.0.intermediate.dense.weight"]
    assert up.shape == (FEED_FORWARD, HIDDEN)
    np.testing.assert_array_equal(up.ravel(), np.array(values["l0.fi.w"]).astype(np.float16))
    assert tensors["encoder.layer.0.output.LayerNorm.bias"].shape == (HIDDEN,)
    assert len(tensors) == len(values)


def test_the_tokenizers_library_reads_the_tokenizer(folder: Path) -> None:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    encoding = tokenizer.encode("un\n\u00a0 \u200bmarché\u0007 ")
    assert encoding.tokens == ["<s>", "▁un", "▁marché", "</s>"]
    assert encoding.ids == [PIECES.index(token) for token in encoding.tokens]


def test_the_same_source_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()
    convert(tmp_path / "source.bin", again)
    for path in folder.rglob("*.*"):
        assert path.read_bytes() == (again / path.relative_to(folder)).read_bytes()


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "source.bin").write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ModelUnavailable, match="n'est pas un fichier de poids E5"):
        open_e5(tmp_path / "source.bin")


@settings(max_examples=60, deadline=None)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_truncated_file_is_refused(
    tmp_path_factory: pytest.TempPathFactory, share: float
) -> None:
    path = tmp_path_factory.mktemp("e5") / "source.bin"
    write_e5(path)
    whole = path.read_bytes().rstrip(b"\0")
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(ModelUnavailable):
        open_e5(path)


@pytest.mark.slow
def test_sentence_transformers_reads_the_folder(folder: Path) -> None:
    from ingestion.encoders.embedder import SentenceTransformerEmbedder

    embedder = SentenceTransformerEmbedder(folder, "tiny")
    assert embedder.dimension == HIDDEN
    assert embedder.embed_questions(["un marché"]).shape == (1, HIDDEN)


@pytest.mark.slow
def test_the_real_model_brings_french_answers_near_their_questions() -> None:
    home = default_home()
    name = load_catalogue(models_folder(home)).default(ModelRole.EMBEDDER).name
    if not (models_folder(home) / name).exists():
        pytest.skip("the embedding model is not on this machine: make models")
    from ingestion.encoders.embedder import SentenceTransformerEmbedder

    embedder = SentenceTransformerEmbedder(locate(name, home).path, name)
    passages = embedder.embed_passages(
        [
            "L’acheteur peut conclure le marché sans publicité lorsque le besoin est modeste.",
            "Le fournisseur est payé dans les trente jours qui suivent la réception de sa facture.",
            "La pâte brisée se prépare avec de la farine, du beurre et un peu d’eau.",
        ]
    )
    questions = [
        "Puis-je acheter sans mise en concurrence ?",
        "Sous quel délai payer une entreprise ?",
        "Comment faire une tarte ?",
    ]
    scores = embedder.embed_questions(questions) @ passages.T
    assert scores.argmax(axis=1).tolist() == [0, 1, 2]


def test_the_settings_of_the_folder_are_those_of_the_family(folder: Path) -> None:
    prompts = json.loads((folder / "config_sentence_transformers.json").read_text())["prompts"]
    assert prompts == {"query": "query: ", "document": "passage: "}
    modules = json.loads((folder / "modules.json").read_text())
    assert [os.fspath(module["path"]) for module in modules] == ["", "1_Pooling", "2_Normalize"]
