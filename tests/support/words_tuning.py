"""What goes with the embedder of the tests, whose vectors are words: other weights, and no bank."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from assistant.retrieval import tuning
from assistant.retrieval.tuning import Refusal, Tuning, tunings
from ingestion.index import build
from ingestion.index.question_bank import read_bank, read_judged, read_nowhere_answered, read_rules

RANKING = {
    "words": 0.08, "meaning": 3.22, "nearness": 3.21, "alike": 5.20, "unasked": 2.89,
    "unasked nearness": 0.0,
    "everyday": 2.35, "phrase": 1.32, "coverage": 3.59, "other regime": -2.08, "topic": 2.0,
    "piece": 1.0, "sentence": 0.0,
}  # fmt: skip
REFUSAL = {
    "rules": Refusal(similarity=11.44, strength=0.58, bias=-12.54, refused=-1.3, sure=0.3),
    "dossier": Refusal(similarity=5.31, topic=1.10, bias=-3.78, refused=-1.2, sure=0.0),
}

BANK = {each.__name__: each for each in (read_bank, read_nowhere_answered, read_judged, read_rules)}


def words_tunings() -> tuple[Tuning, ...]:
    """All sets of weights, the first of them those for words."""
    first, *others = tunings()
    refusal = dict(first.refusal) | REFUSAL
    return (replace(first, ranking=RANKING, refusal=refusal), *others)


@contextmanager
def by_words() -> Iterator[None]:
    """The weights are those that go with words."""
    fitted = words_tunings()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tuning, "tunings", lambda: fitted)
        yield


@contextmanager
def without_bank() -> Iterator[None]:
    """No question of the bank leads anywhere in what is built."""
    with pytest.MonkeyPatch.context() as patch:
        for name in BANK:
            patch.setattr(build, name, tuple)
        yield


@contextmanager
def as_served() -> Iterator[None]:
    """The weights and the bank are those of the product, for its own embedder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tuning, "tunings", tunings)
        for name, read in BANK.items():
            patch.setattr(build, name, read)
        yield
