"""`sourcier dossier`, from its creation to its removal."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from assistant.journal.journal import journal_of
from tests.support.command_line import Command, command_of, use_small_models
from tests.support.journals import bodies

CCAP = "# CCAP\n\n## Article 12 - Pénalités\n\nLa pénalité de retard est de 150 euros.\n"


@pytest.fixture
def command(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """`sourcier dossier …`: its exit code and what it says, on standard output alone as JSON."""
    use_small_models(monkeypatch)

    return command_of(home, capsys, "dossier")


@pytest.fixture
def pieces(tmp_path: Path) -> Path:
    """A folder with a piece in each of two lots, a hidden file and a ZIP."""
    folder = tmp_path / "DCE"
    for lot in ("lot 1", "lot 2"):
        (folder / lot).mkdir(parents=True)
        (folder / lot / "CCAP.md").write_text(CCAP + lot, encoding="utf-8")
    (folder / ".cache.md").write_text("caché")
    with zipfile.ZipFile(folder / "annexes.zip", "w") as archive:
        archive.writestr("RC.md", "# Règlement\n\nLes offres.\n")
        archive.writestr("../evil.md", "dehors")
    return folder


def test_a_dossier_is_created_described_and_shown(command: Command) -> None:
    created = command("create", "voirie-2026", "--reference", "2026-07", "--subject", "Voirie [1]")
    assert created[0] == 0
    assert "sourcier dossier add voirie-2026" in created[1]
    assert (
        command("describe", "voirie-2026", "--deadline", "2026-12-01", "--stage", "analyse")[0] == 0
    )
    code, said = command("list")
    assert (code, "Voirie [1]" in said, "01/12/2026" in said) == (0, True, True)
    shown = json.loads(command("show", "voirie-2026", "--json")[1])
    assert (shown["reference"], shown["deadline"], shown["pieces"]) == ("2026-07", "2026-12-01", [])
    assert json.loads(command("list", "--json")[1])[0]["stage"] == "analyse"


def test_folders_and_archives_are_added_with_a_report(command: Command, pieces: Path) -> None:
    command("create", "voirie-2026")
    code, said = command("add", "voirie-2026", pieces)
    assert code == 0
    assert "DCE/lot 1/CCAP.md" in said
    assert "chemin refusé : il sort de l'archive" in said
    assert "caché" not in said
    kept = json.loads(command("pieces", "voirie-2026", "--json")[1])
    names = {piece["name"]: piece["piece"] for piece in kept}
    assert names == {"DCE/lot 1/CCAP.md": "CCAP", "DCE/lot 2/CCAP.md": "CCAP", "RC.md": "RC"}
    again = json.loads(command("add", "voirie-2026", pieces, "--json")[1])
    assert {receipt["fate"] for receipt in again} == {"déjà là", "refusé"}


def test_a_kind_is_corrected_and_a_piece_removed(command: Command, pieces: Path) -> None:
    command("create", "voirie-2026")
    command("add", "voirie-2026", pieces)
    assert command("set-piece", "voirie-2026", "RC.md", "annexe")[0] == 0
    assert "annexe" in command("pieces", "voirie-2026")[1]
    assert command("remove", "voirie-2026", "DCE")[0] == 0
    assert "CCAP" not in command("pieces", "voirie-2026")[1]
    code, said = command("remove", "voirie-2026", "absent.md")
    assert (code, "Aucune pièce" in said) == (1, True)
    assert command("set-piece", "voirie-2026", "absent.md", "RC")[0] == 1


def test_the_fiche_is_shown_and_written(
    command: Command, pieces: Path, home: Path, tmp_path: Path
) -> None:
    command("create", "voirie-2026")
    command("add", "voirie-2026", pieces)
    code, said = command("fiche", "voirie-2026")
    assert (code, "La pénalité de retard est de 150 euros." in said) == (0, True)
    assert "non trouvé" in said
    fields = json.loads(command("fiche", "voirie-2026", "--json")[1])
    (penalties,) = (line for line in fields["lines"] if line["name"] == "penalties")
    assert (fields["dossier"], penalties["state"]) == ("voirie-2026", "trouvé")
    entry = penalties["entries"][0]
    assert entry["end"] - entry["start"] == len(entry["text"])
    assert entry["values"] == [{"unit": "euro", "written": "150"}]
    files = {suffix: tmp_path / f"fiche.{suffix}" for suffix in ("docx", "csv")}
    options = [part for suffix, path in files.items() for part in (f"--{suffix}", path)]
    code, said = command("fiche", "voirie-2026", *options)
    assert (code, said.count("Fiche écrite"), "150 euros" in said) == (0, 2, False)
    assert "La pénalité de retard est de 150 euros." in files["csv"].read_text(encoding="utf-8-sig")
    assert files["docx"].read_bytes().startswith(b"PK")
    exported = [{"dossier": "voirie-2026", "format": suffix} for suffix in files]
    assert bodies(journal_of(home), "export") == exported
    assert command("fiche", "autre")[0] == 1


def test_what_is_not_there_is_said(command: Command, tmp_path: Path) -> None:
    assert command("show", "rien")[0] == 1
    command("create", "vide")
    code, said = command("add", "vide", tmp_path / "absent.pdf")
    assert (code, "Introuvable" in said) == (2, True)
    (tmp_path / "x.exe").write_bytes(b"MZ")
    assert command("add", "vide", tmp_path / "x.exe")[0] == 1


def test_a_dossier_is_removed_once_its_identifier_is_typed_again(
    command: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("create", "voirie-2026")
    monkeypatch.setattr("sys.stdin", io.StringIO("autre\n"))
    assert command("delete", "voirie-2026")[0] == 1
    monkeypatch.setattr("sys.stdin", io.StringIO("voirie-2026\n"))
    assert command("delete", "voirie-2026")[0] == 0
    assert command("show", "voirie-2026")[0] == 1
    command("create", "autre")
    assert command("delete", "autre", "--yes")[0] == 0
    acts = [(body or {}).get("act") for body in bodies(journal_of(home))]
    assert acts == [None, "deleted", None, "deleted"]
