from ingestion.readers.content import clean_text
from ingestion.readers.layout import Fragment, lines_of
from ingestion.readers.paragraphs import Joiner, blocks_of_pages

LONG = "Le présent marché porte sur la fourniture et la livraison de mobilier"


def fragments(*placed: tuple[str, float, float]) -> list[Fragment]:
    return [Fragment(text, x, y, 10) for text, x, y in placed]


def test_cells_on_one_baseline_are_a_row() -> None:
    placed = [("Audit\n", 60, 500), ("jour\n", 200, 500), ("900 €\n", 300, 500), ("Fin\n", 60, 480)]
    assert lines_of(fragments(*placed)) == ["Audit | jour | 900 €", "Fin"]


def test_a_cell_of_several_lines_stays_one_cell() -> None:
    placed = [("Audit de la\n", 60, 500), ("solution\n", 60, 488), ("900 €\n", 300, 500)]
    assert lines_of(fragments(*placed)) == ["Audit de la solution | 900 €"]


def test_cells_centred_on_their_row_stay_in_it() -> None:
    first = [("Lot 1\n", 60, 500), ("Parcs et\n", 120, 506), ("jardins\n", 120, 494)]
    second = [
        ("Lot 2\n", 60, 470),
        ("Voirie\n", 120, 470),
        ("15\n", 300, 476),
        ("sites\n", 300, 464),
    ]
    third = [(f"{text}\n", 60, 440 - 12 * n) for n, text in enumerate(("Lot", "numéro", "3"))]
    placed = [*first, ("12 sites\n", 300, 500), *second, *third, ("Stades\n", 120, 428)]
    assert lines_of(fragments(*placed)) == [
        "Lot 1 | Parcs et jardins | 12 sites",
        "Lot 2 | Voirie | 15 sites",
        "Lot numéro 3 | Stades",
    ]


def test_columns_of_prose_are_read_one_after_the_other() -> None:
    left = [(f"gauche {n}\n", 60, 700 - 12 * n) for n in range(20)]
    right = [(f"droite {n}\n", 320, 700 - 12 * n) for n in range(20)]
    lines = lines_of(fragments(*left, *right))
    assert lines == [f"gauche {n}" for n in range(20)] + [f"droite {n}" for n in range(20)]


def test_a_bullet_or_number_belongs_to_its_text() -> None:
    placed = [
        ("•\n", 60, 500),
        ("le titulaire\n", 80, 500),
        ("12.3\n", 60, 480),
        ("Prix\n", 90, 480),
    ]
    assert lines_of(fragments(*placed)) == ["• le titulaire", "12.3 Prix"]


def test_a_change_of_font_inside_a_line_cuts_nothing() -> None:
    placed = [("Le titulaire ", 60, 500), ("doit", 125, 500), (" livrer.\n", 145, 500)]
    assert lines_of(fragments(*placed)) == ["Le titulaire doit livrer."]


def joined(*lines: str) -> list[str]:
    return [block.text for block in Joiner.for_lines(lines).blocks(lines)]


def test_wrapped_lines_become_a_paragraph() -> None:
    assert joined(LONG, "scolaire.", "Il est conclu pour un an.") == [
        f"{LONG} scolaire.",
        "Il est conclu pour un an.",
    ]
    assert joined(LONG + " Ville", "Direction des achats") == [f"{LONG} Ville Direction des achats"]


def test_a_reference_cut_at_the_line_end_is_mended() -> None:
    assert joined(
        "au sens de l'article L5212-", "13 du code", "et selon l'article", "", "R. 2122-8"
    ) == ["au sens de l'article L5212-13 du code et selon l'article R. 2122-8"]


def test_a_word_cut_at_the_line_end_is_mended_and_a_compound_kept() -> None:
    assert joined(f"{LONG} adminis-", "tratif") == [f"{LONG} administratif"]
    assert joined(f"{LONG} peut-", "être") == [f"{LONG} peut-être"]
    assert joined("sous-traitant", "", f"{LONG} sous-", "traitant")[1] == f"{LONG} sous-traitant"


def test_items_and_addresses_stay_on_their_lines() -> None:
    lines = [
        "• un délai ;",
        "\uf0fc une garantie.",
        "1° Les livres ;",
        "Service des achats",
        "12 rue Haute",
    ]
    assert joined(*lines) == [
        "- un délai ;",
        "- une garantie.",
        "1° Les livres ;",
        "Service des achats",
        "12 rue Haute",
    ]


def test_pages_number_their_blocks() -> None:
    assert [(block.text, block.page) for block in blocks_of_pages({3: "Un.", 7: "Deux."})] == [
        ("Un.", 3),
        ("Deux.", 7),
    ]


def test_unseen_characters_are_left_out() -> None:
    assert clean_text("e\u0301te\u0301 \ufb01n\u200b\U000e0041 l\x92an\x1b[31m\x00 a\u2028b") == (
        "été fin l’an a\nb"
    )
