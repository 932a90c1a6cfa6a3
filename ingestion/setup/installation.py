"""Installing the packages into the virtual environment, with a sign of life all along.

Runs before anything is installed: standard library only. What pip says goes to a log; one line
tells the step, how far the compilation is, and the time since the start.
"""

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Thread
from typing import TextIO

LOG = Path(sys.prefix) / "installation.log"
CONSTRAINTS = Path("constraints.txt")
ENGINE = ("--force-reinstall", "--no-deps", "--no-cache-dir", "llama-cpp-python")
"""What pip is told to compile the engine again: what it keeps may be of another processor."""

LINE_SECONDS = 15.0
LAST_LINES = 12

COMPILATION = "llama-cpp-python est compilé (environ 6 minutes sur deux cœurs)"

STEPS = (
    (re.compile(r"Collecting ([\w.-]+)"), "recherche de {}"),
    (re.compile(r"Downloading (\S+?)-\d\S* \((.+)\)"), "téléchargement de {} ({})"),
    (re.compile(r"Running command Building wheel for llama-cpp-python"), COMPILATION),
    (re.compile(r"^\s*\[(\d+)/(\d+)\] "), COMPILATION + ", étape {} sur {}"),
    (re.compile(r"Installing collected packages"), "installation des paquets"),
)


class PipStep:
    """The step pip is at, as read from its output."""

    def __init__(self) -> None:
        self.text = "préparation"

    def follow(self, output: TextIO, log: TextIO) -> None:
        """Copy the output to the log, and read the steps from it."""
        for line in output:
            log.write(line)
            for pattern, text in STEPS:
                if found := pattern.search(line):
                    self.text = text.format(*found.groups())


def show(step: PipStep, process: "subprocess.Popen[str]") -> None:
    """Show the step until pip ends: one line that changes, or lines now and then in a log."""
    began = last = time.monotonic()
    while process.poll() is None:
        time.sleep(0.5)
        now = time.monotonic()
        minutes, seconds = divmod(int(now - began), 60)
        line = f"  {step.text} ({minutes} min {seconds:02} s)"
        if sys.stdout.isatty():
            sys.stdout.write(f"\r\x1b[K{line}")
        elif now - last >= LINE_SECONDS:
            sys.stdout.write(line + "\n")
            last = now
        sys.stdout.flush()
    if sys.stdout.isatty():
        sys.stdout.write("\r\x1b[K")


def commands(what: Sequence[str]) -> tuple[list[str], ...]:
    """What is asked of pip, in order: itself first, since that of a new environment is years old.

    Pure but for whether there are constraints; these name the version of pip as of the rest.
    """
    asked = [sys.executable, "-m", "pip", "install", "-v", "--disable-pip-version-check"]
    if CONSTRAINTS.exists():
        asked += ["--constraint", str(CONSTRAINTS)]
    return [*asked, "--upgrade", "pip"], [*asked, *what]


def install(what: Sequence[str]) -> int:
    """Run pip to install these, showing its steps; returns its exit code."""
    step = PipStep()
    with LOG.open("w", encoding="utf-8") as log:
        codes = (_run(command, step, log) for command in commands(what))
        return next((code for code in codes if code), 0)


def _run(command: Sequence[str], step: PipStep, log: TextIO) -> int:
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        assert process.stdout is not None
        reader = Thread(target=step.follow, args=(process.stdout, log), daemon=True)
        reader.start()
        show(step, process)
        reader.join()
    return process.returncode


def main() -> int:
    """Install the packages named in pyproject.toml; 1 with the end of the log when pip fails."""
    parser = argparse.ArgumentParser(description="Installe Sourcier dans son environnement.")
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument(
        "what", nargs="?", help="le dossier, et entre crochets ce qui s'y ajoute : .[test]"
    )
    chosen.add_argument(
        "--engine", action="store_true", help="recompile le moteur pour ce processeur"
    )
    options = parser.parse_args()
    what = ENGINE if options.engine else ("--editable", options.what)
    began = time.monotonic()
    sys.stdout.write(
        "Installation des paquets : de 1 à 12 minutes selon la machine et le réseau.\n"
    )
    if install(what) == 0:
        sys.stdout.write(f"Installation faite en {time.monotonic() - began:.0f} s.\n")
        return 0
    last = LOG.read_text(encoding="utf-8").splitlines()[-LAST_LINES:]
    sys.stderr.write("\n".join([*last, f"L'installation a échoué. Tout le détail : {LOG}", ""]))
    return 1


if __name__ == "__main__":
    sys.exit(main())
