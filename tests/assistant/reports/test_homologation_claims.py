"""What the homologation file claims: each recommendation, and evidence that exists."""

import ast
from collections.abc import Iterator
from dataclasses import fields

import pytest

from assistant.evaluation.runs import ROOT
from assistant.reports.homologation_claims import (
    Holds,
    MeasureState,
    SecurityMeasure,
    count,
    flows,
    load_content,
    measures,
    sovereignty,
)
from assistant.reports.homologation_facts import SET, is_built
from assistant.settings import Settings


def _always(_: str) -> bool:
    return True


def _never(_: str) -> bool:
    return False


def _claimed() -> Iterator[SecurityMeasure]:
    """Every claim that this program can make, whatever the machine."""
    yield from measures(_never)
    for row in load_content("mesures")["measure"]:
        needs = (*row.get("needs", ()), *row.get("unless", ()))
        if needs and all(need in SET or is_built(need) for need in needs):
            yield measures(_always)[row["number"] - 1]


def _exists(pointer: str) -> bool:
    kind, _, setting = pointer.partition("réglage:")
    if setting:
        return setting in {field.name for field in fields(Settings)}
    place, _, test = kind.partition("::")
    path = ROOT / place
    if not test:
        return path.exists()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return test in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_recommendation_is_there_once_and_in_order() -> None:
    for holds in (_always, _never):
        assert [each.name for each in measures(holds)] == [f"R{n}" for n in range(1, 36)]


@pytest.mark.parametrize("claim", list(_claimed()), ids=lambda each: each.name)
def test_every_claim_says_why_and_every_pointer_exists(claim: SecurityMeasure) -> None:
    assert claim.why.endswith(".")
    assert claim.evidence
    assert [pointer for pointer in claim.evidence if not _exists(pointer)] == []


def test_what_is_told_of_sovereignty_and_accessibility_points_to_what_exists() -> None:
    told = [*sovereignty(_never), *sovereignty(_always)]
    pointers = [each for statement in told for each in statement.evidence]
    pointers += load_content("accessibilite")["statement"]["evidence"]
    assert [pointer for pointer in pointers if not _exists(pointer)] == []


def test_where_invoices_are_is_told_as_this_machine_is_set() -> None:
    here, elsewhere = (
        next(each.told for each in sovereignty(holds) if "factures et les achats" in each.what)
        for holds in (_never, _always)
    )
    assert "fichier de cette machine" in here
    assert "PostgreSQL" in elsewhere


def test_a_pointer_to_nothing_is_noticed() -> None:
    assert not _exists("tests/assistant/reports/test_homologation.py::test_that_is_not_there")
    assert not _exists("assistant/nothing.py")
    assert not _exists("réglage:nothing")
    assert _exists("réglage:writing")


def test_what_is_met_names_a_test_or_the_code_that_cannot_do_otherwise() -> None:
    met = [each for each in _claimed() if each.state is MeasureState.MET]
    untested = [each.name for each in met if not any("::" in each for each in each.evidence)]
    assert untested == ["R21"]  # that nothing is learnt from users shows in the code alone


def test_a_claim_is_not_made_where_what_it_needs_is_not_so() -> None:
    alone, together = measures(_never), measures(_always)
    assert (alone[7].state, together[7].state) == (MeasureState.BODY, MeasureState.MET)
    assert (alone[9].state, together[9].state) == (MeasureState.UNMET, MeasureState.BODY)
    assert (alone[12].state, together[12].state) == (MeasureState.NOT_APPLICABLE, MeasureState.BODY)
    assert (alone[34].state, together[34].state) == (MeasureState.NOT_APPLICABLE, MeasureState.BODY)


def test_the_states_are_counted() -> None:
    found = count(measures(_never))
    assert sum(found.values()) == 35
    assert found[MeasureState.NOT_APPLICABLE] == 8


def test_every_flow_goes_between_places_that_are_drawn() -> None:
    found = flows(_always)
    assert [each.number for each in found] == list(range(1, len(found) + 1))
    spots = {(place.column, place.row) for each in found for place in (each.start, each.end)}
    assert len(spots) == len(load_content("flux")["place"])


def test_nothing_leaves_the_machine_but_for_what_the_body_has_set() -> None:
    def outgoing(holds: Holds) -> list[str]:
        return [f.end.label for f in flows(holds) if f.start.inside and not f.end.inside]

    assert outgoing(_never) == []
    assert outgoing(_always) == [
        *("Fournisseur d'identité", "Serveur PostgreSQL", "Serveur PostgreSQL"),
        *("Serveur de modèles", "Serveur de modèles", "Collecteur de traces"),
        "Serveur PostgreSQL",
    ]


def test_accepted_vulnerabilities_are_dated_and_name_what_is_installed() -> None:
    for each in load_content("risques")["vulnerability"]:
        assert each["accepted"] < each["again"]
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    for each in load_content("risques")["vulnerability"]:
        assert f"\n{each['component']}==" in pinned
