"""The section of the page and the command: what is found, with both passages."""

import json
from pathlib import Path

import pytest

from assistant.cli.command import main
from assistant.question.language import Language
from assistant.tenders.conformity.review import FiledReview, review, review_fields
from assistant.web.buyer.dossier_pages import review_section
from ingestion.documents.document import Kind
from ingestion.durable import lock_for_writing
from ingestion.library.library import Library
from ingestion.tenders.dossiers import Dossier, Dossiers
from tests.support.conformity_dossier import SENT, TODAY, FakeCode, builtin_documents, found_in
from tests.support.index_home import with_articles

OK, BROKEN = 0, 1
PIECES = {"CCAP": "Une retenue de garantie de 7 % <b>est</b> appliquée."}
RETENTION = "La retenue de garantie ne peut être supérieure à 5 % du montant initial du marché."


def test_a_card_has_the_severity_the_comparison_and_the_way_to_both_passages() -> None:
    findings = review(builtin_documents(), FakeCode(SENT), TODAY, Dossier("montelyre-2026"))
    shown = review_section(FiledReview(SENT, findings), Language.FRENCH)
    assert '<span class="severity grave">grave</span>' in shown
    assert "7\u00a0% &gt; 5\u00a0%" in shown
    [place] = [
        place
        for finding in findings
        if finding.rule == "retenue-plafond"
        for place in finding.places
    ]
    assert f'href="/document/{place.document_id}?start={place.start}&amp;end={place.end}' in shown
    assert 'href="/document/R2191-33?' in shown
    assert f"{len(findings)} points à vérifier" in shown


def test_text_of_a_dossier_is_escaped() -> None:
    shown = review_section(FiledReview(SENT, found_in(PIECES)), Language.FRENCH)
    assert "<b>" not in shown


def test_what_could_not_be_checked_is_folded_under_the_cards() -> None:
    shown = review_section(FiledReview(SENT, found_in(PIECES)), Language.FRENCH)
    assert '<details class="unchecked">' in shown
    assert shown.index("finding") < shown.index("Non contrôlé (")


def test_many_places_are_folded_after_the_first_ones() -> None:
    brands = "\n\n".join(f"Article {n} : une tronçonneuse Stihl." for n in range(9))
    shown = review_section(FiledReview(SENT, found_in({"CCTP": brands})), Language.FRENCH)
    assert "et 5 autres" in shown
    assert shown.count("tronçonneuse Stihl") == 9


def test_the_page_says_it_in_english_too() -> None:
    shown = review_section(FiledReview(SENT, ()), Language.ENGLISH)
    assert "Nothing was found." in shown
    assert "law of 8 October 2026" in shown


def test_the_record_has_offsets_in_the_documents() -> None:
    fields = review_fields("essai", FiledReview(SENT, found_in(PIECES)))
    assert fields["dossier"] == "essai"
    assert fields["as_of"] == "2026-10-08"
    [found] = [each for each in fields["findings"] if each["rule"] == "retenue-plafond"]
    [place], [ground] = found["places"], found["grounds"]
    assert place["end"] - place["start"] == len(place["text"])
    assert ground["article"] == "R2191-33"
    json.dumps(fields)


def test_the_record_names_every_rule_that_the_same_reason_stops() -> None:
    fields = review_fields("essai", FiledReview(SENT, found_in({"CCAP": "Le prix est révisé."})))
    [unread] = [each for each in fields["findings"] if "(avis, RC)" in each["sentence"]]
    assert unread["rule"] == "critères-absents"
    assert "variantes" in unread["also"]
    assert unread["places"] == []


def test_nothing_found_is_not_said_to_be_nothing_to_check() -> None:
    assert FiledReview(SENT, ()).headline == "Rien n'a été relevé · droit au 08/10/2026"


def test_the_command_shows_a_dossier_and_writes_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = _home(tmp_path)
    assert _run(home, "ecole-2026") == OK
    said = " ".join(capsys.readouterr().out.split())
    assert "à vérifier · droit au 08/10/2026" in said
    assert "grave : La retenue de garantie est de 7 %" in said
    assert "art. R2191-33 : La retenue de garantie" in said
    assert "Non contrôlé (" in said
    assert ") : aucun texte indexé en vigueur" in said
    assert _run(home, "ecole-2026", "--json", "--date", "2026-11-24") == OK
    fields = json.loads(capsys.readouterr().out)
    assert fields["as_of"] == "2026-11-24"
    assert {"dossier", "as_of", "findings"} == set(fields)


def test_the_command_refuses_a_dossier_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(_home(tmp_path), "autre") == BROKEN
    assert "autre" in capsys.readouterr().err


def _home(folder: Path) -> Path:
    """An index with the article of the retenue de garantie, and a dossier with two pieces."""
    home = with_articles(folder, {"R2191-33": RETENTION})
    dossiers = Dossiers(home)
    dossiers.create(Dossier("ecole-2026"))
    library = Library(dossiers.home("ecole-2026"))
    sent = "Avis envoyé le 8 octobre 2026 pour un appel d'offres ouvert."
    with lock_for_writing(dossiers.home("ecole-2026")):
        for name, text in (*PIECES.items(), ("RC", sent)):
            path = folder / f"{name}.md"
            path.write_text(text, encoding="utf-8")
            assert library.add(path, path.name, Kind.TENDER).reading.problem is None
    return home


def _run(home: Path, *arguments: str) -> int:
    return main(["--data", str(home), "dossier", "check", *arguments])
