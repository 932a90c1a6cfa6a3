"""Dossiers that refer to a CCAG: which one, what is cited of it, and what derogates from it."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from assistant.answering.answer import TurnResult
from assistant.answering.pipeline import Assistant
from assistant.evaluation.runs import run_turn
from assistant.journal.journal import Journal
from assistant.question.language import Language
from assistant.retrieval.hierarchy import general_text
from assistant.tenders.derogations import listed_derogations
from assistant.tenders.fiche import LINES, FicheState, fiche
from assistant.tenders.general_clauses import applied_texts
from assistant.tenders.service import DossierService
from ingestion.documents.document import Document
from ingestion.tenders.dossiers import Dossier
from ingestion.tenders.intake import Parcel
from tests.studies.general_clauses import DOSSIERS, prepare
from tests.support.dossier_files import piece
from tests.support.general_texts import TEXTS
from tests.support.small_index import answering_embedder, assistant_over

CANTEENS, GYMNASIUM = DOSSIERS
NOTICE = date(2026, 2, 9)


def ccap(*sentences: str) -> list[Document]:
    document, _ = piece("CCAP.md", "# CCAP\n\n## Article 2 – Pièces\n\n" + "\n\n".join(sentences))
    return [document]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Four CCAG and the two fictional dossiers, by the words embedder."""
    home = tmp_path_factory.mktemp("dossiers")
    prepare(home, answering_embedder())
    return assistant_over(home)


def told(result: TurnResult) -> list[str]:
    return [sentence.text for sentence in result.answer.sentences]


def locators(result: TurnResult) -> list[str]:
    return [each.locator for each in result.answer.citations]


@pytest.mark.parametrize(
    ("sentences", "day", "described"),
    [
        (["Le CCAG-FCS approuvé par l'arrêté du 30 mars 2021 est applicable."], None,
         ["CCAG-FCS de 2021 (CCAP, art. 2)"]),
        (["Le CCAG-Travaux approuvé par l'arrêté du 8 septembre 2009, modifié par l'arrêté du "
          "3 mars 2014, est applicable."], NOTICE, ["CCAG-Travaux de 2009 (CCAP, art. 2)"]),
        (["Le CCAG-Travaux, modifié par l'arrêté du 3 mars 2014, est applicable."], NOTICE,
         ["CCAG-Travaux de 2009 (CCAP, art. 2)"]),
        (["Le marché est soumis au CCAG-MOE."], date(2021, 6, 1),
         ["CCAG-MOE de 2021 (CCAP, art. 2 ; édition d’après la date de l’avis)"]),
        (["Le marché est soumis au CCAG-TIC."], date(2019, 5, 2),
         ["CCAG-TIC de 2009 (CCAP, art. 2 ; édition d’après la date de l’avis)"]),
        (["Le marché est soumis au CCAG-TIC."], date(2021, 6, 1),
         ["CCAG-TIC (CCAP, art. 2), édition non dite"]),
        (["Le marché est soumis au CCAG-PI de 2009.", "Vu le CCAG-PI de 2021."], NOTICE,
         ["CCAG-PI, éditions différentes dans les pièces (2009 et 2021)"]),
        (["Le CCAG-FCS de 2021 est applicable.", "Par dérogation à l'article 3 du CCAG-PI, rien."],
         NOTICE, ["CCAG-FCS de 2021 (CCAP, art. 2)"]),
        (["Les notions du CCAG-FCS et du CCAG-PI sont connues."], NOTICE, []),
        (["Le CCAG-FCS de 2021 n'est pas applicable."], NOTICE, []),
        (["Le marché n'a pas de cahier général."], NOTICE, []),
    ],
)  # fmt: skip
def test_the_pieces_say_which_ccag_applies_or_it_is_not_known(
    sentences: list[str], day: date | None, described: list[str]
) -> None:
    assert [each.describe() for each in applied_texts(ccap(*sentences), day)] == described


@pytest.mark.parametrize(
    ("written", "listed"),
    [
        ("| CCAP | CCAG |\n|---|---|\n| 3 | 14.1, 14.2 et 15 |", [("3", ("14.1", "14.2", "15"))]),
        ("| Article du CCAG | Article du CCAP |\n|---|---|\n| 14.1 | 3.2 |", [("3.2", ("14.1",))]),
        ("| CCAP | Objet | CCAG |\n|---|---|---|\n| 3 | Délai | 14.1 |", [("3", ("14.1",))]),
        ("| CCAP | CCAG | Objet |\n|---|---|---|\n| 3 | 14.1 | 2 jours |", [("3", ("14.1",))]),
        ("| CCAG | Objet | CCAP |\n|---|---|---|\n| 14.1 | Délai | 3 |", [("3", ("14.1",))]),
        ("- Article 7 : article 14.1 du CCAG-FCS", [("7", ("14.1",))]),
        ("- Article 14.1 : article 7 du CCAP", []),
        ("L'ARTICLE 7 DEROGE A L'ARTICLE 14.1 DU CCAG.", [("7", ("14.1",))]),
        ("L'article 7 déroge aux articles 20.1 et 20.4 du CCAG.", [("7", ("20.1", "20.4"))]),
        ("- article 7 du CCAP : dérogation à l'article 20.1 du CCAG", [("7", ("20.1",))]),
        ("Il est dérogé à l'article 20.1 du CCAG par l'article 7 du CCAP.", [("7", ("20.1",))]),
        ("Le marché ne déroge à aucun article.", []),
        ("L'article 7 ne comporte aucune dérogation à l'article 14.1 du CCAG.", []),
        ("Il n'est pas dérogé à l'article 20.1 du CCAG par l'article 7 du CCAP.", []),
        ("Conformément à l'article 1.2 du CCAG, l'article 8 du CCAP déroge à l'article 14.1 du "
         "CCAG.", [("8", ("14.1",))]),
        ("L'article 5 complète l'article 10 du CCAG et l'article 8 déroge à l'article 14.1.",
         [("8", ("14.1",))]),
        ("L'article 8, au lieu de l'article 14 du CCAG, déroge à l'article 14.1 du CCAG.",
         [("8", ("14.1",))]),
        ("L'article 8 déroge à l'article 14.1 du CCAG-FCS et à l'article 20.1 du CCAG-PI.",
         [("8", ("14.1",))]),
    ],
)  # fmt: skip
def test_a_list_of_derogations_is_read_however_it_is_written(
    written: str, listed: list[tuple[str, tuple[str, ...]]]
) -> None:
    document, _ = piece("CCAP.md", f"# CCAP\n\n## Article 9 – Dérogations au CCAG\n\n{written}\n")
    found = [(each.own, each.general) for each in listed_derogations([document])]
    assert found == listed


@pytest.mark.parametrize(
    ("written", "family"),
    [
        ("L'article 8 déroge à l'article 14.1 du CCAG-FCS.", "CCAG-FCS"),
        ("| CCAP | CCAG-FCS |\n|---|---|\n| 8 | 14.1 |", "CCAG-FCS"),
        ("L'article 8 déroge à l'article 14.1 du CCAG.", ""),
        ("L'article 8 déroge à l'article 14.1 du CCAG.\n\nVoir le CCAG-FCS et le CCAG-PI.", ""),
    ],
)
def test_a_derogation_is_from_the_ccag_that_its_list_names(written: str, family: str) -> None:
    document, _ = piece("CCAP.md", f"# CCAP\n\n## Article 9 – Dérogations\n\n{written}\n")
    (found,) = listed_derogations([document])
    assert found.family == family


def test_the_fiche_tells_the_ccag_its_edition_and_each_derogation() -> None:
    reads = [piece(each.name, each.read_text("utf-8")) for each in (TEXTS / CANTEENS).glob("*.md")]
    lines = dict(zip(LINES, fiche(reads, NOTICE).lines, strict=True))
    assert lines["ccag"].state is FicheState.FOUND
    assert lines["ccag"].remark == "CCAG-FCS de 2021 (CCAP, art. 2)"
    assert "art. 8.1 du CCAP → 14.1.1" in lines["derogations"].remark


@pytest.mark.parametrize(
    ("sentence", "state"),
    [
        ("Le marché est soumis au CCAG-PI.", FicheState.FOUND),
        ("Le marché est soumis au CCAG-PI de 2009, puis au CCAG-PI de 2021.", FicheState.DIFFERS),
    ],
)
def test_the_fiche_doubts_editions_that_differ_and_not_one_that_is_unsaid(
    sentence: str, state: FicheState
) -> None:
    read = piece("CCAP.md", f"# CCAP\n\n## Article 2 – Pièces\n\n{sentence}\n")
    lines = dict(zip(LINES, fiche([read]).lines, strict=True))
    assert lines["ccag"].state is state


def test_where_a_quoted_clause_is_derogated_from_the_clause_that_does_follows(
    assistant: Assistant,
) -> None:
    result = run_turn(assistant, "Que dit l'article 14.1.1 du CCAG ?", None, CANTEENS)
    said = told(result)
    line = said.index("Le CCAP y déroge (art. 8.1).")
    assert "V × R / 1 200" in said[line - 1]
    assert "85 € par heure" in said[line + 1]
    assert {"art. 14.1.1 CCAG-FCS", "CCAP, art. 8.1"} <= set(locators(result))
    assert "Ce dossier renvoie au CCAG-FCS de 2021 (CCAP, art. 2)." in result.answer.notice
    english = run_turn(assistant, "CCAG-FCS art. 14.1.1", None, CANTEENS, Language.ENGLISH)
    assert "The CCAP derogates from it (art. 8.1)." in told(english)


def test_a_clause_that_no_list_derogates_from_is_quoted_alone(assistant: Assistant) -> None:
    result = run_turn(assistant, "Que dit l'article 14.1.2 du CCAG-FCS ?", None, CANTEENS)
    assert any("13 %" in sentence for sentence in told(result))
    assert not any("déroge" in sentence for sentence in told(result))


def test_the_edition_of_a_dossier_that_names_none_is_that_of_its_notice(
    assistant: Assistant,
) -> None:
    result = run_turn(assistant, "Que dit l'article 44.1 du CCAG-Travaux ?", None, GYMNASIUM)
    assert result.as_of == date(2020, 6, 12)
    assert any("treize mois" in sentence for sentence in told(result))
    later = run_turn(assistant, "Article 44.1 du CCAG ?", date(2026, 6, 1), GYMNASIUM)
    assert any("treize mois" in sentence for sentence in told(later))  # the contract keeps it


@pytest.mark.parametrize(
    ("question", "dossier"),
    [
        ("Quelle garantie prévoit l'article 44.1 du CCAG-Travaux ?", CANTEENS),
        ("Que dit l'article 19.2.1 du CCAG-Travaux de 2021 ?", GYMNASIUM),
        ("Quelles pénalités par jour de retard, à combien plafonnées ?", CANTEENS),
        ("Quelles pénalités par jour de retard, à combien plafonnées ?", GYMNASIUM),
    ],
)
def test_no_clause_of_another_family_or_edition_is_evidence(
    assistant: Assistant, question: str, dossier: str
) -> None:
    result = run_turn(assistant, question, None, dossier)
    mine = {CANTEENS: "CCAG-FCS de 2021", GYMNASIUM: "CCAG-Travaux de 2009"}[dossier]
    texts = {str(text) for item in result.evidence if (text := general_text(item.passage))}
    assert texts <= {mine}
    if "CCAG" in question:
        assert f"Ce dossier renvoie au {mine}" in result.answer.notice


def test_the_fiche_of_a_dossier_as_filed_reads_the_day_of_its_notice(
    assistant: Assistant, tmp_path: Path
) -> None:
    filing = DossierService(
        assistant.dossiers(None).home(GYMNASIUM).parents[1],
        Journal(tmp_path / "journal.jsonl"),
        answering_embedder,
    )
    lines = dict(zip(LINES, filing.fiche(GYMNASIUM).lines, strict=True))
    assert lines["ccag"].remark.startswith("CCAG-Travaux de 2009 (CCAP, art. 2 ; ")


def test_a_question_on_the_ccag_is_told_what_a_clause_derogates_from(
    assistant: Assistant,
) -> None:
    asked = "Que prévoit l'article 8.3 du CCAP, et le CCAG ?"
    said = told(run_turn(assistant, asked, None, CANTEENS))
    line = said.index("Le CCAP y déroge (art. 8.3).")
    assert "premier euro" in said[0]
    assert "1 350 €" in said[line - 1]
    alone = told(run_turn(assistant, "Que prévoit l'article 8.3 du CCAP ?", None, CANTEENS))
    assert not any("1 350 €" in sentence for sentence in alone)


def test_a_question_on_the_derogations_is_told_all_of_them(assistant: Assistant) -> None:
    result = run_turn(assistant, "À quels articles le CCAP déroge-t-il ?", None, GYMNASIUM)
    line, *_ = told(result)
    assert line.count("CCAP art.") == 4
    assert "CCAP art. 7.1 (à l’art. 20.1)" in line
    assert "CCAP, art. 11" in locators(result)


def test_derogations_that_a_piece_lists_twice_are_told(tmp_path: Path) -> None:
    home, embedder = tmp_path, answering_embedder()
    prepare(home, embedder)
    filing = DossierService(home, Journal(home / "journal.jsonl"), lambda: embedder)
    filing.create(Dossier("deux-fois"))
    written = (TEXTS / GYMNASIUM / "CCAP.md").read_bytes()
    filing.add("deux-fois", [Parcel("CCAP.md", BytesIO(written + b"\n\n" + written))])
    asked = "À quels articles le CCAP déroge-t-il ?"
    line, *_ = told(run_turn(assistant_over(home), asked, None, "deux-fois"))
    assert "CCAP art. 7.1 (à l’art. 20.1)" in line


OF_TWO = """---
title: Cahier des clauses administratives particulières (CCAP)
---
# CCAP

## Article 2 – Pièces

Le CCAG-FCS approuvé par l'arrêté du 30 mars 2021 est applicable aux fournitures. Le CCAG-Travaux \
approuvé par l'arrêté du 30 mars 2021 est applicable aux travaux de pose.

## Article 8 – Résiliation

Par dérogation à l'article 41.1 du CCAG-FCS, le marché est résilié après deux retards.

## Article 9 – Dérogations au CCAG

{listed}
"""


@pytest.mark.parametrize(
    ("listed", "asked", "derogates"),
    [
        ("L'article 8 déroge à l'article 41.1 du CCAG-FCS.", "CCAG-FCS", True),
        ("L'article 8 déroge à l'article 41.1 du CCAG-FCS.", "CCAG-Travaux", False),
        ("L'article 8 déroge à l'article 41.1 du CCAG.", "CCAG-Travaux", False),
    ],
)
def test_of_two_ccag_only_the_one_that_is_named_is_derogated_from(
    tmp_path: Path, listed: str, asked: str, *, derogates: bool
) -> None:
    home, embedder = tmp_path, answering_embedder()
    prepare(home, embedder)
    filing = DossierService(home, Journal(home / "journal.jsonl"), lambda: embedder)
    filing.create(Dossier("mixte"))
    filing.add("mixte", [Parcel("CCAP.md", BytesIO(OF_TWO.format(listed=listed).encode()))])
    asking = f"Que dit l'article 41.1 du {asked} ?"
    result = run_turn(assistant_over(home), asking, date(2026, 6, 1), "mixte")
    assert f"art. 41.1 {asked}" in locators(result)
    assert ("Le CCAP y déroge (art. 8)." in told(result)) is derogates
