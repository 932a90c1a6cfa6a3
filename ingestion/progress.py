"""How far something has come, told to who watches."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Told how much is done, and how much there is, in a unit of the teller."""

StepProgress = Callable[[str, int, int], None]
"""Told the step (a French phrase), how much of it is done, and how much there is."""


def untold(*_: object) -> None:
    """Hears the progress of what nobody watches."""
