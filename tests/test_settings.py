from pathlib import Path

import pytest

from assistant.calculators.calculation import Buyer
from assistant.errors import WrongSettings
from assistant.settings import BUYERS, Settings, default_home, load_settings


@pytest.fixture(autouse=True)
def _no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SOURCIER_LLM", "SOURCIER_EMBEDDER", "SOURCIER_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)


def _write(home: Path, text: str) -> Path:
    (home / "settings.toml").write_text(text, encoding="utf-8")
    return home


def test_without_a_file_everything_has_a_default(tmp_path: Path) -> None:
    assert load_settings(tmp_path) == Settings()


def test_the_file_chooses(tmp_path: Path) -> None:
    home = _write(tmp_path, 'llm = "/models/other.gguf"\nevidence_limit = 3\n')
    assert load_settings(home) == Settings(llm="/models/other.gguf", evidence_limit=3)


def test_the_environment_chooses_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = _write(tmp_path, 'llm = "a"\nembedder = "b"\n')
    monkeypatch.setenv("SOURCIER_LLM", "c")
    monkeypatch.setenv("SOURCIER_EMBEDDER", "")
    assert load_settings(home) == Settings(llm="c", embedder="b")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('lllm = "a"', "lllm"),
        ("llm = 3", "llm"),
        ('evidence_limit = "6"', "evidence_limit"),
        ("evidence_limit = true", "evidence_limit"),
        ("evidence_limit = 6.0", "evidence_limit"),
        ("evidence_limit = 0", "au moins 1"),
        ("evidence_limit = -1", "au moins 1"),
        ("[evidence]\nlimit = 3", "evidence"),
        ("llm = ", "TOML"),
        ('buyer = "mairie"', "collectivite"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(WrongSettings, match=told):
        load_settings(_write(tmp_path, text))


def test_whoever_buys_may_be_chosen(tmp_path: Path) -> None:
    assert tuple(Buyer) == BUYERS
    for buyer in Buyer:
        assert load_settings(_write(tmp_path, f'buyer = "{buyer}"')).buyer == buyer


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(b'llm = "caf\xe9"')
    with pytest.raises(WrongSettings, match="TOML"):
        load_settings(tmp_path)


def test_the_data_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_home() == Path.home() / ".local/share/sourcier"
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert default_home() == Path("/data/sourcier")
    monkeypatch.setenv("SOURCIER_HOME", "/srv/sourcier")
    assert default_home() == Path("/srv/sourcier")
