"""How many files of this project does a call of a command cross, and how often does it switch?

    python -m tests.studies.files_crossed ask "Puis-je acheter pour 35 000 € sans concurrence ?"

Counts the functions that run, not what imports define; what runs in child processes is left out.
"""

import sys
import threading
from collections import Counter
from pathlib import Path
from types import FrameType

from assistant.cli import main

ROOT = Path(__file__).parent.parent.parent
PACKAGES = tuple(f"{ROOT / package}/" for package in ("assistant", "ingestion"))
OPTIMIZED = 1
"""The flag of a function's code; the bodies of modules and classes lack it."""


class Crossings:
    """The files whose functions began, in the order in which they did."""

    def __init__(self) -> None:
        self.begun: Counter[str] = Counter()
        self.switches = 0
        self._last = ""

    def note(self, frame: FrameType, event: str, _argument: object) -> None:
        """A function begins, or something else that a profiler is told of."""
        path = frame.f_code.co_filename
        if (
            event != "call"
            or not frame.f_code.co_flags & OPTIMIZED
            or not path.startswith(PACKAGES)
        ):
            return
        name = path.removeprefix(f"{ROOT}/")
        self.begun[name] += 1
        self.switches += name != self._last
        self._last = name


def measure(arguments: list[str]) -> Crossings:
    """Run a command of `sourcier` and count, in all its threads; its own output is as usual."""
    crossings = Crossings()
    threading.setprofile(crossings.note)
    sys.setprofile(crossings.note)
    try:
        main(arguments)
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return crossings


if __name__ == "__main__":
    found = measure(sys.argv[1:])
    for name, calls in sorted(found.begun.items()):
        sys.stderr.write(f"{calls:8} {name}\n")
    sys.stderr.write(f"{len(found.begun)} files, {found.switches} switches\n")
