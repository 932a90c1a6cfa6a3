from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.answer import Ending, Outcome
from assistant.citations.checker import Support
from assistant.confidence import Estimate
from assistant.evaluation.questions import OUT_OF_SCOPE
from assistant.review.activity import ActivityPeriod, ChartStep, Theme, chosen, figures, gaps
from assistant.review.readings import ReviewVerdict, Target
from assistant.review.recorded import Item, Thumb
from assistant.review.register import Sampling
from tests.support.answer_items import item, sheet

MAY = ActivityPeriod(date(2026, 5, 1), date(2026, 5, 31))
NOBODY, EVERYBODY = Sampling(rate=0.0), Sampling(rate=1.0)
CITATION, SENTENCE, ANSWER = Target.CITATION, Target.SENTENCE, Target.ANSWER


def _on(day: int, name: str = "", **given: object) -> Item:
    return item(name or f"r{day}", date(2026, 5, day), **given)  # type: ignore[arg-type]


def test_only_the_days_of_the_period_are_counted_both_ends_included() -> None:
    days = [date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 31), date(2026, 6, 1)]
    found = figures([item(f"r{n}", day) for n, day in enumerate(days)], MAY, NOBODY)
    assert found.asked == 2
    assert dict(found.volume)[date(2026, 5, 1)] == 1
    assert len(found.volume) == 31


def test_volume_by_week_begins_on_monday() -> None:
    period = ActivityPeriod(date(2026, 5, 6), date(2026, 7, 31))  # a Wednesday
    asked = [item(f"r{n}", date(2026, 5, n)) for n in (6, 10, 11)]
    found = figures(asked, period, NOBODY)
    assert period.step is ChartStep.WEEK
    assert found.volume[:2] == ((date(2026, 5, 4), 2), (date(2026, 5, 11), 1))


def test_outcomes_supports_and_interruptions() -> None:
    found = figures(
        [
            _on(5, outcome=Outcome.ANSWERED, user="u1"),
            _on(4, outcome=Outcome.ABSTAINED, user="u2"),
            _on(3, outcome=Outcome.ABSTAINED, theme=OUT_OF_SCOPE, user="u2"),
            _on(2, outcome=Outcome.PARTIAL, removed=3),
            _on(1, outcome=Outcome.ABSTAINED, ending=Ending.INTERRUPTED),
        ],
        MAY,
        NOBODY,
    )
    assert found.outcomes == {Outcome.ANSWERED: 1, Outcome.PARTIAL: 1, Outcome.ABSTAINED: 2}
    assert (found.out_of_scope, found.interrupted, found.removed, found.askers) == (1, 1, 3, 2)
    assert found.supports == dict.fromkeys(Support, 0) | {Support.VERBATIM: 2}


def test_median_and_95th_percentile_of_the_answers_that_ended() -> None:
    asked = [_on(n, seconds=float(n)) for n in range(1, 22)]
    stopped = _on(30, seconds=900.0, ending=Ending.INTERRUPTED)
    assert figures([stopped, *asked], MAY, NOBODY).seconds == pytest.approx((11.0, 20.0))


def test_themes_and_thumbs_are_counted() -> None:
    found = figures(
        [
            _on(3, theme="Offres", thumb=Thumb.UP),
            _on(2, theme="Offres", thumb=Thumb.DOWN, outcome=Outcome.ABSTAINED),
            _on(1, theme="Avance"),
        ],
        MAY,
        NOBODY,
    )
    assert found.themes == (Theme("Offres", 2, 1), Theme("Avance", 1, 0))
    assert found.thumbs == {Thumb.UP: 1, Thumb.DOWN: 1}


def _read() -> list[Item]:
    """Eight citations: six support, one partly, one is dangerous; a second reader changes none."""
    first = sheet(
        *((CITATION, n, ReviewVerdict.SUPPORTS) for n in range(1, 7)),
        (ANSWER, 1, ReviewVerdict.RIGHT),
    )
    second = sheet(
        (CITATION, 1, ReviewVerdict.PARTLY),
        (CITATION, 2, ReviewVerdict.DANGEROUS),
        (ANSWER, 1, ReviewVerdict.INCOMPLETE),
    )
    other = sheet((CITATION, 1, ReviewVerdict.UNRELATED), (ANSWER, 1, ReviewVerdict.WRONG))
    return [_on(2, sheets={"a": first}), _on(1, sheets={"b": second, "a": other})]


def _estimate(found: Estimate | None) -> tuple[float, ...]:
    assert found is not None
    return (*(round(each, 3) for each in (found.value, found.low, found.high)), found.whole)


def test_judged_precision_is_that_of_the_first_reader_with_wilson_intervals() -> None:
    found = figures(_read(), MAY, NOBODY)
    citations = found.judgements[CITATION]
    assert citations.verdicts[ReviewVerdict.SUPPORTS] == 6
    # Wilson, 6 of 8: centre (0.75 + 1.96²/16) / (1 + 1.96²/8) = 0.669, reach
    # 1.96 √(0.75 × 0.25 / 8 + 1.96² / 256) / (1 + 1.96²/8) = 0.260.
    assert _estimate(citations.good) == (0.75, 0.409, 0.929, 8)
    assert _estimate(citations.passable) == (0.875, 0.529, 0.978, 8)
    assert _estimate(citations.dangerous) == (0.125, 0.022, 0.471, 8)
    assert found.judgements[ANSWER].verdicts[ReviewVerdict.WRONG] == 0
    assert found.judgements[SENTENCE].good is None
    assert found.read == 2


def test_only_answers_drawn_by_lot_stand_for_the_others() -> None:
    assert figures(_read(), MAY, NOBODY).judgements[CITATION].drawn is None
    wrong = sheet((CITATION, 1, ReviewVerdict.UNRELATED), (ANSWER, 1, ReviewVerdict.WRONG))
    stopped = _on(3, ending=Ending.INTERRUPTED, sheets={"a": wrong})  # read, and never drawn
    drawn = figures([stopped, *_read()], MAY, EVERYBODY).judgements[CITATION].drawn
    assert _estimate(drawn) == (0.75, 0.409, 0.929, 8)


def test_agreement_is_that_of_the_period() -> None:
    rate = figures(_read(), MAY, NOBODY).agreements[CITATION].rate
    assert rate is not None
    assert (rate.part, rate.whole) == (0, 1)
    assert figures([], MAY, NOBODY).agreements[CITATION].rate is None


def test_nothing_asked_is_nothing_measured() -> None:
    found = figures([], MAY, NOBODY)
    assert (found.asked, found.seconds, found.gaps, found.themes) == (0, None, (), ())


def _lacking(day: int, question: str, theme: str = "Avance") -> Item:
    return _on(day, question=question, theme=theme, outcome=Outcome.ABSTAINED)


def test_unanswered_questions_are_grouped_by_theme_and_by_what_they_share() -> None:
    found = gaps(
        [
            _lacking(9, "Comment cautionner une avance forfaitaire ?"),
            _lacking(8, "La caution d'une avance est-elle obligatoire ?"),
            _lacking(7, "Quand rembourser ?"),
            _lacking(6, "Quelle caution ?", "Offres"),
            _on(5, question="Une caution pour une avance ?"),
            _lacking(3, "Bonjour !"),
            _lacking(2, "Merci beaucoup, ça va ?"),
            _lacking(4, "Une caution pour demain ?", OUT_OF_SCOPE),
        ]
    )
    told = [(gap.theme, gap.shared, [line.record_id for line in gap.lines]) for gap in found]
    assert told == [
        ("Avance", ("cautionner", "avance"), ["r9", "r8"]),
        ("Avance", (), ["r7"]),
        ("Offres", (), ["r6"]),
    ]


@given(st.lists(st.text(alphabet=st.sampled_from("aeio prstuél?'12"), max_size=30), max_size=12))
def test_each_unanswered_question_is_in_one_group(questions: list[str]) -> None:
    # A word of its own for each: a question of courtesies only would be no gap.
    asked = [_lacking(1 + n, f"{question} objet{n}") for n, question in enumerate(questions)]
    found = [line.record_id for gap in gaps(asked) for line in gap.lines]
    assert sorted(found) == sorted(each.line.record_id for each in asked)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 800))
def test_the_steps_of_a_period_cover_it_in_order(first: date, days: int) -> None:
    period = ActivityPeriod(first, first + timedelta(days))
    starts = list(period.starts)
    assert starts == sorted(set(starts))
    assert starts[0] <= period.first
    assert starts[-1] == period.start(period.last)
    assert len(starts) <= 200 / 7 + 20


def test_a_period_is_chosen_in_either_order_and_is_the_last_days_otherwise() -> None:
    today = date(2026, 5, 31)
    assert chosen(None, None, today) == ActivityPeriod(date(2026, 5, 2), today)
    assert chosen(date(2026, 5, 9), date(2026, 5, 1), today) == ActivityPeriod(
        date(2026, 5, 1), date(2026, 5, 9)
    )
    assert chosen(date(2026, 5, 9), None, today) == ActivityPeriod(date(2026, 5, 9), today)
    assert chosen(None, date(2026, 1, 31), today).first == date(2026, 1, 2)
    assert chosen(None, date(1, 1, 10), today).first == date(1, 1, 1)
