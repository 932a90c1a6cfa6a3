"""Sentences and figures held against their passage."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.citations.checker import Support, SupportVerdict, check_sentence, read
from assistant.citations.quotations import find_quote
from assistant.question.numerals import find_numerals
from assistant.question.quantities import find_quantities, fold_same_length
from ingestion.chunking.sentences import sentences
from tests.studies.claims import COLLECTIONS, Trial, rates, trials
from tests.support.question_lists import read_lists
from tests.support.spelling import spell

DISPENSE = (
    "L'acheteur peut conclure un marché sans publicité ni mise en concurrence si son besoin est "
    "estimé à une valeur inférieure à 60 000 euros hors taxes pour des fournitures ou des "
    "services. L'acheteur doit retenir une offre adaptée."
)

CONDITIONS = (
    "L'acheteur peut attribuer un lot si les deux conditions suivantes sont réunies :\n"
    "- le lot est inférieur à 80 000 € HT ;\n"
    "- le total de ces lots ne dépasse pas 20 % de la valeur de tous les lots."
)

FREE = "L'acheteur peut négocier les offres avec les candidats."
BOUND = "L'acheteur doit publier un avis au BOAMP si le montant dépasse 90 000 € HT."

UNSUPPORTED, QUANTITIES, BOUNDS = (
    [(first, each) for first, others in listed for each in others]
    for listed in read_lists("checked_words.txt")
)


def support(sentence: str, *passages: str) -> Support | None:
    return check_sentence(sentence, passages).support


def test_a_copied_sentence_is_verbatim_whatever_its_markers_and_spaces() -> None:
    text = "**L’acheteur doit retenir une\u00a0offre adaptée** [1] [2, 3]."
    assert check_sentence(text, [DISPENSE]) == SupportVerdict(Support.VERBATIM)


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        (DISPENSE.split(". ")[0].replace("60 000 euros hors taxes", "soixante mille € HT"), ""),
        ("L'acheteur a la faculté de négocier les offres avec les candidats.", FREE),
        ("L'acheteur est tenu de retenir une offre adaptée.", ""),
        ("L'acheteur ne peut négocier.", "L'acheteur ne peut pas négocier (art. R. 2161-5)."),
        ("La retenue est de cinq pour cent au plus.", "La retenue est de 5 % au maximum."),
        ("Un délai de un an suit la fin.", "Un délai de douze mois suit la fin."),
        ("Avant le 1/4/2026, le seuil change.", "Avant le 1er avril 2026, le seuil change."),
        ("L'avis paraît dès 90 000 € HT (art. R. 2131-12).", "L'avis paraît dès 90 000 € HT."),
    ],
)
def test_the_same_words_stand_however_their_figures_are_written(
    sentence: str, passage: str
) -> None:
    article = "Article R. 2131-12\n"
    assert support(sentence, article + (passage or DISPENSE)) is Support.SUPPORTED


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("60 000", "90 000"),
        ("60 000", "60 000 000"),
        ("des fournitures ou des services", "des travaux"),
        ("des fournitures ou des services", "des fournitures et des services"),
        ("inférieure", "supérieure"),
        ("peut", "doit"),
        ("sans", "avec"),
        ("hors taxes", "toutes taxes comprises"),
        ("euros", "jours"),
        ("L'acheteur", "Le titulaire"),
        ("L'acheteur", "Selon l'article R2122-8, l'acheteur"),
        (" ni mise en concurrence", ""),
        (" pour des fournitures ou des services", ""),
    ],
)
def test_one_changed_word_is_enough(before: str, after: str) -> None:
    sentence = DISPENSE.split(". ")[0].replace("60 000", "60000") + "."
    assert support(sentence, DISPENSE) is Support.SUPPORTED
    changed = sentence.replace("60000", "60 000").replace(before, after, 1)
    assert support(changed, DISPENSE) is None


@pytest.mark.parametrize(("passage", "sentence"), UNSUPPORTED)
def test_other_doers_orders_and_omissions_are_refused(sentence: str, passage: str) -> None:
    assert support(sentence, passage) is None


def test_two_passages_are_never_joined() -> None:
    first = "L'acheteur doit publier un avis au BOAMP pour les marchés de travaux."
    second = "L'acheteur doit publier un avis au JOUE pour les marchés de services."
    assert (
        support("L'acheteur doit publier un avis au BOAMP pour les services.", first, second)
        is None
    )


def test_a_list_goes_whole() -> None:
    assert support(CONDITIONS.replace("20 %", "vingt pour cent"), CONDITIONS) is Support.SUPPORTED
    assert support(CONDITIONS.rsplit("\n", 1)[0], CONDITIONS) is None
    sentence = "L'acheteur peut attribuer un lot si le lot est inférieur à 80 000 € HT."
    assert support(sentence, CONDITIONS) is None


@pytest.mark.parametrize("sentence", ["Oui.", "60 000 €", "", "Une offre adaptée."])
def test_what_says_too_little_is_refused(sentence: str) -> None:
    assert support(sentence, DISPENSE) is None


def test_every_sentence_of_an_answer_must_stand() -> None:
    copied = "L'acheteur doit retenir une offre adaptée."
    assert support(f"{copied} Il est libre de tout contrôle fiscal.", DISPENSE) is None
    said = copied.replace("doit", "est tenu de")
    assert check_sentence(f"{copied} {said}", [DISPENSE]) == SupportVerdict(Support.SUPPORTED)


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        (BOUND.replace("90 000", "40 000"), "quantité absente du passage : « 40 000 € »"),
        (f"{BOUND[:-1]} (art. R. 2131-1).", "référence absente du passage : « art. R. 2131-1 »"),
        (BOUND.replace("avis", "arrêté"), "mot absent du passage : « arrêté »"),
        (BOUND.replace("au BOAMP ", ""), "précision du passage omise : « au »"),
        (
            "Un avis doit publier l'acheteur au BOAMP si le montant dépasse 90 000 € HT.",
            "éléments du passage rapprochés autrement",
        ),
    ],
)
def test_a_refusal_says_why_in_french(sentence: str, reason: str) -> None:
    assert check_sentence(sentence, [BOUND]) == SupportVerdict(None, reason)
    assert check_sentence("Une phrase.", []).reason == "aucun passage cité"


PASSAGE = (
    "Un bon de commande de fournitures inférieur à 25 000 euros hors taxes peut être émis sans "
    "devis préalable. Un bon de commande de travaux suit la règle des devis."
)


@pytest.mark.parametrize(
    "first",
    [
        "Le candidat écarté en est informé.",
        "La pénalité ne dépasse pas 10 %.",
        "Le seuil est de 90 000.",
        "La règle est fixée à l'article R. 2122-8.",
        "Le décret est du 1er avril 2026.",
    ],
)
def test_a_sentence_ends_after_an_accent_a_rate_a_figure_or_an_article(first: str) -> None:
    text = f"{first} L'acheteur motive son choix."
    assert [text[part.start : part.end] for part in sentences(text)] == [
        first,
        "L'acheteur motive son choix.",
    ]


def test_a_number_is_not_found_inside_another() -> None:
    passage = "L'acheteur conserve les factures de plus de 45 000 € pendant 10 ans."
    assert support(passage.replace("45 000", "45"), passage) is None


@pytest.mark.parametrize(("true", "false"), [("fournitures", "travaux"), ("25", "26")])
def test_one_changed_word_of_a_quote_is_enough(true: str, false: str) -> None:
    quote = PASSAGE.split(". ")[0] + "."
    assert find_quote(quote, PASSAGE) is not None
    assert find_quote(quote.replace(true, false, 1), PASSAGE) is None


def test_a_quote_made_of_two_sentences_is_refused() -> None:
    joined = "Un bon de commande de travaux peut être émis sans devis préalable."
    assert support(joined, PASSAGE) is None


ACCEPTED = {"claims": 0.45, "fresh_claims": 0.03, "pressed_claims": 0.01, "held_out_claims": 0.04}
"""Freely written sentences are nearly always refused: the passage's own words are shown instead."""


@pytest.fixture(scope="module", params=COLLECTIONS)
def measured(request: pytest.FixtureRequest) -> tuple[str, tuple[Trial, ...]]:
    name = str(request.param)
    return name, trials(name)


def test_false_acceptance_and_false_rejection(
    measured: tuple[str, tuple[Trial, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    name, checked = measured
    accepted, refused = rates(checked)
    with capsys.disabled():
        sys.stdout.write(f"\n{name}: false acceptance {accepted:.1%}, rejection {refused:.1%}")
    assert accepted == 0
    assert 1 - refused >= ACCEPTED[name]


def test_the_collections_are_large_enough(measured: tuple[str, tuple[Trial, ...]]) -> None:
    assert sum(not trial.stands for trial in measured[1]) >= 100
    assert sum(trial.stands for trial in measured[1]) >= 60


def keys(text: str) -> list[str]:
    return [quantity.key for quantity in find_quantities(fold_same_length(text))]


@pytest.mark.parametrize(("key", "written"), QUANTITIES)
def test_one_quantity_however_written(written: str, key: str) -> None:
    assert keys(written) == [key]


def test_a_range_shares_its_unit() -> None:
    assert keys("de 5 à 10 jours") == ["5 day", "10 day"]
    assert keys("entre 35 jours et 12 mois") == ["35 day", "12 month"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("entre 40 et 90 k€", ["40000 euro", "90000 euro"]),
        ("de 1 à 3 millions d'euros", ["1000000 euro", "3000000 euro"]),
        ("de 1 à 2,5 M€", ["1000000 euro", "2500000 euro"]),
        ("500 000 à 1 M€", ["500000 euro", "1000000 euro"]),
        ("de 40 à 90 000 €", ["40 euro", "90000 euro"]),
        ("de 2000 à 3000 €", ["2000 euro", "3000 euro"]),
        ("2 à 3 ans et demi", ["24 month", "42 month"]),
        ("en 2 à 3 ans", ["24 month", "36 month"]),
        ("notifié en 2025 à 80 000 €", ["2025 count", "80000 euro"]),
        ("l'avenant 2025 à 80 000 €", ["2025 count", "80000 euro"]),
        ("lot 3 à 50 000 €", ["3 count", "50000 euro"]),
        ("lot n° 3 à 50 000 €", ["3 count", "50000 euro"]),
        ("100 000 h.t.", ["100000 count"]),
        ("2 h. de trajet", ["2 hour"]),
    ],
)
def test_a_range_of_amounts_shares_its_scale(text: str, read: list[str]) -> None:
    assert keys(text) == read


@pytest.mark.parametrize("text", ["un marché neuf", "un tiers payeur", "une offre", "R"])
def test_articles_and_names_are_no_quantities(text: str) -> None:
    assert "count" not in " ".join(keys(text))


@pytest.mark.parametrize(("key", "text"), BOUNDS)
def test_a_bound_belongs_to_its_quantity(text: str, key: str) -> None:
    assert key in [atom.key for atom in read(text)]


def test_a_bound_holds_for_what_is_coordinated() -> None:
    text = "inférieure à 60 000 € pour les fournitures ou à 100 000 € pour les travaux"
    found = [atom.key for atom in read(text) if atom.kind == "quantity"]
    assert found == ["lt 60000 euro", "lt 100000 euro"]


@given(st.integers(min_value=0, max_value=999_999_999))
def test_numbers_spelled_in_french_are_read_back(number: int) -> None:
    (numeral,) = find_numerals(spell(number))
    assert numeral.value == number


@given(
    st.integers(min_value=1, max_value=999_999_999), st.sampled_from([" ", "\u00a0", "\u202f", "."])
)
def test_figures_are_read_back_with_any_separator(number: int, separator: str) -> None:
    written = f"{number:,}".replace(",", separator)
    assert keys(f"{written} euros") == [f"{number} euro"]


def test_a_copy_is_a_copy_with_the_marks_of_its_text() -> None:
    for text in (
        "Le titulaire remet un rapport [1] chaque mois.",
        "Le marché commence le __/__/2027 pour un an.",
    ):
        assert check_sentence(text, [f"{text} Il le signe."]).support is Support.VERBATIM
