import re
import tomllib
from datetime import date

from assistant.question.language import Language
from assistant.reports.markup import count, format_date, load_words
from tests.support.paths import ROOT

FRENCH, ENGLISH = load_words(Language.FRENCH), load_words(Language.ENGLISH)


def test_both_languages_say_the_same_things_with_the_same_fields() -> None:
    path = ROOT / "assistant" / "reports" / "words.toml"
    french, english = tomllib.loads(path.read_text(encoding="utf-8")).values()
    assert french.keys() == english.keys()
    for key, text in french.items():
        fields = re.findall(r"\{\w+\}", text)
        assert sorted(fields) == sorted(re.findall(r"\{\w+\}", english[key])), key


def test_every_sentence_of_the_interface_is_used() -> None:
    folder = ROOT / "assistant"
    folders = (folder / "web", folder / "reports")
    files = [*(each for one in folders for each in (*one.rglob("*.py"), *one.rglob("*.html")))]
    code = "".join(path.read_text(encoding="utf-8") for path in files)
    code = re.sub(r"said\.(\w+)", r'"\1"', code.replace("'", '"'))
    answers = (
        "example_",
        "support_",
        "legend_",
        "rate_",
        "program_",
        "answered",
        "partial",
        "abstained",
    )
    built = (
        *answers,
        "dossier_",
        "firm_",
        "piece_",
        "stage_",
        "kind_",
        "fate_",
        "area_",
        "role_",
        "problem_",
        "program_",
        "severity_",
        "start_",
    )
    states = {"stopped", "interrupted", "reading"}
    for key in FRENCH:
        plain = re.sub(r"_(one|many)$", "", key)
        assert f'"{plain}"' in code or key.startswith(built) or key in states, key


def test_numbers_and_dates_in_words() -> None:
    assert count(FRENCH, "documents", 0) == "0 document"
    assert count(ENGLISH, "documents", 0) == "0 documents"
    assert count(FRENCH, "passages", 1412) == "1\u202f412 passages"
    assert format_date(FRENCH, date(2026, 4, 1)) == "1er avril 2026"
    assert format_date(ENGLISH, date(2026, 4, 1)) == "1 April 2026"
