"""Is everything there that an installation stands on?"""

import json
import os
import re
import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.cli.command import main
from assistant.container import server_absence
from assistant.errors import WrongSettings
from assistant.llm.keeper import engine_problem
from assistant.operations.checkup import access, examine
from assistant.operations.installation import Installation, storage, time_of_day
from assistant.operations.readiness import Requirement, RequirementState, broken, weak
from assistant.settings import OpenId, Settings
from ingestion.errors import IngestionError, UnreachableStore
from ingestion.index.publication import current_manifest
from ingestion.models.catalogue import Catalogue
from ingestion.setup.preflight import Machine
from tests.support.model_server import MODEL, serving
from tests.support.scripted_process import scripted_command
from tests.support.small_index import answering_embedder

DAY = timedelta(days=1)
BROKEN, WEAK = RequirementState.BROKEN, RequirementState.WEAK


class AmpleMachine(Machine):
    """Has all that is needed, and a free port."""

    def memory_bytes(self) -> float:
        return 16e9

    def can_listen(self, port: int) -> bool:
        return True


class OldMachine(AmpleMachine):
    """Has a Python of long ago."""

    version = (3, 9)


@pytest.fixture
def place(small_home: Path, tmp_path: Path) -> Installation:
    """An installation of which nothing is to be said, looked at an hour after its last change."""
    home = tmp_path / "home"
    shutil.copytree(small_home, home)
    weights = tmp_path / "weights.gguf"
    weights.write_bytes(b"weights")
    write(home, f'llm = "{weights}"\nembedder = "{weights}"\n')
    home.chmod(0o700)
    manifest = current_manifest(home)
    assert manifest is not None
    now = max(manifest.created_at, datetime.now(UTC)) + timedelta(hours=1)
    name = answering_embedder().name
    return Installation(
        home,
        7860,
        lambda _: name,
        server_absence,
        machine=AmpleMachine(),
        engine=str,
        clock=lambda: now,
    )


def write(home: Path, text: str) -> None:
    with (home / "settings.toml").open("a") as file:
        file.write(text)


def looked_at(place: Installation) -> list[Requirement]:
    return list(examine(place, lambda step, done, total: None))


def wrong(place: Installation) -> set[tuple[str, RequirementState]]:
    """What is not as it should be, but for the clock and the programs of the tests' machine."""
    found = [each for each in looked_at(place) if each.state is not RequirementState.MET]
    assert all(each.remedy for each in found)
    return {(each.name, each.state) for each in found} - {("horloge", WEAK), ("scans", WEAK)}


def test_what_may_not_be_read_is_said_and_the_rest_is_looked_at(
    place: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(folder: Path) -> Catalogue:
        raise PermissionError(13, "refused", str(folder))

    # Root, who may run these tests, is refused nothing.
    monkeypatch.setattr("assistant.operations.checkup.load_catalogue", refused)
    assert wrong(place) == {("poids", BROKEN)}
    assert {"index", "port"} <= {each.name for each in looked_at(place)}


@pytest.mark.parametrize(
    ("step", "failure", "told"),
    [
        ("checkup.planned_updates", WrongSettings("schedule.json est abîmé."), "est abîmé"),
        ("checkup.can_trace", IngestionError("Le serveur ne répond pas."), "ne répond pas"),
        ("installation.disk", OSError(5, "Input/output error", "/srv"), "inaccessible"),
    ],
)
def test_a_failure_ends_one_step_and_not_the_report(
    place: Installation,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    failure: Exception,
    told: str,
) -> None:
    def failed(*_: object) -> None:
        raise failure

    write(place.home, 'traces = "http://127.0.0.1:9"\n')
    monkeypatch.setattr(f"assistant.operations.{step}", failed)
    found = looked_at(place)
    assert any(told in each.told for each in found if each.state is BROKEN)
    assert {"poids", "port", "horloge"} <= {each.name for each in found}


def test_a_store_that_does_not_answer_is_not_to_be_built_again(
    place: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(home: Path) -> str:
        raise UnreachableStore("Le serveur PostgreSQL ne répond pas.")

    monkeypatch.setattr("assistant.operations.checkup.current_name", unreachable)
    [found] = [each for each in looked_at(place) if each.name == "index"]
    assert found.state is BROKEN
    assert "serveur" in found.remedy
    assert "index build" not in found.remedy


def test_what_reads_scans_is_said_to_be_there_or_lacking(
    place: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    [lacking] = [each for each in looked_at(place) if each.name == "scans"]
    assert lacking.state is WEAK
    assert "tesseract-ocr-fra" in lacking.remedy
    for name in ("fra", "osd"):
        (tmp_path / f"{name}.traineddata").write_bytes(b"")
    [there] = [each for each in looked_at(place) if each.name == "scans"]
    assert there.state is RequirementState.MET


def test_a_store_whose_address_is_none_is_said_step_by_step(place: Installation) -> None:
    write(place.home, 'store = "postgresql//serveur/base"\n')
    found = [each for each in looked_at(place) if "n'est pas une adresse" in each.told]
    assert {each.name for each in found} == {"index", "constructions"}


def test_a_file_that_goes_while_it_is_looked_at_is_nobodys(
    place: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone:
        """A file that was there when its folder was listed."""

        name = path = "gone"

        def is_symlink(self) -> bool:
            return False

        is_dir = is_symlink

        def stat(self, *, follow_symlinks: bool = True) -> None:
            raise FileNotFoundError(2, "gone", "gone")

    monkeypatch.setattr("os.scandir", lambda _: nullcontext([Gone()]))
    assert [each.state for each in storage(place)] == [RequirementState.MET] * 2


def test_a_sound_installation_has_nothing_to_repair(place: Installation) -> None:
    assert wrong(place) == set()
    assert {each.name for each in looked_at(place)} >= {"moteur", "poids", "index", "port", "accès"}


def _altered(place: Installation) -> Installation:
    shutil.rmtree(place.home / "models", ignore_errors=True)
    (place.home / "models").mkdir()
    (place.home / "models" / "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf").write_bytes(b"altered")
    (place.home / "settings.toml").write_text("")
    return place


def _damaged(place: Installation) -> Installation:
    (vectors,) = place.home.glob("generations/*/vectors.npy")
    vectors.write_bytes(vectors.read_bytes()[:-1] + b"?")
    return place


def _unpublished(place: Installation) -> Installation:
    (place.home / "current").unlink()
    return place


def _shared(place: Installation) -> Installation:
    place.home.chmod(0o755)
    (place.home / "current").chmod(0o644)
    return place


def _set(text: str) -> Callable[[Installation], Installation]:
    def changed(place: Installation) -> Installation:
        write(place.home, text)
        return place

    return changed


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda place: replace(place, home=place.home / "none"), {("réglages", BROKEN)}),
        (_set("colour = 'red'\n"), {("réglages", BROKEN)}),
        (lambda place: replace(place, machine=OldMachine()), {("python", BROKEN)}),
        (lambda place: replace(place, engine=lambda: "Autre processeur."), {("moteur", BROKEN)}),
        (_altered, {("poids", BROKEN)}),
        (_damaged, {("index", BROKEN)}),
        (_unpublished, {("index", BROKEN)}),
        (lambda place: replace(place, embedder=lambda _: "other@1"), {("index", BROKEN)}),
        (lambda place: _later(place, 91 * DAY), {("index", WEAK)}),
        (lambda place: replace(_later(place, 8 * DAY), oldest=7 * DAY), {("index", BROKEN)}),
        (lambda place: _later(place, -2 * DAY), {("horloge", BROKEN)}),
        (_shared, {("droits", BROKEN)}),
        (_set('update_at = "02:30"\nupdate_from = "/nowhere"\n'), {("mises à jour", BROKEN)}),
        (_set('access = "accounts"\naddress = "http://a.fr"\n'), {("accès", BROKEN)}),
        (_set('traces = "http://127.0.0.1:9"\n'), {("traces", WEAK)}),
        (
            _set('[engine]\naddress = "http://[::1]/v1"\nmodel = "m"\nsecret_file = "/nowhere"\n'),
            {("serveur", BROKEN)},
        ),
    ],
)
def test_what_is_wrong_is_found_and_nothing_else(
    place: Installation,
    change: Callable[[Installation], Installation],
    found: set[tuple[str, RequirementState]],
) -> None:
    assert wrong(change(place)) == found


def test_the_server_that_writes_is_named(place: Installation) -> None:
    def told() -> str:
        return next(each.told for each in looked_at(place) if each.name == "serveur")

    assert "celui de cette machine écrit" in told()
    with serving({}) as server:
        write(place.home, f'[engine]\naddress = "{server.address}"\nmodel = "{MODEL}"\n')
        assert f"Le modèle {MODEL} écrit sur localhost" in told()
        server.served = "autre"
        assert "localhost ne sert pas : il ne sert pas le modèle" in told()
        assert wrong(place) == {("serveur", WEAK)}
        assert not server.asked


@pytest.mark.parametrize(
    ("span", "told"),
    [
        (-DAY, "22 heures et 30 minutes"),
        (-3 * DAY, "2 jours et 22 heures"),
        (timedelta(hours=-1, minutes=-91), "1 heure et 1 minute"),
    ],
)
def test_how_late_the_clock_is_is_said_in_french(
    place: Installation, span: timedelta, told: str
) -> None:
    pointer, journal = place.home / "current", place.home / "journal.jsonl"
    journal.touch()
    written = (place.clock() + timedelta(minutes=-90)).timestamp()
    for path in (pointer, journal):
        os.utime(path, (written, written))
    [found] = time_of_day(_later(place, span))
    assert f"datés de {told} plus tard" in found.told


def _later(place: Installation, span: timedelta) -> Installation:
    now = place.clock() + span
    return replace(place, clock=lambda: now)


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which a program listens that says nothing of itself."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        number: int = server.getsockname()[1]
        yield number


def test_a_port_that_another_program_holds_is_said(
    place: Installation, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.operations.installation.PATIENCE", 0.1)

    class Taken(AmpleMachine):
        def can_listen(self, port: int) -> bool:
            return False

    assert wrong(replace(place, port=taken, machine=Taken())) == {("port", BROKEN)}


@pytest.mark.parametrize(
    ("settings", "states"),
    [
        (Settings(), {RequirementState.MET}),
        (Settings(address="https://a.fr"), {WEAK}),
        (Settings(access="accounts"), {WEAK}),
        (Settings(access="accounts", address="https://a.fr"), {RequirementState.MET}),
        (Settings(access="accounts", address="http://localhost:7860"), {RequirementState.MET}),
        (Settings(access="accounts", address="https://a.fr", trusted_proxies=()), {BROKEN}),
        (
            Settings(
                access="accounts",
                address="https://a.fr",
                openid=OpenId("https://id.fr", "c", secret_file="/nowhere"),
            ),
            {BROKEN},
        ),
    ],
)
def test_the_way_in_goes_together(settings: Settings, states: set[RequirementState]) -> None:
    assert {each.state for each in access(settings)} == states


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ({"problem": "Recompilez-le : make engine"}, "Recompilez-le : make engine"),
        ({"start": {"full": signal.SIGILL}}, r".*\(SIGILL\).*make engine.*"),
    ],
)
def test_an_engine_that_does_not_suit_the_processor_is_said(
    script: dict[str, str], told: str
) -> None:
    assert re.fullmatch(told, engine_problem(scripted_command(**script)))


def test_an_engine_that_the_system_does_not_start_is_told(tmp_path: Path) -> None:
    assert "introuvable" in engine_problem((str(tmp_path / "absent"),))


@pytest.mark.parametrize(
    ("found", "code", "status"),
    [
        (broken("index", "Absent.", "sourcier index build"), 1, "broken"),
        (weak("horloge", "UTC."), 0, "ok"),
    ],
)
def test_programs_read_what_is_broken_by_the_exit_code_and_json(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    found: Requirement,
    code: int,
    status: str,
) -> None:
    monkeypatch.setattr("assistant.operations.checkup.examine", lambda place, begun: iter([found]))
    assert main(["--data", str(tmp_path), "doctor", "--json"]) == code
    told = json.loads(capsys.readouterr().out)
    assert (told["status"], told["requirements"][0]["name"]) == (status, found.name)
    assert main(["--data", str(tmp_path), "doctor"]) == code
    shown = capsys.readouterr().out
    assert f"{found.state.mark} {found.name} : {found.told}" in shown
    assert found.remedy in shown
