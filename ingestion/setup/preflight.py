"""What this machine lacks to install or run Sourcier, said before the long work starts.

Runs before anything is installed: standard library only, and a syntax that older Pythons read, so
that they can be told apart.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import socket
import sys
from pathlib import Path

OLDEST, NEWEST = (3, 11), (3, 13)
GIGABYTE = 1000**3

# Measured: virtual environment 2.3 GB, compilation 0.6, downloads 0.9, weights 1.4 with their
# wheels, index 0.2. The build of PyTorch for graphics cards, which pip takes where it finds no
# other, brings 5 GB more and 3 of downloads.
INSTALL_BYTES = 6 * GIGABYTE
INSTALL_BYTES_GRAPHICS = 14 * GIGABYTE
DATA_BYTES = 2 * GIGABYTE
RUN_BYTES = 500 * 1000**2

# Weights 1.1 GB, what answering adds to them 1.5, and the system.
MEMORY_BYTES = 3.5 * GIGABYTE


class Machine:
    """What is asked of the machine; tests answer otherwise."""

    version: tuple[int, int] = sys.version_info[:2]

    def has_module(self, name: str) -> bool:
        """Whether this Python has a module."""
        return importlib.util.find_spec(name) is not None

    def has_command(self, name: str) -> bool:
        """Whether a command is on the path."""
        return shutil.which(name) is not None

    def free_bytes(self, folder: Path) -> int:
        """Free space where the folder is, or will be."""
        return shutil.disk_usage(next(f for f in (folder, *folder.parents) if f.exists())).free

    def memory_bytes(self) -> float:
        """Memory of the machine, or the container's limit when that is lower."""
        total = float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
        try:
            return min(total, float(Path("/sys/fs/cgroup/memory.max").read_text()))
        except (OSError, ValueError):  # no such limit, or "max"
            return total

    def can_listen(self, port: int) -> bool:
        """Whether a program may listen on this port of the machine itself."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
        return True


def python_problem(machine: Machine) -> str | None:
    """Say how to come by a Python that is neither too old nor too new."""
    if OLDEST <= machine.version <= NEWEST:
        return None
    minors = range(NEWEST[1], OLDEST[1] - 1, -1)
    others = [
        name for name in (f"python3.{minor}" for minor in minors) if machine.has_command(name)
    ]
    which = "ancien" if machine.version < OLDEST else "récent"
    major, minor = machine.version
    found = f"Python {major}.{minor} est trop {which} : il faut une version de 3.11 à 3.13. "
    if others:
        return found + f"{others[0]} est installé : ajoutez PYTHON={others[0]} à la commande make."
    return found + (
        "Installez-en une (paquets python3.13 et python3.13-venv, selon votre système), "
        "puis ajoutez PYTHON=python3.13 à la commande make."
    )


def tools_problem(machine: Machine) -> str | None:
    """Name the packages whose commands or modules are missing."""
    packages = []
    if not (machine.has_module("venv") and machine.has_module("ensurepip")):
        packages.append("python{}.{}-venv".format(*machine.version))
    if not machine.has_command("make"):
        packages.append("make")
    if not compiler(machine, "CXX", "c++", "g++", "clang++"):
        packages.append("g++")
    elif not compiler(machine, "CC", "cc", "gcc", "clang"):
        packages.append("gcc")
    if not packages:
        return None
    missing = "un compilateur C++" if packages == ["g++"] else "des outils"
    return (
        f"Il manque {missing} pour installer Sourcier. "
        f"Installez : sudo apt-get install {' '.join(packages)}"
    )


def compiler(machine: Machine, variable: str, *names: str) -> bool:
    """Whether the compiler named by the variable, else any of these, is there."""
    chosen = os.environ.get(variable, "").split()
    return any(machine.has_command(name) for name in (chosen[:1] or names))


def disk_problem(machine: Machine, needs: dict[Path, int]) -> str | None:
    """Say which disk is too small, and for how much."""
    for folder, needed in needs.items():
        free = machine.free_bytes(folder)
        if free < needed:
            return (
                f"Il faut {gigabytes(needed)} libres pour {folder} et il en reste "
                f"{gigabytes(free)}. Libérez de la place, ou choisissez un autre disque pour les "
                "données avec la variable SOURCIER_HOME."
            )
    return None


def memory_problem(machine: Machine) -> str | None:
    """Say how much memory is missing."""
    memory = machine.memory_bytes()
    if memory >= MEMORY_BYTES:
        return None
    return (
        f"Il faut {gigabytes(MEMORY_BYTES)} de mémoire et cette machine en a {gigabytes(memory)}. "
        "Utilisez une machine plus grande, ou augmentez la limite du conteneur."
    )


def port_problem(machine: Machine, port: int) -> str | None:
    """Say that the page's address is taken."""
    if machine.can_listen(port):
        return None
    return (
        f"Le port {port} est déjà pris. Si c'est Sourcier, ouvrez http://127.0.0.1:{port} ; "
        f"sinon choisissez un autre port : make run PORT={port + 1}"
    )


def first_problem(machine: Machine, *, installed: bool, port: int | None) -> str | None:
    """The first thing to put right, or None when the work can start."""
    needs = {data_folder(): RUN_BYTES if installed else DATA_BYTES}
    if not installed:
        needs[Path.cwd()] = INSTALL_BYTES
    problem = python_problem(machine) or (None if installed else tools_problem(machine))
    problem = problem or disk_problem(machine, needs) or memory_problem(machine)
    return problem or (None if port is None else port_problem(machine, port))


def data_folder() -> Path:
    """Where Sourcier writes: the same rule as in its settings."""
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(os.environ.get("SOURCIER_HOME") or Path(data) / "sourcier").absolute()


def gigabytes(size: float) -> str:
    """A size as it is read in French."""
    return f"{size / GIGABYTE:.1f} Go".replace(".", ",")


def main() -> int:
    """Check this machine; 0 when the work can start, 1 with one sentence when not."""
    parser = argparse.ArgumentParser(description="Vérifie que cette machine convient à Sourcier.")
    parser.add_argument("--installed", action="store_true", help="l'installation est déjà faite")
    parser.add_argument("--port", type=int, help="port qui doit être libre")
    options = parser.parse_args()
    machine = Machine()
    problem = first_problem(machine, installed=options.installed, port=options.port)
    if problem is not None:
        sys.stderr.write(problem + "\n")
        return 1
    if not options.installed and machine.free_bytes(Path.cwd()) < INSTALL_BYTES_GRAPHICS:
        sys.stderr.write(
            "Remarque : si pip ne trouve que la construction de PyTorch pour cartes graphiques, "
            f"il faudra {gigabytes(INSTALL_BYTES_GRAPHICS)} de disque (voir make help).\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
