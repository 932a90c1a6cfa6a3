"""Where texts are cut into sentences and lists, and where a quotation stands in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.citations.quotations import find_quote, is_verbatim
from ingestion.chunking.sentences import LONGEST_LIST, SentenceSpan, list_parts, sentences, units

LIST = "\n".join(
    (
        "L'acheteur agit si :",
        "1° Il est prêt ;",
        "2° Il est tenu :",
        "a) Par la loi ;",
        "b) Par un juge.",
    )
)


def cut(text: str, spans: tuple[SentenceSpan, ...]) -> list[str]:
    return [text[span.start : span.end] for span in spans]


@pytest.mark.parametrize(
    "text",
    [
        "Voir l'art. R. 2122-8 et l'article L. 6 du code.",
        "M. Dupont signe le n° 2, p. 7, avec MM. Durand et J. Martin.",
        "Le taux est de 30.5 % du montant.",
        "Les plans, notes, etc. sont remis.",
        "Au b du 2° de l'article R. 2123-1, le 1° s'applique.",
        "I. - L'établissement peut agir.",
        "Les règles sont fixées aux articles R. 2131-2, R. 2131-4,\nR. 2131-5 et R. 2131-6.",
    ],
)
def test_one_sentence(text: str) -> None:
    assert cut(text, sentences(text)) == [text]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Le taux est de 20 %. Il est révisé. L'avis est publié en 2026. Il est daté.", 4),
        ("Le délai est fixé. Il court.", 2),
        ("Le code cite les I et II. Les autres sont libres.", 2),
        ("Les modifications sont de faible montant.Qu'elles soient grandes ou non.", 2),
        ("Est-il libre ? Oui. « Non. » Il part !", 4),
        ("Titre\nUne phrase.\n- un ;\n- deux.", 4),
        ("Lorsque :1° Il pleut ;2° Il neige.", 3),
    ],
)
def test_several_sentences(text: str, count: int) -> None:
    assert len(sentences(text)) == count


def test_a_list_is_one_unit_with_its_lead() -> None:
    text = f"{LIST}\nToute autre règle est écartée."
    assert cut(text, units(text)) == [LIST, "Toute autre règle est écartée."]


def test_a_list_too_long_is_cut_at_its_outermost_items() -> None:
    items = [f"{number}° {'mot ' * 200};\na) ceci ;\nb) cela ;" for number in (1, 2, 3)]
    text = "\n".join(["Les cas sont :", *items])
    assert len(text) > LONGEST_LIST
    assert cut(text, units(text)) == ["Les cas sont :", *items]
    assert cut(text, units(text, longest=len(text))) == [text]


def test_list_parts_keep_what_stands_under_an_item() -> None:
    parts = list_parts(LIST)
    assert parts is not None
    assert cut(LIST, parts[1])[1].startswith("2°")
    assert len(parts[1]) == 2
    assert list_parts("Une phrase.") is None


@given(st.text(alphabet="aéL.R2 1°:;-\n)«»?,'", max_size=120))
def test_every_visible_character_is_in_exactly_one_part(text: str) -> None:
    for spans in (sentences(text), units(text), units(text, longest=20)):
        covered = [place for span in spans for place in range(span.start, span.end)]
        assert len(covered) == len(set(covered))
        assert {i for i, letter in enumerate(text) if not letter.isspace()} <= set(covered)
        assert all(text[s.start : s.end] == text[s.start : s.end].strip() for s in spans)


# Checking quotes


PASSAGE = (
    "Avant le 1er avril 2026, le seuil était de 40\u00a0000 € HT. L'acheteur ne peut négocier, "
    "sauf urgence. L'acheteur ne peut pas exiger :\n- une caution de toutes les entreprises ;\n"
    "- un chiffre d’affaires minimal trop élevé."
)


def test_spaces_and_apostrophes_may_differ_but_nothing_else() -> None:
    text = "Le\u202fmarché « d’appel »  vaut 40\u00a0000 €."
    found = find_quote('marché "d\'appel" vaut 40 000 €', text)
    assert found is not None
    assert text[slice(*found)] == "marché « d’appel »  vaut 40\u00a0000 €"
    assert find_quote("marché d'Appel", text) is None
    assert find_quote("marche", text) is None


@pytest.mark.parametrize(
    "quote", ["000 € HT", "40 00", "cheteur", "avril 202", "0 000 € HT", "", "  "]
)
def test_a_quote_does_not_start_or_end_inside_a_word_or_a_number(quote: str) -> None:
    assert find_quote(quote, PASSAGE) is None


def test_the_occurrence_at_word_edges_is_found_behind_one_that_is_not() -> None:
    assert find_quote("lot", "ilot et lot") == (8, 11)


@pytest.mark.parametrize(
    "sentence",
    [
        "Avant le 1er avril 2026, le seuil était de 40 000 € HT.",
        "L'acheteur ne peut négocier, sauf urgence",
        "Avant le 1er avril 2026, le seuil était de 40 000 € HT. L'acheteur ne peut négocier, "
        "sauf urgence.",
        "- une caution de toutes les entreprises ;",
        PASSAGE,
    ],
)
def test_whole_sentences_are_verbatim(sentence: str) -> None:
    assert is_verbatim(sentence, PASSAGE)


@pytest.mark.parametrize(
    "sentence",
    [
        "le seuil était de 40 000 € HT.",
        "L'acheteur ne peut négocier.",
        "peut négocier, sauf urgence.",
        "une caution de toutes les entreprises",
        "L'acheteur ne peut pas exiger :\n- une caution de toutes les entreprises.",
        "L'acheteur ne peut pas exiger.",
        "40 000 € HT",
    ],
)
def test_a_cut_that_changes_the_sense_is_not_verbatim(sentence: str) -> None:
    assert not is_verbatim(sentence, PASSAGE)


def test_a_question_and_a_heading_carry_nothing() -> None:
    passage = "# Un seuil de 40 000 euros\nLe seuil est-il de 40 000 euros ?"
    assert not is_verbatim("Le seuil est-il de 40 000 euros ?", passage)
    assert not is_verbatim("# Un seuil de 40 000 euros", passage)


_WORDS = st.lists(st.sampled_from(["marché", "l’offre", "40\u00a0000", "€", "«", "et", "ou"]))


@given(_WORDS, _WORDS, _WORDS)
def test_offsets_are_those_of_the_original_text(
    before: list[str], quoted: list[str], after: list[str]
) -> None:
    text = "\u00a0".join([*before, *quoted, *after])
    quote = " ".join(quoted).replace("’", "'").replace("\u00a0", " ").replace("«", '"')
    found = find_quote(quote, text)
    if not quote.strip():
        assert found is None
    elif found:
        copied = text[slice(*found)].replace("’", "'").replace("\u00a0", " ").replace("«", '"')
        assert copied == quote
    else:
        assert quote[0].isdigit() or quote[-1].isdigit()
