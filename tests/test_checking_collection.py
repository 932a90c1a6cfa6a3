"""The measure: how many altered sentences pass, how many faithful ones are refused.

`python -m tests.studies.claims` prints the same by kind.
"""

import sys

import pytest

from tests.studies.claims import COLLECTIONS, Trial, rates, trials

FALSE_ACCEPTANCE = 0.01
FALSE_REJECTION = {
    "claims": 0.05,
    "fresh_claims": 0.40,
    "pressed_claims": 0.70,
    "held_out_claims": 0.70,
}
"""Freely written sentences are refused often: the passage's own words are shown instead."""


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
    assert accepted <= FALSE_ACCEPTANCE
    assert refused <= FALSE_REJECTION[name]


def test_the_collections_are_large_enough(measured: tuple[str, tuple[Trial, ...]]) -> None:
    assert sum(not trial.stands for trial in measured[1]) >= 100
    assert sum(trial.stands for trial in measured[1]) >= 60
