"""The schedule that is set on the page: when updates are due, and what begins by itself."""

import json
import os
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.errors import WrongSettings
from assistant.journal.journal import Journal
from assistant.publishing.build_record import BuildState, Recorder
from assistant.publishing.schedule import PlannedUpdate, Recurrence, UpdateKind, recurrence_of
from assistant.publishing.service import AdministrationService
from assistant.web.admin.app import admin_app
from assistant.web.site import SingleUser, requiring
from ingestion.durable import lock_for_writing
from tests.support.administered import acts

NOW = datetime.now().astimezone().replace(microsecond=0)


@pytest.mark.parametrize(
    ("weekday", "before", "after"),
    [(None, "11-27 02:30", "11-28 02:30"), (2, "11-25 02:30", "12-02 02:30")],
)
def test_a_time_of_day_recurs_every_day_or_on_its_day(
    weekday: int | None, before: str, after: str
) -> None:
    early = datetime.fromisoformat("2026-11-28T01:00")
    recurrence = Recurrence(time(2, 30), weekday)
    assert f"{recurrence.before(early):%m-%d %H:%M}" == before
    assert f"{recurrence.after(early):%m-%d %H:%M}" == after
    due = recurrence.after(early)
    assert (recurrence.before(due), recurrence.after(due) > due) == (due, True)


def test_on_the_night_when_the_clock_is_put_back_it_begins_once() -> None:
    began = datetime.fromisoformat("2026-10-25T02:30:05+02:00")
    planned = PlannedUpdate(Recurrence(time(2, 30)), "u-1", began - timedelta(days=3), began)
    assert not planned.is_due(datetime.fromisoformat("2026-10-25T02:31:00+01:00"))
    assert planned.is_due(datetime.fromisoformat("2026-10-26T02:31:00+01:00"))


@pytest.mark.parametrize(("every", "at"), [("8", "02:30"), ("day", "minuit"), ("", "02:30")])
def test_what_is_no_time_is_refused(every: str, at: str) -> None:
    with pytest.raises(WrongSettings, match="Donnez une heure"):
        recurrence_of(every, at)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []

    class Child:
        """This very process, which lives."""

        pid = os.getpid()

        def __init__(self, command: tuple[str, ...], **_: object) -> None:
            found.append(command)

        def wait(self) -> int:
            return 0

    monkeypatch.setattr("assistant.publishing.processes.Popen", Child)
    return found


@pytest.fixture
def administration(tmp_path: Path) -> AdministrationService:
    home = tmp_path / "home"
    home.mkdir()
    (home / "settings.toml").write_text('update_from = "/srv/textes"\n')
    return AdministrationService(home, Journal(home / "journal.jsonl"), ("sourcier",))


def test_what_is_due_begins_once_and_nothing_beside_it(
    administration: AdministrationService, started: list[tuple[str, ...]], tmp_path: Path
) -> None:
    home, tomorrow = tmp_path / "home", NOW + timedelta(days=1)
    administration.plan(UpdateKind.LAW, Recurrence(NOW.time()), "u-1")
    administration.plan(UpdateKind.FOLDER, Recurrence(NOW.time()), "u-1")
    assert administration.start_due(NOW) is None, "its time passed before it was set"
    with lock_for_writing(home):
        assert administration.start_due(tomorrow) is None, "somebody writes: at the next look"
    assert administration.start_due(tomorrow) is UpdateKind.LAW
    assert administration.start_due(tomorrow) is None, "the first one runs still"
    Recorder(home / "law").end(administration.law_reading.state.FINISHED)  # type: ignore[union-attr]
    assert administration.start_due(tomorrow) is UpdateKind.FOLDER
    Recorder(home).end(administration.build.state.FINISHED)  # type: ignore[union-attr]
    assert administration.start_due(tomorrow + timedelta(hours=23)) is None
    assert started == [
        ("sourcier", "law", "update", "--no-publish", "--user", "programmation"),
        ("sourcier", "index", "update", "--user", "programmation"),
    ]


def begun_hours_ago(home: Path, **told: object) -> None:
    """The record of a build that this very process began, but for what is told otherwise."""
    Recorder(home).begin("u-1", os.getpid())
    path, at = home / "build.jsonl", (NOW - timedelta(hours=6)).isoformat()
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "at": at, **told}) + "\n")


def test_a_killed_build_keeps_nothing_back_once_its_number_is_that_of_another_process(
    administration: AdministrationService, started: list[tuple[str, ...]], tmp_path: Path
) -> None:
    administration.plan(UpdateKind.FOLDER, Recurrence(NOW.time()), "u-1")
    begun_hours_ago(tmp_path / "home", since="1")
    assert administration.build is not None
    assert administration.build.state is BuildState.KILLED
    assert administration.start_due(NOW + timedelta(days=1)) is UpdateKind.FOLDER
    assert len(started) == 1


def test_an_update_that_reads_archives_before_it_builds_is_at_work(
    administration: AdministrationService, started: list[tuple[str, ...]], tmp_path: Path
) -> None:
    administration.plan(UpdateKind.LAW, Recurrence(NOW.time()), "u-1")
    begun_hours_ago(tmp_path / "home")
    assert administration.build is not None
    assert administration.build.state is BuildState.RUNNING
    assert administration.start_due(NOW + timedelta(days=1)) is None
    assert started == []


def test_the_page_sets_it_and_tells_the_next_time(
    administration: AdministrationService, tmp_path: Path
) -> None:
    with TestClient(admin_app(administration, requiring(SingleUser()))) as client:
        form = {"update": "folder", "every": "6", "at": "03:15"}
        page = client.post("/schedule", data=form, follow_redirects=False)
        assert page.headers["location"] == "/admin/entretien#schedule"
        due = administration.planned()[UpdateKind.FOLDER].recurrence.after(NOW)
        told = client.get("/entretien").text
        assert f"Prochaine fois : {due:%d/%m/%Y à %H:%M}" in told
        assert "/srv/textes" in told
        assert client.post("/schedule", data=form | {"at": "x"}).status_code == 409
        client.post("/schedule", data=form | {"every": "never"}, follow_redirects=False)
    assert administration.planned() == {}
    assert acts(tmp_path / "home") == ["scheduled", "scheduled"]
