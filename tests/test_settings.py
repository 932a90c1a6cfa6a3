from pathlib import Path

import pytest

from assistant.calculators.calculation import Buyer
from assistant.errors import WrongSettings
from assistant.settings import BUYERS, Engine, Settings, default_home, engine_secret, load_settings


@pytest.fixture(autouse=True)
def _no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCIER_ENGINE_SECRET", raising=False)
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


SERVER = 'model = "m"\naddress = "https://modeles.fr/v1"\n'


def test_a_server_of_models_may_be_chosen_and_is_not_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Settings().engine is None
    monkeypatch.setenv("SOURCIER_ENGINE_SECRET", "abc")
    engine = load_settings(_write(tmp_path, f"[engine]\n{SERVER}rest_minutes = 2")).engine
    assert engine == Engine("https://modeles.fr/v1", "m", rest_minutes=2)
    assert (engine.host, engine_secret(engine)) == ("modeles.fr", "abc")
    kept = tmp_path / "secret"
    kept.write_text("xyz\n")
    assert engine_secret(Engine(engine.address, "m", str(kept))) == "xyz"
    with pytest.raises(WrongSettings, match="secret d'\\[engine\\]"):
        engine_secret(Engine(engine.address, "m", str(tmp_path / "absent")))
    plain = 'model = "m"\naddress = "http://10.0.0.5:8080/v1/"\nunencrypted = true'
    chosen = load_settings(_write(tmp_path, f"[engine]\n{plain}")).engine
    assert chosen is not None
    assert chosen.address == "http://10.0.0.5:8080/v1"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('address = "https://a.fr/v1"', "address et model"),
        ('model = "m"', "address et model"),
        ('model = ""\naddress = "https://a.fr/v1"', "« model »"),
        ('model = "m"\naddress = "http://10.0.0.5/v1"', "unencrypted = true"),
        ('model = "m"\naddress = "http://localhost.autre.fr/v1"', "https://"),
        ('model = "m"\naddress = "a.fr/v1"', "comme https://"),
        ('model = "m"\naddress = "file:///v1"', "comme https://"),
        ('model = "m"\naddress = "https://moi:mot@a.fr/v1"', "secret_file"),
        ('model = "m"\naddress = "https://a.fr/v1?key=1"', "secret_file"),
        ('model = "m"\naddress = "https://a.fr:mille/v1"', "port"),
        (f"{SERVER}first_seconds = 0", "« first_seconds »"),
        (f'{SERVER}whole_seconds = "1"', "« whole_seconds »"),
        (f"{SERVER}retries = 3", "« retries »"),
    ],
)
def test_a_server_that_cannot_be_used_is_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(WrongSettings, match=told):
        load_settings(_write(tmp_path, f"[engine]\n{text}\n"))


def test_an_address_alone_is_no_server(tmp_path: Path) -> None:
    with pytest.raises(WrongSettings, match=r"\[engine\] doit donner address et model"):
        load_settings(_write(tmp_path, 'engine = "http://localhost:8080/v1"'))


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
