import pytest

from assistant.citations.checker import Support, SupportVerdict, check_sentence

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
VARIANTS = "L'acheteur qui autorise les variantes doit préciser leurs exigences minimales."
LIMITED = "L'acheteur ne peut exiger que les pièces du cahier."


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


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("Le BOAMP doit publier un avis si le montant dépasse 90 000 € HT.", BOUND),
        ("L'acheteur peut publier un avis au BOAMP si le montant dépasse 90 000 € HT.", BOUND),
        ("Le candidat publie un avis au BOAMP si le montant dépasse 90 000 € HT.", BOUND),
        ("L'acheteur doit publier un avis au BOAMP sous 90 000 € HT.", BOUND),
        ("Vous devez préciser les exigences minimales des variantes.", VARIANTS),
        ("L'acheteur ne peut pas exiger que les pièces du cahier.", LIMITED),
        ("L'acheteur ne peut exiger les pièces du cahier.", LIMITED),
        ("Les candidats peuvent négocier les offres avec l'acheteur.", FREE),
        ("Oui, l'acheteur a le droit de négocier les offres avec les candidats.", FREE),
        ("The buyer may negotiate the tenders with the candidates.", FREE),
        ("Vous devez préciser les exigences.", "Vous devez préciser leurs exigences."),
        ("Le titulaire paie au garant 5 % du prix.", "Le titulaire paie 5 % du prix au garant."),
        (
            "L'acompte de l'acheteur au titulaire est dû sous 30 jours.",
            "L'acompte du titulaire à l'acheteur est dû sous trente jours.",
        ),
        ("L'avance est de 30 % pour l'État.", "L'avance est de 30 % (20 % pour l'État)."),
        (
            "L'acheteur peut négocier sauf si l'offre est tardive.",
            "L'acheteur peut négocier sauf si l'offre est tardive ou si elle est illisible.",
        ),
        (
            "L'acheteur peut négocier.",
            "L'acheteur peut négocier (sauf si l'offre est tardive).",
        ),
        ("L'acheteur doit négocier, l'article R. 2122-9 le dit.", "L'acheteur doit négocier."),
    ],
)
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
