import pytest

from assistant.citations.checker import Support, SupportVerdict, check_sentence

DISPENSE = (
    "L'acheteur peut conclure un marché sans publicité ni mise en concurrence si son besoin est "
    "estimé à une valeur inférieure à 60 000 euros hors taxes pour des fournitures ou des "
    "services, ou à 100 000 euros hors taxes pour des travaux. L'acheteur doit retenir une offre "
    "adaptée."
)
CONDITIONS = (
    "L'acheteur peut attribuer un lot si les deux conditions suivantes sont réunies :\n"
    "- le lot est inférieur à 80 000 € HT ;\n"
    "- le total de ces lots ne dépasse pas 20 % de la valeur de tous les lots."
)
CASES = (
    "L'acheteur peut négocier dans l'un des cas suivants :\n- le besoin est complexe ;\n"
    "- aucune offre acceptable n'a été reçue."
)


def support(sentence: str, *passages: str) -> Support | None:
    return check_sentence(sentence, passages).support


def test_a_copied_sentence_is_verbatim_whatever_its_markers_and_spaces() -> None:
    text = "**L’acheteur doit retenir une\u00a0offre adaptée** [1] [2, 3]."
    assert check_sentence(text, [DISPENSE]) == SupportVerdict(Support.VERBATIM)


def test_a_faithful_rewording_is_supported() -> None:
    text = (
        "Oui, l'acheteur peut conclure un marché sans publicité ni mise en concurrence si son "
        "besoin est estimé à une valeur inférieure à cent mille euros HT pour des travaux."
    )
    assert check_sentence(text, [DISPENSE]) == SupportVerdict(Support.SUPPORTED)


def test_an_altered_quote_is_refused_even_when_most_of_it_matches() -> None:
    altered = (
        "L'acheteur peut conclure un marché avec publicité ni mise en concurrence si son besoin "
        "est estimé à une valeur inférieure à 100 000 euros hors taxes pour des travaux."
    )
    assert support(altered, DISPENSE) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("60 000", "90 000"),
        ("60 000", "100 000"),
        ("des fournitures ou des services", "des travaux"),
        ("inférieure", "supérieure"),
        ("peut", "doit"),
        ("sans", "avec"),
        ("hors taxes", "toutes taxes comprises"),
        ("euros", "jours"),
        ("L'acheteur", "Le titulaire"),
    ],
)
def test_one_changed_word_is_enough(before: str, after: str) -> None:
    sentence = (
        "L'acheteur peut conclure un marché sans publicité ni mise en concurrence si son besoin "
        "est estimé à une valeur inférieure à 60 000 euros hors taxes pour des fournitures ou des "
        "services."
    )
    assert support(sentence, DISPENSE) is Support.SUPPORTED
    assert support(sentence.replace(before, after, 1), DISPENSE) is None


def test_two_passages_are_never_joined() -> None:
    first = "L'acheteur doit publier un avis au BOAMP pour les marchés de travaux."
    second = "L'acheteur doit publier un avis au JOUE pour les marchés de services."
    assert (
        support("L'acheteur doit publier un avis au BOAMP pour les services.", first, second)
        is None
    )


def test_cumulative_conditions_go_together() -> None:
    whole = (
        "L'acheteur peut attribuer un lot si le lot est inférieur à 80 000 € HT et si le total de "
        "ces lots ne dépasse pas 20 % de la valeur de tous les lots."
    )
    assert support(whole, CONDITIONS) is Support.SUPPORTED
    assert (
        support(
            "L'acheteur peut attribuer un lot si le lot est inférieur à 80 000 € HT.", CONDITIONS
        )
        is None
    )
    assert support(CONDITIONS.rsplit("\n", 1)[0], CONDITIONS) is None


def test_one_alternative_is_enough() -> None:
    assert (
        support("L'acheteur peut négocier si le besoin est complexe.", CASES) is Support.SUPPORTED
    )
    assert support("L'acheteur peut négocier.", CASES) is None
    assert support("L'acheteur ne peut pas négocier si le besoin est complexe.", CASES) is None


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Oui, l'acheteur doit retenir une offre adaptée.", Support.SUPPORTED),
        ("Non, l'acheteur doit retenir une offre adaptée.", None),
        ("Oui.", None),
        ("60 000 €", None),
        ("", None),
    ],
)
def test_yes_and_no_agree_with_what_follows(sentence: str, expected: Support | None) -> None:
    assert support(sentence, DISPENSE) is expected


def test_active_and_passive_say_the_same_but_roles_do_not_change() -> None:
    passage = "L'acheteur doit informer le titulaire de chaque paiement."
    assert support("Le titulaire doit être informé de chaque paiement par l'acheteur.", passage)
    assert (
        support("L'acheteur doit être informé de chaque paiement par le titulaire.", passage)
        is None
    )
    assert support("Le titulaire doit informer l'acheteur de chaque paiement.", passage) is None


def test_an_article_may_be_named_when_the_passage_is_that_article() -> None:
    passage = (
        "Article R. 2185-1\nL'acheteur peut, à tout moment, abandonner une procédure de marché."
    )
    sentence = (
        "Selon l'article {}, l'acheteur peut abandonner à tout moment une procédure de marché."
    )
    assert support(sentence.format("R2185-1"), passage) is Support.SUPPORTED
    assert support(sentence.format("R2185-2"), passage) is None


def test_every_sentence_of_an_answer_must_stand() -> None:
    copied = "L'acheteur doit retenir une offre adaptée."
    assert support(f"{copied} Il est libre de tout contrôle fiscal.", DISPENSE) is None
    assert check_sentence(
        f"{copied} Oui, {copied[0].lower()}{copied[1:]}", [DISPENSE]
    ) == SupportVerdict(Support.SUPPORTED)


def test_an_english_sentence_is_held_to_the_same_facts() -> None:
    passage = "Le seuil européen applicable aux contrats de concession est de 5 404 000 € HT."
    claim = "The European threshold applicable to concession contracts is EUR {} excluding tax."
    assert support(claim.format("5,404,000"), passage) is Support.SUPPORTED
    assert support(claim.format("5,440,000"), passage) is None


def test_a_refusal_says_why_in_french() -> None:
    verdict = check_sentence("L'acheteur doit retenir une offre moins chère.", [DISPENSE])
    assert verdict.support is None
    assert "«" in verdict.reason
    assert check_sentence("Une phrase.", []).reason == "aucun passage cité"
