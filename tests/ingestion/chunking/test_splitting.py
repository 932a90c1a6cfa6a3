from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingestion.chunking.passages import as_one, passages_of
from ingestion.chunking.sentences import (
    Span,
    moved_cuts,
    sentences,
    split,
    split_lines,
    whole_spans,
)
from ingestion.documents.document import Block, Document, Kind, Role, assemble
from ingestion.documents.headings import with_headings
from ingestion.documents.pieces import PieceKind

WORDS = (
    "le titulaire|60 000 €|art. R. 2122-8|article 12.3 du CCAP|1er avril 2026|mois|12,5 %|24 mois|"
    "n° 2026-12|acheteur.|marché ;\n|pénalité\n\n|1 250 000,50 euros HT"
)
texts = st.lists(st.sampled_from(WORDS.split("|")), min_size=30, max_size=120).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(texts, st.integers(120, 300), st.integers(0, 60))
def test_spans_cover_the_text_and_divide_nothing(text: str, size: int, overlap: int) -> None:
    spans = split(text, size=size, overlap=overlap)
    assert_covers(text, spans)
    cuts = {end for _, end in spans} | {start for start, _ in spans}
    for start, end in whole_spans(text):
        assert not any(start < cut < end for cut in cuts), text[start:end]
    assert all(end - start <= size + 160 for start, end in spans)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=600), st.integers(20, 80))
@example("a" * 300, 20)
@example("1" * 300, 20)
@example("aaaaaaaaaa mot " + " " * 20 + "fin", 20)
@example("x | y\n" * 100, 30)
def test_any_text_is_covered(text: str, size: int) -> None:
    assert_covers(text, split(text, size=size, overlap=5))
    assert_covers(text, split_lines(text, size=size))


def assert_covers(text: str, spans: Sequence[Span]) -> None:
    seen = {index for start, end in spans for index in range(start, end)}
    assert all(text[i].isspace() for i in range(len(text)) if i not in seen)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(spans))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)


@pytest.mark.parametrize("whole", ["60 000 €", "R. 2122-8", "art. 12", "1er avril 2026", "12,5 %"])
def test_what_must_stay_whole_is_found(whole: str) -> None:
    text = f"Le seuil {whole} s'applique"
    start = text.index(whole)
    assert any(a <= start and b >= start + len(whole) for a, b in whole_spans(text))


def test_a_cut_moves_before_what_it_would_divide_or_after_when_there_is_no_room() -> None:
    assert moved_cuts([12, 30], [(10, 15)]) == [10, 30]
    assert moved_cuts([4, 30], [(0, 15)]) == [15, 30]
    assert moved_cuts([12, 14], [(10, 15)]) == [10, 15]
    assert moved_cuts([10, 15], [(10, 15)]) == [10, 15]


def test_neighbours_share_the_end_of_the_first() -> None:
    sentences = " ".join(f"Phrase numéro {n} du document." for n in range(100))
    spans = split(sentences, size=300, overlap=80)
    assert len(spans) > 5
    assert all(30 <= b - c <= 90 for (_, b), (c, _) in pairwise(spans))


def test_a_run_of_blanks_takes_no_longer_than_other_text() -> None:
    blanks = " " * 200_000
    found = sentences(f"- Le lot{blanks}1 \t\nUn délai.{blanks}\n{blanks}Un prix.")
    ends = [200_009, 200_021, 600_030]
    assert [each.end for each in found] == ends


def test_rows_are_never_divided() -> None:
    rows = "\n".join(f"{n} | 60 000 €" for n in range(50))
    for start, end in split_lines(rows, size=60):
        assert rows[start:end].count("€") == len(rows[start:end].split("\n"))


# Passages


def document(blocks: list[Block], **facts: object) -> Document:
    text, pages, headings = assemble(blocks)
    plain = Document("0" * 64, "Titre", "dossier/piece.pdf", Kind.TENDER, text, pages, headings)
    return replace(plain, **facts)  # type: ignore[arg-type]


def heading(text: str, level: int = 1, page: int | None = None) -> Block:
    return Block(text, Role.HEADING, level, page)


def test_a_clause_of_a_tender_is_named_by_its_piece_article_and_pages() -> None:
    found = passages_of(
        document(
            [
                heading("Article 12 – Pénalités", 1, 7),
                heading("12.3 Retard", 2, 7),
                Block("Une pénalité de 150 € est due.", page=7),
                Block("Elle est plafonnée.", page=8),
            ],
            title="CCAP du marché",
        )
    )
    (passage,) = found
    assert passage.locator == "CCAP, art. 12.3, p. 7-8"
    assert passage.references == ("CCAP 12.3",)
    assert passage.headings == ("Article 12 – Pénalités", "12.3 Retard")
    assert (passage.first_page, passage.last_page) == (7, 8)
    assert passage.text == "Une pénalité de 150 € est due.\nElle est plafonnée."


@pytest.mark.parametrize(
    ("piece", "source", "locator"),
    [
        (PieceKind.CCTP, "piece.pdf", "CCTP, art. 3"),
        (PieceKind.CCAP, "RC.pdf", "CCAP, art. 3"),
        (PieceKind.CCP, "CCATP.pdf", "CCATP, art. 3"),
        (PieceKind.ANNEX, "annexe 1 au CCAP.pdf", "Titre, § Article 3 - Durée"),
        (PieceKind.OTHER, "CCAG-FCS.pdf", "CCAG-FCS, art. 3"),
        (PieceKind.OFFER, "CCAP.pdf", "offre d'un candidat : Titre, § Article 3 - Durée"),
        (None, "CCAP.pdf", "CCAP, art. 3"),
    ],
)
def test_a_piece_is_cited_under_the_kind_that_it_was_given(
    piece: PieceKind | None, source: str, locator: str
) -> None:
    blocks = [heading("Article 3 - Durée"), Block("Douze mois.")]
    (passage,) = passages_of(document(blocks, source=source, piece=piece))
    assert (passage.locator, passage.piece) == (locator, piece)


def test_an_unnumbered_heading_belongs_to_the_clause_above_it() -> None:
    blocks = [heading("4.5 Insertion"), heading("Préambule", 2), Block("Texte.")]
    (passage,) = passages_of(document(blocks, source="lot1/ccap-v2.docx"))
    assert passage.locator == "CCAP, art. 4.5"


def test_a_heading_closes_those_of_its_level_and_below() -> None:
    blocks = [heading("A"), heading("B", 2), Block("un"), heading("C", 2), Block("deux")]
    found = passages_of(document([*blocks, heading("D"), Block("trois")]))
    assert [passage.headings for passage in found] == [("A", "B"), ("A", "C"), ("D",)]


def test_a_clause_on_the_line_of_its_number_is_read_and_an_entry_of_contents_is_not() -> None:
    lines = [
        "Article 7 – DÉLAI DE VALIDITÉ 3",
        "Article 8 – Prix",
        "Article 9 – Pénalités de retard",
        "CHAPITRE II",
        "Article 7 – Délai de validité des offres : 120 jours",
        "Article 8 – Prix fermes",
        "Article 9 – Pénalités",
        "9.1 Elles ne s'appliquent pas en cas de :",
        "- force majeure.",
        "9.2 Retards :",
        "Ils coûtent 50 € par jour.",
        "ANNEXE 1",
        "Article 7 – Objet",
        "Les données.",
        "ANNEXE 2",
        "Article 8 – Prix révisables",
    ]
    found = passages_of(document(list(with_headings(tuple(map(Block, lines)))), title="RC"))
    assert [(passage.locator, passage.text) for passage in found] == [
        ("RC, art. 7", "Article 7 – Délai de validité des offres : 120 jours"),
        ("RC, art. 8", "Article 8 – Prix fermes"),
        ("RC, art. 9.1", "9.1 Elles ne s'appliquent pas en cas de :\n- force majeure."),
        ("RC, art. 9.2", "Ils coûtent 50 € par jour."),
        ("RC, art. 7", "Les données."),
        ("RC, art. 8", "Article 8 – Prix révisables"),
    ]


def test_a_passage_that_begins_inside_a_list_has_its_lead() -> None:
    lead, last = (
        "Ne sont pas compris dans le prix :",
        "Le reste est compris dans le prix du marché.",
    )
    items = [f"{n}° La fourniture du matériel numéro {n} ;" for n in range(1, 13)]
    read = document([Block(text) for text in (lead, *items, last)])
    first, *others = passages_of(read, size=200, overlap=50)
    assert (first.lead, first.text.startswith(lead)) == ("", True)
    assert {each.lead for each in others if each.text.endswith(";")} == {lead}
    assert {read.text[each.led_to :].strip() for each in others if each.lead} == {last}
    assert passages_of(read)[0].lead == ""


def test_without_a_number_the_heading_is_named() -> None:
    (passage,) = passages_of(document([heading("Contexte", page=2), Block("Texte.", page=3)]))
    assert passage.locator == "Titre, § Contexte, p. 3"
    (passage,) = passages_of(document([Block("Texte.")]))
    assert passage.locator == "Titre"


def test_a_rule_sheet_is_named_by_the_articles_of_its_heading() -> None:
    blocks = [
        heading("Titre"),
        heading("Quel seuil ? (art. R2122-8)", 2),
        Block("Moins de 60 000 € HT (art. R2122-8)."),
        heading("Et la durée ? (art. L2112-1 et R2112-1)", 2),
        Block("Elle est fixée."),
        heading("Quel seuil européen ? (Annexe 2)", 2),
        Block("Il est de 216 000 € HT (Annexe 2)."),
        heading("Quel plafond ? (CCAG-FCS, art. 14.1.2)", 2),
        Block("Il est de 10 %."),
        heading("Voir aussi", 2),
        Block("Autre chose."),
    ]
    first, second, annexe, general, third = passages_of(document(blocks, kind=Kind.RULES))
    assert first.locator == "art. R2122-8, fiche « Titre »"
    assert first.references == ("R2122-8",)
    assert second.locator == "art. L2112-1 et R2112-1, fiche « Titre »"
    assert second.references == ("L2112-1", "R2112-1")
    assert (annexe.locator, annexe.references) == ("Annexe 2, fiche « Titre »", ("Annexe 2",))
    assert general.locator == "CCAG-FCS, art. 14.1.2, fiche « Titre »"
    assert general.references == ("CCAG-FCS 14.1.2",)
    assert (third.locator, third.references) == ("Titre, § Voir aussi", ())


def test_an_article_of_law_is_one_unit_under_its_path() -> None:
    law = document([Block("Texte.")], kind=Kind.RULES, reference="R2122-8", path=("Livre I",))
    (passage,) = passages_of(law)
    assert (passage.locator, passage.references) == ("art. R2122-8", ("R2122-8",))
    assert passage.headings == ("Livre I",)
    (annexe,) = passages_of(replace(law, reference="Annexe 2"))
    assert annexe.locator == "Annexe 2"


def test_rows_of_a_table_are_named_by_their_lines() -> None:
    rows = [
        heading("date | montant"),
        *(Block(f"2026-01-{n:02} | {n} €", Role.ROW) for n in range(1, 41)),
    ]
    table = document(rows, source="2026/factures.csv", kind=Kind.INVOICES)
    found = passages_of(table, size=200)
    assert found[0].locator.startswith("factures.csv, lignes 2 à ")
    assert found[-1].locator.endswith("à 41")
    assert found[0].headings == ("date | montant",)
    assert sum(passage.text.count("\n") + 1 for passage in found) == 40
    (row,) = passages_of(document([Block("a | b", Role.ROW)], source="x.csv"))
    assert row.locator == "x.csv, ligne 1"


blocks = st.lists(
    st.tuples(
        st.sampled_from([Role.HEADING, Role.PARAGRAPH, Role.ITEM, Role.ROW]),
        st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=60),
        st.integers(1, 3),
        st.integers(0, 1),
    ),
    max_size=25,
)


@settings(max_examples=80, deadline=None)
@given(blocks, st.integers(40, 120))
def test_offsets_pages_and_ids_hold(made: list[tuple[Role, str, int, int]], size: int) -> None:
    page, built = 1, []
    for role, text, level, step in made:
        page += step
        built.append(Block(text, role, level if role is Role.HEADING else 0, page))
    read = document(built)
    found = passages_of(read, size=size, overlap=10)
    assert len({passage.id for passage in found}) == len(found)
    starts = {page.number: (page.start, page.end) for page in read.pages}
    for passage in found:
        assert read.text[passage.start : passage.end] == passage.text
        assert passage.first_page is not None
        assert passage.last_page is not None
        assert starts[passage.first_page][0] <= passage.start <= starts[passage.first_page][1]
        assert starts[passage.last_page][0] < passage.end <= starts[passage.last_page][1] + 1
    inside = {i for p in found for i in range(p.start, p.end)}
    for block in (b for b in built if b.role is not Role.HEADING and b.text.strip()):
        assert block.text.strip()[0] in "".join(read.text[i] for i in sorted(inside))


def test_equal_documents_give_equal_passages() -> None:
    read = document([Block("Le titulaire remet ses documents. " * 200)])
    assert passages_of(read) == passages_of(read)
    assert len(passages_of(read)) > 3


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(["Sans objet.", "Néant.", "Un prix.", "#Lot", "#Prix"]), max_size=30)
)
def test_equal_passages_are_one_with_each_of_its_places(said: list[str]) -> None:
    built = [
        heading(text[1:], page=page) if text.startswith("#") else Block(text, page=page)
        for page, text in enumerate(said, 1)
    ]
    read = document(built)
    every = passages_of(read, size=20, overlap=0)
    merged = as_one(every)
    places = [((p.start, p.end), *p.also_at) for p in merged]
    assert sorted(place for each in places for place in each) == [(p.start, p.end) for p in every]
    for passage, stands in zip(merged, places, strict=True):
        assert {read.text[start:end] for start, end in stands} == {passage.text}
    assert len({(p.headings, p.text) for p in merged}) == len(merged)


def test_the_other_places_of_a_passage_are_said() -> None:
    def locator(pages: int) -> str:
        blocks = [
            block
            for page in range(1, pages + 1)
            for block in (heading("Prix", page=page), Block("Sans objet.", page=page))
        ]
        (passage,) = as_one(passages_of(document(blocks)))
        return passage.locator

    assert locator(1) == "Titre, § Prix, p. 1"
    assert locator(3) == "Titre, § Prix, p. 1, aussi p. 2, 3"
    assert locator(9) == "Titre, § Prix, p. 1, et à 8 autres endroits"
