from assistant.reports.markup import ACTION, element, table
from tests.page_tags import parsed

HEADS = ("Nom", "Jour", ACTION)
ROWS = [("a <b>", "1", element("button", "Retirer")), ("c", "2", "")]


def test_every_cell_says_its_column_but_under_a_heading_that_is_not_shown() -> None:
    drawn = parsed(table(HEADS, ROWS, "Liste"))
    labels = [attributes.get("data-label") for tag, attributes in drawn.found if tag == "td"]
    assert labels == ["Nom", "Jour", None, "Nom", "Jour", None]
    assert drawn.text == "ListeNomJourActiona <b>1Retirerc2"


def test_the_first_cell_may_head_its_row() -> None:
    drawn = table(HEADS, ROWS, "Liste", names_rows=True)
    assert drawn.count('<th scope="row">') == len(ROWS)
    assert '<td data-label="Nom"' not in drawn


def test_a_caption_is_there_and_seen_where_no_title_says_it() -> None:
    assert '<caption class="unseen">Liste</caption>' in table(HEADS, ROWS, "Liste")
    assert "<caption>Liste</caption>" in table(HEADS, ROWS, "Liste", shows_caption=True)
