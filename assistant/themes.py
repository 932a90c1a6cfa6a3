"""Themes: the subject under which a question is counted. The code's plan is data: `themes.toml`."""

import re
import tomllib
from functools import cache
from pathlib import Path

from assistant.questions import Question

PRINCIPLES = "Principes"
OUT_OF_SCOPE = "Hors périmètre"
OTHER = "Autre"
LEDGER = {"invoices": "Factures", "purchases": "Achats"}
"""Of questions that are computed on the ledger, by their route."""

_CODE_ARTICLE = re.compile(r"[LRDA]\*?(\d{4})-")
_PRELIMINARY = re.compile(r"L\d(?:-\d)?")


def theme_of(question: Question) -> str:
    """The theme that the set gives, else that of the first expected article, else the piece."""
    if question.theme:
        return question.theme
    if question.articles and (theme := theme_of_article(question.articles[0])):
        return theme
    if question.places:
        return question.places[0].piece
    return OUT_OF_SCOPE if question.refusal_expected else OTHER


def theme_of_article(reference: str) -> str | None:
    """The theme of an article of the code, None for any other text."""
    if _PRELIMINARY.fullmatch(reference):
        return PRINCIPLES
    article = _CODE_ARTICLE.match(reference)
    if article is None:
        return None
    beginnings = (article[1][:length] for length in range(len(article[1]), 0, -1))
    return next((_plan()[each] for each in beginnings if each in _plan()), None)


@cache
def _plan() -> dict[str, str]:
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    plan: dict[str, str] = table["code"]
    return plan
