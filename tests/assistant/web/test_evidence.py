import re
from dataclasses import replace
from datetime import date

import pytest

from assistant.answering.answer import cite
from assistant.question.language import Language
from assistant.reports.markup import load_words, set_no_break_spaces
from assistant.web.buyer.evidence_panel import dates, reserves
from assistant.web.viewer import cited_spans, excerpt, flowing, marked, windows
from ingestion.index.store import DisputedFigure
from tests.support.fakes_page import FakeService
from tests.support.page_texts import parsed, small_answer

FRENCH, ENGLISH = load_words(Language.FRENCH), load_words(Language.ENGLISH)


@pytest.fixture(scope="module")
def service() -> FakeService:
    return FakeService()


def test_what_the_articles_of_a_sheet_do_not_say_is_told_beside_it(service: FakeService) -> None:
    item = service.evidence[0]
    figure = DisputedFigure(item.passage.id, "40 000 €", ("R2122-8", "R2122-9"))
    told = parsed(reserves(replace(item, disputed=(figure,)), "fr")).text.strip()
    assert set_no_break_spaces(told) == set_no_break_spaces(
        "Cette fiche dit « 40 000 € », que le texte en vigueur (art. R2122-8, R2122-9) ne dit "
        "pas : c’est lui qui fait foi, et la réponse ne s’appuie pas sur la fiche."
    )
    assert "does not rest on the sheet" in reserves(replace(item, disputed=(figure,)), "en")
    assert "fiche dit" not in reserves(item, "fr")


def test_layout_breaks_flow_and_lists_stay() -> None:
    text = "effet pen-\ndant huit\njours :\n- un ;\n- deux.\nLe reste"
    assert set_no_break_spaces(
        text.replace("-\nd", "-\u200bd").replace("huit\n", "huit ")
    ) == flowing(text)
    assert len(flowing(text)) == len(text)


def test_the_number_of_an_article_is_not_cut_in_a_passage() -> None:
    assert "R2122\u20118" in flowing("selon l'article R2122-8")


def test_highlights_are_the_quoted_characters(service: FakeService) -> None:
    answer = small_answer(service.evidence)
    for evidence in service.evidence[:4]:
        quotes = [c.quote for c in answer.citations if c.n == evidence.number]
        text = evidence.passage.text
        spans = cited_spans(evidence, answer.citations)
        assert [text[start:end] for start, end in spans] == quotes
        assert "".join(re.findall(r"<mark>(.*?)</mark>", marked(text, spans), re.S)) == "".join(
            quotes
        )


def test_citations_of_another_document_or_out_of_the_passage_mark_nothing(
    service: FakeService,
) -> None:
    first, third = service.evidence[0], service.evidence[2]
    foreign = replace(cite(third, 0, 5), n=1)
    beyond = replace(cite(first, 0, 5), start=10**6, end=10**6 + 5)
    assert cited_spans(first, [foreign, beyond]) == []


def test_an_excerpt_shows_the_quote_in_context_between_ellipses() -> None:
    text = "avant " * 80 + "LE MOT CITÉ " + "après " * 80
    start = text.index("LE MOT")
    shown_text = parsed(excerpt(text, [(start, start + 11)])).text
    assert shown_text.startswith("… avant")
    assert shown_text.endswith("après …")
    assert "LE MOT CITÉ" in shown_text
    assert len(shown_text) < 400
    assert windows("court", []) == [(0, 5)]


def test_dates_of_a_passage_are_inclusive_in_words(service: FakeService) -> None:
    passage = service.evidence[0].passage
    assert (
        dates(passage, FRENCH) == "En vigueur depuis le 1er avril 2026 · état au 15 novembre 2026"
    )
    ended = replace(passage, valid_to=date(2027, 4, 1), state_date=None)
    assert dates(ended, FRENCH) == "En vigueur du 1er avril 2026 au 31 mars 2027"
    assert dates(replace(ended, valid_from=None), ENGLISH) == "In force until 31 March 2027"
    assert dates(replace(ended, valid_from=None, valid_to=None), FRENCH) == ""
