"""Settings, and a server started with them."""

import json
import os
import re
import shlex
import socket
import stat
from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import pytest
import yaml

from assistant.calculators.calculation import Buyer
from assistant.cli.command import main
from assistant.errors import WrongSettings
from assistant.settings import Buying, Engine, Settings, default_home, engine_secret, load_settings
from ingestion.library.corpus import CORPUS
from tests.support.index_home import add, build_and_publish, write_articles
from tests.support.paths import ROOT


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
    here = 'model = "m"\naddress = "http://[::1]:8080/v1"'
    assert load_settings(_write(tmp_path, f"[engine]\n{here}")).engine
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
        ('model = "m"\naddress = "https://a.fr:mille/v1"', "comme https://"),
        ('model = "m"\naddress = "https://[10.0.0.5/v1"', "comme https://"),
        ('model = "m"\naddress = "https://:8443/v1"', "comme https://"),
        (f"{SERVER}first_seconds = 0", "« first_seconds »"),
        (f'{SERVER}whole_seconds = "1"', "« whole_seconds »"),
        (f"{SERVER}retries = 3", "« retries »"),
    ],
)
def test_a_server_that_cannot_be_used_is_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(WrongSettings, match=told):
        load_settings(_write(tmp_path, f"[engine]\n{text}\n"))


def test_an_address_alone_says_no_model_and_what_to_write_is_told(tmp_path: Path) -> None:
    with pytest.raises(WrongSettings, match="localhost:8080/v1/models") as refused:
        load_settings(_write(tmp_path, 'engine = "http://localhost:8080/v1"'))
    told = re.search(r"engine = \{.*\}", str(refused.value))
    assert told is not None
    chosen = load_settings(_write(tmp_path, told[0])).engine
    assert chosen == Engine("http://localhost:8080/v1", "…")
    with pytest.raises(WrongSettings, match=r'engine = \{ address = "https://'):
        load_settings(_write(tmp_path, "engine = 8080"))


def test_whoever_buys_may_be_chosen(tmp_path: Path) -> None:
    assert tuple(Buyer) == get_args(Buying)
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


@pytest.fixture(autouse=True)
def _usual_mask() -> Iterator[None]:
    """What a shell sets, whatever a command sets for itself."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_journal_dossiers_and_ledger_are_private_before_anything_is_served(tmp_path: Path) -> None:
    home, piece = tmp_path / "home", tmp_path / "CCAP.md"
    piece.write_text("# CCAP\n\nTrente jours.\n")
    commands = (
        ("dossier", "create", "ecole-2026"),
        ("index", "add", str(piece), "--kind", "tender", "--dossier", "ecole-2026"),
        ("invoices", "import", str(CORPUS / "commune-fictive" / "factures.csv")),
        ("journal", "anchor"),
        ("users", "add", "ana", "--role", "acheteur"),
    )
    for words in commands:
        assert main(["--data", str(home), *words]) == 0, words
    written = [home, *home.rglob("*")]
    names = {path.name for path in written}
    assert {"journal.jsonl", "anchors", "records", "dossiers", "ledger", "originals"} <= names
    shared = [str(path) for path in written if path.stat().st_mode & 0o077]
    assert shared == []


def test_what_is_written_while_serving_is_for_its_account_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(home: Path, settings: Settings) -> None:
        (home / "asked").write_text("Une question")
        raise WrongSettings("Rien à servir.")

    monkeypatch.setattr("assistant.web.serving.load_site", asked)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert main(["--data", str(tmp_path), "serve", "--port", str(port)]) == 1
    assert stat.S_IMODE((tmp_path / "asked").stat().st_mode) == 0o600


@pytest.mark.parametrize("articles", [{}, {"R2122-8": "L'acheteur achète sans publicité."}])
def test_the_start_says_how_to_have_the_law_until_it_is_indexed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    articles: Mapping[str, str],
) -> None:
    home = tmp_path / "home"
    (tmp_path / "fiche.md").write_text("# Achats\n\n## Payer (art. R2192-10)\n\nTrente jours.")
    add(home, tmp_path / "fiche.md")
    if articles:
        add(home, write_articles(tmp_path / "code.jsonl", articles))
    build_and_publish(home)
    monkeypatch.setattr(
        "assistant.web.serving.load_site", lambda *_: SimpleNamespace(accounts=None)
    )
    monkeypatch.setattr("assistant.web.app.serve", lambda *_: None)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert main(["--data", str(home), "serve", "--port", str(port)]) == 0
    assert ("sourcier law install" in capsys.readouterr().out) is not bool(articles)


UNITS = ROOT / "assistant" / "operations" / "units"


def unit(name: str) -> ConfigParser:
    found = ConfigParser(strict=False, interpolation=None)
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read(UNITS / name, encoding="utf-8")
    return found


def started() -> dict[str, list[str]]:
    """What each of them gives to `sourcier`."""
    commands = {
        path.name: shlex.split(unit(path.name)["Service"]["ExecStart"])
        for path in sorted(UNITS.glob("*.service"))
    }
    image = (ROOT / "Containerfile").read_text(encoding="utf-8")
    [told] = re.findall(r"^CMD (.*)$", image, re.MULTILINE)
    commands["Containerfile"] = ["/sourcier", *json.loads(told)]
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    for name in ("accounts", "worker"):
        commands[f"compose.yaml, {name}"] = ["/sourcier", *services[name]["command"]]
    return commands


@pytest.mark.parametrize(("where", "command"), started().items())
def test_what_is_started_is_a_command(
    where: str, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command[0].endswith("/sourcier")
    assert main([*command[1:], "--help"]) == 0
    assert "usage : sourcier" in capsys.readouterr().out


def test_only_what_serves_a_page_is_asked_whether_it_does() -> None:
    """The image asks it of every container that does not say otherwise."""
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    ours = {name: each for name, each in services.items() if each["image"] == "sourcier"}
    unasked = {name for name, each in ours.items() if each.get("healthcheck") == {"disable": True}}
    assert set(ours) - unasked == {"alone", "accounts"}


def test_the_timer_starts_the_unit_of_its_name_which_writes_where_the_service_reads() -> None:
    timer, update, service = map(
        unit, ("sourcier-update.timer", "sourcier-update.service", "sourcier.service")
    )
    assert timer["Timer"]["OnCalendar"]
    for key in ("User", "StateDirectory", "Environment", "UMask", "ProtectSystem"):
        assert update["Service"][key] == service["Service"][key]


@pytest.mark.parametrize("name", sorted(path.name for path in UNITS.glob("*.service")))
def test_every_unit_may_reach_a_server_that_its_owner_allows(name: str) -> None:
    service = unit(name)["Service"]
    assert (service["IPAddressDeny"], service["IPAddressAllow"]) == ("any", "localhost")
    assert "PrivateNetwork" not in service
    assert "IPAddressAllow=10.0.0.5" in (UNITS / name).read_text(encoding="utf-8")
