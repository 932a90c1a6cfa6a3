import pytest

from assistant.question.topics import Topic, topics
from assistant.tenders.stated_values import StatedValue, values
from assistant.tenders.statements import mentions, statements
from ingestion.chunking.passages import Passage
from tests.support.dossier_files import built_in, piece


def _said(name: str, heading: str, text: str) -> list[str]:
    passage = _clause(heading, text)
    spans = [each.span for each in statements(topics()[name], passage)]
    return [passage.text[span.start : span.end] for span in spans]


def _clause(heading: str, text: str) -> Passage:
    [passage] = piece("CCAP.md", f"# {heading}\n\n{text}")[1]
    return passage


@pytest.mark.parametrize(
    ("name", "heading", "said", "left"),
    [
        pytest.param(
            "payment_time", "Règlement", "Le délai global de paiement est de trente jours.",
            " Le délai global de paiement court dès la réception de la facture.",
            id="the sentence with an answer",
        ),
        pytest.param("advance", "Avance", "Aucune avance n'est accordée.", "", id="a refusal"),
        pytest.param(
            "penalties", "Pénalités",
            "La pénalité est calculée par la formule suivante :\nP = V x R / 1 000", "",
            id="a formula",
        ),
        pytest.param(
            "retention", "Garanties", "",
            "Une retenue de garantie de …… %, dans la limite de 5 %, est appliquée.",
            id="nothing where the candidate fills it",
        ),
        pytest.param(
            "renewal", "Durée",
            "Le contrat part du 1er mars. Il est reconductible deux fois pour une année.", "",
            id="with the sentence that it leans on",
        ),
        pytest.param(
            "derogations", "Liste",
            "L'article 2 déroge à l'article 4.\nL'article 5 déroge à l'article 6.",
            "\nFin du document.",
            id="sentences that follow each other as one",
        ),
    ],
)  # fmt: skip
def test_what_states_the_topic_is_kept(name: str, heading: str, said: str, left: str) -> None:
    assert _said(name, heading, f"{said}{left}") == ([said] if said else [])


def test_of_a_table_the_row_that_states_the_topic_is_kept() -> None:
    rows = (
        "| Étape | Date |\n|---|---|\n| Visite | 4 mai 2026 |\n"
        "| Date limite de réception des offres | 5 juin 2026 |"
    )
    assert _said("deadline", "Calendrier", rows) == [
        "Date limite de réception des offres | 5 juin 2026"
    ]


def test_a_table_is_whole_where_its_first_row_names_the_topic() -> None:
    rows = "| Lot | Montant maximum HT |\n|---|---|\n| Lot 1 | 70 000 € |\n| Lot 2 | 90 000 € |"
    [table] = _said("minimum", "Forme", rows)
    assert table.splitlines() == [
        "Lot | Montant maximum HT",
        "Lot 1 | 70 000 €",
        "Lot 2 | 90 000 €",
    ]


def test_a_label_names_the_topic_only_when_it_is_all_of_it() -> None:
    assert _said("buyer", "Page", "Acheteur : Commune de Belval") == [
        "Acheteur : Commune de Belval"
    ]
    row = "| Acheteur | Commune de Belval"  # its first cell is empty
    assert _said("buyer", "Page", row) == [row]
    assert _said("buyer", "Page", "Acheteur de la pièce : Commune de Belval") == []


def test_a_heading_alone_is_a_mention() -> None:
    passage = _clause("Pénalités", "Le CCAG s'applique. Rien d'autre n'est prévu.")
    topic = topics()["penalties"]
    assert statements(topic, passage) == ()
    [mention] = mentions(topic, passage)
    assert passage.text[mention.span.start : mention.span.end] == "Le CCAG s'applique."
    assert mentions(topics()["advance"], passage) == ()


def test_values_have_a_unit_and_sentences_have_none() -> None:
    text = "Selon l'article R. 2191-33, la retenue est de 5 %, soit 300 € pendant douze mois."
    assert values(topics()["retention"], text) == (StatedValue("ratio", "1/20"),)
    assert StatedValue("euro", "300") in values(topics()["penalties"], text)
    assert values(topics()["ccag"], "Le CCAG-TIC et le CCAP.") == (StatedValue("CCAG", "CCAG-TIC"),)
    assert values(topics()["subject"], text) == ()


@pytest.mark.parametrize("topic", topics().values(), ids=lambda topic: topic.name)
def test_statements_of_the_dossier_are_spans_in_order_and_apart(topic: Topic) -> None:
    for _, passages in built_in():
        for passage in passages:
            end = 0
            for each in statements(topic, passage):
                assert end <= each.span.start < each.span.end <= len(passage.text)
                assert passage.text[each.span.start : each.span.end].strip()
                end = each.span.end


def test_weights_of_sub_criteria_are_not_those_of_criteria() -> None:
    details = "- Moyens : 20 %\n- Méthode : 10 %"
    for lead in ("Sous-critères de la valeur technique :", "Les sous critères sont les suivants :"):
        [passage] = piece("RC.md", f"# Critères\n\n{lead}\n\n{details}")[1]
        assert statements(topics()["criteria"], passage) == ()


def test_criteria_numbered_right_below_their_heading_are_one_statement() -> None:
    criteria = "1. Prix : 60 %\n2. Valeur technique : 30 %\n3. Délai : 10 %"
    details = "Sous-critères de la valeur technique :\n\n- Moyens : 20 %\n- Méthode : 10 %"
    [passage] = piece("RC.md", f"# Critères\n\n{criteria}\n\n{details}")[1]
    [statement] = statements(topics()["criteria"], passage)
    assert passage.text[statement.span.start : statement.span.end] == criteria
    assert [each.written for each in statement.values] == ["60", "30", "10"]
