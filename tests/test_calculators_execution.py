"""The constants of the performance of a contract, against our sheets and the real articles."""

import json
import os
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from assistant.calculators.advance import RetentionAsked, retention
from assistant.calculators.constants import Constant, IndexedLaw, constants
from assistant.errors import Ungrounded
from assistant.question.quantities import find_quantities, fold_same_length
from ingestion.index.publication import current_name, open_snapshot
from ingestion.library.library import CORPUS
from tests.law_home import CODE, publish_law

SHARED = Path(os.environ.get("SOURCIER_SHARED") or Path(__file__).parents[2] / "shared")
ARTICLES = SHARED / "data" / "law" / "ccp_articles.jsonl"
DAY = date(2026, 11, 24)
NAMES = [
    row["name"]
    for row in tomllib.loads((CORPUS / "constantes/execution.toml").read_text("utf-8"))["constant"]
]
FIGURES = [name for name in NAMES if constants()[name].values]
OTHER = {"euro": "77 777 euros", "ratio": "77 %", "month": "77 mois", "day": "77 jours",
         "times": "77 fois", "point": "77 points", "count": "77"}  # fmt: skip


@pytest.fixture(scope="module")
def code() -> dict[str, str]:
    """The texts of the real articles by number."""
    if not ARTICLES.exists():
        pytest.skip("no ../shared: the real articles are absent")
    rows = map(json.loads, ARTICLES.read_text("utf-8").splitlines())
    return {row["num"]: row["texte"] for row in rows}


def _sheets(constant: Constant) -> Iterator[str]:
    """The sections of our sheets about the article of a constant."""
    for path in sorted((CORPUS / "fiches").glob("*.md")):
        for section in re.split(r"^## ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            if constant.article in section:
                yield section


def _statement(constant: Constant, texts: Iterator[str]) -> str:
    """The words that state a constant; fails when there are none."""
    for text in texts:
        if found := constant.found_in(text, DAY):
            return text[found.start : found.end]
    pytest.fail(f"no text states « {constant.name} »")


def _altered(statement: str, written: dict[str, str]) -> str:
    """A statement in which the quantities of these keys are written otherwise."""
    pieces, position = [], 0
    for quantity in find_quantities(fold_same_length(statement)):
        if quantity.key in written:
            pieces += [statement[position : quantity.start], written[quantity.key]]
            position = quantity.end
    return "".join([*pieces, statement[position:]])


def _keys(constant: Constant) -> set[str]:
    """How the quantities of its value read; a sheet may multiply by a bare number."""
    value = constant.on(DAY)
    if value is None:
        return set()
    if constant.unit == "percent":
        return {f"{Fraction(value) / 100} ratio"}
    return {f"{Fraction(value)} {constant.unit}", f"{Fraction(value)} count"}


def _alterations(constant: Constant, statement: str) -> Iterator[str]:
    """The statement with another value, then with its value exchanged with each other of a unit."""
    found = {each.key: each for each in find_quantities(fold_same_length(statement))}
    for own in _keys(constant) & set(found):
        unit = found[own].unit
        yield _altered(statement, {own: OTHER[unit]})
        written = {key: statement[each.start : each.end] for key, each in found.items()}
        for key, each in found.items():
            if each.unit == unit != "count" and key != own:
                yield _altered(statement, {own: written[key], key: written[own]})


@pytest.mark.parametrize("name", NAMES)
def test_our_sheets_state_it(name: str) -> None:
    constant = constants()[name]
    assert _statement(constant, _sheets(constant))


@pytest.mark.parametrize("name", NAMES)
def test_the_real_article_states_it(name: str, code: dict[str, str]) -> None:
    constant = constants()[name]
    assert _statement(constant, iter([code[constant.article]]))


@pytest.mark.parametrize("name", FIGURES)
def test_an_altered_sheet_no_longer_states_it(name: str) -> None:
    _refused_when_altered(constants()[name], _sheets(constants()[name]))


@pytest.mark.parametrize("name", FIGURES)
def test_an_altered_article_no_longer_states_it(name: str, code: dict[str, str]) -> None:
    _refused_when_altered(constants()[name], iter([code[constants()[name].article]]))


def _refused_when_altered(constant: Constant, texts: Iterator[str]) -> None:
    statement = _statement(constant, texts)
    altered = list(_alterations(constant, statement))
    assert altered
    for text in altered:
        assert constant.found_in(text, DAY) is None, text


@pytest.mark.parametrize(
    ("name", "said", "otherwise"),
    [
        ("avance, montant", " et dans la mesure où", " ou dans la mesure où"),
        ("retenue de garantie", "ne peut être", "peut être"),
        ("délai de paiement", "les pouvoirs adjudicateurs", "les entreprises publiques"),
        ("délai de paiement, santé", "de santé", "de transport"),
        ("intérêts moratoires, majoration", "majoré", "minoré"),
        ("intérêts moratoires, période", "incluse", "exclue"),
        ("intérêts moratoires, base", "diminué", "augmenté"),
        ("modification, travaux", "inférieur aux seuils", "supérieur aux seuils"),
        ("modification, fournitures et services", " et à ", " ou à "),
        ("modification imprévue", "ne peut être", "peut être"),
    ],
)
def test_an_article_that_turns_the_rule_no_longer_states_it(
    name: str, said: str, otherwise: str, code: dict[str, str]
) -> None:
    constant = constants()[name]
    statement = _statement(constant, iter([code[constant.article]]))
    assert said in statement
    assert constant.found_in(statement.replace(said, otherwise), DAY) is None


def test_from_the_day_its_article_says_otherwise_a_calculation_is_refused(tmp_path: Path) -> None:
    said = "La retenue de garantie ne peut pas dépasser {} % du montant initial du marché [sic]."
    before = {
        "code": CODE,
        "num": "R2191-33",
        "texte": said.format(5),
        "etat": "MODIFIE",
        "valide_du": "2019-04-01",
        "valide_au": "2026-09-30",
    }
    after = {
        "code": CODE,
        "num": "R2191-33",
        "texte": said.format(6),
        "etat": "VIGUEUR",
        "valide_du": "2026-10-01",
    }
    repaid = "L'acheteur rembourse dans les 30 jours qui suivent l'expiration du délai de garantie."
    publish_law(
        tmp_path,
        tmp_path,
        before,
        after,
        {**after, "num": "R2191-35", "texte": repaid, "valide_du": "2019-04-01"},
    )
    generation = open_snapshot(tmp_path, current_name(tmp_path))
    asked = RetentionAsked(Decimal(100))
    stated = retention(asked, IndexedLaw(generation, date(2026, 9, 30)))
    assert stated.grounds[0].quote == said.format(5)
    with pytest.raises(Ungrounded, match="R2191-33"):
        retention(asked, IndexedLaw(generation, date(2026, 10, 1)))
