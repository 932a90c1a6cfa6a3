"""Text of a page that its reader does not see: it is read, since it may bind, and said. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ingestion.reading.layout import Fragment

Box = tuple[float, float, float, float]
"""Left, bottom, right and top of a page, in points."""

UNSEEN = "texte invisible (caché, ou reconnu sous une image), lu quand même, pages"
"""How the warning begins; concealed.py takes it back where it has seen better."""

_SMALLEST_SEEN = 1.0
_MARGIN = 20.0
_UNPAINTED = (3, 7)
_SHOWING = frozenset({b"Tj", b"TJ", b"'", b'"'})


@dataclass(slots=True)
class Paint:
    """Follows the operators of a page: `is_missing` once text was shown that is not painted.

    So is the text that a program recognised on a scan, under the picture.
    """

    is_missing: bool = False
    _modes: list[int] = field(default_factory=lambda: [0])

    def follow(self, operator: bytes, operands: Sequence[object]) -> None:
        """Take the next operator into account (ISO 32000, 8.4.4 and 9.3.6)."""
        if operator == b"q":
            self._modes.append(self._modes[-1])
        elif operator == b"Q" and len(self._modes) > 1:
            self._modes.pop()
        elif operator == b"Tr" and operands and isinstance(operands[0], int | float):
            self._modes[-1] = int(operands[0])
        elif operator in _SHOWING and self._modes[-1] in _UNPAINTED:
            self.is_missing = True


def is_out_of_sight(fragments: Iterable[Fragment], page: Box) -> bool:
    """Whether some text is outside the page, or too small to be seen."""
    return any(_is_unseen(fragment, page) for fragment in fragments if fragment.text.strip())


def _is_unseen(fragment: Fragment, page: Box) -> bool:
    left, bottom, right, top = page
    is_inside = (
        left - _MARGIN <= fragment.x <= right + _MARGIN
        and bottom - _MARGIN <= fragment.y <= top + _MARGIN
    )
    return not is_inside or fragment.size < _SMALLEST_SEEN
