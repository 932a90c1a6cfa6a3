"""The command line in process: messages, exit codes, JSON. `index` and `models` have their own."""

import json
import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from docx import Document as WordDocument
from typer._click import Context
from typer.core import TyperGroup
from typer.main import get_command

from assistant.answering.pipeline import Assistant
from assistant.cli.actions import FrenchGroup
from assistant.cli.command import app, main
from assistant.journal.journal import Journal, journal_of
from assistant.question.language import Language
from assistant.reports.markup import load_words
from assistant.retrieval.snapshots import SnapshotHolder
from assistant.settings import Settings
from ingestion.index.publication import current_name
from tests.assistant.answering.test_record import CONTRACT
from tests.support.fakes import ScriptedModel
from tests.support.question_lists import read_lists
from tests.support.small_index import DOSSIER, answering_embedder

ANSWERED, BROKEN, USAGE, ABSTAINED = 0, 1, 2, 3
ASKED = "Sous quel montant acheter des fournitures sans publicité ni mise en concurrence ?"
NOT_THERE = "Quelle météo demain à Brest ?"
ENGLISH = {
    *("Usage", "Options", "Arguments", "Commands", "COMMAND", "Show", "this", "message", "exit"),
    *("Error", "Missing", "Invalid", "No", "such", "Got", "unexpected", "extra", "requires"),
    *("required", "default", "does", "not", "take", "value", "Did", "mean", "Try", "for"),
    *("str", "int", "TEXT", "INTEGER", "PATH", "Input", "should", "Value", "error"),
}
COMMANDS = ("serve", "ask", "index", "models", "eval", "journal")

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def loaded(small_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """Commands load the small assistant; the snapshots that they asked for."""
    asked: list[str | None] = []
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("SOURCIER_LLM", "SOURCIER_EMBEDDER"):
        monkeypatch.delenv(name, raising=False)

    def load(home: Path, settings: Settings, generation: str | None = None) -> Assistant:
        asked.append(generation)
        embedder, journal = answering_embedder(), journal_of(tmp_path)
        # Made by hand, since without a clock today is the day of the machine.
        return Assistant(SnapshotHolder(home, embedder), embedder, ScriptedModel(), journal, 6)

    monkeypatch.setattr("assistant.container.load_assistant", load)
    return asked


def _exit_code(*arguments: str) -> int:
    return main(arguments)


# Help and usage


def test_help_names_every_command_and_exit_code(capsys: Captured) -> None:
    assert _exit_code("--help") == 0
    shown = capsys.readouterr().out
    for command in COMMANDS:
        assert f"    {command} " in shown or f"    {command}\n" in shown
    assert (
        "codes de sortie : 0 répondu, 3 pas de réponse trouvée, 2 commande mal écrite, 1" in shown
    )
    assert "SOURCIER_HOME" in shown


def _every_command(group: TyperGroup, *path: str) -> Iterator[tuple[str, ...]]:
    """The words that call each command, groups among them."""
    yield path
    context = Context(group)
    for name in map(str, dict(group.shorts(context)) if isinstance(group, FrenchGroup) else ()):
        found = group.get_command(context, name)
        if isinstance(found, TyperGroup):
            yield from _every_command(found, *path, name)
        else:
            yield *path, name


def _all() -> list[tuple[str, ...]]:
    whole = get_command(app)
    assert isinstance(whole, TyperGroup)
    return list(_every_command(whole))


@pytest.mark.parametrize("command", _all(), ids=" ".join)
def test_every_help_is_in_french(command: tuple[str, ...], capsys: Captured) -> None:
    assert main([*command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"usage : {' '.join(('sourcier', *command))} ")
    assert "affiche cette aide" in shown
    assert not ENGLISH & set(re.findall(r"\w+", shown))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", ("COMMANDE",)),
        ("ask ' \n'", ("la question est vide",)),
        ("ask 'caf\udce9 ?'", ("UTF-8",)),
        *read_lists("wrong_calls.txt")[0],
    ],
)
def test_what_is_wrong_with_a_call_is_said_in_french(
    typed: str, told: tuple[str], capsys: Captured
) -> None:
    assert _exit_code(*shlex.split(typed)) == USAGE
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("usage : sourcier ")
    assert told[0] in shown.err
    assert not ENGLISH & set(re.findall(r"\w+", shown.err))


@pytest.mark.parametrize("option", ["--roles", "--role"])
def test_an_option_takes_several_values_in_full_and_begun(
    option: str, tmp_path: Path, capsys: Captured
) -> None:
    command = ("--data", str(tmp_path), "users")
    assert _exit_code(*command, "add", "ana", option, "acheteur", "administrateur") == 0
    capsys.readouterr()
    _exit_code(*command, "list", "--json")
    [account] = json.loads(capsys.readouterr().out)
    assert account["roles"] == ["acheteur", "administrateur"]


def test_help_waits_for_no_command() -> None:
    program = (
        "import sys; from assistant.cli import main; main(['--help']); "
        "sys.exit(bool({'numpy', 'duckdb', 'chromadb', 'matplotlib'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)


# ask


def test_ask_shows_the_answer_and_its_sources(
    small_home: Path, loaded: list[str | None], capsys: Captured
) -> None:
    assert _exit_code("--data", str(small_home), "ask", ASKED) == ANSWERED
    shown = capsys.readouterr().out
    assert "60 000 € HT" in shown
    assert "[1] art. R2122-8" in shown
    assert "fiche, sans valeur juridique" in shown
    assert "enregistrement" in shown
    assert "jour nommé" not in shown


def test_ask_writes_the_answer_for_a_word_processor_and_puts_it_on_record(
    small_home: Path, loaded: list[str | None], capsys: Captured, tmp_path: Path
) -> None:
    file = tmp_path / "réponse.docx"
    assert _exit_code("--data", str(small_home), "ask", ASKED, "--docx", str(file)) == ANSWERED
    assert "Réponse écrite" in capsys.readouterr().out
    text = "\n".join(each.text for each in WordDocument(str(file)).paragraphs)
    journal = Journal(tmp_path / "journal.jsonl")
    answer, export = journal.entries()
    record_id = answer["hash"][:16]
    for part in (ASKED, "d’après les règles", "60 000 € HT", "[1]", "art. R2122-8", record_id):
        assert part in text, part
    assert (journal.body(export) or {})["records"] == [record_id]


def test_a_paper_is_in_the_language_of_its_question(
    small_home: Path, loaded: list[str | None], tmp_path: Path
) -> None:
    file = tmp_path / "answer.docx"
    asked = "What is the threshold for a purchase without publicity or competition?"
    _exit_code("--data", str(small_home), "ask", asked, "--docx", str(file))
    text = "\n".join(each.text for each in WordDocument(str(file)).paragraphs)
    assert load_words(Language.ENGLISH)["export_notice"][:40] in text


def test_ask_says_that_the_day_is_the_one_of_the_question(
    small_home: Path, loaded: list[str | None], capsys: Captured
) -> None:
    command = ("--data", str(small_home), "ask", f"{ASKED} C'était au 15 mars 2026.")
    named = "droit au 15/03/2026 (jour nommé dans la question ; autre jour : --as-of)"
    assert _exit_code(*command) == ANSWERED
    assert named in " ".join(capsys.readouterr().out.split())
    assert _exit_code(*command, "--as-of", "2026-06-01") == ANSWERED
    shown = capsys.readouterr().out
    assert "droit au 01/06/2026 ·" in shown
    assert "jour nommé" not in shown


def test_ask_says_that_the_law_is_of_today_where_another_day_is_meant(
    small_home: Path, loaded: list[str | None], capsys: Captured
) -> None:
    _exit_code("--data", str(small_home), "ask", "Quel était le seuil à l'époque ?")
    assert "celui d'aujourd'hui" in " ".join(capsys.readouterr().out.split())


def test_ask_that_finds_nothing_says_so_and_shows_the_nearest(
    small_home: Path, loaded: list[str | None], capsys: Captured
) -> None:
    assert _exit_code("--data", str(small_home), "ask", NOT_THERE) == ABSTAINED
    shown = capsys.readouterr().out
    assert "Je ne trouve pas" in shown
    assert "1. " in shown


@pytest.mark.parametrize(
    ("question", "code", "outcome"),
    [(ASKED, ANSWERED, "answered"), (NOT_THERE, ABSTAINED, "abstained")],
)
def test_ask_json_prints_one_object_and_nothing_else(
    small_home: Path,
    loaded: list[str | None],
    capsys: Captured,
    question: str,
    code: int,
    outcome: str,
) -> None:
    assert _exit_code("--data", str(small_home), "ask", question, "--json") == code
    shown = json.loads(capsys.readouterr().out)
    assert list(shown) == list(CONTRACT)
    assert shown["outcome"] == outcome
    assert shown["question"] == question
    assert shown["as_of"] == date.today().isoformat()
    assert shown["as_of_source"] == "today"
    assert shown["generation"] == current_name(small_home)
    assert len(shown["record_id"]) == 16


def test_ask_takes_a_day_a_dossier_and_a_language(
    small_home: Path, loaded: list[str | None], capsys: Captured
) -> None:
    command = ("--data", str(small_home), "ask", "--json")
    _exit_code(*command, ASKED, "--as-of", "2026-03-15")
    past = json.loads(capsys.readouterr().out)
    assert past["as_of"] == "2026-03-15"
    assert "40 000 €" in past["answer"]
    question = "Quelle pénalité pour un retard de livraison ?"
    assert _exit_code(*command, question, "--dossier", DOSSIER) == ANSWERED
    assert "150 euros" in json.loads(capsys.readouterr().out)["answer"]
    assert _exit_code(*command, NOT_THERE, "--lang", "en") == ABSTAINED
    assert "I do not find" in json.loads(capsys.readouterr().out)["answer"]


def test_ask_shows_brackets_of_a_document_as_they_are(
    small_home: Path, loaded: list[str | None], capsys: Captured
) -> None:
    question = "Quelle pénalité pour un retard de livraison ?"
    _exit_code("--data", str(small_home), "ask", question, "--dossier", DOSSIER)
    quoted = capsys.readouterr().out.partition("[1] CCAP")[2]
    assert "[sic]" in quoted


@pytest.mark.parametrize(
    ("settings", "told"), [("llm = 3", "llm"), ("unknown = 1", "unknown"), ("=", "TOML")]
)
def test_wrong_settings_are_one_sentence(
    tmp_path: Path, loaded: list[str | None], capsys: Captured, settings: str, told: str
) -> None:
    (tmp_path / "settings.toml").write_text(settings)
    assert _exit_code("--data", str(tmp_path), "ask", ASKED) == BROKEN
    shown = capsys.readouterr()
    assert shown.out == ""
    assert told in shown.err
    assert "Traceback" not in shown.err


def test_an_interruption_has_its_own_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(home: Path, settings: Settings) -> Assistant:
        raise KeyboardInterrupt

    monkeypatch.setattr("assistant.container.load_assistant", interrupt)
    assert _exit_code("--data", str(tmp_path), "ask", ASKED) == 130


# eval


def _questions(path: Path, *rows: dict[str, object]) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_eval_writes_a_line_a_question_a_table_and_a_report(
    small_home: Path, tmp_path: Path, loaded: list[str | None], capsys: Captured
) -> None:
    questions = _questions(
        tmp_path / "questions.jsonl",
        {"id": "a", "question": ASKED, "articles_attendus": ["R2122-8"], "faits": [["60 000"]]},
        {"id": "b", "question": ASKED, "as_of": "2026-03-15", "faits": [["quinze"]]},
        {"id": "c", "question": f"{NOT_THERE} Et en 2019 ?", "attendu_refus": True},
    )
    out, page = tmp_path / "results.jsonl", tmp_path / "report.html"
    command = ("eval", str(questions), "--out", str(out), "--report", str(page))
    assert _exit_code("--data", str(small_home), *command) == 0
    results = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [result["id"] for result in results] == ["a", "b", "c"]
    assert all(list(result) == ["id", *CONTRACT] for result in results)
    days = [(result["as_of"], result["as_of_source"]) for result in results]
    assert days[0] == (date.today().isoformat(), "today")
    assert days[1:] == [("2026-03-15", "given"), ("2019-12-31", "question")]
    shown = capsys.readouterr().out
    assert "0.67 (2/3)" in shown
    assert "Réponses fausses : b" in shown
    assert "<!doctype html>" in page.read_text(encoding="utf-8")


def test_eval_holds_one_generation_from_beginning_to_end(
    small_home: Path, tmp_path: Path, loaded: list[str | None]
) -> None:
    questions = _questions(tmp_path / "q.jsonl", {"id": "a", "question": ASKED})
    command = ("--data", str(small_home), "eval", str(questions), "--out", str(tmp_path / "o"))
    assert _exit_code(*command) == 0
    assert _exit_code(*command, "--index", current_name(small_home)) == 0
    assert loaded == [current_name(small_home)] * 2


@pytest.mark.parametrize(
    "content", [None, "{", '{"id": "a"}', '{"id": "a", "question": 1, "faits": 1}']
)
def test_eval_names_what_is_wrong_in_the_questions(
    small_home: Path,
    tmp_path: Path,
    loaded: list[str | None],
    capsys: Captured,
    content: str | None,
) -> None:
    questions = tmp_path / "questions.jsonl"
    if content is not None:
        questions.write_text(content)
    out = tmp_path / "results.jsonl"
    command = ("eval", str(questions), "--out", str(out))
    assert _exit_code("--data", str(small_home), *command) == BROKEN
    assert "questions.jsonl" in capsys.readouterr().err
    assert not out.exists()
    assert loaded == []


def test_eval_that_cannot_write_says_so(
    small_home: Path, tmp_path: Path, loaded: list[str | None], capsys: Captured
) -> None:
    questions = _questions(tmp_path / "q.jsonl", {"id": "a", "question": ASKED})
    command = ("eval", str(questions), "--out", str(tmp_path / "absent" / "o"))
    assert _exit_code("--data", str(small_home), *command) == BROKEN
    assert "inaccessible" in capsys.readouterr().err


# journal, serve


def test_serve_says_that_the_port_is_taken_before_loading(tmp_path: Path, capsys: Captured) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert _exit_code("--data", str(tmp_path), "serve", "--port", str(port)) == BROKEN
    shown = capsys.readouterr()
    assert f"Le port {port} est déjà pris" in shown.err
    assert shown.out == ""


def test_serve_says_why_it_cannot_listen(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "settings.toml").write_text('access = "accounts"\n')
    for host, told in (
        ("192.0.2.1", "n'est pas de cette machine"),  # an address of documentation (RFC 5737)
        ("personne.invalid", "n'est celui d'aucune adresse"),
    ):
        assert _exit_code("--data", str(tmp_path), "serve", "--host", host) == BROKEN
        shown = capsys.readouterr().err
        assert told in " ".join(shown.split())
        assert "pris" not in shown


def test_a_reader_that_leaves_is_no_traceback(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append("answer", {})
    program = "import sys; from assistant.cli import main; sys.exit(main())"
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-c", program, "--data", str(tmp_path), "journal", "verify"]
    # Buffered, as in a shell: the output meets the closed pipe at the end only.
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    child = subprocess.run(
        command, stdout=writing, stderr=subprocess.PIPE, text=True, env=buffered, check=False
    )
    os.close(writing)
    assert child.returncode == BROKEN
    assert child.stderr == ""
