"""`sourcier migrate`: what it says of an address, and of what it leaves."""

from pathlib import Path

import pytest

from assistant.cli.command import main
from assistant.publishing.migration import Migration

Captured = pytest.CaptureFixture[str]


@pytest.mark.parametrize("option", ["--to", "--from"])
@pytest.mark.parametrize(
    ("address", "told"),
    [("nimporte", "n'est pas une adresse"), ("postgresql://a:secret@/b", "contient un mot de")],
)
def test_an_address_of_the_command_is_not_put_down_to_the_settings(
    option: str, address: str, told: str, tmp_path: Path, capsys: Captured
) -> None:
    assert main(["--data", str(tmp_path), "migrate", option, address])
    said = " ".join(capsys.readouterr().err.split())
    assert f"« {option} »" in said
    assert told in said
    assert "settings.toml" not in said
    assert "secret" not in said


def test_a_migration_says_that_invoices_and_purchases_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    moved = Migration((), 0, "", 0, 0, 0, 0)
    monkeypatch.setattr("assistant.publishing.migration.migrate", lambda *_: moved)
    assert main(["--data", str(tmp_path), "migrate", "--to", "postgresql://a@/b"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Factures et achats restent où ils sont" in said
    assert 'ledger = "postgresql://' in said
    assert "sourcier invoices import" in said


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("migrate", ("factures et des achats", 'ledger = "postgresql://')),
        ("worker", ("se termine", "sourcier-worker.service")),
        ("dossier-homologation", ("souveraineté", "Gaia-X", "accessibilité")),
    ],
)
def test_help_says_what_one_must_know(
    command: str, told: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert main([command, "--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert [each for each in told if each not in said] == []
