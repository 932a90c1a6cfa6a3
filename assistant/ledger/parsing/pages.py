"""Figures that one page shows and no plan computes: the words that ask for them, and the page.

Such a question is led to its page, so that no figure of another definition answers it.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache

from assistant.ledger.parsing.vocabulary import VOCABULARY, said_as_words
from assistant.ledger.query.plan import Population
from assistant.question.language import fold_text

_ASKS = re.compile(
    r"\b(?:combien|nombre|montants?|total|somme|net a payer|reste|indice|liste\w*|prevision\w*|"
    r"nos|mes|notre|mon|ma|nous|avons|a-t-on|y a-t-il|ai-je|la facture \S*\d\S*|how many|list|our|"
    r"my|we)\b"
)
_ASKS_FOR_RULES = re.compile(
    r"\b(?:article|code(?! cpv)|ccag|loi|decret|obligat\w+|doi(?:t|vent)|faut|peut|peuvent|pouvons|"
    r"puis-je|droit|legal\w*|interdit\w*|comment|pourquoi|qu'est-ce|defini\w*|signifie\w*|"
    r"sanction\w*|law|must|should|can|why|what is)\b"
)


@dataclass(frozen=True, slots=True)
class ShownOnPage:
    """What a view shows that is asked for in these words: French, without a figure.

    `command` is the one that shows the same in a terminal.
    """

    over: Population
    view: str
    title: str
    command: str
    shows: str
    says: re.Pattern[str]


@cache
def shown_on_pages() -> tuple[ShownOnPage, ...]:
    """Those of the vocabulary."""
    rows = tomllib.loads(VOCABULARY.read_text(encoding="utf-8"))["page"]
    return tuple(
        ShownOnPage(
            Population(row["over"]),
            row["view"],
            row["title"],
            row["command"],
            row["shows"],
            said_as_words(row["says"]),
        )
        for row in rows
    )


def page_asked(question: str) -> ShownOnPage | None:
    """The page whose figures of this buyer a question asks for, None where it asks for none."""
    words = fold_text(question).replace("’", "'")
    if not _ASKS.search(words) or _ASKS_FOR_RULES.search(words):
        return None
    return next((each for each in shown_on_pages() if each.says.search(words)), None)
