"""Delays that run from a day: their last day, and whether what was done came in time."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from assistant.calculators.amounts import (
    add_days,
    add_months,
    euros,
    is_working_day,
    numeral,
    require_positive,
)
from assistant.calculators.calculation import (
    Calculation,
    CalculationLine,
    LabelledWord,
    Stated,
    says,
)
from assistant.calculators.constants import Law, constants
from assistant.errors import WrongFigures
from ingestion.french import in_words
from ingestion.library.corpus import CORPUS


class DelayWord(LabelledWord):
    """The delays; the value is the word on the command line and in corpus/delais.toml."""

    SUBCONTRACTOR = "silence-sous-traitant", "silence sur un sous-traitant"
    REASONS = "motifs-du-rejet", "motifs d'un rejet"
    BEST_TENDER = "offre-retenue", "caractéristiques de l'offre retenue"
    AWARD_NOTICE = "avis-d-attribution", "avis d'attribution"
    ANSWERS = "renseignements", "renseignements complémentaires"
    URGENT_ANSWERS = "renseignements-urgence", "renseignements complémentaires, urgence"
    RETENTION = "restitution-retenue", "remboursement de la retenue de garantie"
    RESERVED_RETENTION = (
        "restitution-retenue-reserves",
        "remboursement de la retenue de garantie après réserves",
    )
    SURETY = "liberation-caution", "libération de la caution"
    RESERVED_SURETY = "liberation-caution-reserves", "libération de la caution après réserves"
    INTEREST = "versement-interets", "paiement des intérêts moratoires"
    CONSENT = "accord-du-titulaire", "accord du titulaire sur la demande de son sous-traitant"
    DATA = "donnees-essentielles", "publication des données essentielles"
    CHANGED_DATA = "donnees-modification", "données essentielles d'une modification"
    TENDERS_KEPT = "conservation-offres", "conservation des candidatures et des offres"
    FILE_KEPT = "conservation-pieces", "conservation des pièces, fournitures ou services"
    WORKS_FILE_KEPT = "conservation-pieces-travaux", "conservation des pièces, travaux"
    MEMBER = "remplacement-membre", "remplacement d'un membre de groupement exclu"
    EXCLUDED = "remplacement-sous-traitant", "remplacement d'un sous-traitant exclu"
    PRIOR_NOTICE = "validite-preinformation", "validité d'un avis de préinformation"
    SIMILAR = "prestations-similaires", "marchés de prestations similaires"
    COMMITTEE = "avis-du-comite", "avis d'un comité consultatif de règlement amiable"
    FINAL_VALUES = "valeurs-finales", "paiement sur valeurs finales"
    TERMINATION = "indemnite-resiliation", "accord sur l'indemnité de résiliation"


@dataclass(frozen=True, slots=True)
class RunningDelay:
    """A delay of the code, and the words of questions about it, as corpus/delais.toml tells them.

    `case` and `told` name it among those that answer one question, both empty where it is alone.
    """

    constant: str
    event: str
    result: str
    missing: str
    about: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    roles: re.Pattern[str]
    cautions: tuple[str, ...] = ()
    is_back: bool = False
    floor: str = ""
    case: str = ""
    told: str = ""

    def is_asked(self, words: str) -> bool:
        """Whether words, in lower case and without accents, are about it."""
        is_about = all(each.search(words) for each in self.about)
        return is_about and not any(each.search(words) for each in self.unless)


@cache
def running_delays() -> Mapping[DelayWord, RunningDelay]:
    """Every delay of the table, by its word."""
    table = tomllib.loads((CORPUS / "delais.toml").read_text(encoding="utf-8"))
    return {DelayWord(row["word"]): _running_delay(row) for row in table["delay"]}


_WORDS = {"word", "about", "unless", "start", "excludes", "acts", "other", "cautions"}


def _running_delay(row: Mapping[str, Any]) -> RunningDelay:
    plain = {name: value for name, value in row.items() if name not in _WORDS}
    return RunningDelay(
        **plain,
        about=tuple(map(re.compile, row["about"])),
        unless=tuple(map(re.compile, row.get("unless", ()))),
        roles=_roles(row),
        cautions=tuple(row.get("cautions", ())),
    )


def _roles(row: Mapping[str, Any]) -> re.Pattern[str]:
    """What the words by a day make of it: a group for each role that the row names.

    An act takes the word that tells how it was made known: "réponse envoyée le".
    """
    told = {role: row[role] for role in ("start", "excludes", "acts", "other") if role in row}
    if "acts" in told:
        told["acts"] = rf"(?:{told['acts']})(?: (?:notifi|envoy|transmi|adress|parti|donne)\w*)?"
    named = [f"(?P<{role}>{words})" for role, words in told.items()]
    return re.compile(rf"\b(?:{'|'.join(named)})\b")


@dataclass(frozen=True, slots=True)
class DelayAsked:
    """A delay and the day of its event; `done` is when what it is for was done, if that is asked.

    `amount` is that of the need, without tax, under which some of the delays are of no contract.
    """

    delay: DelayWord
    start: date
    done: date | None = None
    amount: Decimal | None = None

    def __post_init__(self) -> None:
        """Raises WrongFigures for an amount that is not positive."""
        if self.amount is not None:
            require_positive(self.amount, "Le montant du besoin")


def running_delay(asked: DelayAsked, law: Law) -> Calculation:
    """The last day of a delay.

    Raises WrongFigures for an amount under which the article does not ask for what it is about.
    """
    delay = running_delays()[asked.delay]
    stated = law.stated(delay.constant)
    floor = _above_floor(asked, delay, law)
    unit = constants()[delay.constant].unit
    end = _end(asked.start, stated.value * (-1 if delay.is_back else 1), unit)
    result = says(delay.result.format(end=in_words(end)), stated, *floor)
    told = (result,) if asked.done is None else (_in_time(asked.done, end, stated), result)
    return Calculation(
        name="echeance",
        title="Délai qui court d'un jour",
        day=law.day,
        inputs=_inputs(asked, delay),
        steps=(_step(asked.start, delay, stated, unit),),
        result=told,
        cautions=(*delay.cautions, *_on_a_day_off(end)),
    )


def _inputs(asked: DelayAsked, delay: RunningDelay) -> tuple[tuple[str, str], ...]:
    given = [("délai", asked.delay.label), (delay.event, in_words(asked.start))]
    if asked.done:
        given.append(("fait le", in_words(asked.done)))
    if asked.amount is not None:
        given.append(("montant HT", euros(asked.amount)))
    return tuple(given)


def _above_floor(asked: DelayAsked, delay: RunningDelay, law: Law) -> Sequence[Stated]:
    if not delay.floor or asked.amount is None:
        return ()
    floor = law.stated(delay.floor)
    if asked.amount < floor.value:
        raise WrongFigures(
            f"Délai non calculé : {euros(asked.amount)} HT est sous {euros(floor.value)} HT, "
            f"{constants()[delay.floor].label} (art. {constants()[delay.floor].article})."
        )
    return (floor,)


def _end(start: date, value: Decimal, unit: str) -> date:
    """The last day; that of the event is not counted, and a month ends on the day of its number."""
    return (add_months if unit == "month" else add_days)(start, int(value))


def _step(start: date, delay: RunningDelay, stated: Stated, unit: str) -> CalculationLine:
    """How the last day is counted: "15 jours à compter de la réception (jeudi 19 novembre)"."""
    whence = "avant" if delay.is_back else "à compter de"
    counted = "de quantième à quantième" if unit == "month" else "ce jour n'étant pas compté"
    years, rest = divmod(int(stated.value), 12)
    lasting = f"{years} ans" if unit == "month" and years > 1 and not rest else None
    lasting = lasting or f"{numeral(stated.value)} {'mois' if unit == 'month' else 'jours'}"
    return says(f"{lasting} {whence} {delay.event} ({in_words(start)}), {counted}.", stated)


def _in_time(done: date, end: date, stated: Stated) -> CalculationLine:
    """Whether what was done came in time, its last day included."""
    if done == end:
        return says(f"Dans le délai : le {in_words(done)} en est le dernier jour.", stated)
    verdict, side = ("Hors délai", "après") if done > end else ("Dans le délai", "avant")
    return says(f"{verdict} : le {in_words(done)} vient {side} le {in_words(end)}.", stated)


def _on_a_day_off(end: date) -> tuple[str, ...]:
    if is_working_day(end):
        return ()
    return (
        f"Le {in_words(end)} n'est pas un jour ouvrable : aucun report au jour suivant n'est "
        "compté.",
    )
