"""What a sheet says of its days and of those of its statements."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.chunking.passages import Passage, passages_of
from ingestion.documents.document import Days, Document, Kind
from ingestion.french import days_in_words, state_days
from ingestion.library.corpus import CORPUS
from ingestion.readers.formats import read_bytes, to_json
from ingestion.readers.reading import read_file, reading_json

FRONT = "---\ntitle: Petits achats\netat_au: 2026-08-23\nau_plus_tot: 2019-04-01\n---\n\n"
SECTION = """# Petits achats

## Quel seuil ? (art. R2122-8)

Le seuil est de 60 000 €. {du=2026-04-01}
Il l'est pour tous. {du=2026-04-01}

Le seuil est de 40 000 €. {du=2020-01-01 au=2026-03-31}

Le décret n'a pas été lu. {note}
L'ancien texte non plus. {note}

## Quels devis ? (art. R2122-8) {du=2019-04-01}

L'acheteur demande :

- un devis ;
- un autre.

## Que dit le reste ? (art. R2122-9)

Rien n'est daté.
"""


def read(text: str, kind: Kind = Kind.RULES) -> Document:
    """The only document of a sheet, through the process that reads it."""
    reading = reading_json.validate_json(to_json(read_bytes(text.encode(), "fiche.md", kind)))
    assert reading.problem is None
    (document,) = reading.documents
    return document


def passages(text: str = FRONT + SECTION, kind: Kind = Kind.RULES) -> tuple[Passage, ...]:
    return passages_of(read(text, kind))


def test_statements_of_different_days_are_different_passages() -> None:
    assert [(each.text, each.valid_from, each.valid_to) for each in passages()] == [
        ("Le seuil est de 60 000 €.\nIl l'est pour tous.", date(2026, 4, 1), None),
        ("Le seuil est de 40 000 €.", date(2020, 1, 1), date(2026, 4, 1)),
        ("L'acheteur demande :\n- un devis ;\n- un autre.", date(2019, 4, 1), None),
        ("Rien n'est daté.", None, None),
    ]
    assert {each.not_before for each in passages()} == {date(2019, 4, 1)}


def test_a_note_is_shown_with_the_passages_of_its_section_and_is_none() -> None:
    first, second, other, last = passages()
    assert first.notes == ("Le décret n'a pas été lu.", "L'ancien texte non plus.")
    assert second.notes == first.notes
    assert other.notes == last.notes == ()


def test_no_mark_is_left_in_the_text_and_every_passage_stands_at_its_offsets() -> None:
    document = read(FRONT + SECTION)
    assert "{" not in document.text + "".join(each.text for each in document.headings)
    for passage in passages_of(document):
        assert document.text[passage.start : passage.end] == passage.text
        assert passage.headings[-1].endswith(")")


def test_only_a_sheet_speaks_of_its_statements() -> None:
    undated = passages("---\ntitle: Note\n---\n\n" + SECTION)
    assert any("{note}" in each.text for each in undated)
    (first, *_) = passages(kind=Kind.TENDER)
    assert "Le décret n'a pas été lu." in first.text
    assert first.valid_from is None
    assert first.notes == ()


@pytest.mark.parametrize("mark", ["{du=2026-02-30}", "{du=2026-04-01 au=2026-03-01}"])
def test_days_that_cannot_be_are_told_and_left_to_be_seen(mark: str) -> None:
    reading = read_bytes(f"{FRONT}Le seuil est de 60 000 €. {mark}\n".encode(), "f.md", Kind.RULES)
    assert any("jours de validité illisibles" in each for each in reading.warnings)
    assert mark in reading.documents[0].text


@pytest.mark.parametrize("text", ["Un tarif {au=mieux}.", "Voir {note} plus bas.", "Sauf {}"])
def test_other_braces_are_text(text: str) -> None:
    assert passages(FRONT + text)[0].text == text


Told = tuple[str, Days | None, bool]
days = st.builds(
    lambda first, length: Days(first, first.fromordinal(first.toordinal() + length)),
    st.dates(date(2019, 4, 1), date(2030, 1, 1)),
    st.integers(1, 4000),
)
lines = st.lists(
    st.tuples(st.from_regex(r"[A-Z][a-z]{2,9}\.", fullmatch=True), st.none() | days, st.booleans()),
    min_size=1,
    max_size=8,
)


@given(lines)
def test_each_statement_keeps_its_days_and_each_note_is_apart(told: list[Told]) -> None:
    document = read(FRONT + "\n\n".join(_marked(*each) for each in told))
    found = passages_of(document)
    for text, own, is_note in told:
        holding = [each for each in found if text in each.text.split("\n")]
        if is_note:
            assert all(text in each.notes for each in found)
        else:
            assert any((each.valid_from, each.valid_to) == _bounds(own) for each in holding)
    for passage in found:
        assert document.text[passage.start : passage.end] == passage.text


def _marked(text: str, own: Days | None, is_note: bool) -> str:
    if is_note:
        return f"{text} {{note}}"
    if own is None or own.valid_from is None or own.valid_to is None:
        return text
    last = own.valid_to.fromordinal(own.valid_to.toordinal() - 1)
    return f"{text} {{du={own.valid_from} au={last}}}"


def _bounds(own: Days | None) -> tuple[date | None, date | None]:
    return (own.valid_from, own.valid_to) if own else (None, None)


@pytest.mark.parametrize("path", sorted((CORPUS / "fiches").glob("*.md")), ids=lambda p: p.stem)
def test_our_sheets_are_read_without_a_doubt(path: Path) -> None:
    reading = read_bytes(path.read_bytes(), "fiches/f.md", Kind.RULES)
    assert reading.warnings == ()
    (document,) = reading.documents
    assert document.not_before is not None
    assert "{" not in document.text
    assert not any("Certitude" in each.text for each in passages_of(document))


# As of which days a sheet, or an index, is right


@pytest.mark.parametrize(
    ("written", "first", "last", "told"),
    [
        ("2026-08-23", "2026-08-23", "2026-08-23", "23/08/2026"),
        ("23/08/2026", "2026-08-23", "2026-08-23", "23/08/2026"),
        ("Mi-2025", "2025-05-01", "2025-08-31", "mi-2025"),
        ("debut 2025", "2025-01-01", "2025-04-30", "début 2025"),
        ("fin 2025", "2025-09-01", "2025-12-31", "fin 2025"),
        ("1er semestre 2025", "2025-01-01", "2025-06-30", "1er semestre 2025"),
        ("deuxième trimestre 2025", "2025-04-01", "2025-06-30", "2e trimestre 2025"),
        ("février 2024", "2024-02-01", "2024-02-29", "février 2024"),
        ("2025", "2025-01-01", "2025-12-31", "2025"),
    ],
)
def test_a_day_or_a_part_of_a_year_is_read_and_told_again(
    written: str, first: str, last: str, told: str
) -> None:
    days = state_days(written)
    assert days == (date.fromisoformat(first), date.fromisoformat(last))
    assert days_in_words(*days) == told


@pytest.mark.parametrize(
    "written", ["hier", "3e semestre 2025", "2025-13", "0000", "mai", "32/01/2025", "tôt 2025"]
)
def test_what_is_no_date_is_not_guessed(written: str) -> None:
    assert state_days(written) is None


def test_a_sheet_says_it_in_its_front_matter(tmp_path: Path) -> None:
    path = tmp_path / "fiche.md"
    path.write_text("---\ntitle: Seuils\netat_au: mi-2025\n---\n# Seuils\n\nTexte.\n", "utf-8")
    reading = read_file(path, "fiche.md", Kind.RULES)
    (document,) = reading.documents
    assert (document.state_date, document.state_until) == (date(2025, 5, 1), date(2025, 8, 31))
    assert reading.warnings == ()
