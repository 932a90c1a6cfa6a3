import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.documents.pieces import find_piece
from ingestion.documents.references import find_references, normalise
from tests.support.question_lists import read_lists

WRITTEN, ENUMERATED, NO_REFERENCES = read_lists("references.txt")


def keys(text: str) -> list[str]:
    return [reference.key for reference in find_references(text)]


@pytest.mark.parametrize(("written", "expected"), WRITTEN)
def test_a_reference_has_one_key_however_it_is_written(
    written: str, expected: tuple[str, ...]
) -> None:
    [key] = expected
    assert normalise(written) == key
    (found,) = find_references(f"Selon {written} , il faut")
    assert (found.key, f"Selon {written} , il faut"[found.start :].startswith(written[:3])) == (
        key,
        True,
    )


@pytest.mark.parametrize(("text", "expected"), ENUMERATED)
def test_each_member_of_an_enumeration_is_found(text: str, expected: tuple[str, ...]) -> None:
    assert tuple(keys(text)) == expected


@pytest.mark.parametrize("text", [text for text, _ in NO_REFERENCES])
def test_amounts_dates_and_lots_are_no_references(text: str) -> None:
    assert keys(text) == []


def test_the_call_of_a_note_is_no_part_of_a_number() -> None:
    text = "l'article 5³ du CCAP et l'article R. 2122-8¹ du code"
    assert keys(text) == ["CCAP 5", "R2122-8"]
    assert [text[each.start : each.end] for each in find_references(text)] == [
        "article 5³ du CCAP",
        "article R. 2122-8",
    ]


@pytest.mark.parametrize("before", ["article 12", "CCAG", "L.", "annexe", "CCAP"])
def test_a_run_of_blanks_takes_no_longer_than_other_text(before: str) -> None:
    text = f"{before}{' ' * 100_000}. Puis l'article 3{' ' * 100_000}du CCAP"
    assert keys(text)[-1] == "CCAP 3"


def test_other_text_is_only_tidied() -> None:
    assert normalise("  Titre   préliminaire ") == "Titre préliminaire"


@pytest.mark.parametrize(
    ("name", "piece"),
    [
        ("CCAP_2025_TMA", "CCAP"),
        ("02-CCTP lot 1", "CCTP"),
        ("Règlement de la consultation", "RC"),
        ("CCAG applicable aux marchés publics de travaux", "CCAG-Travaux"),
        ("CCAG Fournitures courantes et services", "CCAG-FCS"),
        ("C.C.A.G.-F.C.S.", "CCAG-FCS"),
        ("CAHIER DES CLAUSES ADMINISTRATIVES PARTICULIERES", "CCAP"),
        ("CAHIER DES CLAUSES ADMINISTRATIVES GENERALES DES MARCHES INDUSTRIELS", "CCAG-MI"),
        ("C.C.A.G. – T.I.C. de 2021", "CCAG-TIC"),
        (
            "Cahier des clauses administratives générales (CCAG) des marchés de travaux",
            "CCAG-Travaux",
        ),
        ("cahier des clauses administratives générales (C.C.A.G.)", "CCAG"),
        ("cadre de réponse", None),
    ],
)
def test_a_piece_is_recognised_in_a_title(name: str, piece: str | None) -> None:
    assert find_piece(name) == piece


articles = st.builds(
    lambda letter, book, number: (letter, f"{book}-{number}"),
    st.sampled_from("LRD"),
    st.integers(100, 9999),
    st.integers(1, 199),
)
forms = st.sampled_from(["{0}{1}", "{0}. {1}", "art. {0}. {1}", "article {0}{1}", "{0}.* {1}"])


@settings(deadline=None)
@given(articles, forms)
def test_every_form_of_an_article_gives_the_same_key(article: tuple[str, str], form: str) -> None:
    assert normalise(form.format(*article)) == "".join(article)


@settings(deadline=None)
@given(st.lists(articles, min_size=1, max_size=6))
def test_an_enumeration_gives_every_member_in_order(members: list[tuple[str, str]]) -> None:
    text = "articles " + ", ".join(f"{letter}. {number}" for letter, number in members)
    assert keys(text) == [letter + number for letter, number in members]


@settings(deadline=None)
@given(st.text(alphabet="ALRD artiles.0123456789-*,;€% etoàCPGdu\n", max_size=200))
def test_spans_are_ordered_apart_and_hold_what_they_say(text: str) -> None:
    end = 0
    for found in find_references(text):
        assert end <= found.start < found.end <= len(text)
        assert any(
            part in text[found.start : found.end] for part in found.key.split()[-1].split("-")
        )
        end = found.end


@settings(deadline=None)
@given(st.text(alphabet="ALRD artiles.0123456789-*CPGdu", max_size=40))
def test_a_key_is_its_own_key(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
