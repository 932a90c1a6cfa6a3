"""Texts and tables as HTML."""

import pytest

from assistant.reports.markup import Html, prose, render_macro, set_no_break_spaces
from tests.support.page_texts import parsed


def test_prose_reads_paragraphs_and_lists_only() -> None:
    assert prose("À faire :\n- *un* ;\n- deux", " [1]") == (
        "<p>À faire\u00a0:</p><ul><li>*un*\u00a0;</li><li>deux [1]</li></ul>"
    )


def test_rows_of_cells_are_a_table_and_a_row_alone_is_a_line() -> None:
    assert prose("Critère | Note\nPrix | <b>", " [1]") == (
        "<table><tr><td>Critère</td><td>Note</td></tr>"
        "<tr><td>Prix</td><td>&lt;b&gt; [1]</td></tr></table>"
    )
    assert prose("| Note\nPrix |") == (
        "<table><tr><td></td><td>Note</td></tr><tr><td>Prix</td><td></td></tr></table>"
    )
    assert prose("Prix | 40", " [1]") == "<p>Prix | 40 [1]</p>"


def test_what_the_law_numbers_stands_line_by_line() -> None:
    assert prose("Il peut l'être lorsque :1° Un ; 2° Deux.\nSuite", " [1]") == (
        "<p>Il peut l&#39;être lorsque\u00a0:</p>"
        '<ul class="numbered"><li>1° Un\u00a0;</li><li>2° Deux.</li></ul><p>Suite [1]</p>'
    )


@pytest.mark.parametrize("text", ["« a » : 25 000 € ?", "art. L. 2113-10 ; R. 2122-8", "1 0 000"])
def test_no_break_spaces_move_nothing(text: str) -> None:
    assert len(set_no_break_spaces(text)) == len(text)
    assert set_no_break_spaces(text).replace("\u00a0", " ") == text


@pytest.mark.parametrize("number", ["R2122-8", "L. 2112-2-1", "R\u00a02162-10"])
def test_the_number_of_an_article_is_not_cut_at_the_end_of_a_line(number: str) -> None:
    whole = number.replace("-", "\u2011").replace(" ", "\u00a0")
    assert f"l’art.\u00a0{whole}," in prose(f"De 2026-08 : l’art. {number}, 3-4 fois")
    assert "2026-08\u00a0: " in prose(f"De 2026-08 : l’art. {number}, 3-4 fois")


HEADS = ("Nom", "Jour", Html("<span>Action</span>"))
ROWS = [("a <b>", "1", Html("<button>Retirer</button>")), ("c", "2", "")]


def table(*choices: object) -> Html:
    return render_macro("macros.html", "table", HEADS, ROWS, "Liste", *choices)


def test_every_cell_says_its_column_but_under_a_heading_that_is_not_shown() -> None:
    drawn = parsed(table())
    labels = [attributes.get("data-label") for tag, attributes in drawn.found if tag == "td"]
    assert labels == ["Nom", "Jour", None, "Nom", "Jour", None]
    assert drawn.text.split() == ["Liste", "NomJourAction", "a", "<b>1Retirer", "c2"]


def test_the_first_cell_may_head_its_row() -> None:
    drawn = table(None, True)
    assert drawn.count('<th scope="row">') == len(ROWS)
    assert '<td data-label="Nom"' not in drawn


def test_a_caption_is_there_and_seen_where_no_title_says_it() -> None:
    assert '<caption class="unseen">Liste</caption>' in table()
    assert "<caption>Liste</caption>" in table(None, False, True)
