from assistant.reports.markup import Html, render_macro
from tests.page_tags import parsed

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
