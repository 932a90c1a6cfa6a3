"""Dossiers, each kept to its team, and gone when it is removed."""

from io import BytesIO
from pathlib import Path

import psycopg
import pytest

from assistant.answering.answer import TurnResult
from assistant.journal.journal import Journal, journal_of
from assistant.tenders.service import DossierService
from ingestion.documents.document import Kind
from ingestion.documents.pieces import PieceKind
from ingestion.errors import BusyIndex, IngestionError, UnknownDossier, UnreachableStore
from ingestion.index.publication import current_name
from ingestion.tenders.compartments import DESCRIPTION, DossierReader
from ingestion.tenders.dossiers import Dossier, Dossiers, DossierStage, library_of
from ingestion.tenders.intake import Parcel
from ingestion.tenders.server import DossierServer
from tests.support.fakes import WordEmbedder
from tests.support.index_home import build_and_publish, published, with_articles
from tests.support.journals import bodies
from tests.support.postgresql_server import Server, with_store
from tests.support.small_index import TODAY, assistant_over, result_of

ROADS = Dossier("voirie-2026", reference="2026-07", team="voirie", stage=DossierStage.CONSULTATION)
SCHOOL = Dossier("ecole-2026", team="education")
OPEN = Dossier("modele")
CANARY = "La pénalité de retard est de 137 euros par jour pour le pavage de la place Zéphirin."
QUESTION = "Quelle pénalité de retard pour le pavage de la place Zéphirin ?"


def _filled(home: Path) -> Path:
    dossiers = Dossiers(home)
    for dossier in (ROADS, SCHOOL, OPEN):
        dossiers.create(dossier)
    return home


@pytest.fixture(params=["folder", pytest.param("postgresql", marks=pytest.mark.slow)])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Three dossiers in a data folder, or on its server."""
    if request.param == "postgresql":
        with_store(tmp_path, request.getfixturevalue("postgresql"))
    return _filled(tmp_path)


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
    with pytest.raises(IngestionError, match=r"« education » n'est pas une .* vôtres : voirie"):
        roads.create(Dossier("autre", team="education"))
    with pytest.raises(IngestionError, match="« Voirie » n'est pas une des vôtres"):
        roads.create(Dossier(SCHOOL.id, team="Voirie"))  # whether another team has it is not told
    with pytest.raises(IngestionError, match="aucune"):
        Dossiers(home, frozenset()).create(Dossier("autre", team="voirie"))
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


def test_a_description_copied_into_another_folder_opens_that_folder(tmp_path: Path) -> None:
    home = _filled(tmp_path)
    copy = home / "dossiers" / "copie" / DESCRIPTION
    copy.parent.mkdir()
    copy.write_bytes((home / "dossiers" / "modele" / DESCRIPTION).read_bytes())
    assert Dossiers(home).get("copie").id == "copie"


def test_a_damaged_description_takes_the_others_from_nobody(tmp_path: Path) -> None:
    home = _filled(tmp_path)
    (home / "dossiers" / SCHOOL.id / DESCRIPTION).write_text("{")
    assert Dossiers(home).all() == (OPEN, ROADS)
    with pytest.raises(IngestionError, match=r"ecole-2026 est abîmée"):
        Dossiers(home).get(SCHOOL.id)


def test_a_damaged_description_is_said_to_who_adds_a_piece(tmp_path: Path) -> None:
    home = _filled(tmp_path)
    (home / "dossiers" / SCHOOL.id / DESCRIPTION).write_text("{")
    with pytest.raises(IngestionError, match="est abîmée"), library_of(home, SCHOOL.id):
        pass


def test_a_removal_cut_short_is_finished_and_never_seen(tmp_path: Path) -> None:
    home = _filled(tmp_path)
    folder = home / "dossiers" / "modele"
    folder.rename(folder.with_name(".removed-modele"))
    with pytest.raises(UnknownDossier):
        Dossiers(home).get("modele")
    assert OPEN not in Dossiers(home).all()
    assert not list((home / "dossiers").glob(".removed-*"))


def test_a_removal_is_on_record_though_somebody_lists_the_dossiers_meanwhile(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Dossiers(home).home(OPEN.id)
    renamed, rename = [], Path.rename

    def listed_meanwhile(path: Path, other: Path) -> Path:
        moved = rename(path, other)
        renamed.append(path)
        assert OPEN not in Dossiers(home).all()
        return moved

    monkeypatch.setattr(Path, "rename", listed_meanwhile)
    filing_at(home).delete(OPEN.id)
    assert renamed == [folder]
    assert bodies(journal_of(home))[-1] == {"act": "deleted", "dossier": OPEN.id}
    assert not [*folder.parent.glob(f"*{OPEN.id}")]


# On a server only.


@pytest.fixture(params=["owner", "superuser"])
def address(request: pytest.FixtureRequest, postgresql: Server) -> str:
    """A base of an account that owns its tables and no more, or that no policy binds by itself."""
    address = postgresql.fresh()
    if request.param == "superuser":
        return address
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION vector")
        owner = f"owner_of_{connection.info.dbname}"
        connection.execute(f"CREATE ROLE {owner} LOGIN".encode())
        connection.execute(f"GRANT ALL ON DATABASE {connection.info.dbname} TO {owner}".encode())
    return address.replace("//essai@", f"//{owner}@")


def machine(home: Path, address: str) -> Path:
    """The data folder of one of the machines of a server."""
    home.mkdir()
    (home / "settings.toml").write_text(f'store = "{address}"\n', encoding="utf-8")
    return home


def filing_at(home: Path) -> DossierService:
    return DossierService(home, journal_of(home), WordEmbedder)


@pytest.mark.slow
def test_without_our_own_check_the_server_still_hides_a_dossier(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = _filled(machine(tmp_path / "home", address))
    with Dossiers(home).writing(ROADS.id) as folder:
        (folder / "library.json").write_text("[]")
    monkeypatch.setattr(Dossiers, "_sees", lambda self, dossier: True)
    assert [each.id for each in Dossiers(home).all()] == ["ecole-2026", "modele", ROADS.id]
    for foreign, seen in (
        (Dossiers(home, frozenset({"education"})), (SCHOOL, OPEN)),
        (Dossiers(home, None, frozenset({"modele"})), (OPEN,)),
    ):
        assert foreign.all() == seen
        for ask in (foreign.get, foreign.home, foreign.writing, foreign.archive, foreign.delete):
            with pytest.raises(UnknownDossier):
                ask(ROADS.id)
        with pytest.raises(UnreachableStore, match="row-level security"):
            foreign.create(ROADS)
    assert Dossiers(home).get(ROADS.id) == ROADS


@pytest.mark.slow
def test_a_query_that_forgets_whose_a_dossier_is_finds_none(tmp_path: Path, address: str) -> None:
    home = _filled(machine(tmp_path / "home", address))
    for dossier in (ROADS, SCHOOL):
        with Dossiers(home).writing(dossier.id) as folder:
            (folder / "library.json").write_text("[]")
    school = DossierServer(home, address, DossierReader(frozenset({"education"})))
    tables = ("dossiers", "dossier_files")
    with school.asked() as asked:
        found = [asked.rows(f"SELECT * FROM {{schema}}.{table}") for table in tables]
        assert [{row[0] for row in rows} for rows in found] == [
            {SCHOOL.id, OPEN.id},
            {SCHOOL.id},
        ]
        assert asked.run("UPDATE {schema}.dossiers SET team = ''") == 2
        asked.run("SELECT set_config('sourcier.reader', '', true)")
        assert [asked.rows(f"SELECT * FROM {{schema}}.{table}") for table in tables] == [[], []]
    taken = "UPDATE {schema}.dossiers SET team = 'voirie'"
    written = "INSERT INTO {schema}.dossier_files (dossier, name, content) VALUES (%s, 'x', 'x')"
    for refused, *values in ((taken,), (written, ROADS.id)):
        with pytest.raises(UnreachableStore, match="row-level security"), school.asked() as asked:
            asked.run(refused, *values)


@pytest.mark.slow
def test_what_one_machine_does_another_one_sees(tmp_path: Path, postgresql: Server) -> None:
    address = postgresql.fresh()
    here, there = (machine(tmp_path / name, address) for name in ("here", "there"))
    Dossiers(here).create(ROADS)
    first = filing_at(here).add(ROADS.id, [Parcel("CCAP.md", BytesIO(CANARY.encode()))])
    assert first[0].refusal is None
    other = filing_at(there)
    assert [each.entry.source for each in other.pieces(ROADS.id)] == ["CCAP.md"]
    assert not other.awaits_index(ROADS.id)
    copies = [Dossiers(each).home(ROADS.id) for each in (here, there)]
    assert len({current_name(copy) for copy in copies}) == 1
    found = published(copies[1]).lexical.search("pénalité de retard", 1)
    assert published(copies[1]).store.passages([found[0].passage_id])[0].text in CANARY

    other.set_piece(ROADS.id, "CCAP.md", PieceKind.RC)
    assert filing_at(here).pieces(ROADS.id)[0].entry.piece is PieceKind.RC
    assert published(copies[0]).manifest == published(copies[1]).manifest
    with Dossiers(here).writing(ROADS.id), pytest.raises(BusyIndex):
        other.remove(ROADS.id, ["CCAP.md"])
    document = next(iter(published(copies[0]).store.documents()))
    kept = Dossiers(here).archive(ROADS.id).keep(document)
    assert Dossiers(there).archive(ROADS.id).document(kept) == document
    assert Dossiers(there).archive(ROADS.id).original(document.id) == CANARY.encode()
    told = bodies(journal_of(there))
    assert [body["act"] for body in told if body and "act" in body] == ["piece_set"]
    assert journal_of(there).faults() == ()

    filing_at(here).delete(ROADS.id)
    assert other.all() == ()
    assert [copy.exists() for copy in copies] == [False, False]
    assert journal_of(there).faults() == ()


def test_a_dossier_whose_removal_was_cut_short_is_not_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopted: list[str] = []
    monkeypatch.setattr("ingestion.tenders.server.role_at", lambda _: "none")
    server = DossierServer(_filled(tmp_path), "postgresql://nowhere")
    monkeypatch.setattr(server, "adopt", adopted.append)
    folder = tmp_path / "dossiers" / SCHOOL.id
    folder.rename(folder.with_name(f".removed-{SCHOOL.id}"))
    server.take_over()
    assert sorted(adopted) == sorted([OPEN.id, ROADS.id])
    assert not list((tmp_path / "dossiers").glob(".removed-*"))


@pytest.mark.slow
def test_a_change_that_was_cut_short_is_sent_later_unless_another_came(
    tmp_path: Path, postgresql: Server
) -> None:
    address = postgresql.fresh()
    here, there = (machine(tmp_path / name, address) for name in ("here", "there"))
    Dossiers(here).create(ROADS)

    def cut_short(text: str) -> None:
        """Leave the copy as a writer who was killed does."""
        folder = Dossiers(here).home(ROADS.id)
        (folder / "library.json").write_text(text)
        (folder / ".revision").write_text((folder / ".revision").read_text() + "+")

    cut_short("[] ")
    assert not (Dossiers(there).home(ROADS.id) / "library.json").exists()
    assert (Dossiers(here).home(ROADS.id) / "library.json").read_text() == "[] "
    assert (Dossiers(there).home(ROADS.id) / "library.json").read_text() == "[] "
    cut_short("[]  ")
    with Dossiers(there).writing(ROADS.id) as folder:
        (folder / "library.json").write_text("[]")
    assert (Dossiers(here).home(ROADS.id) / "library.json").read_text() == "[]"


# With what is asked about them


def _with_piece(folder: Path) -> Path:
    """A data folder with a rule, and the canary in the CCAP of the roads' dossier."""
    home = with_articles(folder, {"R2192-10": "Le délai de paiement est fixé à trente jours."})
    Dossiers(home).create(ROADS)
    piece = folder / "CCAP.md"
    piece.write_text(f"# CCAP\n\n## Article 12 - Pénalités\n\n{CANARY}\n", encoding="utf-8")
    with library_of(home, ROADS.id) as library:
        library.add(piece, "CCAP.md", Kind.TENDER, ROADS.id)
    piece.unlink()
    return home


def _asked(home: Path, question: str) -> TurnResult:
    """What is answered about the dossier of the roads, once it is indexed."""
    build_and_publish(Dossiers(home).home(ROADS.id))
    assistant = assistant_over(home, embedder=WordEmbedder())
    return result_of(assistant.ask(question, as_of=TODAY, dossier=ROADS.id))


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
        with library_of(home, ROADS.id) as library:
            assert not library.add(piece, name, Kind.TENDER, ROADS.id).reading.problem
    stated = _asked(home, "Quelle est la retenue de garantie ?").answer.sentences
    assert [each.text for each in stated[:2]] == [retention.format(3), retention.format(5)]
    notice = _asked(home, "Quelle retenue de garantie, article 9 du CCAP ?").answer.notice
    assert "AE prévaut sur CCAP" in notice
    assert "CCAP, art. 9" in notice
