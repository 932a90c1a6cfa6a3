"""The measure: how many altered sentences pass, how many faithful ones are refused.

`python -m tests.studies.claims` prints the same by kind.
"""

import sys

import pytest

from tests.studies.claims import COLLECTIONS, Trial, rates, trials

ACCEPTED = {"claims": 0.45, "fresh_claims": 0.03, "pressed_claims": 0.01, "held_out_claims": 0.04}
"""Freely written sentences are nearly always refused: the passage's own words are shown instead."""


@pytest.fixture(scope="module", params=COLLECTIONS)
def measured(request: pytest.FixtureRequest) -> tuple[str, tuple[Trial, ...]]:
    name = str(request.param)
    return name, trials(name)


def test_false_acceptance_and_false_rejection(
    measured: tuple[str, tuple[Trial, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    name, checked = measured
    accepted, refused = rates(checked)
    with capsys.disabled():
        sys.stdout.write(f"\n{name}: false acceptance {accepted:.1%}, rejection {refused:.1%}")
    assert accepted == 0
    assert 1 - refused >= ACCEPTED[name]


def test_the_collections_are_large_enough(measured: tuple[str, tuple[Trial, ...]]) -> None:
    assert sum(not trial.stands for trial in measured[1]) >= 100
    assert sum(trial.stands for trial in measured[1]) >= 60
