import json
from pathlib import Path

import pytest

from tests.support.command_line import Command, command_of, on_one_line
from tests.support.fake_law import ADVANCE, AFTER, CLOSED, CODE, OLD, OTHER, publish_law


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("law") / "home"
    texts = tmp_path_factory.mktemp("texts")
    publish_law(home, texts, OLD, CLOSED, AFTER, ADVANCE, OTHER)
    return home


@pytest.fixture
def command(home: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """`sourcier law …`: its exit code and all it says, on one line."""
    return on_one_line(command_of(home, capsys, "law"))


@pytest.mark.parametrize("written", [["R2122-8"], ["R.", "2122-8"], ["art R2122-8"]])
def test_the_version_of_the_day_is_shown_with_its_days_and_path(
    command: Command, written: list[str]
) -> None:
    code, said = command(*written, "--as-of", "2026-03-31")
    assert code == 0
    assert said == (
        f"{CODE}, R2122-8 Partie réglementaire Du 1er janvier 2020 au 31 mars 2026 · modifié "
        "depuis ▶ en vigueur le 31/03/2026 L'acheteur achète sans publicité en dessous de 40 000 "
        "euros."
    )


def test_the_next_day_has_the_next_version_and_its_public_page(command: Command) -> None:
    code, said = command("R2122-8", "--as-of", "2026-04-01")
    assert code == 0
    assert "60 000" in said
    assert "40 000" not in said
    assert "https://www.legifrance.gouv.fr/codes/article_lc/LEGIARTI000000000002" in said


def test_a_history_compares_each_version_with_the_one_before(command: Command) -> None:
    code, said = command("R2122-8", "--history", "--as-of", "2026-05-01")
    assert code == 0
    assert "Dates inconnues · modifié depuis · version ancienne sans date, jamais citée" in said
    assert "L'acheteur achète sans publicité{+ en dessous de 40 000 euros+}." in said
    assert "en dessous de[- 40 000-]{+ 60 000+} euros." in said
    assert said.index("Dates inconnues") < said.index("1er janvier 2020") < said.index("▶")


def test_a_number_of_several_codes_is_shown_for_each_without_guessing_a_day(
    command: Command,
) -> None:
    code, said = command("R2191-3")
    assert code == 0
    assert said.index("Autre code, R2191-3") < said.index(f"{CODE}, R2191-3")
    assert said.count("Date de début inconnue") == 2
    assert "une avance [sic]." in said


def test_a_day_that_no_version_covers_is_said_with_the_known_ones(command: Command) -> None:
    code, said = command("R2122-8", "--as-of", "2019-12-31")
    assert code == 3
    assert "Aucune version connue n'est en vigueur le 31/12/2019." in said
    assert "Depuis le 1er avril 2026 · en vigueur" in said
    assert "achète" not in said


def test_an_unknown_article_is_told_with_those_near(command: Command) -> None:
    code, said = command("R2122-9")
    assert code == 3
    assert said == "L'index en service n'a pas d'article R2122-9. Références proches : R2122-8."
    assert command("CCAP 12.3")[1] == "L'index en service n'a pas d'article CCAP 12.3."


def test_json_holds_the_versions_and_their_words(command: Command) -> None:
    code, said = command("R2122-8", "--history", "--json", "--as-of", "2026-03-31")
    told = json.loads(said)
    assert code == 0
    assert (told["reference"], told["as_of"]) == ("R2122-8", "2026-03-31")
    (article,) = told["articles"]
    old, before, after = article["versions"]
    assert (old["citable"], old["in_force"], "changes" in old) == (False, False, False)
    assert (before["valid_from"], before["valid_to"]) == ("2020-01-01", "2026-04-01")
    assert (before["in_force"], before["state"]) == (True, "MODIFIE")
    assert "".join(c["text"] for c in after["changes"] if c["change"] != "removed") == after["text"]
    _, said = command("R2122-8", "--json", "--as-of", "2026-03-31")
    (only,) = json.loads(said)["articles"][0]["versions"]
    assert only == {name: value for name, value in before.items() if name != "changes"}
