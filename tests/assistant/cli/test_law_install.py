"""`sourcier law install | update` from a server on this machine to an index in service."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.cli.command import main
from assistant.journal.journal import journal_of
from assistant.publishing.official_texts import doubts, expected_articles, lacking
from assistant.publishing.service import AdministrationService
from assistant.retrieval.tuning import default_tuning
from ingestion.documents.document import Document, State
from ingestion.index.publication import current_name, finished
from ingestion.legislation.official_copy import OfficialCopy, chosen_texts
from ingestion.library.corpus import Addition
from ingestion.library.library import Library
from ingestion.tenders.intake import Parcel
from tests.support.administered import acts, administered
from tests.support.command_line import Command, command_of, on_one_line, use_small_models
from tests.support.dila_server import Dila, cut, offering
from tests.support.fake_law import AFTER, publish_law
from tests.support.general_texts import versions_of
from tests.support.index_home import add
from tests.support.legi_files import (
    ELSEWHERE,
    FULL,
    LAST,
    NEXT,
    OTHER_CODE_ID,
    VERSION,
    article_name,
    files_of,
    in_folder,
    other,
    suppressions,
    write_archive,
)
from tests.support.small_index import answering_embedder

CODE = chosen_texts()[0].id
JANUARY = "LEGI_20260102-203000.tar.gz"
RULE = replace(VERSION, text_id=CODE, code="Code de la commande publique")
SECOND = replace(RULE, id="LEGIARTI000000000020", number="R12-3")
ENDED = replace(RULE, state=State.CHANGED, ended=date(2026, 1, 2))
REPLACING = replace(
    RULE,
    id="LEGIARTI000000000012",
    first_day=date(2026, 1, 2),
    lines=("Le puisatier creuse jusqu'à vingt mètres.",),
)
CLAUSES = replace(
    RULE,
    id="LEGIARTI000000000040",
    text_id="LEGITEXT000000000040",
    code="Arrêté du 30 mars 2021 approuvant les clauses administratives générales de travaux",
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder with a text of its own; nothing is built of it."""
    (tmp_path / "note.md").write_text("# Note\n\nTrente jours.")
    add(tmp_path / "home", tmp_path / "note.md")
    return tmp_path / "home"


@pytest.fixture
def dila(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dila]:
    """A server with a complete archive and one of the next day, which `home` is set to ask."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr("ingestion.legislation.dila.time.sleep", lambda seconds: None)
    archives = {
        FULL: packed(tmp_path, FULL, files_of(RULE, SECOND, ELSEWHERE)),
        JANUARY: packed(
            tmp_path,
            JANUARY,
            in_folder(JANUARY, files_of(ENDED, REPLACING) | suppressions(SECOND)),
        ),
    }
    with offering(Dila(archives)) as dila:
        (home / "settings.toml").write_text(f'law_source = "{dila.address}"')
        yield dila


Run = Callable[[Path], Command]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`sourcier law …` in a data folder: its exit code and all it says, on one line."""
    monkeypatch.setattr(
        "assistant.publishing.official_texts.expected_articles", lambda: frozenset({"R12-2"})
    )
    monkeypatch.setenv("COLUMNS", "200")

    return lambda home: on_one_line(command_of(home, capsys, "law"))


@pytest.fixture
def command(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The same in `home`, up to the library."""
    monkeypatch.setattr("assistant.cli.law_install.build_all", lambda *_, **__: 0)
    return run(home)


@pytest.fixture
def building(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is built and asked is of the small index."""
    use_small_models(monkeypatch, answering_embedder)
    monkeypatch.setattr("assistant.container.tuning_for", lambda _: default_tuning())


def packed(folder: Path, name: str, files: Mapping[str, bytes]) -> bytes:
    return write_archive(folder / name, files).read_bytes()


def code_of(home: Path) -> list[Document]:
    return [each for each in Library(home).documents() if each.source == f"{CODE}.jsonl"]


def texts(home: Path) -> list[str]:
    return [entry.source for entry in Library(home).entries if "LEGITEXT" in entry.source]


@pytest.mark.usefixtures("building")
def test_what_is_installed_enters_service_unless_there_are_doubts(
    run: Run, dila: Dila, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = administered(tmp_path / "served", tmp_path)
    (home / "settings.toml").write_text(f'law_source = "{dila.address}"')
    before, command = current_name(home), run(home)
    with monkeypatch.context() as patch:
        patch.setattr("assistant.cli.law_install.doubts", lambda *_: ("Trop de nombres.",))
        code, said = command("install")
    assert code == 0, said
    assert "Trop de nombres." in said
    assert f"sourcier index publish {finished(home)[-1]}" in said
    assert current_name(home) == before
    code, said = command("install")
    assert code == 0
    assert "Aucune archive n'est plus récente" in said
    assert current_name(home) == finished(home)[-1] != before
    assert acts(home) == ["added", "built", "gate_passed", "gate_passed", "published"]


def test_a_text_that_was_kept_before_an_interruption_is_on_record(
    command: Command, home: Path, dila: Dila, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = OfficialCopy.additions

    def interrupted(copy: OfficialCopy) -> Iterator[Addition]:
        yield from listed(copy)
        raise KeyboardInterrupt

    monkeypatch.setattr("ingestion.legislation.official_copy.OfficialCopy.additions", interrupted)
    assert command("install")[0] == 130
    assert acts(home) == ["added"]


def test_only_the_texts_chosen_are_kept_and_size_and_time_are_said(
    command: Command, home: Path, dila: Dila
) -> None:
    dila.failures.append(cut(300))
    code, said = command("install")
    assert code == 0
    assert "Archive complète du 01/01/2026 : 1 ko." in said
    assert "Archives quotidiennes : 1, du 02/01/2026 au 02/01/2026, 1 ko." in said
    assert "À lire : 2 ko, soit 1 min à 100 Mbit/s" in said
    assert f"{CODE} : 2 versions d'articles gardées." in said
    assert "Textes officiels à jour du 02/01/2026." in said
    assert "aucun index en service" not in said
    assert dila.asked_for(FULL) == ["", "bytes=300-"]
    assert texts(home) == [f"{CODE}.jsonl"]
    assert [(each.valid_from, each.valid_to) for each in code_of(home)] == [
        (RULE.first_day, date(2026, 1, 2)),
        (date(2026, 1, 2), None),
    ]
    assert {path.name for path in (home / "law").iterdir()} == {
        "build.jsonl",
        "installed.json",
        "lock",
    }


def test_what_is_read_whole_is_not_read_again_after_a_stop(
    command: Command, home: Path, dila: Dila
) -> None:
    january = dila.archives[JANUARY]
    dila.archives = {FULL: dila.archives[FULL], JANUARY: january[:-40]}
    code, said = command("install")
    assert code == 1
    assert f"{JANUARY} : archive abîmée ou incomplète" in said
    assert texts(home) == []
    dila.archives = {FULL: dila.archives[FULL], JANUARY: january}
    assert command("install")[0] == 0
    assert len(dila.asked_for(FULL)) == 1
    assert len(code_of(home)) == 2


def test_what_is_installed_is_not_put_back_by_an_older_archive(
    command: Command, home: Path, dila: Dila, tmp_path: Path
) -> None:
    command("install")
    before = Library(home).entries
    older = "LEGI_20260102-080000.tar.gz"
    corrected = in_folder(older, files_of(replace(RULE, nota=("Corrigé.",))))
    path = write_archive(tmp_path / older, corrected)
    assert main(["--data", str(home), "index", "add", str(path)]) == 1
    administration = AdministrationService(home, journal_of(home), ("true",))
    with path.open("rb") as file:
        [receipt] = administration.add([Parcel(older, file)], (), "ana")
    assert f"avant {JANUARY}, du 02/01/2026, déjà appliquée" in (receipt.refusal or "")
    assert Library(home).entries == before


def test_an_update_takes_the_days_after_and_says_those_that_lack(
    command: Command, home: Path, dila: Dila, tmp_path: Path
) -> None:
    code, said = command("update")
    assert code == 1
    assert "Commencez par : sourcier law install" in said
    command("install")
    later = "LEGI_20260105-203000.tar.gz"
    changed = replace(REPLACING, lines=("Le puisatier creuse jusqu'à trente mètres.",))
    files = in_folder(later, files_of(changed, ELSEWHERE))
    dila.archives = {**dila.archives, later: packed(tmp_path, later, files)}
    code, said = command("update")
    assert code == 0
    assert "Aucune archive pour ces jours : 03/01/2026, 04/01/2026." in said
    assert code_of(home)[-1].text == changed.lines[0]
    assert len(dila.asked_for(FULL)) == len(dila.asked_for(JANUARY)) == 1
    installed = OfficialCopy(home).installed
    assert installed
    assert installed.missing == (date(2026, 1, 3), date(2026, 1, 4))
    code, said = command("update")
    assert code == 0
    assert "Aucune archive n'est plus récente" in said


def test_what_follows_a_long_hole_is_left_and_said(
    command: Command, home: Path, dila: Dila, tmp_path: Path
) -> None:
    dila.archives = {**dila.archives, NEXT: packed(tmp_path, NEXT, in_folder(NEXT, files_of(RULE)))}
    code, said = command("install")
    assert code == 1
    assert "celle du 01/03/2026 et les suivantes ne sont pas prises" in said
    assert "Textes officiels à jour du 02/01/2026." in said
    assert dila.asked_for(NEXT) == []


def test_an_archive_of_another_day_is_refused(
    command: Command, home: Path, dila: Dila, tmp_path: Path
) -> None:
    files = in_folder(LAST, files_of(REPLACING))
    dila.archives = {**dila.archives, JANUARY: packed(tmp_path, JANUARY, files)}
    code, said = command("install")
    assert code == 1
    assert "archive d'un autre jour : elle contient ce qui a changé le 02/03/2026" in said
    assert texts(home) == []


def test_a_complete_archive_without_the_code_installs_nothing(
    command: Command, home: Path, dila: Dila, tmp_path: Path
) -> None:
    dila.archives = {FULL: packed(tmp_path, FULL, files_of(ELSEWHERE))}
    code, said = command("install")
    assert code == 1
    assert "n'a pas le texte attendu (Code de la commande publique" in said
    assert texts(home) == []


def test_a_code_without_the_articles_of_the_calculators_installs_nothing(
    command: Command, home: Path, dila: Dila, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "assistant.publishing.official_texts.expected_articles", lambda: frozenset({"R99-9"})
    )
    code, said = command("install")
    assert code == 1
    assert "n'a pas en vigueur 1 des 1 articles que les calculs relisent (R99-9…)" in said
    assert (texts(home), OfficialCopy(home).reached) == ([], None)


def test_a_text_is_kept_by_the_folder_of_its_publication_and_by_its_title(
    command: Command, home: Path, dila: Dila, tmp_path: Path
) -> None:
    wrong = replace(CLAUSES, id="LEGIARTI000000000041", text_id="LEGITEXT000000000041", code="Avis")
    folders = {CLAUSES: chosen_texts()[1].id, wrong: chosen_texts()[2].id}
    files = files_of(RULE, SECOND)
    for version, folder in folders.items():
        name = article_name(version).replace(version.text_id, folder)
        files[name] = files_of(version)[article_name(version)]
    dila.archives = {FULL: packed(tmp_path, FULL, files)}
    code, said = command("install")
    assert code == 0
    assert texts(home) == [f"{CLAUSES.text_id}.jsonl", f"{CODE}.jsonl"]
    assert "« Avis » n'est pas le texte attendu" in said
    assert f"Pas dans l'archive : {chosen_texts()[2].title}" in said


def test_the_orders_of_2009_are_found_by_their_titles_and_those_that_amend_them_are_not(
    command: Command, home: Path, dila: Dila, tmp_path: Path
) -> None:
    order = versions_of("fcs_2009")
    amending = replace(
        CLAUSES, code=f"Arrêté du 3 mars 2014 modifiant l'{order[0].code.lower()}", lines=("Dix.",)
    )
    quoting = other(50, lines=(order[0].code,), text_id=OTHER_CODE_ID, code="Code des cordes")
    files = files_of(RULE, SECOND, quoting)
    for version in (*order, amending):
        name = article_name(version).replace(version.text_id, f"JORFTEXT{version.text_id[8:]}")
        files[name] = files_of(version)[article_name(version)]
    dila.archives = {FULL: packed(tmp_path, FULL, files)}
    code, said = command("install")
    assert code == 0
    assert texts(home) == [f"{order[0].text_id}.jsonl", f"{CODE}.jsonl"]
    assert "Pas dans l'archive : CCAG Travaux, arrêté du 8 septembre 2009." in said
    assert "arrêté du 19 janvier 2009" not in said
    assert "pas le texte attendu" not in said
    kept = [each for each in Library(home).documents() if each.title == order[0].code]
    assert len(kept) == len(order)
    assert {each.valid_to for each in kept} == {date(2021, 10, 1)}


def test_a_folder_older_than_what_is_installed_is_refused(
    command: Command, home: Path, dila: Dila, tmp_path: Path
) -> None:
    command("install")
    folder = tmp_path / "disque"
    folder.mkdir()
    write_archive(folder / FULL, files_of(RULE, SECOND))
    code, said = command("install", "--from", folder)
    assert code == 1
    assert "date du 01/01/2026, et les textes installés sont ceux du 02/01/2026" in said
    assert len(code_of(home)) == 2


def test_texts_that_no_index_in_service_has_are_said_to_be_kept_only(
    command: Command, dila: Dila
) -> None:
    assert "ils sont gardés, aucun index en service" in command("install", "--no-publish")[1]
    assert dila.asked_for(FULL)


def test_a_weekly_update_is_left_to_someone(command: Command, dila: Dila) -> None:
    code, said = command("update", "--units")
    assert code == 0
    assert "OnCalendar=weekly Europe/Paris" in said
    assert "law update --no-publish" in said
    assert dila.asked == []


def test_one_installation_at_a_time(command: Command, home: Path, dila: Dila) -> None:
    with OfficialCopy(home).alone():
        code, said = command("install")
    assert code == 1
    assert "Une autre installation des textes officiels est en cours" in said
    assert dila.asked == []


def test_constants_that_no_text_says_are_a_doubt_beyond_a_tenth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, day = tmp_path / "home", date(2026, 5, 1)
    broken = AFTER | {"texte": "L'acheteur achète."}
    name = publish_law(home, tmp_path, broken)
    assert doubts(home, name, day) == ()
    monkeypatch.setattr("assistant.publishing.official_texts.MOST_LACKING", 0)
    (said,) = doubts(home, name, day)
    assert "ne sont plus dits" in said


def test_articles_that_calculators_rest_on_must_be_in_force() -> None:
    assert "R2122-8" in expected_articles()
    there = [replace(RULE, number=number) for number in sorted(expected_articles())]
    assert lacking(there, date(2026, 5, 1)) == ()
    ended = replace(there[-1], state=State.REPEALED, ended=date(2026, 5, 1))
    assert lacking([*there[:-1], ended], date(2026, 5, 1)) == (ended.number,)
