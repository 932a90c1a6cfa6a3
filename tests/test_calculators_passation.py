"""The constants of the award of a contract, against our sheets and the real articles."""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from assistant.calculators.constants import Constant, constants
from ingestion.library.library import CORPUS

SHARED = Path(os.environ.get("SOURCIER_SHARED") or Path(__file__).parents[2] / "shared")
LAW = SHARED / "data" / "law"
DAY = date(2026, 11, 24)
NAMES = [
    row["name"]
    for row in tomllib.loads((CORPUS / "constantes/passation.toml").read_text("utf-8"))["constant"]
]
THRESHOLDS = """\
POUVOIRS ADJUDICATEURS
Fournitures et services :
a) Autorités publiques centrales hors c)
{state} € HT
b) Autres pouvoirs adjudicateurs
{other} € HT
Travaux
{works} € HT
ENTITÉS ADJUDICATRICES
Fournitures et services
{entity} € HT
Travaux
{works} € HT
""".format(state="140 000", other="216 000", works="5 404 000", entity="432 000")
EUROPEAN = [name for name in NAMES if name.startswith("seuil européen")]


@pytest.fixture(scope="module")
def code() -> Mapping[str, str]:
    """The texts of the real articles by number."""
    return {row["num"]: row["texte"] for row in _rows("ccp_articles.jsonl")}


def _rows(name: str) -> list[Mapping[str, str]]:
    if not LAW.exists():
        pytest.skip("no ../shared: the real articles are absent")
    return [json.loads(line) for line in (LAW / name).read_text("utf-8").splitlines()]


def _sheets(article: str) -> list[str]:
    """The sections of our sheets whose heading names an article."""
    texts = [path.read_text("utf-8") for path in sorted((CORPUS / "fiches").glob("*.md"))]
    sections = [each for text in texts for each in re.split(r"^## ", text, flags=re.M)[1:]]
    named = re.compile(rf"\b{article}\b(?!-)")
    return [each for each in sections if named.search(each.partition("\n")[0])]


def _statement(constant: Constant, texts: list[str], day: date = DAY) -> str | None:
    found = ((text, constant.found_in(text, day)) for text in texts)
    return next((text[span.start : span.end] for text, span in found if span), None)


@pytest.mark.parametrize("name", NAMES)
def test_our_sheets_state_it(name: str) -> None:
    assert _statement(constants()[name], _sheets(constants()[name].article))


@pytest.mark.parametrize("name", NAMES)
def test_the_real_article_states_it(name: str, code: Mapping[str, str]) -> None:
    assert _statement(constants()[name], [code[constants()[name].article]])


@pytest.mark.parametrize("name", EUROPEAN)
def test_a_threshold_is_read_across_the_lines_of_its_table(name: str) -> None:
    assert _statement(constants()[name], [THRESHOLDS])


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("dispense", "60 000", "100 000"),
        ("dispense travaux", "60 000", "100 000"),
        ("achat innovant, lot", "80 000", "100 000"),
        ("achat innovant, lot de travaux", "80 000", "100 000"),
        ("petit lot", "80 000", "1 million d'"),
        ("petit lot de travaux", "80 000", "1 million d'"),
        ("seuil européen, autorité centrale", "140 000", "216 000"),
        ("seuil européen, autre pouvoir adjudicateur", "216 000", "432 000"),
        ("seuil européen, entité adjudicatrice", "432 000", "5 404 000"),
        ("seuil européen, travaux", "216 000", "5 404 000"),
        ("données essentielles", "40 000", "25 000"),
        ("données essentielles, marchés dispensés", "40 000", "25 000"),
        ("appel d'offres ouvert, voie électronique", "quinze", "trente"),
        ("appel d'offres ouvert, urgence", "quinze", "trente"),
        ("appel d'offres ouvert, préinformation", "quinze", "trente"),
        ("candidatures d'un appel d'offres restreint", "quinze", "trente"),
        ("candidatures d'un appel d'offres restreint, urgence", "quinze", "trente"),
        ("candidatures d'un appel d'offres restreint d'une entité", "quinze", "trente"),
        ("offres d'un appel d'offres restreint, voie électronique", "dix", "vingt-cinq"),
        ("suspension", "onze", "seize"),
        ("suspension, sans voie électronique", "onze", "seize"),
    ],
)
def test_an_article_whose_figures_are_exchanged_is_refused(
    name: str, one: str, other: str, code: Mapping[str, str]
) -> None:
    text = code[constants()[name].article]
    exchanged = re.sub(
        f"{one}|{other}", lambda found: other if found.group() == one else one, text, flags=re.I
    )
    assert exchanged != text
    assert constants()[name].found_in(text, DAY)
    assert constants()[name].found_in(exchanged, DAY) is None


@pytest.mark.parametrize(
    ("name", "said", "otherwise"),
    [
        ("dispense", "peut passer", "ne peut passer"),
        ("dispense", "sans publicité", "avec publicité"),
        ("dispense", "est inférieure", "est supérieure"),
        ("procédure adaptée", "peut recourir", "ne peut recourir"),
        ("petits lots, part", "n'excède pas", "excède"),
        ("publicité nationale", "est publié", "n'est pas publié"),
        ("dossier en ligne", "égale ou supérieure", "inférieure"),
        ("appel d'offres ouvert, urgence", "peut être ramené", "ne peut être ramené"),
        ("offres d'une négociation d'une entité", "ne peut être", "peut être"),
        ("documents hors du profil d'acheteur", "augmenté", "réduit"),
        ("suspension", "procédure formalisée", "procédure adaptée"),
        ("suspension, seul opérateur", "n'est pas exigé", "est exigé"),
        ("chiffre d'affaires minimal", "ne peut être supérieur", "peut être supérieur"),
    ],
)
def test_an_article_that_turns_the_rule_is_refused(
    name: str, said: str, otherwise: str, code: Mapping[str, str]
) -> None:
    text = code[constants()[name].article]
    assert said in text
    assert constants()[name].found_in(text.replace(said, otherwise), DAY) is None


@pytest.mark.parametrize(
    ("name", "article", "begins"),
    [
        ("dispense", "R2122-8", "2019-04-01"),
        ("dispense", "R2122-8", "2020-01-01"),
        ("dispense travaux", "R2122-8", "2020-01-01"),
        ("dossier en ligne", "R2132-2", "2020-01-01"),
        ("chiffre d'affaires minimal", "R2142-7", "2019-04-01"),
    ],
)
def test_an_earlier_version_states_the_value_of_its_time(
    name: str, article: str, begins: str
) -> None:
    version = next(
        row
        for row in _rows("ccp_versions_anterieures.jsonl")
        if (row["num"], row["valide_du"]) == (article, begins)
    )
    constant = constants()[name]
    assert constant.found_in(version["texte"], date.fromisoformat(begins))
    assert constant.found_in(version["texte"], DAY) is None


@pytest.mark.parametrize(
    ("name", "day", "said"),
    [
        ("dossier en ligne", date(2026, 3, 31), "Du 1er janvier 2020 au 31 mars 2026"),
        ("dossier en ligne", DAY, "doit mettre"),
        ("chiffre d'affaires minimal", date(2025, 12, 31), "Du 1er avril 2019 au 31 décembre 2025"),
    ],
)
def test_a_sheet_is_read_for_the_day(name: str, day: date, said: str) -> None:
    constant = constants()[name]
    statement = _statement(constant, _sheets(constant.article), day)
    assert statement
    assert said in statement


def test_a_sentence_about_another_time_states_nothing() -> None:
    text = "Avant le 1er avril 2026, le seuil de mise en ligne obligatoire du DCE était de {} € HT."
    constant = constants()["dossier en ligne"]
    assert constant.found_in(text.format("40 000"), date(2026, 3, 31))
    assert constant.found_in(text.format("60 000"), DAY) is None
