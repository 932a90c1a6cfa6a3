"""Where the part of a share is said: "part de X dans …", "quelle part de … est X". Pure."""

import re
from dataclasses import dataclass

from assistant.ledger.exclusions import Found
from assistant.ledger.plan import Filter
from assistant.ledger.remainder import Remainder

_SHARE = re.compile(r"\b(?:parts?|pourcentages?|proportions?|fractions?|taux|combien pour cent)\b")
_VERB = re.compile(
    r"\b(?:est|sont|revient|reviennent|a ete|ont ete|represente|representent|va|vont|concerne|"
    r"concernent|provient|proviennent)\b"
)
_IN = re.compile(r"\b(?:dans(?! (?:les?|un) (?:delais?|\d))|parmi|sur|au sein)\b")


@dataclass(frozen=True, slots=True)
class Share:
    """The half-open places between which the part is; `is_said` where a word marks them."""

    first: int
    last: int
    is_said: bool

    def parted(self, filters: Found) -> tuple[tuple[Filter, ...], tuple[Filter, ...]] | None:
        """The conditions of the whole and those of the part, None where words leave them open."""
        part = [each for each in filters if self.first <= each[1] < self.last]
        if len({start for _, start in filters}) == 1:
            part = filters
        elif not self.is_said:
            return None
        whole = tuple(each for each, start in filters if (each, start) not in part)
        return (whole, tuple(each for each, _ in part)) if part else None


def share_place(left: Remainder) -> Share | None:
    """After the verb that follows the word of the share, and before "dans"; None without share."""
    if not (share := _SHARE.search(left.whole)):
        return None
    inside = _IN.search(left.whole, share.end())
    last = inside.start() if inside else len(left.whole)
    verb = _VERB.search(left.whole, share.end(), last)
    return Share(verb.start() if verb else share.start(), last, bool(verb or inside))
