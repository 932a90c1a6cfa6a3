"""What differs between an answer and its replay."""

from assistant.answering.answer import Answer, Citation, Outcome, Sentence
from assistant.citations.checker import Support
from assistant.review.replay import comparison
from ingestion.legislation.versions import WordChange


def answer(*said: str, quotes: tuple[tuple[str, str], ...] = (), notice: str = "") -> Answer:
    return Answer(
        Outcome.ANSWERED,
        tuple(Sentence(text, (1,), Support.VERBATIM) for text in said),
        tuple(
            Citation(1, "d", "Code", locator, quote, "p", 0, len(quote), "s")
            for locator, quote in quotes
        ),
        notice=notice,
    )


def test_the_same_answer_differs_in_nothing() -> None:
    one = answer("Trente jours.", quotes=(("art. R2192-10", "trente jours"),), notice="À jour.")
    compared = comparison(one, one)
    assert compared.is_same
    assert [each.before for each in compared.sentences] == ["Trente jours.", "À jour."]


def test_a_sentence_that_changed_stands_beside_the_one_it_was() -> None:
    before = answer("Oui.", "Le seuil est de 40 000 euros.", "Il faut un écrit.")
    after = answer("Oui.", "Le seuil est de 60 000 euros.")
    same, changed, gone = comparison(before, after).sentences
    assert same.is_same
    assert (changed.before, changed.after) == (
        "Le seuil est de 40 000 euros.",
        "Le seuil est de 60 000 euros.",
    )
    told = {segment.change: segment.text.strip() for segment in changed.segments}
    assert (told[WordChange.REMOVED], told[WordChange.ADDED]) == ("40 000", "60 000")
    assert (gone.before, gone.after, gone.is_same) == ("Il faut un écrit.", "", False)


def test_citations_are_compared_place_by_place() -> None:
    before = answer("A.", quotes=(("art. 1", "dix jours"), ("art. 2", "un mois")))
    after = answer("A.", quotes=(("art. 1", "vingt jours"), ("art. 3", "un an")))
    found = {each.place: (each.before, each.after) for each in comparison(before, after).citations}
    assert found == {
        "Code, art. 1": ("dix jours", "vingt jours"),
        "Code, art. 2": ("un mois", ""),
        "Code, art. 3": ("", "un an"),
    }
    assert not comparison(before, after).is_same
