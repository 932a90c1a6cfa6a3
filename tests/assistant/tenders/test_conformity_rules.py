"""Every rule: a clause that it finds fault with, and one that it does not."""

import tomllib
from collections.abc import Mapping
from datetime import date

import pytest

from assistant.calculators.constants import constants
from assistant.tenders.conformity.rules import (
    ConformityFinding,
    ConformityRule,
    FindingSeverity,
    rule_book,
)
from tests.support.conformity_dossier import SENT, FakeCode, article, found_in
from tests.support.paths import DATA

Pieces = Mapping[str, str]

CASES: Mapping[str, Mapping[str, Pieces]] = tomllib.loads(
    (DATA / "conformity_rules.toml").read_text("utf-8")
)


def _code() -> FakeCode:
    code = FakeCode(SENT)
    code.other = {
        "R2999-9": (),
        "R2122-8": (
            article("R2122-8", "Un ancien texte.", date(2020, 1, 1), date(2026, 11, 1)),
            article("R2122-8", "Un nouveau texte.", date(2026, 11, 1)),
        ),
    }
    return code


def _of(rule: str, pieces: Pieces) -> list[ConformityFinding]:
    return [each for each in found_in(pieces, _code()) if rule in each.rules]


def test_every_rule_has_its_case() -> None:
    assert set(CASES) == {rule.name for rule in rule_book().rules}


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_finds_its_fault(rule: str) -> None:
    [finding] = _of(rule, CASES[rule]["bad"])
    assert finding.severity is not FindingSeverity.UNCHECKED
    assert "à vérifier" in finding.sentence
    assert "{" not in finding.sentence


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_lets_a_good_clause_pass(rule: str) -> None:
    assert _of(rule, CASES[rule]["good"]) == []


@pytest.mark.parametrize("rule", [each for each in rule_book().rules if each.constants])
def test_a_finding_shows_the_words_of_the_law_that_it_rests_on(rule: ConformityRule) -> None:
    [finding] = _of(rule.name, CASES[rule.name]["bad"])
    assert [each.article for each in finding.grounds] == [
        constants()[name].article for name in rule.constants
    ]


@pytest.mark.parametrize("rule", [each for each in rule_book().rules if each.constants])
def test_a_rule_that_the_law_of_the_day_does_not_state_says_so(rule: ConformityRule) -> None:
    silent = FakeCode(SENT, silent=set(rule.constants))
    silent.other = _code().other
    [finding] = [
        each for each in found_in(CASES[rule.name]["bad"], silent) if rule.name in each.rules
    ]
    assert finding.severity is FindingSeverity.UNCHECKED
    assert rule.label in finding.sentence
    assert ") : aucun texte indexé en vigueur le 08/10/2026" in finding.sentence


def test_no_rule_has_a_figure_of_the_law() -> None:
    for rule in rule_book().rules:
        digits = [character for character in rule.sentence if character.isdigit()]
        assert "".join(digits) in {"", "100", "20092021"}, rule.name


def test_what_a_rule_names_exists() -> None:
    book = rule_book()
    for rule in book.rules:
        assert {name for name in (rule.value, rule.until, rule.times) if name} <= set(book.values)
        assert {name.removeprefix("!") for name in rule.when} <= set(book.facts)
        assert set(rule.constants) <= set(constants())
    for request in book.requests:
        checks = {rule.check for rule in book.rules if rule.name in book.checked_by(request)}
        assert checks == request.checks
    for fact in book.facts.values():
        assert not fact.value or fact.value in book.values
        assert {name for name in (fact.above, fact.least) if name} <= set(constants())
