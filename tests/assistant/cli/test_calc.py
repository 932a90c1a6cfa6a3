"""`sourcier calc` over an index of three of our sheets."""

import json
import shlex
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest

from assistant.calculators.constants import IndexedLaw, constants
from assistant.calculators.forms import FORMS, CalculatorForm
from assistant.calculators.retention import RetentionAsked, retention
from assistant.cli.calc import EXAMPLES
from assistant.cli.command import main
from ingestion.library.corpus import CORPUS
from tests.support.command_line import command_of, on_one_line, use_small_models
from tests.support.index_home import add, build_and_publish, published
from tests.support.question_lists import read_lists

OK, BROKEN, USAGE, REFUSED = 0, 1, 2, 3
SHEETS = ("delai-de-standstill", "chiffre-affaires-minimal", "retenue-de-garantie")
LOWERED = ("--pme", "--grand-organisme")
RETENTION = ("retenue", "--montant", "240000", "--date", "2026-10-01")

Run = Callable[..., tuple[int, str]]


def _home(folder: Path, **altered: tuple[str, str]) -> Path:
    """A data folder with the sheets; of an altered one, words are replaced by others."""
    home = folder / "home"
    for name in SHEETS:
        path = folder / f"{name}.md"
        text = (CORPUS / "fiches" / path.name).read_text(encoding="utf-8")
        old, new = altered.get(name.replace("-", "_"), ("", ""))
        assert old in text
        path.write_text(text.replace(old, new) if old else text, encoding="utf-8")
        add(home, path)
    build_and_publish(home)
    return home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _home(tmp_path_factory.mktemp("calc"))


@pytest.fixture
def calc(capsys: pytest.CaptureFixture[str]) -> Run:
    """`sourcier calc …` in a data folder: its exit code and all it says, on one line."""
    return lambda home, *arguments: on_one_line(command_of(home, capsys, "calc"))(*arguments)


def test_a_calculation_shows_inputs_steps_result_and_sources(calc: Run, home: Path) -> None:
    code, said = calc(home, *RETENTION, "--taux", "7 %")
    assert code == OK
    order = ("droit au 01/10/2026", "240 000 €", "1.", "5 %", "Résultat", "dépasser 12", "[1] art.")
    places = [said.index(words) for words in order]
    assert places == sorted(places)
    assert "7 %, dépasse le plafond de 5 %. [1]" in said
    assert "fiche, sans valeur juridique, droit au 23/08/2026" in said


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("150000", "225 000 €"),
        ("150 000,50", "225 000,75 €"),
        ("150 k€", "225 000 €"),
        ("1,2 M€", "1 800 000 €"),
        ("1 million d'euros", "1 500 000 €"),
        ("150\u202f000\u00a0€", "225 000 €"),
    ],
)
def test_an_amount_is_read_as_people_write_it(
    calc: Run, home: Path, written: str, meant: str
) -> None:
    code, said = calc(home, "chiffre-affaires", "--montant", written)
    assert code == OK
    assert f"ne peut dépasser {meant}." in said


@pytest.mark.parametrize(("typed", "told"), [("", ("CALCUL",)), *read_lists("wrong_calls.txt")[1]])
def test_bad_input_is_explained(calc: Run, home: Path, typed: str, told: tuple[str]) -> None:
    code, said = calc(home, *shlex.split(typed))
    assert code == USAGE
    assert told[0] in said


def test_the_day_of_the_law_is_chosen(calc: Run, home: Path) -> None:
    for option in ("--date", "--as-of"):
        code, said = calc(home, "chiffre-affaires", "--montant", "100", option, "2026-10-01")
        assert code == OK
        assert "droit au 01/10/2026" in said


def test_what_the_index_does_not_state_refuses_the_calculation(calc: Run, home: Path) -> None:
    code, said = calc(
        home, "procedure", "--montant", "1", "--nature", "travaux", "--acheteur", "etat"
    )
    assert code == REFUSED
    assert "Calcul refusé" in said
    assert "R2122-8" in said


@pytest.mark.parametrize(
    ("sheet", "altered", "arguments", "article"),
    [
        ("delai_de_standstill", ("11 jours", "12 jours"), ("standstill", "--envoi"), "R2182-1"),
        ("retenue_de_garantie", ("5 %", "6 %"), RETENTION, "R2191-33"),
    ],
)
def test_an_altered_text_refuses_its_calculator(
    calc: Run,
    tmp_path: Path,
    sheet: str,
    altered: tuple[str, str],
    arguments: tuple[str, ...],
    article: str,
) -> None:
    dated = (*arguments, "2026-10-01") if arguments[-1] == "--envoi" else arguments
    code, said = calc(_home(tmp_path, **{sheet: altered}), *dated)
    assert code == REFUSED
    assert article in said


def test_an_index_that_is_missing_is_broken(calc: Run, tmp_path: Path) -> None:
    assert calc(tmp_path / "absent", *RETENTION)[0] == BROKEN


def test_the_object_for_programs_is_the_contract(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(home), "calc", *RETENTION, *LOWERED, "--json"]) == OK
    found = json.loads(capsys.readouterr().out)
    assert list(found) == [
        *("name", "title", "as_of", "inputs", "steps", "result", "cautions", "citations")
    ]
    assert found["name"] == "retenue"
    assert found["as_of"] == "2026-10-01"
    assert set(found["inputs"][0]) == {"label", "value"}
    law = IndexedLaw(published(home), date(2026, 10, 1))
    grounds = retention(RetentionAsked(Decimal(240000), True, True), law).grounds
    assert [each["quote"] for each in found["citations"]] == [each.quote for each in grounds]
    numbers = {citation["n"] for citation in found["citations"]}
    assert {n for line in (*found["steps"], *found["result"]) for n in line["citations"]} == numbers
    for citation in found["citations"]:
        text = published(home).store.document(citation["document"]).text
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        assert sha256(text.encode()).hexdigest() == citation["sha256"]
        assert {"locator", "valid_from", "valid_to"} <= set(citation)


def test_every_constant_is_listed_with_its_value_and_whether_it_is_stated(
    calc: Run, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = calc(home, "constantes", "--date", "2026-10-01")
    assert code == REFUSED
    assert f"{len(constants())} constantes au 01/10/2026" in said
    assert main(["--data", str(home), "calc", "constantes", "--json"]) == REFUSED
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert set(rows) == set(constants())
    assert rows["retenue de garantie"] == {
        "name": "retenue de garantie",
        "label": constants()["retenue de garantie"].label,
        "article": "R2191-33",
        "unit": "percent",
        "value": "5",
        "stated": True,
    }
    assert [row["name"] for row in rows.values() if row["stated"]]


@pytest.mark.parametrize("form", FORMS, ids=lambda each: each.name)
def test_help_teaches_with_examples_that_the_command_reads(
    calc: Run, home: Path, form: CalculatorForm
) -> None:
    code, said = calc(home, form.name, "--help")
    assert code == OK
    for example in EXAMPLES[form.name]:
        assert f"sourcier calc {form.name} {example}" in said
        assert calc(home, form.name, *shlex.split(example))[0] in {OK, REFUSED}


@pytest.fixture
def rebuilt(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[], str]:
    """What `sourcier index build` says over the same sheets."""
    use_small_models(monkeypatch)

    def run() -> str:
        assert main(["--data", str(home), "index", "build"]) == OK
        return capsys.readouterr().out

    return run


def test_building_an_index_names_what_it_no_longer_states(
    rebuilt: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = constants()["retenue de garantie"]
    other = replace(known, values=((date(2019, 4, 1), Decimal(6)),))
    monkeypatch.setitem(constants(), known.name, other)
    said = rebuilt()
    assert said.count("Calcul refusé : aucun texte indexé ne dit") == 1
    assert known.label in said


def test_of_articles_that_were_not_added_nothing_is_said(rebuilt: Callable[[], str]) -> None:
    assert "Calcul" not in rebuilt().replace("Calcul des vecteurs", "")
