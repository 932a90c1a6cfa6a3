"""Sentences of a text, and its lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@pytest.mark.parametrize(
    "numbers", ["1. 2. 3.", "a. b. c.", "A) B) C)", "i) ii) iii)", "I. II. III."]
)
def test_items_numbered_with_a_full_stop_are_a_list_below_its_lead(numbers: str) -> None:
    first, second, third = numbers.split()
    items = [f"{first} Les échafaudages.", f"{second} Les déchets.", f"{third} Le gardiennage."]
    listed = "\n".join(["Ne sont pas compris dans le prix :", *items])
    text = f"{listed}\nLe reste est compris."
    assert cut(text, units(text)) == [listed, "Le reste est compris."]
    assert cut(text, units(text, longest=20))[1:] == [*items, "Le reste est compris."]


def test_numbered_clauses_are_no_list() -> None:
    clauses = ["1. Le titulaire remet :\n- le plan ;\n- le devis.", "2. Le délai est fixé."]
    assert cut("\n".join(clauses), units("\n".join(clauses))) == clauses
    blank = ["Le montant est de :", "4. Le délai est fixé."]
    assert cut("\n".join(blank), units("\n".join(blank))) == blank


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
