from dataclasses import replace
from datetime import date

import pytest

from assistant.law.changes import (
    Aspect,
    LawChange,
    changes,
    days_of_text,
    describe_change,
    describe_days,
    of_the_day,
)
from assistant.question.day import Day, DaySource
from assistant.question.language import Language
from assistant.retrieval.evidence import Evidence
from ingestion.documents.document import Document, Kind, State
from tests.support.passage_texts import evidence_of

CODE = "Code de la commande publique"
SPRING = date(2026, 4, 1)
WINTER = date(2027, 1, 1)


def _on(day: date, since: date | None = None) -> Day:
    return Day(day, DaySource.QUESTION, since or day)


def _version(
    first: date | None,
    end: date | None = None,
    state: State | None = None,
    title: str = CODE,
    text: str = "",
) -> Document:
    return Document(
        f"d{first}", title, "code.jsonl", Kind.RULES, text or f"Un seuil de {first}.",
        reference="R2122-8", valid_from=first, valid_to=end, state=state,
    )  # fmt: skip


OLD, NEW = _version(date(2020, 1, 1), SPRING), _version(SPRING)


def _article(version: Document, number: int = 1) -> Evidence:
    item = evidence_of("Un seuil.", number)
    passage = replace(
        item.passage, document_id=version.id, title=version.title, references=("R2122-8",),
        locator="art. R2122-8", valid_from=version.valid_from, valid_to=version.valid_to,
    )  # fmt: skip
    return replace(item, passage=passage)


def _sheet(written: date | None, number: int = 2) -> Evidence:
    item = evidence_of("Un seuil.", number, state_date=written)
    locator = "art. R2122-8, fiche « Petits achats »"
    return replace(item, passage=replace(item.passage, references=("R2122-8",), locator=locator))


def _found(item: Evidence, known: list[Document], day: Day) -> list[tuple[Aspect, date]]:
    def versions(reference: str) -> list[Document]:
        return known if reference == "R2122-8" else []

    return [(change.aspect, change.day) for change in changes([item], versions, day)]


def test_an_article_that_changes_later_is_announced() -> None:
    march = _on(date(2026, 3, 15))
    assert _found(_article(OLD), [OLD, NEW], march) == [(Aspect.FOLLOWED, SPRING)]
    open_ended = replace(OLD, valid_to=None)
    assert _found(_article(open_ended), [open_ended, NEW], march) == [(Aspect.FOLLOWED, SPRING)]
    assert _found(_article(NEW), [OLD, NEW], _on(date(2026, 6, 1))) == []


def test_a_version_whose_day_is_to_be_fixed_is_not_announced_for_that_day() -> None:
    known = [NEW, _version(date(2222, 2, 22))]
    assert _found(_article(NEW), known, _on(date(2026, 6, 1))) == []


def test_the_first_of_several_later_versions_is_announced() -> None:
    later = [OLD, replace(NEW, valid_to=WINTER), _version(WINTER)]
    assert _found(_article(OLD), later, _on(date(2026, 3, 1))) == [(Aspect.FOLLOWED, SPRING)]


def test_an_article_that_ends_without_an_indexed_successor_is_announced() -> None:
    assert _found(_article(OLD), [OLD], _on(date(2026, 3, 15))) == [(Aspect.ENDED, SPRING)]


def test_a_version_that_never_was_the_law_announces_nothing() -> None:
    stillborn = _version(WINTER, state=State.STILLBORN)
    assert _found(_article(NEW), [OLD, NEW, stillborn], _on(date(2026, 6, 1))) == []


def test_the_same_number_in_another_code_announces_nothing() -> None:
    elsewhere = _version(WINTER, title="Code du travail")
    assert _found(_article(NEW), [NEW, elsewhere], _on(date(2026, 6, 1))) == []
    assert _found(_sheet(date(2025, 5, 1)), [NEW, elsewhere], _on(date(2026, 6, 1))) == []


def test_a_change_within_the_year_asked_about_is_said() -> None:
    year = _on(date(2026, 11, 24), since=date(2026, 1, 1))
    assert _found(_article(NEW), [OLD, NEW], year) == [(Aspect.REPLACED, SPRING)]
    assert _found(_article(NEW), [NEW], year) == []
    assert _found(_article(NEW), [OLD, NEW], _on(date(2026, 11, 24))) == []
    assert _found(_article(NEW), [_version(None), NEW], year) == [(Aspect.REPLACED, SPRING)]


@pytest.mark.parametrize(
    ("written", "day", "is_outrun"),
    [
        (date(2025, 5, 1), date(2026, 4, 1), True),
        (date(2026, 3, 31), date(2026, 6, 1), True),
        (SPRING, date(2026, 6, 1), False),
        (date(2025, 5, 1), date(2026, 3, 31), False),
        (None, date(2026, 6, 1), False),
    ],
)
def test_a_sheet_older_than_a_change_is_said_to_be(
    written: date | None, day: date, is_outrun: bool
) -> None:
    found = _found(_sheet(written), [OLD, NEW], _on(day))
    assert found == ([(Aspect.OUTRUN, SPRING)] if is_outrun else [])


@pytest.mark.parametrize(
    ("written", "day", "is_kept"),
    [
        (date(2025, 5, 1), date(2026, 6, 1), False),
        (date(2026, 5, 1), date(2026, 3, 15), False),
        (date(2026, 5, 1), date(2026, 6, 1), True),
        (date(2025, 5, 1), date(2026, 3, 15), True),
        (None, date(2026, 6, 1), True),
    ],
)
def test_a_sheet_that_tells_the_law_of_another_day_than_its_article_is_left_out(
    written: date | None, day: date, *, is_kept: bool
) -> None:
    sheet, article = _sheet(written), _article(NEW, 3)
    found = of_the_day([sheet, article], lambda _: [OLD, NEW], day)
    assert (sheet in found) is is_kept
    assert article in found
    assert of_the_day([sheet], lambda _: [OLD, NEW], day) == (sheet,)


def test_one_change_of_two_cited_passages_is_said_once() -> None:
    found = changes([_article(OLD), _article(OLD, 3)], lambda _: [OLD, NEW], _on(date(2026, 3, 1)))
    assert found == (LawChange(Aspect.FOLLOWED, 1, "R2122-8", SPRING),)


@pytest.mark.parametrize(
    ("change", "french", "english"),
    [
        (
            LawChange(Aspect.FOLLOWED, 1, "R2122-8", SPRING),
            "L'article R2122-8 [1] change le 01/04/2026 : ",
            "Article R2122-8 [1] changes on 2026-04-01: ",
        ),
        (
            LawChange(Aspect.ENDED, 1, "Annexe 2", SPRING),
            "L'annexe 2 [1] n'a plus ce texte à partir du 01/04/2026",
            "Annexe 2 [1] no longer has this text from 2026-04-01 on",
        ),
        (
            LawChange(Aspect.REPLACED, 1, "R2122-8", SPRING),
            "demandez le droit au 31/03/2026.",
            "ask for the law of 2026-03-31.",
        ),
        (
            LawChange(Aspect.OUTRUN, 2, "R2122-8", SPRING, date(2025, 5, 1)),
            "La fiche [2], écrite au 01/05/2025, est antérieure au changement de l'article "
            "R2122-8 du 01/04/2026 : lisez la version en vigueur.",
            "Sheet [2], written as of 2025-05-01, is older than the change of article R2122-8 of "
            "2026-04-01",
        ),
    ],
)
def test_a_change_is_said_in_both_languages(change: LawChange, french: str, english: str) -> None:
    assert french in describe_change(change, Language.FRENCH)
    assert english in describe_change(change, Language.ENGLISH)


@pytest.mark.parametrize(
    ("version", "known", "day", "told"),
    [
        (NEW, [OLD, NEW], _on(WINTER), "L'article R2122-8 a ce texte depuis le 01/04/2026, un"),
        (OLD, [OLD, NEW], _on(date(2026, 3, 15)), "L'article R2122-8 a un autre texte à partir"),
        (
            NEW,
            [OLD, NEW, _version(WINTER)],
            _on(date(2026, 5, 1)),
            "L'article R2122-8 a ce texte du 01/04/2026 au 31/12/2026, un autre avant et après.",
        ),
        (
            _version(SPRING, WINTER),
            [_version(SPRING, WINTER)],
            _on(date(2026, 5, 1)),
            "L'article R2122-8 n'a plus ce texte à partir du 01/01/2027 : voyez Légifrance.",
        ),
        (NEW, [NEW], _on(WINTER), ""),
        (NEW, [OLD, NEW], _on(date(2026, 12, 31), date(2026, 1, 1)), ""),
        (_version(None), [_version(None)], _on(WINTER), ""),
    ],
)
def test_the_days_of_a_text_are_told_where_another_is_known(
    version: Document, known: list[Document], day: Day, told: str
) -> None:
    days = days_of_text(_article(version), lambda reference: known, day)
    assert (describe_days(days, Language.FRENCH) if days else "").startswith(told)
    assert bool(days) == bool(told)


YEAR, SAME = date(2020, 1, 1), "Un seuil."
BEGUN = _version(YEAR, SPRING, State.CHANGED, text=SAME)
GOING_ON = _version(SPRING, WINTER, text=SAME)
ANOTHER = _version(WINTER)
STANDING = [BEGUN, replace(GOING_ON, valid_to=None)]


@pytest.mark.parametrize(
    ("version", "day"), [(BEGUN, date(2026, 3, 15)), (STANDING[1], date(2026, 6, 1))]
)
def test_a_version_with_the_words_of_the_one_before_is_no_other_text(
    version: Document, day: date
) -> None:
    item = _article(version)
    assert days_of_text(item, lambda _: STANDING, _on(day)) is None
    assert _found(item, STANDING, _on(day, since=YEAR)) == []
    assert _found(_sheet(date(2025, 5, 1)), STANDING, _on(WINTER)) == []
    sheet = _sheet(date(2025, 5, 1))
    assert sheet in of_the_day([sheet, item], lambda _: STANDING, WINTER)


def test_a_text_has_the_days_of_all_its_versions() -> None:
    earlier, known = _version(None, YEAR), [ANOTHER, GOING_ON, BEGUN]
    for version, day in ((BEGUN, date(2026, 3, 15)), (GOING_ON, date(2026, 6, 1))):
        days = days_of_text(_article(version), lambda _: [earlier, *known], _on(day))
        assert days
        assert (days.first, days.end) == (YEAR, WINTER)
        assert _found(_article(version), known, _on(day)) == [(Aspect.FOLLOWED, WINTER)]


def test_a_text_that_comes_back_after_another_begins_again() -> None:
    back = replace(STANDING[1], valid_from=WINTER)
    days = days_of_text(_article(back), lambda _: [BEGUN, _version(SPRING), back], _on(WINTER))
    assert days
    assert days.first == WINTER


def test_the_days_of_a_sheet_are_not_those_of_a_text() -> None:
    article = _article(NEW)
    passage = replace(article.passage, locator=_sheet(SPRING).passage.locator)
    sheet = replace(article, passage=passage)
    assert days_of_text(article, lambda reference: [OLD, NEW], _on(WINTER))
    assert days_of_text(sheet, lambda reference: [OLD, NEW], _on(WINTER)) is None
