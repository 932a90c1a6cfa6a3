"""Grounding: the constants that the indexed texts of a day do not state."""

from assistant.calculators.constants import Constant, constants
from assistant.calculators.law import Law
from assistant.errors import Ungrounded


def ungrounded(law: Law) -> tuple[Constant, ...]:
    """The constants whose calculations are refused, in the order of the files."""
    return tuple(each for each in constants().values() if not _is_stated(each.name, law))


def _is_stated(name: str, law: Law) -> bool:
    try:
        law.stated(name)
    except Ungrounded:
        return False
    return True
