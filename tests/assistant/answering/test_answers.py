"""Answers composed from quotes, and what is said beside them."""

from dataclasses import replace
from datetime import date
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.answer import Answer, Outcome, Removed, Sentence, cite, conclude, marked
from assistant.answering.model_turns import carried, without_yes_or_no, written_sentences
from assistant.answering.notices import (
    KNOWN_AHEAD,
    foreseen,
    not_found,
    not_found_of,
    of_unknown_days,
    remarks,
    untold_of,
)
from assistant.answering.quotable import Draft
from assistant.citations.checker import Support
from assistant.confidence import average, mcnemar, percentiles, resampled, share
from assistant.question.language import Language
from ingestion.documents.document import Kind
from ingestion.index.question_bank import Elsewhere
from tests.support.fakes import ScriptedModel
from tests.support.page_texts import SMALL_PURCHASES, numbered, passage_of, text_document
from tests.support.passage_texts import evidence_of

DOCUMENT = text_document("fiches/petits.md", SMALL_PURCHASES, date(2026, 4, 1))

EVIDENCE = numbered(
    passage_of(DOCUMENT, "art. R2122-8", "L’acheteur peut", "R. 2122-8)."),
    passage_of(DOCUMENT, "ce qui reste à faire", "Même dispensé", "au besoin."),
)


def _sentence(text: str, *numbers: int) -> Sentence:
    return Sentence(text, numbers, Support.VERBATIM)


def test_a_citation_points_at_its_words_in_the_document() -> None:
    item = EVIDENCE[1]
    start = item.passage.text.index("- choisir")
    citation = cite(item, start, start + 31)
    assert citation.quote == DOCUMENT.text[citation.start : citation.end]
    assert citation.quote.startswith("- choisir")
    assert citation.n == 2
    assert citation.document == DOCUMENT.id
    assert citation.passage_id == item.passage.id
    assert citation.locator == "ce qui reste à faire"
    assert citation.sha256 == item.document_sha256
    assert (citation.valid_from, citation.valid_to) == (date(2026, 4, 1), None)


def test_a_sentence_is_followed_by_its_marks() -> None:
    assert marked(_sentence("C'est écrit.", 1)) == "C'est écrit. [1]"
    assert marked(_sentence("C'est écrit.", 1, 3)) == "C'est écrit. [1] [3]"
    assert marked(_sentence("C'est écrit.")) == "C'est écrit."


def test_an_answer_is_its_sentences_then_its_notice() -> None:
    sentences = (_sentence("Un.", 1), _sentence("Deux.", 2))
    answer = Answer(Outcome.ANSWERED, sentences)
    assert answer.markdown == "Un. [1]\n\nDeux. [2]"
    assert replace(answer, notice="Attention.").markdown == "Un. [1]\n\nDeux. [2]\n\nAttention."
    assert Answer(Outcome.ABSTAINED, notice="Rien.").markdown == "Rien."
    assert Answer(Outcome.ABSTAINED).markdown == ""


def test_nothing_standing_is_an_abstention() -> None:
    removed = [Removed("Faux.", "chiffre absent")]
    answer = conclude([], [], removed, "Je ne trouve pas.")
    assert answer.outcome is Outcome.ABSTAINED
    assert answer.removed == tuple(removed)
    assert answer.notice == "Je ne trouve pas."


def test_what_stands_is_an_answer_and_a_citation_is_given_once() -> None:
    first, second = cite(EVIDENCE[0], 0, 10), cite(EVIDENCE[0], 20, 30)
    sentences = [_sentence("Un.", 1), _sentence("Deux.", 1)]
    answer = conclude(sentences, [first, second, first], [])
    assert answer.outcome is Outcome.ANSWERED
    assert answer.sentences == tuple(sentences)
    assert answer.citations == (first, second)


def test_outcomes_are_those_of_the_contract() -> None:
    assert [outcome.value for outcome in Outcome] == ["answered", "partial", "abstained"]
    with pytest.raises(AttributeError):
        conclude([], [], []).notice = "altered"  # type: ignore[misc]


RULE = "L'acheteur peut conserver les offres pendant 5 ans."
OTHER = "Le titulaire doit remettre son rapport sous 10 jours."


def _quote(number: int, text: str) -> Draft:
    return Draft(text, (evidence_of(text, number),), 0, len(text))


QUOTES = [_quote(1, RULE), _quote(2, OTHER)]


def _written(reply: str) -> list[str]:
    model = ScriptedModel({"Question": reply})
    return [
        text for text in written_sentences("Combien de temps ?", QUOTES, model) if text is not None
    ]


def test_whole_sentences_come_out_one_by_one() -> None:
    assert _written("Il faut 5 ans. Le rapport vient ensuite. Et puis rien.") == [
        "Il faut 5 ans.",
        "Le rapport vient ensuite.",
    ]


def test_a_sentence_cut_by_the_limit_is_not_given() -> None:
    assert _written("Il faut 5 ans. Le rapport doit être") == ["Il faut 5 ans."]


def test_oui_and_non_are_taken_off() -> None:
    assert without_yes_or_no("Oui, l'acheteur peut le faire.") == "L'acheteur peut le faire."
    assert without_yes_or_no("NON : il ne peut pas.") == "Il ne peut pas."
    assert without_yes_or_no("Nonobstant cela, il peut.") == "Nonobstant cela, il peut."


def test_a_sentence_cites_the_quote_that_carries_it() -> None:
    assert carried(OTHER, QUOTES).evidence[0].number == 2
    assert carried(RULE, QUOTES).evidence[0].number == 1
    assert carried("Rien ne porte cette phrase.", QUOTES).evidence[0].number == 1


STATE = date(2026, 8, 23)
SURE = "La commune garde les offres cinq ans."
UNSURE = "Certitude moyenne : texte à relire sur Légifrance."


def test_an_abstention_says_what_was_searched_and_as_of_when() -> None:
    said = not_found(Language.FRENCH, 1037, STATE, None)
    assert "1037 passages, à jour au 23/08/2026" in said
    assert "Légifrance" in said
    assert "1037 passages)" in not_found(Language.ENGLISH, 1037, None, None)


@pytest.mark.parametrize("elsewhere", [None, *Elsewhere])
def test_an_abstention_is_as_true_for_a_program_as_on_the_page(elsewhere: Elsewhere | None) -> None:
    """A program has nothing beside its answer, and an assistant has it below."""
    assert "affichés" not in not_found(Language.FRENCH, 1037, STATE, elsewhere)
    assert "shown" not in not_found(Language.ENGLISH, 1037, STATE, elsewhere)


@pytest.mark.parametrize("language", Language)
def test_an_abstention_says_where_to_look_in_words_of_its_own(language: Language) -> None:
    told = {not_found(language, 1037, STATE, each) for each in (None, *Elsewhere)}
    assert len(told) == len(Elsewhere) + 1
    assert all("1037 passages" in each for each in told)


def test_a_partial_answer_says_which_questions_it_leaves_open() -> None:
    parts = ["Faut-il un écrit ?", "Faut-il une avance ?"]
    french = not_found_of(Language.FRENCH, parts)
    assert french.endswith("répondre à : « Faut-il un écrit ? », « Faut-il une avance ? ».")
    assert "“Faut-il un écrit ?”." in not_found_of(Language.ENGLISH, parts[:1])


def test_a_text_maybe_newer_than_the_day_asked_about_is_announced() -> None:
    cited = [evidence_of(SURE, state_date=STATE)]
    day = date(2026, 3, 1)
    assert "[1] décrit le droit au 23/08/2026" in of_unknown_days(Language.FRENCH, cited, day)
    assert "droit du 01/03/2026" in of_unknown_days(Language.FRENCH, cited, day)
    assert of_unknown_days(Language.FRENCH, cited, STATE) == ""
    assert "law of 2026-08-23" in of_unknown_days(Language.ENGLISH, cited, day)
    assert of_unknown_days(Language.ENGLISH, cited, STATE) == ""


def test_of_a_text_known_to_be_the_law_that_day_there_is_nothing_to_say() -> None:
    item = evidence_of(SURE, state_date=STATE)
    known = replace(item, passage=replace(item.passage, valid_from=date(2019, 4, 1)))
    assert of_unknown_days(Language.FRENCH, [known], date(2026, 3, 1)) == ""
    said = of_unknown_days(Language.FRENCH, [known, replace(item, number=2)], date(2026, 3, 1))
    assert "[2]" in said
    assert "[1]" not in said


def test_a_law_that_is_not_kept_is_said_for_its_day() -> None:
    assert "le droit du 01/03/2018 sur ce point" in untold_of(Language.FRENCH, date(2018, 3, 1), [])
    parts = ["Faut-il un écrit ?", "Faut-il une avance ?"]
    assert "« Faut-il un écrit ? », « Faut-il une avance ? »" in untold_of(
        Language.FRENCH, date(2018, 3, 1), parts
    )
    assert "law of 2018-03-01" in untold_of(Language.ENGLISH, date(2018, 3, 1), [])


def test_rules_indexed_before_the_day_asked_about_are_announced() -> None:
    cited = [evidence_of(SURE, state_date=STATE)]
    later = date(2026, 11, 24)
    assert "à jour au 23/08/2026" in remarks(Language.FRENCH, cited, later, STATE)
    assert "as of 2026-08-23" in remarks(Language.ENGLISH, cited, later, STATE)
    assert remarks(Language.FRENCH, cited, later, None) == ""
    clause = replace(cited[0], passage=replace(cited[0].passage, kind=Kind.TENDER))
    assert remarks(Language.FRENCH, [clause], later, STATE) == ""


def test_what_the_rules_will_be_long_after_they_were_read_is_not_sure() -> None:
    cited = [evidence_of(SURE, state_date=STATE)]
    a_year_on, far = STATE + KNOWN_AHEAD, date(2031, 12, 31)
    assert "23/08/2026 : pour le 31/12/2031" in foreseen(Language.FRENCH, cited, far, STATE)
    assert "nothing is sure for 2031-12-31" in foreseen(Language.ENGLISH, cited, far, STATE)
    assert foreseen(Language.FRENCH, cited, a_year_on, STATE) == ""
    assert foreseen(Language.FRENCH, cited, far, None) == ""
    clause = replace(cited[0], passage=replace(cited[0].passage, kind=Kind.TENDER))
    assert foreseen(Language.FRENCH, [clause], far, STATE) == ""


def test_a_source_with_a_reservation_is_named() -> None:
    unsure = evidence_of(SURE, 2)
    unsure = replace(unsure, passage=replace(unsure.passage, notes=(UNSURE,)))
    cited = [evidence_of(SURE, 1), unsure]
    said = remarks(Language.FRENCH, cited, STATE, STATE)
    assert "[2]" in said
    assert "[1]" not in said


def test_a_share_has_the_interval_that_wilson_gives() -> None:
    estimate = share(34, 39)
    assert estimate is not None
    assert estimate.value == pytest.approx(34 / 39)
    # Newcombe (1998), method 3, computed by hand to four figures.
    assert (estimate.low, estimate.high) == pytest.approx((0.7329, 0.9440), abs=5e-4)
    assert (estimate.part, estimate.whole) == (34, 39)


@given(st.integers(0, 60).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_a_share_lies_in_its_interval_and_it_in_zero_to_one(counts: tuple[int, int]) -> None:
    part, whole = counts
    estimate = share(part, whole)
    if not whole:
        assert estimate is None
        return
    assert estimate is not None
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
    assert estimate.low < estimate.high
    more = share(2 * part, 2 * whole)
    assert more is not None
    assert more.high - more.low < estimate.high - estimate.low


def test_a_mean_leaves_out_what_is_unknown() -> None:
    estimate = average([1.0, None, 0.0, 0.5])
    assert estimate is not None
    assert (estimate.value, estimate.whole, estimate.part) == (0.5, 3, None)
    assert average([None]) is None
    assert average([]) is None


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_a_bootstrap_is_the_same_each_time_and_holds_in_the_range(values: list[float]) -> None:
    estimate = average(values)
    assert estimate == average(values)
    assert estimate is not None
    assert min(values) - 1e-9 <= estimate.low <= estimate.high <= max(values) + 1e-9


def test_a_bootstrap_is_near_what_theory_says() -> None:
    estimate = average([0.0, 1.0] * 100)
    assert estimate is not None
    assert (estimate.low, estimate.high) == pytest.approx((0.43, 0.57), abs=0.015)


def test_a_statistic_without_value_is_no_estimate() -> None:
    assert resampled([1, 2], lambda items: None) is None

    def mean_of_positive(items: object) -> float | None:
        assert isinstance(items, list)
        return fmean(items) if sum(items) else None

    some = resampled([0, 0, 3], mean_of_positive)
    assert some is not None
    assert some.low > 0


@pytest.mark.parametrize(
    ("better", "worse", "chance"),
    [(0, 0, 1.0), (3, 3, 1.0), (1, 0, 1.0), (6, 0, 0.03125), (0, 6, 0.03125), (9, 1, 22 / 1024)],
)
def test_mcnemar_counts_the_ways_that_are_as_unequal(
    better: int, worse: int, chance: float
) -> None:
    assert mcnemar(better, worse) == pytest.approx(chance)


def test_mcnemar_takes_thousands() -> None:
    assert mcnemar(3000, 3000) == 1
    assert mcnemar(3000, 1000) < 1e-9


def test_percentiles_need_two_values() -> None:
    assert percentiles([1.0]) is None
    assert percentiles([float(value) for value in range(101)]) == (50, 95)
