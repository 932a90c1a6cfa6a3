"""`sourcier decisions …`, and decisions in what `sourcier ask` says and writes."""

from pathlib import Path

import pytest
from docx import Document as WordDocument

from tests.support.case_law import ASKED, assistant, law_alone, with_decisions
from tests.support.command_line import command_of, on_one_line
from tests.support.dila_server import Dila, cut, offering
from tests.support.fakes import WordEmbedder
from tests.support.jade_files import ALL_RULINGS, LATER_RULINGS, NUMBERED, OLDER, write_rulings


def test_the_command_installs_updates_and_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("assistant.container.load_embedder", lambda *_: WordEmbedder())
    monkeypatch.setattr("ingestion.legislation.dila.time.sleep", lambda seconds: None)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    home, archives = tmp_path / "home", write_rulings(tmp_path / "archives", [NUMBERED])
    home.mkdir()
    run = on_one_line(command_of(home, capsys, "decisions"))
    assert "sourcier decisions install" in run("status")[1]
    assert run("update", "--from", archives)[0] == 1
    served = Dila({ALL_RULINGS: (archives / ALL_RULINGS).read_bytes()})
    served.failures.append(cut(300))
    with offering(served):
        (home / "settings.toml").write_text(f'law_source = "{served.address}"')
        code, said = run("install")
    assert code == 0
    assert served.asked[0] == ("/OPENDATA/JADE/", "")
    assert served.asked_for(ALL_RULINGS) == ["", "bytes=300-"]
    assert "Décisions : 1, considérants : 3, à jour du 01/01/2026" in said
    write_rulings(archives, [OLDER], LATER_RULINGS)
    assert run("update", "--from", archives)[0] == 0
    assert "Décisions : 2, considérants : 5, à jour du 03/03/2026" in run("status")[1]


def test_the_command_and_its_file_say_that_decisions_are_no_rule(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    home = with_decisions(law_alone(tmp_path))
    asking = assistant(home, tmp_path)
    monkeypatch.setattr("assistant.container.load_assistant", lambda *_: asking)
    command, file = on_one_line(command_of(home, capsys)), tmp_path / "réponse.docx"
    told = "Répondu d’après des décisions de justice, qui ne sont pas la règle"
    assert told in command("ask", ASKED)[1]
    command("ask", ASKED, "--docx", str(file))
    assert any(each.text.startswith(told) for each in WordDocument(str(file)).paragraphs)
