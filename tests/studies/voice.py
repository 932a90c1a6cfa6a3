"""How well a spoken question is heard: python -m tests.studies.voice [--only N] [--speed N].

Sixty sentences of procurement French of our own (voice_sentences.txt) are spoken by espeak-ng in
three voices and heard by the model that `sourcier models pull whisper-base` brought. Told for each
voice: the share of words that are wrong (substituted, missing or added, over those that were said,
without case, punctuation and the spelling of numbers), the sentences heard without a fault, and the
seconds for each. `--wrong` prints what was heard otherwise. espeak-ng speaks like a machine: people
are heard better than it, and rooms are noisier.
"""

import argparse
import re
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.question.language import Language, fold_text
from assistant.settings import default_home
from assistant.voice.transcriber import Transcriber, installed_voice

SENTENCES = Path(__file__).with_name("voice_sentences.txt")
VOICES = ("fr-fr", "fr-fr+f3", "fr-fr+m3")
WORDS_A_MINUTE = 175
"""The pace at which espeak-ng speaks unless told otherwise."""


def spoken(sentence: str, voice: str, speed: int) -> bytes:
    """A sentence as a WAV file."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "said.wav"
        command = ["espeak-ng", "-v", voice, "-s", str(speed), "-w", str(file), sentence]
        subprocess.run(command, check=True)
        return file.read_bytes()


def words_of(text: str) -> list[str]:
    """The words that are compared."""
    return re.findall(r"\w+", fold_text(text))


def faults(said: Sequence[str], heard: Sequence[str]) -> int:
    """The fewest words to substitute, drop or add to make one of the other."""
    row = list(range(len(heard) + 1))
    for n, word in enumerate(said, 1):
        before, row[0] = row[0], n
        for m, other in enumerate(heard, 1):
            before, row[m] = row[m], min(row[m] + 1, row[m - 1] + 1, before + (word != other))
    return row[-1]


def measured(
    hears: Transcriber, sentences: Sequence[str], voice: str, speed: int, *, tell: bool
) -> list[str]:
    """A row of the table."""
    wrong = total = clean = 0
    began = time.monotonic()
    for sentence in track(sentences, voice, transient=True):
        heard = hears.hear(spoken(sentence, voice, speed), Language.FRENCH)
        found = faults(words_of(sentence), words_of(heard))
        wrong, total, clean = wrong + found, total + len(words_of(sentence)), clean + (not found)
        if tell and found:
            Console().print(f"{found} {sentence} → {heard}", highlight=False)
    seconds = (time.monotonic() - began) / len(sentences)
    return [voice, f"{wrong / total:.3f}", f"{clean} / {len(sentences)}", f"{seconds:.1f}"]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=None)
    parser.add_argument("--only", type=int, default=None)
    parser.add_argument("--speed", type=int, default=WORDS_A_MINUTE)
    parser.add_argument("--wrong", action="store_true")
    chosen = parser.parse_args()
    hears = installed_voice(chosen.data or default_home())
    if hears is None:
        raise SystemExit("Il manque l’extra « voice », ou : sourcier models pull whisper-base")
    sentences = SENTENCES.read_text(encoding="utf-8").splitlines()[: chosen.only]
    table = Table("voice", "word error rate", "without a fault", "seconds")
    for voice in VOICES:
        table.add_row(*measured(hears, sentences, voice, chosen.speed, tell=chosen.wrong))
    Console().print(table)


if __name__ == "__main__":
    main()
