"""Notices in eForms XML and in the JSON of the BOAMP."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.chunking.passages import passages_of
from ingestion.chunking.places import place_of
from ingestion.french import written_moment
from ingestion.readers.eforms import written
from ingestion.readers.markup import element_from_json
from tests.support.paths import DATA
from tests.support.reading_files import problem, read, reading_of
from tests.support.shared_texts import SHARED

NOTICE = (DATA / "notice_eforms.xml").read_text(encoding="utf-8")
MAPA = {
    "organisme": {"acheteurPublic": "Commune de Vernon"},
    "initial": {
        "description": {"objet": "Curage des fossés"},
        "duree": {"nbMois": "12"},
        "criteres": {
            "criterePondere": [
                {"critere": "Prix", "criterePCT": "60"},
                {"critere": "Valeur technique", "criterePCT": "40"},
            ]
        },
    },
}


def test_a_notice_is_read_as_french_lines_under_french_headings() -> None:
    document = read(NOTICE.encode(), "avis.xml")
    assert document.title == "Avis de marché"
    assert document.text.split("\n") == [
        "Avis de marché",
        "Acheteur",
        "Acheteur : Ville de Vernon",
        "Ville : Vernon",
        "Procédure",
        "Intitulé : Entretien des réseaux",
        "Type de procédure : procédure ouverte",
        "Motif d'exclusion : Condamnation.",
        "Date d'envoi de l'avis : 02/02/2026",
        "Lot LOT-0001 : Curage",
        "Valeur estimée hors TVA : 60 000,50 €",
        "Durée : 12 mois",
        "Date limite de remise des offres : 12/03/2026 à 12:00",
        "Critère : Prix, 60 %",
        "Critère Prix : Sous-critères au RC.",
        "Critère : Valeur technique, 40 %",
        "Critère Valeur technique : Sous-critères au RC.",
        "Organe de recours : Tribunal administratif de Rouen",
    ]
    assert [heading.level for heading in document.headings] == [1, 2, 2, 2]


def test_a_line_is_cited_by_the_term_of_its_field() -> None:
    document = read(NOTICE.encode(), "avis.xml")
    line = "Date limite de remise des offres : 12/03/2026 à 12:00"
    start = document.text.index(line)
    headings = ("Avis de marché", "Lot LOT-0001 : Curage")
    place = place_of(document, headings, start, start + len(line))
    assert place.locator == "Avis de marché, § Lot LOT-0001 : Curage, champ BT-131"


def test_a_passage_of_many_fields_names_its_section_only() -> None:
    document = read(NOTICE.encode(), "avis.xml")
    buyer, procedure, *lots = (passage.locator for passage in passages_of(document))
    assert buyer == "Avis de marché, § Acheteur, champs BT-500, BT-513"
    assert procedure == "Avis de marché, § Procédure"
    assert lots == ["Avis de marché, § Lot LOT-0001 : Curage"]


def test_a_value_that_is_none_is_left_as_it_is() -> None:
    odd = NOTICE.replace("2026-03-12+01:00", "bientôt")
    assert "remise des offres : bientôt" in read(odd.encode(), "avis.xml").text
    alone = NOTICE.replace("2026-03-12+01:00", "2026-03-12")
    alone = alone.replace("<cbc:EndTime>12:00:00+01:00</cbc:EndTime>", "")
    text = read(alone.encode(), "avis.xml").text
    assert "remise des offres : 12/03/2026\n" in text


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-12T12:00:00", "12/03/2026 à 12:00"),
        ("2026-03-12T12:00:00+01:00", "12/03/2026 à 12:00"),
        ("2026-07-12T12:00:00+02:00", "12/07/2026 à 12:00"),
        ("2026-07-12T12:00:00+01:00", "12/07/2026 à 12:00 (UTC+01:00)"),
        ("2026-03-12T12:00:00Z", "12/03/2026 à 12:00 (UTC)"),
        ("2026-03-28T12:00:00+01:00", "28/03/2026 à 12:00"),
        ("2026-03-29T12:00:00+02:00", "29/03/2026 à 12:00"),
        ("2026-10-25T12:00:00+01:00", "25/10/2026 à 12:00"),
        ("2026-03-12T12:00:00+04:00", "12/03/2026 à 12:00 (UTC+04:00)"),
    ],
)
def test_a_time_says_its_zone_unless_it_is_that_of_paris(moment: str, expected: str) -> None:
    assert written_moment(datetime.fromisoformat(moment)) == expected


@pytest.mark.parametrize(
    ("unit", "value", "expected"),
    [
        ("YEAR", "1", "1 an"),
        ("DAY", "0", "0 jour"),
        ("WEEK", "1", "1 semaine"),
        ("MONTH", "1", "1 mois"),
        ("DAY", "2", "2 jours"),
        ("KMT", "1", "1 KMT"),
    ],
)
def test_a_measure_is_in_the_singular_up_to_one(unit: str, value: str, expected: str) -> None:
    measure = {"@unitCode": unit, "#text": value}
    assert written(element_from_json("DurationMeasure", measure)) == expected


def test_what_is_no_notice_is_said() -> None:
    other = NOTICE.replace("ContractNotice", "Invoice").encode()
    assert problem(other, "x.xml") == "le contenu n'est pas un avis au format eForms"
    assert problem(b"<a>", "x.xml").startswith("fichier corrompu (XML")
    bomb = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>"
    declaring = NOTICE.replace("<ContractNotice", f"{bomb}<ContractNotice")
    assert problem(declaring.encode(), "x.xml") == "fichier refusé : il déclare des entités XML"


RECORD = {
    "idweb": "26-1234",
    "nomacheteur": "Ville de Vernon",
    "objet": "Curage des réseaux",
    "descripteur_libelle": ["Assainissement", "Curage"],
    "dateparution": "2026-02-02",
    "datelimitereponse": "2026-03-12T12:00:00+01:00",
    "titulaire": None,
}
LINES = [
    "Avis 26-1234",
    "Référence : 26-1234",
    "Acheteur : Ville de Vernon",
    "Objet : Curage des réseaux",
    "Descripteurs : Assainissement, Curage",
    "Date de publication : 02/02/2026",
    "Date limite de remise des offres : 12/03/2026 à 12:00",
]


@pytest.mark.parametrize("found", [RECORD, [RECORD], {"total_count": 1, "results": [RECORD]}])
def test_a_record_of_the_boamp_is_read_as_french_lines(found: object) -> None:
    document = read(json.dumps(found).encode(), "avis.json")
    assert document.text.split("\n") == LINES
    (passage,) = passages_of(document)
    assert passage.locator == "Avis 26-1234"
    deadline = document.text.index(LINES[-1])
    place = place_of(document, ("Avis 26-1234",), deadline, len(document.text))
    assert place.locator == "Avis 26-1234, champ datelimitereponse"


@pytest.mark.parametrize(
    ("day", "time", "expected"),
    [
        ("2026-03-12", "12:00", "12/03/2026 à 12:00"),
        ("2026-03-12", "16h30", "12/03/2026 à 16:30"),
        ("2026-03-12", "9h30", "12/03/2026 à 09:30"),
        ("2026-03-12", "12 h", "12/03/2026 à 12:00"),
        ("2026-03-12", "midi", "12/03/2026 à midi"),
        ("10/04/2026", "12h00", "10/04/2026 à 12h00"),
        ("2026-03-12", None, "12/03/2026"),
        ("12 mars 2026", None, "12 mars 2026"),
    ],
)
def test_a_deadline_in_two_fields_is_one_line(day: str, time: str | None, expected: str) -> None:
    record = {"reference": "1", "title": "Curage", "deadline_date": day, "deadline_time": time}
    document = read(json.dumps(record).encode(), "avis.json")
    assert document.text.endswith(f"Date limite de remise des offres : {expected}")


def test_an_inner_object_takes_no_field_of_the_record() -> None:
    record = {"reference": "1", "objet": "Curage", "gestion": {"objet": "Autre", "etat": "INITIAL"}}
    lines = read(json.dumps(record).encode(), "avis.json").text.split("\n")
    assert lines[2:] == ["État de l'avis : INITIAL", "Objet : Curage"]


def test_each_notice_of_an_extract_is_a_document() -> None:
    extract = {
        "26-1": ["None", "Curage", "2026-03-12 12:00:00"],
        "26-2": ["Voirie", "Enrobés", "x"],
    }
    first, second = reading_of(json.dumps(extract).encode(), "avis.json").documents
    assert (first.title, second.title) == ("Avis 26-1", "Avis 26-2")
    assert first.id != second.id
    assert first.text.endswith("Date limite de remise des offres : 12/03/2026 à 12:00")
    assert "Intitulé" not in first.text
    assert "Intitulé : Voirie" in second.text


def test_fields_that_are_not_read_are_named() -> None:
    reading = reading_of(json.dumps({**RECORD, "donnees": "{…}"}).encode(), "avis.json")
    assert reading.warnings == ("champs non lus : donnees",)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"{", "fichier corrompu (JSON invalide)"),
        (b"[" * 100_000, "fichier corrompu (JSON invalide)"),
        (b"[1, null]", "le contenu n'est pas un avis du BOAMP"),
        (b'{"id": 1}', "le contenu n'est pas un avis du BOAMP"),
    ],
)
def test_json_that_is_no_notice_is_said(data: bytes, reason: str) -> None:
    assert problem(data, "x.json") == reason


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(list(RECORD)), inner)
    ),
)


@given(json_values)
def test_any_json_ends_in_lines_or_a_reason(found: object) -> None:
    reading = reading_of(json.dumps(found).encode(), "avis.json")
    assert bool(reading.documents) == (reading.problem is None)


NOTICES = sorted((SHARED / "data/boamp").rglob("*.xml")) + sorted(
    (SHARED / "data/boamp").glob("*.json")
)


@pytest.mark.parametrize(
    "path", NOTICES or [None], ids=lambda path: path.name if path else "absent"
)
def test_real_notices_are_read(path: Path | None) -> None:
    if path is None:
        pytest.skip(f"real notices are not here: {SHARED}")
    reading = reading_of(path.read_bytes(), path.name)
    assert reading.problem is None
    for document in reading.documents:
        assert len(document.marks) >= 3
        for mark in document.marks:
            assert " : " in document.text[mark.start : mark.end]


def test_a_national_notice_says_more_than_its_record() -> None:
    record = {"idweb": "26-31207", "objet": "Curage", "donnees": json.dumps({"MAPA": MAPA})}
    document = read(json.dumps(record).encode(), "avis.json")
    assert document.text.split("\n")[-4:] == [
        "Objet : Curage des fossés",
        "Durée en mois : 12",
        "Critère : Prix, 60 %",
        "Critère : Valeur technique, 40 %",
    ]


@pytest.mark.parametrize("whole", ['{"DSP": {"initial": {}}}', "{", '{"MAPA": {"1 2": 3}}', "[]"])
def test_a_whole_notice_that_is_not_read_is_named(whole: str) -> None:
    record = {"idweb": "26-31207", "objet": "Curage", "donnees": whole}
    reading = reading_of(json.dumps(record).encode(), "avis.json")
    assert reading.warnings == ("champs non lus : donnees",)
    assert "Objet : Curage" in reading.documents[0].text


@pytest.mark.parametrize(
    ("outcome", "cited", "signed", "expected"),
    [
        ("selec-w", ["T1", "T2"], ["T1"], ["Montant de l'offre retenue : 100 €", "Titulaire : A"]),
        ("selec-w", ["T1", "T2"], [], []),
        ("selec-w", ["T2"], [], ["Montant de l'offre retenue : 130 €", "Titulaire : B"]),
        ("clos-nw", ["T2"], [], []),
    ],
)
def test_a_holder_is_named_only_of_a_tender_that_was_chosen(
    outcome: str, cited: list[str], signed: list[str], expected: list[str]
) -> None:
    def ids(names: list[str]) -> list[dict[str, str]]:
        return [{"ID": name} for name in names]

    def tender(number: int, amount: str) -> dict[str, object]:
        total = {"PayableAmount": {"@currencyID": "EUR", "#text": amount}}
        party = {"ID": f"P{number}"}
        return {"ID": f"T{number}", "LegalMonetaryTotal": total, "TenderingParty": party}

    result = {
        "LotResult": {"TenderResultCode": outcome, "LotTender": ids(cited)},
        "LotTender": [tender(1, "100"), tender(2, "130")],
        "SettledContract": {"LotTender": ids(signed)},
        "TenderingParty": [{"ID": f"P{each}", "Tenderer": {"ID": f"O{each}"}} for each in (1, 2)],
    }
    companies = [
        {"Company": {"PartyIdentification": {"ID": f"O{at}"}, "PartyName": {"Name": name}}}
        for at, name in enumerate("AB", 1)
    ]
    notice = {"Organizations": {"Organization": companies}, "NoticeResult": result}
    whole = json.dumps({"EFORMS": {"ContractAwardNotice": notice}})
    record = {"idweb": "26-31207", "objet": "Curage", "donnees": whole}
    lines = read(json.dumps(record).encode(), "avis.json").text.split("\n")
    assert any(line.startswith("Issue : ") for line in lines)
    assert [each for each in lines if each.startswith(("Montant", "Titulaire"))] == expected
