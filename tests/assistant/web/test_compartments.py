"""Three teams with a dossier each: nothing of one is ever shown to another, whatever is asked."""

import io
import json
import logging
import zipfile
from dataclasses import dataclass, replace
from itertools import cycle, islice, product
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.answering.answer import Finished
from assistant.answering.record import contract
from assistant.errors import UnknownRecord
from assistant.identity import Identity, UserRole
from assistant.journal.journal import Journal
from assistant.question.language import Language
from assistant.tenders.service import DossierService
from assistant.web.buyer.conversation import Conversation, Turn, about, advance
from assistant.web.buyer.export import as_docx, as_markdown
from assistant.web.local_service import LocalBuyerService
from ingestion.errors import UnknownDossier
from ingestion.tenders.dossiers import Dossier
from ingestion.tenders.intake import Parcel
from tests.support.journals import recorded
from tests.support.page_app import app_over
from tests.support.small_index import TODAY, answering_embedder, assistant_over, build_small_index

QUESTIONS = 50


@dataclass(frozen=True, slots=True)
class Team:
    """A team, its dossier, the place that its pieces speak of, and the secrets that they hold."""

    name: str
    dossier: str
    place: str
    secrets: tuple[str, str]

    @property
    def pieces(self) -> list[Parcel]:
        """A CCAP and a notice, each with one secret in every clause."""
        first, second = self.secrets
        texts = {
            "CCAP.md": f"# CCAP\n\n## Article 12 - Pénalités\n\nLa pénalité de retard pour "
            f"{self.place} est de 150 euros par jour, barème {first}.\n",
            "RC.md": f"# Règlement\n\n## Article 4 - Durée\n\nLe marché pour {self.place} dure "
            f"douze mois, code {second}.\n",
        }
        return [Parcel(name, io.BytesIO(text.encode())) for name, text in texts.items()]


TEAMS = (
    Team("voirie", "voirie-2026", "la place Zéphirin", ("KVZOU", "WYZIT")),
    Team("ecoles", "cantine-2026", "la cantine Quercitron", ("KVQOU", "WYQIT")),
    Team("parcs", "jardin-2026", "le jardin Bélandre", ("KVBOU", "WYBIT")),
)


def questions() -> list[str]:
    """Fifty questions, of which most are about another team's place or piece."""
    asked = (
        "Quelle est la pénalité de retard pour {} ?",
        "Quelle est la durée du marché pour {} ?",
        "Que dit l'article 12 du CCAP sur {} ?",
        "Que prévoit l'article 4 du RC pour {} ?",
        "Quel code pour {} ?",
        "Le candidat peut-il modifier le marché pour {} ?",
    )
    subjects = [*(team.place for team in TEAMS), *(f"le dossier {team.dossier}" for team in TEAMS)]
    made = (question.format(subject) for question, subject in product(asked, subjects))
    return list(islice(cycle(made), QUESTIONS))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small index and the three dossiers, each filled by its own team."""
    home = tmp_path_factory.mktemp("teams") / "home"
    build_small_index(home, tmp_path_factory.mktemp("texts"), answering_embedder())
    for team in TEAMS:
        filing = DossierService(
            home, Journal(home / "journal.jsonl"), answering_embedder, frozenset({team.name})
        )
        filing.create(Dossier(team.dossier, team=team.name, subject=team.place))
        receipts = filing.add(team.dossier, team.pieces)
        assert all(receipt.refusal is None for receipt in receipts)
    return home


@pytest.fixture(scope="module")
def services(home: Path) -> dict[str, LocalBuyerService]:
    """One assistant for all, and a service for each team."""
    assistant = assistant_over(home)
    return {
        team.name: LocalBuyerService(home, assistant, answering_embedder, member(team))
        for team in TEAMS
    }


def member(team: Team) -> Identity:
    return Identity(f"u-{team.name}", "", frozenset({UserRole.BUYER}), frozenset({team.name}))


def foreign(team: Team) -> list[str]:
    return [secret for other in TEAMS if other is not team for secret in other.secrets]


def word_text(file: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        return parts.read("word/document.xml").decode()


def turn_of(service: LocalBuyerService, question: str, dossier: str | None) -> Turn:
    """The turn as the page would show it."""
    turn = Turn(question, TODAY, dossier=dossier)
    for event in service.ask(question, as_of=TODAY, history=(), dossier=dossier):
        turn = advance(turn, event)
        if isinstance(event, Finished):
            turn = replace(turn, standalone=json.dumps(contract(event.result), ensure_ascii=False))
    return turn


@pytest.mark.parametrize("team", TEAMS, ids=lambda team: team.name)
def test_fifty_questions_of_a_team_show_no_passage_of_another(
    team: Team, services: dict[str, LocalBuyerService], home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    service = services[team.name]
    turns = [
        turn_of(service, question, dossier)
        for question in questions()
        for dossier in (None, team.dossier)
    ]
    conversation = Conversation(tuple(turns))
    shown = "".join(
        [
            repr(turns),
            as_markdown(conversation, TODAY),
            word_text(as_docx(conversation, TODAY)),
            caplog.text,
        ]
    )
    assert not [secret for secret in foreign(team) if secret in shown]
    assert all(secret in shown for secret in team.secrets)
    seen = {item.passage.dossier for turn in turns for item in turn.evidence}
    assert seen == {None, team.dossier}


@pytest.mark.parametrize("team", TEAMS, ids=lambda team: team.name)
def test_what_a_team_asks_of_another_teams_dossier_is_told_nothing(
    team: Team, services: dict[str, LocalBuyerService], home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    service, others = services[team.name], [other for other in TEAMS if other is not team]
    told: list[str] = []
    for other in others:
        for question in questions():
            with pytest.raises(UnknownDossier) as unknown:
                turn_of(service, question, other.dossier)
            told.append(str(unknown.value))
        owned = services[other.name]
        found = turn_of(owned, f"Quelle pénalité pour {other.place} ?", other.dossier)
        document = found.evidence[0].passage.document_id
        with pytest.raises(LookupError):
            service.document(document)
        with pytest.raises(UnknownDossier):
            service.document(document, other.dossier)
        with pytest.raises(UnknownDossier):
            service.original(document, other.dossier)
    assert [dossier.id for dossier in service.dossiers] == sorted(["ecole-2026", team.dossier])
    said = "".join(told) + caplog.text
    assert not [secret for secret in foreign(team) if secret in said]


def test_a_program_is_shown_the_dossiers_of_its_token_and_the_journal_names_it(
    services: dict[str, LocalBuyerService], home: Path
) -> None:
    team = TEAMS[0]
    owner = services[team.name]
    program = replace(member(team), token="t-1a2b3c4d", dossiers=frozenset({"ecole-2026"}))
    service = LocalBuyerService(home, owner._assistant, answering_embedder, program)
    asked = f"Quelle est la durée du marché pour le dossier {team.dossier} ?"
    assert [each.id for each in turn_of(owner, asked, None).proposed] == [team.dossier]
    assert turn_of(service, asked, None).proposed == ()
    assert [each.id for each in service.dossiers] == ["ecole-2026"]
    document = turn_of(owner, "Quelle durée ?", team.dossier).evidence[0].passage.document_id
    for act in (service.document, service.original):
        with pytest.raises(UnknownDossier):
            act(document, team.dossier)
    with pytest.raises(UnknownDossier):
        turn_of(service, asked, team.dossier)
    turn_of(service, asked, None)
    *_, (answer, body) = recorded(Journal(home / "journal.jsonl"))
    assert (answer["user"], body["token"]) == ("u-voirie", "t-1a2b3c4d")


def test_the_journal_holds_no_word_of_a_dossier_and_each_dossier_only_its_own(home: Path) -> None:
    journal = (home / "journal.jsonl").read_text(encoding="utf-8")
    for team in TEAMS:
        assert not [secret for secret in team.secrets if secret in journal]
        folder = home / "dossiers" / team.dossier
        written = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
        assert not [secret for secret in foreign(team) if secret.encode() in written]
    assert not list(Journal(home / "journal.jsonl").faults())


def test_the_pages_of_a_team_do_not_open_the_dossier_of_another(
    services: dict[str, LocalBuyerService], home: Path
) -> None:
    team, other = TEAMS[0], TEAMS[1]
    records = home / "dossiers" / other.dossier / "records"
    with TestClient(app_over(services[team.name])) as client:
        assert other.dossier not in client.get("/dossiers").text
        for path in ("", "/pieces", "/pieces/kind", "/pieces/remove", "/delete"):
            form = {"source": "CCAP.md", "piece": "RC", "confirmation": other.dossier}
            reply = client.post(f"/dossiers/{other.dossier}{path}", data=form)
            assert reply.status_code == 404
            assert not [secret for secret in foreign(team) if secret in reply.text]
        before = sorted(records.iterdir())
        for path in ("", "/fiche.docx", "/fiche.csv"):
            assert client.get(f"/dossiers/{other.dossier}{path}").status_code == 404
        assert sorted(records.iterdir()) == before
        assert client.get(f"/dossiers/{team.dossier}/fiche.csv").status_code == 200
        assert client.get(f"/dossiers/{team.dossier}").status_code == 200


def test_the_journal_names_who_asked_and_who_judged(
    services: dict[str, LocalBuyerService], home: Path
) -> None:
    team = TEAMS[0]
    turn_of(services[team.name], "Quelle durée ?", team.dossier)
    journal = Journal(home / "journal.jsonl")
    *_, answer = journal.entries()
    with pytest.raises(UnknownRecord):
        services[TEAMS[1].name].rate(answer["hash"][:16], "down", "Jugée par une autre équipe")
    services[team.name].rate(answer["hash"][:16], "up", "")
    *_, opinion = journal.entries()
    assert (answer["user"], opinion["user"]) == (f"u-{team.name}",) * 2


def test_an_opinion_is_kept_only_while_the_dossier_of_its_answer_is_the_readers(
    services: dict[str, LocalBuyerService], home: Path
) -> None:
    first, second = TEAMS[:2]
    own, other = services[first.name], services[second.name]
    journal = Journal(home / "journal.jsonl")

    def answered() -> str:
        own.filing.create(Dossier("chantier-2026", team=first.name))
        own.filing.add("chantier-2026", first.pieces)
        turn_of(own, "Quelle durée ?", "chantier-2026")
        *_, answer = journal.entries()
        return str(answer["hash"][:16])

    def opinions() -> int:
        return [entry["kind"] for entry in journal.entries()].count("opinion")

    before, gone = opinions(), answered()
    own.filing.delete("chantier-2026")
    with pytest.raises(UnknownRecord):
        own.rate(gone, "down", "Le dossier est retiré")
    other.filing.create(Dossier("chantier-2026", team=second.name))
    with pytest.raises(UnknownRecord):
        own.rate(gone, "down", "Le dossier est celui d'une autre équipe")
    other.filing.delete("chantier-2026")
    given = answered()
    DossierService(home, journal, answering_embedder).describe(
        Dossier("chantier-2026", team=second.name)
    )
    with pytest.raises(UnknownDossier):
        own.rate(given, "down", "Le dossier a été confié à une autre équipe")
    other.filing.delete("chantier-2026")
    assert opinions() == before


def test_a_conversation_that_a_browser_kept_loses_what_the_reader_may_not_see(
    services: dict[str, LocalBuyerService],
) -> None:
    team, other = TEAMS[0], TEAMS[1]
    turn = turn_of(services[other.name], f"Quelle pénalité pour {other.place} ?", other.dossier)
    kept = Conversation((turn,), Language.FRENCH, other.dossier)
    for name, left in ((team.name, Conversation()), (other.name, kept)):
        seen = tuple(services[name].dossiers)
        assert about(kept, seen) == replace(left, dossiers=seen)


def test_after_its_removal_no_word_of_a_dossier_is_on_the_disk(
    services: dict[str, LocalBuyerService], home: Path
) -> None:
    team = TEAMS[2]
    service = services[team.name]
    turn_of(service, f"Quelle est la pénalité de retard pour {team.place} ?", team.dossier)
    service.filing.delete(team.dossier)
    left = [path for path in home.parent.parent.rglob("*") if path.is_file()]
    codes = [code.encode() for code in team.secrets]
    assert not [path for path in left if any(code in path.read_bytes() for code in codes)]
    assert not list(Journal(home / "journal.jsonl").faults())
    with pytest.raises(UnknownDossier):
        turn_of(service, "Quelle pénalité ?", team.dossier)
