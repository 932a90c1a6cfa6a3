from pathlib import Path

import pytest

from ingestion.errors import ModelUnavailable
from ingestion.models.catalogue import BUILT_IN, SITE, ModelRole, load_catalogue, read_models

ENTRY = """
[[model]]
name = "site"
title = "Un modèle du site"
role = "llm"
licence = "MIT"
file = "site.gguf"
size = 10
memory = 20
chat_template = "mistral"
"""


def test_the_built_in_catalogue_names_the_two_defaults(tmp_path: Path) -> None:
    catalogue = load_catalogue(tmp_path)
    assert catalogue.default(ModelRole.LLM).name == "qwen2.5-coder-1.5b"
    assert catalogue.default(ModelRole.EMBEDDER).name == "multilingual-e5-small"
    assert {model.name for model in catalogue.defaults()} == {
        "qwen2.5-coder-1.5b",
        "multilingual-e5-small",
    }


def test_every_default_is_pinned_and_free(tmp_path: Path) -> None:
    for model in load_catalogue(tmp_path).models:
        assert model.licence in {"Apache-2.0", "MIT"} or not model.default
        assert model.sha256 is None or len(bytes.fromhex(model.sha256)) == 32
        assert model.sha256 is not None or not model.default


def test_the_catalogue_names_no_host() -> None:
    assert "://" not in BUILT_IN.read_text()


def test_a_model_is_found_by_name_and_by_file(tmp_path: Path) -> None:
    catalogue = load_catalogue(tmp_path)
    model = catalogue.get("smollm2-135m")
    assert catalogue.get(model.file) is model


def test_an_unknown_name_is_answered_with_those_that_exist(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"« gpt » n'est pas au catalogue .*smollm2-135m"):
        load_catalogue(tmp_path).get("gpt")


def test_the_site_adds_and_replaces(tmp_path: Path) -> None:
    (tmp_path / SITE).write_text(ENTRY + "default = true\n" + ENTRY.replace('"site"', '"lucie-7b"'))
    catalogue = load_catalogue(tmp_path)
    assert catalogue.default(ModelRole.LLM).name == "site"
    assert catalogue.get("lucie-7b").file == "site.gguf"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (ENTRY + 'sha265 = "ab"\n', "clé inconnue « sha265 »"),
        (ENTRY + "[model.hub]\nurl = 'x'\n", "clé inconnue « url »"),
        (ENTRY.replace("memory = 20\n", ""), "clé « memory » absente"),
        (ENTRY.replace("10", '"10"'), "valeur de « size »"),
        (ENTRY.replace("10", "true"), "valeur de « size »"),
        (ENTRY.replace('"llm"', '"oracle"'), "« oracle » n'est pas parmi"),
        (ENTRY.replace('"mistral"', '"vicuna"'), "« vicuna » n'est pas parmi"),
        (ENTRY.replace('chat_template = "mistral"\n', ""), "chat_template va avec"),
        (ENTRY.replace("site.gguf", "../site.gguf"), "sans dossier"),
        ("[modele]\n", "clé inconnue « modele »"),
        ("[[model]\n", "Catalogue de modèles"),
    ],
)
def test_a_wrong_catalogue_is_refused(tmp_path: Path, wrong: str, said: str) -> None:
    path = tmp_path / SITE
    path.write_text(wrong)
    with pytest.raises(ModelUnavailable, match=said):
        read_models(path)
