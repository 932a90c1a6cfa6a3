"""Clauses: the parts of a sentence that say something whole without the others. Pure.

"A : B", "A ; B", "A, car B" and "A, et peut B" each hold A; they hold B when it names its own
subject and no "en procédure adaptée, …" frames both. A clause that the next one limits
("; toutefois …") is never taken alone.
"""

import re
from collections.abc import Iterator

_JUNCTION = re.compile(
    r" ?[;:](?=\s)|,? (?:car|puisque|si bien que)(?!\w)|, donc(?!\w)|, ce qui(?!\w)"
    r"|, et (?=(?:les? |la |l')\w+ (?:ne |n'|peu|doi|est|sont))"
    r"|,? et (?=(?:ne (?:peu|doi)|n'|peut|peuvent|doit|doivent)(?!\w))"
)
_REASON = re.compile(r",? (?:car|puisque|si bien que)|, donc")
_EXCEPTING = re.compile(r"\b(?:sauf|toutefois|sinon|cependant|en revanche|à défaut|excepté|mais)\b")
_LIMITING = re.compile(
    r"\b(?:sauf|toutefois|sinon|cependant|en revanche|à défaut|excepté|mais|hors|sans|soit|ou"
    r"|uniquement|seule?s?|seulement|dans ce cas|si|s'ils?|lorsqu\w*|quand|conditions?)\b"
)
_LEANING = re.compile(
    r"[^\w]*(?:ils?|elles?|celui|celle|ceux|celles|ces?|cette|cet|sa|son|ses|leurs?|peut|peuvent"
    r"|doit|doivent|ne|n'|y|en|une telle|un tel|la même|le même|les mêmes|lui|à défaut|sinon"
    r"|toutefois|cependant|en revanche|dans ce cas|mais)\b"
)
_FRAMED = re.compile(
    r"(?:si|s'|en|pour|dans|hors|sous|lorsqu|quand|avant|après|depuis|à|sauf|sans|au)\b[^,;:]*,"
)
_FEWEST_WORDS = 4


def clauses(text: str) -> Iterator[tuple[int, int]]:
    """Yield the half-open characters of each clause, of a text made `plain`, that stands alone."""
    cuts = [match.span() for match in _JUNCTION.finditer(text)]
    starts = [0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(text)]
    for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
        whole = len(text[start:end].split()) >= _FEWEST_WORDS
        apart = index == 0 or not (_FRAMED.match(text) or leans(text[start:end]))
        if cuts and whole and apart and not _limited(text, end):
            yield start, end


def leans(clause: str) -> bool:
    """Say whether a clause, made `plain`, takes its subject or its case from the one before."""
    return _LEANING.match(clause) is not None


def _limited(text: str, end: int) -> bool:
    """Say whether what follows the clause that ends here may take something back from it."""
    if _REASON.match(text, end):
        return False
    explains = text[end : end + 2].strip().startswith(":")
    return (_EXCEPTING if explains else _LIMITING).search(text, end) is not None
