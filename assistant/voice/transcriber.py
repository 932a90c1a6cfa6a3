"""A question that was spoken becomes text. Door of faster_whisper, an optional extra.

The sound comes as a WAV file of 16 bits, so that nothing but the standard library reads it.
"""

import io
import wave
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.errors import UnheardVoice
from assistant.question.language import Language
from ingestion.models.catalogue import Model, load_catalogue, locate, models_folder

RATE = 16_000
"""Samples a second that the model hears."""

LONGEST_SECONDS = 60
LOUDEST = 32_768

VOCABULARY = {
    Language.FRENCH: "Marché public, MAPA, appel d'offres, CCAP, CCTP, DCE, accord-cadre, avance, "
    "acheteur, titulaire, candidat, délai de paiement, pénalités de retard, sous-traitance.",
    Language.ENGLISH: "Public procurement, buyer, tender, contract, lot, framework agreement.",
}
"""Words of the field that the model is told before it listens, which it then hears more surely."""


class Transcriber(Protocol):
    """Hears a question."""

    def hear(self, sound: bytes, language: Language) -> str:
        """What a WAV file says, "" where nothing is said; raises UnheardVoice for no sound."""


class WhisperTranscriber:
    """Hears by Whisper; the weights are loaded when somebody first speaks, one turn at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._model: Any = None
        self._lock = Lock()

    def hear(self, sound: bytes, language: Language) -> str:
        """What a WAV file says, "" where nothing is said; raises UnheardVoice for no sound."""
        samples = samples_of(sound)
        if not len(samples):
            return ""
        with self._lock:
            segments, _ = self._loaded().transcribe(
                samples,
                language=language.value,
                initial_prompt=VOCABULARY[language],
                condition_on_previous_text=False,
            )
            return " ".join(each.text.strip() for each in segments).strip()

    def _loaded(self) -> Any:  # noqa: ANN401 - of a library without types
        if self._model is None:
            from faster_whisper import WhisperModel

            self._model = WhisperModel(
                str(self._folder), device="cpu", compute_type="int8", local_files_only=True
            )
        return self._model


def installed_voice(home: Path) -> Transcriber | None:
    """What hears on this machine, None where the extra or the weights are missing.

    Raises ModelUnavailable when the weights are there and are not the right ones.
    """
    model = voice_model(home)
    return WhisperTranscriber(locate(model.name, home).path) if model else None


def voice_model(home: Path) -> Model | None:
    """The model that hears on this machine, None where the extra or the weights are missing.

    Raises ModelUnavailable for a wrong catalogue.
    """
    folder = models_folder(home)
    model = load_catalogue(folder).voice()
    is_here = find_spec("faster_whisper") is not None and (folder / model.file).exists()
    return model if is_here else None


def samples_of(sound: bytes) -> NDArray[np.float32]:
    """The samples of a WAV file with one channel of 16 bits, between -1 and 1, at `RATE`.

    Raises:
        UnheardVoice: it is no such file, or is longer than `LONGEST_SECONDS`.
    """
    try:
        with wave.open(io.BytesIO(sound)) as file:
            rate, length = file.getframerate(), file.getnframes()
            is_mono = (file.getnchannels(), file.getsampwidth()) == (1, 2)
            if not (is_mono and 8_000 <= rate <= 96_000):
                raise UnheardVoice("Le son envoyé n’est pas celui que cette page enregistre.")
            if length > rate * LONGEST_SECONDS:
                raise UnheardVoice(f"Une question dictée dure au plus {LONGEST_SECONDS} secondes.")
            frames = file.readframes(length)
    except (wave.Error, EOFError, RuntimeError) as error:  # the last: a chunk that is cut short
        raise UnheardVoice("Le son envoyé ne peut pas être lu.") from error
    heard = np.frombuffer(frames[: len(frames) // 2 * 2], np.int16) / LOUDEST
    if not len(heard):
        return heard.astype(np.float32)
    places = np.linspace(0, len(heard) - 1, len(heard) * RATE // rate)
    return np.interp(places, np.arange(len(heard)), heard).astype(np.float32)
