"""The sentence of a dossier that is said as the line."""

from dataclasses import replace

import pytest

from assistant.answering.answer import Prominence
from assistant.answering.extraction import ASTRAY
from assistant.answering.first_line import LONGEST, ahead_of, led
from assistant.answering.quotable import Draft
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.tuning import ClauseWeights, default_tuning, tuning_for
from ingestion.documents.document import Kind
from ingestion.documents.pieces import PieceKind
from tests.support.passage_texts import evidence_of


def _piece(text: str, piece: PieceKind = PieceKind.CCAP) -> Evidence:
    item = evidence_of(text)
    return replace(item, passage=replace(item.passage, kind=Kind.TENDER, piece=piece))


CLAUSE = _piece("Le délai de livraison est de six semaines à compter de la commande.")
OTHER = evidence_of("Le titulaire livre les bornes sur le site que le bon de commande désigne.", 2)
SURE = ClauseWeights(bias=1.0)


def _quoted(text: str = CLAUSE.passage.text, nearness: float = 1.2) -> list[Draft]:
    item = _piece(text)
    return [
        Draft(text, (item,), 0, len(text), nearness=nearness),
        Draft(OTHER.passage.text, (OTHER,), 0, len(OTHER.passage.text), nearness=1.0),
    ]


def _places(quoted: list[Draft], weights: ClauseWeights, reading: float = 2.0) -> list[Prominence]:
    read = {quoted[0].evidence[0].passage.id: reading}
    return [each.place for each in led(quoted, read, 0.5, weights)]


LED = [Prominence.LEAD, Prominence.BODY]
NOT_LED = [Prominence.BODY, Prominence.BODY]


def test_the_nearest_sentence_is_the_line_where_it_is_sure_to_answer() -> None:
    assert _places(_quoted(), SURE) == LED
    assert _places(_quoted(), ClauseWeights()) == NOT_LED
    assert led([], {}, 0.0, SURE) == []


@pytest.mark.parametrize(
    ("weights", "least"),
    [
        (ClauseWeights(nearness=10.0), 12.0),
        (ClauseWeights(ahead=10.0), 2.0),
        (ClauseWeights(reading=10.0), 20.0),
        (ClauseWeights(unanswered=-10.0), -5.0),
    ],
)
def test_each_thing_known_counts_by_its_weight(weights: ClauseWeights, least: float) -> None:
    assert _places(_quoted(), replace(weights, bias=0.01 - least)) == LED
    assert _places(_quoted(), replace(weights, bias=-0.01 - least)) == NOT_LED


def test_one_that_stands_alone_is_ahead_by_no_more_than_what_is_left_out() -> None:
    first, other = _quoted()
    assert ahead_of([first]) == ASTRAY
    assert ahead_of([first, replace(other, nearness=first.nearness - 0.05)]) == pytest.approx(0.05)


def test_it_is_ahead_of_the_nearest_other_wherever_that_one_stands() -> None:
    quoted = [*_quoted(), replace(_quoted()[1], nearness=1.15)]
    weights = ClauseWeights(ahead=10.0, bias=-1.0)
    assert led(quoted, {CLAUSE.passage.id: 2.0}, 0.0, weights)[0].place is Prominence.BODY
    assert led(quoted[:2], {CLAUSE.passage.id: 2.0}, 0.0, weights)[0].place is Prominence.LEAD


@pytest.mark.parametrize(
    "text",
    [
        "mot " * LONGEST + "de trop.",
        "Le titulaire remet :\n- un rapport ;\n- un planning.",
        "Retard | 150 euros | par jour",
    ],
)
def test_a_list_a_row_or_a_long_sentence_is_no_line(text: str) -> None:
    assert _places(_quoted("mot " * (LONGEST - 1) + "final."), SURE) == LED
    assert _places(_quoted(text), SURE) == NOT_LED


def test_an_item_of_a_list_that_begins_elsewhere_is_no_line() -> None:
    first, other = _quoted()
    assert _places([replace(first, spoken_by="Ne sont pas dus"), other], SURE) == NOT_LED


def test_what_was_not_read_or_is_of_no_piece_is_no_line() -> None:
    quoted = _quoted()
    assert led(quoted, {OTHER.passage.id: 2.0}, 0.0, SURE) == quoted
    assert _places(_quoted(nearness=0.0), SURE) == NOT_LED


def test_what_a_tenderer_wrote_or_a_general_text_says_is_no_line() -> None:
    quoted = _quoted()
    offer = _piece(CLAUSE.passage.text, PieceKind.OFFER)
    for other in (offer, evidence_of(CLAUSE.passage.text)):
        led_by = [replace(quoted[0], evidence=(other,)), quoted[1]]
        assert _places(led_by, SURE) == NOT_LED


def test_what_no_page_shows_is_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(CLAUSE.passage), "hides", lambda *_: True)
    assert _places(_quoted(), SURE) == NOT_LED


def test_a_figure_that_was_read_with_doubt_is_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    quoted = _quoted()
    monkeypatch.setattr(type(CLAUSE.passage), "doubts", lambda *_: ("six semaines",))
    assert _places(quoted, SURE) == NOT_LED


def test_no_sentence_is_a_line_where_no_weights_were_fitted() -> None:
    assert _places(_quoted(), tuning_for("other@1").clause) == NOT_LED
    assert _places(_quoted(nearness=1.9), default_tuning().clause, 4.0) == LED
