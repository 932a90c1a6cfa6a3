"""What questions about a delay of the code ask to calculate, by the day that it runs from. Pure."""

import re
from collections.abc import Sequence
from datetime import date
from functools import partial

from assistant.calculators.catalogue import Asked
from assistant.calculators.delays import DelayAsked, DelayWord, RunningDelay, running_delays
from assistant.calculators.facts import QuestionFacts, before_tax, first, of_role
from assistant.calculators.needs import Likely, Missing, MissingFact, completed, figure

_WHICH_LAST_DAY = re.compile(
    r"\b(?:deja|encore) (?:acquis\w*|accept\w+|temps|possible|valables?|refuser|rejeter)\b|"
    r"\bquand\b|\bau plus (?:tot|tard)\b|\bdate (?:limite|butoir|maxi\w*|mini\w*)|\bdernier jour\b"
    r"|\bdate d(?:e |')"
    r"|\bquel(?:le)?s? (?:\w+ ){0,3}(?:date|jour|delai|echeance)\b|\bjusqu'(?:a quand|ou|a quel)"
    r"|\bcombien de (?:jours|temps|mois)\b|\bavant (?:quand|le)? ?\?|\bpour le \?|\becheance\b"
    r"|\b(?:trop tard|en retard|hors delai|(?:dans|a) (?:les temps|temps|les delais|le delai)"
    r"|forclos\w*|expir\w+|prem?ier jour|1er jour|depasse\w*)\b|\btard(?:if|ive)\w*"
)

UNDATED = re.compile(
    r"\b(?:en|courant|debut|fin|mi-?|au mois (?:de |d')|depuis) ?(?:janvier|fevrier|mars|avril|mai"
    r"|juin|juillet|aout|septembre|octobre|novembre|decembre)\b"
)
"""A month that stands for its day, which is then asked for: "notifié en décembre"."""


def delay(facts: QuestionFacts) -> Asked | Missing | None:
    """The last day of a delay of the code, or whether what was done came in time."""
    asked = {word: row for word, row in running_delays().items() if row.is_asked(facts.words)}
    if not asked or not facts.says(_WHICH_LAST_DAY):
        return None
    if len(asked) > 1 and not all(row.case for row in asked.values()):
        return None
    starts = {tuple(_days(facts, row, "start")) for row in asked.values()}
    done = {tuple(_days(facts, row, "acts")) for row in asked.values()}
    if len(starts) > 1 or len(done) > 1:
        return None
    (start,), (acts,) = starts, done
    row = next(iter(asked.values()))
    if len(start) > 1 or len(acts) > 1 or not _may_run(facts, row, start):
        return None
    amounts = before_tax(facts.amounts) if row.floor else []
    return completed(
        partial(DelayAsked, done=first(acts), amount=first(amounts)),
        delay=_one_of(asked),
        start=figure(row.missing, start),
    )


def _days(facts: QuestionFacts, row: RunningDelay, role: str) -> list[date]:
    """The days of a role, each once."""
    return [*dict.fromkeys(of_role(facts.days, row.roles, role))]


def _may_run(facts: QuestionFacts, row: RunningDelay, start: Sequence[date]) -> bool:
    """Whether the day is one from which it runs, or may be asked for as the question has another.

    It does not where another day goes before it, as of reserves lifted before the guarantee ended,
    nor where a day is of no known event: "reçu le 3, et le 7 pour la suite".
    """
    if not start:
        is_other = bool(_days(facts, row, "other"))
        return is_other or (not facts.days and facts.says(UNDATED))
    before = _days(facts, row, "excludes")
    is_later = not any(start[0] <= each for each in before)
    return is_later and all(each.role(row.roles) for each in facts.days)


def _one_of(asked: dict[DelayWord, RunningDelay]) -> MissingFact:
    """Which of these it is, known where there is one only."""
    named = [row.case for row in asked.values()]
    return MissingFact(
        f"De quoi s'agit-il : {' ou '.join(named)} ?",
        next(iter(asked)) if len(asked) == 1 else None,
        tuple((Likely(row.case, row.told), word) for word, row in asked.items()),
    )
