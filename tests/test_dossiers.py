"""Dossiers, each kept to its team, and gone when it is removed."""

from pathlib import Path

import pytest

from assistant.answering.answer import Finished, TurnResult
from assistant.answering.pipeline import Assistant
from assistant.journal.journal import Journal
from assistant.retrieval.snapshots import SnapshotHolder
from ingestion.errors import IngestionError, UnknownDossier
from ingestion.readers.documents import Kind
from ingestion.tenders.dossiers import DESCRIPTION, Dossier, Dossiers, DossierStage, library_of
from tests.fakes import ScriptedModel, WordEmbedder
from tests.index_home import build_and_publish, with_articles
from tests.small_index import TODAY

ROADS = Dossier("voirie-2026", reference="2026-07", team="voirie", stage=DossierStage.CONSULTATION)
SCHOOL = Dossier("ecole-2026", team="education")
OPEN = Dossier("modele")
CANARY = "La pénalité de retard est de 137 euros par jour pour le pavage de la place Zéphirin."
QUESTION = "Quelle pénalité de retard pour le pavage de la place Zéphirin ?"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    dossiers = Dossiers(tmp_path)
    for dossier in (ROADS, SCHOOL, OPEN):
        dossiers.create(dossier)
    return tmp_path


def test_a_reader_sees_the_dossiers_of_their_teams_and_those_of_everybody(home: Path) -> None:
    assert Dossiers(home).all() == (SCHOOL, OPEN, ROADS)
    assert Dossiers(home, frozenset({"voirie"})).all() == (OPEN, ROADS)
    assert Dossiers(home, frozenset()).all() == (OPEN,)
    assert Dossiers(home, frozenset({"voirie"})).get("voirie-2026") == ROADS


def test_another_teams_dossier_is_as_unknown_as_one_that_does_not_exist(home: Path) -> None:
    foreign = Dossiers(home, frozenset({"voirie"}))
    said = []
    for asked in ("ecole-2026", "rien-2026"):
        for ask in (foreign.get, foreign.home, foreign.delete):
            with pytest.raises(UnknownDossier) as unknown:
                ask(asked)
            said.append(str(unknown.value).replace(asked, ""))
    assert len(set(said)) == 1
    with pytest.raises(UnknownDossier):
        foreign.describe(SCHOOL)
    with pytest.raises(IngestionError, match="n'est pas libre"):
        foreign.create(Dossier("ecole-2026", team="voirie"))
    assert Dossiers(home).get("ecole-2026") == SCHOOL


def test_a_reader_cannot_give_a_dossier_to_a_team_that_is_not_theirs(home: Path) -> None:
    roads = Dossiers(home, frozenset({"voirie"}))
    with pytest.raises(IngestionError):
        roads.create(Dossier("autre", team="education"))
    with pytest.raises(IngestionError, match="education"):
        roads.describe(Dossier("voirie-2026", team="education"))


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../ecole-2026", "a/b", "é", "-x", "x" * 65, "a\n"]
)
def test_what_cannot_name_a_folder_names_no_dossier(home: Path, name: str) -> None:
    with pytest.raises(UnknownDossier):
        Dossiers(home).get(name)
    with pytest.raises(IngestionError, match="ne peut pas nommer"):
        Dossiers(home).create(Dossier(name))


def test_a_description_copied_into_another_folder_opens_that_folder(home: Path) -> None:
    copy = home / "dossiers" / "copie" / DESCRIPTION
    copy.parent.mkdir()
    copy.write_bytes((home / "dossiers" / "modele" / DESCRIPTION).read_bytes())
    assert Dossiers(home).get("copie").id == "copie"


def test_a_removal_cut_short_is_finished_and_never_seen(home: Path) -> None:
    folder = home / "dossiers" / "modele"
    folder.rename(folder.with_name(".removed-modele"))
    with pytest.raises(UnknownDossier):
        Dossiers(home).get("modele")
    assert OPEN not in Dossiers(home).all()
    assert not list((home / "dossiers").glob(".removed-*"))


# With what is asked about them


def _with_piece(folder: Path) -> Path:
    """A data folder with a rule, and the canary in the CCAP of the roads' dossier."""
    home = with_articles(folder, {"R2192-10": "Le délai de paiement est fixé à trente jours."})
    Dossiers(home).create(ROADS)
    piece = folder / "CCAP.md"
    piece.write_text(f"# CCAP\n\n## Article 12 - Pénalités\n\n{CANARY}\n", encoding="utf-8")
    library_of(home, ROADS.id).add(piece, "CCAP.md", Kind.TENDER, ROADS.id)
    piece.unlink()
    return home


def _asked(home: Path, question: str) -> TurnResult:
    """What is answered about the dossier of the roads, once it is indexed."""
    build_and_publish(Dossiers(home).home(ROADS.id))
    journal, embedder = Journal(home / "journal.jsonl"), WordEmbedder()
    assistant = Assistant(SnapshotHolder(home, embedder), embedder, ScriptedModel(), journal, 6)
    events = list(assistant.ask(question, as_of=TODAY, dossier=ROADS.id))
    assert isinstance(events[-1], Finished)
    return events[-1].result


def test_an_answer_altered_in_its_dossier_is_seen(tmp_path: Path) -> None:
    home = _with_piece(tmp_path)
    _asked(home, QUESTION)
    [record] = (Dossiers(home).home(ROADS.id) / "records").iterdir()
    record.write_text(record.read_text(encoding="utf-8").replace("137", "731"), encoding="utf-8")
    journal = Journal(home / "journal.jsonl")
    assert [fault.line for fault in journal.faults()] == [1]
    assert journal.body(next(journal.entries())) is None


def test_an_answer_says_that_pieces_differ_and_which_prevails(tmp_path: Path) -> None:
    home = with_articles(tmp_path, {"R2192-10": "Le délai de paiement est fixé à trente jours."})
    Dossiers(home).create(ROADS)
    order = "Les pièces prévalent dans l'ordre suivant :\n- l'acte d'engagement ;\n- le CCAP."
    retention = "Une retenue de garantie de {} % est appliquée sur le montant du marché."
    for name, text in (
        ("AE.md", f"# Acte d'engagement\n\n## Article 7 - Retenue\n\n{retention.format(3)}\n"),
        (
            "CCAP.md",
            f"# CCAP\n\n## Article 2 - Pièces contractuelles\n\n{order}\n\n"
            f"## Article 9 - Retenue de garantie\n\n{retention.format(5)}\n",
        ),
    ):
        piece = tmp_path / name
        piece.write_text(text, encoding="utf-8")
        assert (
            not library_of(home, ROADS.id).add(piece, name, Kind.TENDER, ROADS.id).reading.problem
        )
    notice = _asked(home, "Quelle retenue de garantie, article 9 du CCAP ?").answer.notice
    assert "AE prévaut sur CCAP" in notice
    assert "CCAP, art. 9" in notice
