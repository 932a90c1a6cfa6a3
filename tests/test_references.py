import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.legislation.references import find_references, normalise
from ingestion.tenders.pieces import find_piece


def keys(text: str) -> list[str]:
    return [reference.key for reference in find_references(text)]


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("R2122-8", "R2122-8"),
        ("R. 2122-8", "R2122-8"),
        ("r2122-8", "R2122-8"),
        ("art. R. 2122-8", "R2122-8"),
        ("article R 2122-8", "R2122-8"),
        ("Article R. * 2122-8", "R2122-8"),
        ("R.* 2122-8", "R2122-8"),
        ("R. 2122‑8", "R2122-8"),
        ("L. 2123-1", "L2123-1"),
        ("D. 2192-35", "D2192-35"),
        ("L. 2141-6-1", "L2141-6-1"),
        ("L. 6", "L6"),
        ("L3-1", "L3-1"),
        ("Annexe 2", "Annexe 2"),
        ("annexe n° 2", "Annexe 2"),
        ("Annexe préliminaire", "Annexe préliminaire"),
        ("article 12.3", "12.3"),
        ("article 1er", "1"),
        ("article 12.3 du CCAP", "CCAP 12.3"),
        ("article 12.3 du présent CCAP", "CCAP 12.3"),
        ("article 12.3 du ccap", "CCAP 12.3"),
        ("CCAP, art. 12.3", "CCAP 12.3"),
        ("CCAP 12.3", "CCAP 12.3"),
        ("art. 12.3 du C.C.A.P.", "CCAP 12.3"),
        ("article 4 du règlement de la consultation", "RC 4"),
        ("article 2 de l’acte d’engagement", "AE 2"),
        ("CCAG-FCS, art. 14.1.1", "CCAG-FCS 14.1.1"),
        ("article 16.1.2 du CCAG- TIC", "CCAG-TIC 16.1.2"),
        ("article 14 du CCAG/Travaux", "CCAG-Travaux 14"),
        ("CCAG-TIC 2009, art. 14.1", "CCAG-TIC 14.1"),
        ("ccag travaux (édition 2021), article 41.3", "CCAG-Travaux 41.3"),
    ],
)
def test_a_reference_has_one_key_however_it_is_written(written: str, key: str) -> None:
    assert normalise(written) == key
    (found,) = find_references(f"Selon {written} , il faut")
    assert (found.key, f"Selon {written} , il faut"[found.start :].startswith(written[:3])) == (
        key,
        True,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("articles L. 2123-1, R. 2123-1 et R. 2123-4", ["L2123-1", "R2123-1", "R2123-4"]),
        ("L. 2141-1 à 2141-5", ["L2141-1", "L2141-5"]),
        ("articles L. 2141-1 à L. 2141-5", ["L2141-1", "L2141-5"]),
        ("(art. L2112-1 et R2112-1)", ["L2112-1", "R2112-1"]),
        ("articles R. 2122-8 et de l'article L. 3", ["R2122-8", "L3"]),
        ("articles 13.3 et 21.5 du CCAG/TIC", ["CCAG-TIC 13.3", "CCAG-TIC 21.5"]),
        ("annexes 1 et 2", ["Annexe 1", "Annexe 2"]),
        ("art. 5, 30 jours", ["5"]),
    ],
)
def test_each_member_of_an_enumeration_is_found(text: str, expected: list[str]) -> None:
    assert keys(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "60 000 € HT",
        "12.3 % du montant",
        "le 18/12/2025 à 15:00",
        "le 1er avril 2026",
        "D 2024-11-25",
        "lot L 1",
        "un Airbus A320-200",
        "catégorie A 80",
        "article 5,50 €",
        "Numéro R 12",
    ],
)
def test_amounts_dates_and_lots_are_no_references(text: str) -> None:
    assert keys(text) == []


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
