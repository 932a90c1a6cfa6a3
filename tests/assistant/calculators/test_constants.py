"""The constants of the law, against our sheets and the real articles."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from assistant.calculators.constants import Constant, IndexedLaw, constants
from assistant.calculators.retention import RetentionAsked, retention
from assistant.errors import Ungrounded
from assistant.question.quantities import find_quantities, fold_same_length
from ingestion.documents.references import find_references
from ingestion.index.publication import current_name, open_snapshot
from ingestion.library.corpus import CORPUS
from tests.support.fake_law import CODE, publish_law
from tests.support.question_lists import read_lists
from tests.support.shared_texts import LAW, code_texts, shared_rows

DAY = date(2026, 11, 24)
FOLDER = CORPUS / "constantes"
AWARD, PERFORMANCE, REVIEW, DELAYS = (
    [row["name"] for row in tomllib.loads((FOLDER / file).read_text("utf-8"))["constant"]]
    for file in ("passation.toml", "execution.toml", "conformite.toml", "delais.toml")
)
NAMES = [*AWARD, *PERFORMANCE, *REVIEW, *DELAYS]
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
EXCHANGED, TURNED = read_lists("altered_articles.txt")
FIGURES = [name for name in PERFORMANCE if constants()[name].values]
OTHER = {"euro": "77 777 euros", "ratio": "77 %", "month": "77 mois", "day": "77 jours",
         "times": "77 fois", "point": "77 points", "count": "77"}  # fmt: skip


@pytest.fixture(scope="module")
def code() -> Mapping[str, str]:
    """The real texts by reference."""
    ccag = (LAW / "ccag_fcs_art14_extrait.md").read_text("utf-8") if LAW.exists() else ""
    return code_texts() | {"CCAG-FCS 14.1.2": ccag}


def _sheets(constant: Constant) -> list[str]:
    """The sections of our sheets whose heading names the article of a constant."""
    texts = [path.read_text("utf-8") for path in sorted((CORPUS / "fiches").glob("*.md"))]
    sections = [each for text in texts for each in re.split(r"^## ", text, flags=re.M)[1:]]
    return [
        each
        for each in sections
        if constant.article in {found.key for found in find_references(each.partition("\n")[0])}
    ]


def _statement(constant: Constant, texts: Iterable[str], day: date = DAY) -> str:
    """The words that state a constant; fails when there are none."""
    for text in texts:
        if found := constant.found_in(text, day):
            return text[found.start : found.end]
    pytest.fail(f"no text states « {constant.name} »")


@pytest.mark.parametrize("name", NAMES)
def test_our_sheets_state_it(name: str) -> None:
    assert _statement(constants()[name], _sheets(constants()[name]))


@pytest.mark.parametrize("name", NAMES)
def test_the_real_text_states_it(name: str, code: Mapping[str, str]) -> None:
    assert _statement(constants()[name], [code[constants()[name].article]])


@pytest.mark.parametrize("name", REVIEW)
def test_a_text_that_says_otherwise_does_not_state_it(name: str) -> None:
    constant = constants()[name]
    statement = _statement(constant, _sheets(constant))
    otherwise = re.sub(r"\d+|quatre|huit", "77", statement) if constant.values else "Rien."
    assert constant.found_in(otherwise, DAY) is None


# The award of a contract.


@pytest.mark.parametrize("name", [each for each in AWARD if each.startswith("seuil européen")])
def test_a_threshold_is_read_across_the_lines_of_its_table(name: str) -> None:
    assert _statement(constants()[name], [THRESHOLDS])


@pytest.mark.parametrize(("name", "figures"), EXCHANGED)
def test_an_article_whose_figures_are_exchanged_is_refused(
    name: str, figures: tuple[str, ...], code: Mapping[str, str]
) -> None:
    one, other = figures
    text = code[constants()[name].article]
    exchanged = re.sub(
        f"{one}|{other}", lambda found: other if found.group() == one else one, text, flags=re.I
    )
    assert exchanged != text
    assert constants()[name].found_in(text, DAY)
    assert constants()[name].found_in(exchanged, DAY) is None


@pytest.mark.parametrize(("name", "words"), TURNED)
def test_an_article_that_turns_the_rule_is_refused(
    name: str, words: tuple[str, ...], code: Mapping[str, str]
) -> None:
    said, otherwise = words
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
        for row in shared_rows(LAW / "ccp_versions_anterieures.jsonl")
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
    assert said in _statement(constant, _sheets(constant), day)


def test_a_sentence_about_another_time_states_nothing() -> None:
    text = "Avant le 1er avril 2026, le seuil de mise en ligne obligatoire du DCE était de {} € HT."
    constant = constants()["dossier en ligne"]
    assert constant.found_in(text.format("40 000"), date(2026, 3, 31))
    assert constant.found_in(text.format("60 000"), DAY) is None


# The performance of a contract.


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


@pytest.mark.parametrize("name", FIGURES)
def test_an_altered_sheet_no_longer_states_it(name: str) -> None:
    _refused_when_altered(constants()[name], _sheets(constants()[name]))


@pytest.mark.parametrize("name", FIGURES)
def test_an_altered_article_no_longer_states_it(name: str, code: Mapping[str, str]) -> None:
    _refused_when_altered(constants()[name], [code[constants()[name].article]])


def _refused_when_altered(constant: Constant, texts: Iterable[str]) -> None:
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
def test_an_article_that_turns_a_rule_of_performance_is_refused(
    name: str, said: str, otherwise: str, code: Mapping[str, str]
) -> None:
    constant = constants()[name]
    statement = _statement(constant, [code[constant.article]])
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
