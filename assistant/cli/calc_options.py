"""What `sourcier calc` takes: the options of each calculator, and how they are written."""

from collections.abc import Callable, Mapping
from inspect import Parameter
from typing import Any

from assistant.calculators.catalogue import CalculatorForm, CalculatorInput, InputKind
from assistant.cli.options import amount, flag, iso_date, months, one_of, option, rate

EXAMPLES: Mapping[str, tuple[str, str]] = {
    "procedure": (
        "--montant 150000 --nature fournitures --acheteur collectivite",
        '--montant "1,2 M€" --lot "70 k€" --nature services --acheteur etat',
    ),
    "delais": (
        "--procedure appel-offres-ouvert --envoi 2026-11-26 --acheteur collectivite",
        "--procedure appel-offres-restreint --envoi 2026-11-26 --acheteur etat --urgence",
    ),
    "standstill": ("--envoi 2026-12-18", "--envoi 2026-12-18 --papier"),
    "chiffre-affaires": ("--montant 300000", '--montant "1,2 M€" --date 2025-12-31'),
    "avance": (
        "--montant 80000 --ttc 96000 --mois 8 --acheteur collectivite",
        "--montant 80000 --mois 18 --acheteur etat --pme",
    ),
    "retenue": ("--montant 240000", "--montant 240000 --taux 5 --pme --grand-organisme"),
    "paiement": (
        "--recue 2026-09-01 --acheteur hopital",
        "--recue 2026-09-01 --payee 2026-11-20 --montant 12000 --acheteur collectivite",
    ),
    "modification": (
        "--initial 90000 --modification 12000 --nature travaux --acheteur collectivite",
        "--initial 90000 --modification 6000 --modification=-2000 --nature services "
        "--acheteur etat",
    ),
}
"""Two examples of each calculator: the options alone."""

_READERS: Mapping[InputKind, Callable[[str], object]] = {
    InputKind.AMOUNT: amount,
    InputKind.AMOUNTS: amount,
    InputKind.RATE: rate,
    InputKind.MONTHS: months,
    InputKind.DAY: iso_date,
}


def parameters(form: CalculatorForm) -> list[Parameter]:
    """The inputs of a calculator as parameters of a command, each with its option."""
    return [
        Parameter(
            field,
            Parameter.KEYWORD_ONLY,
            default=_option(taken, is_needed=form.is_needed(field)),
            annotation=_annotation(taken),
        )
        for field, taken in form.inputs.items()
    ]


def absent(form: CalculatorForm, given: Mapping[str, object]) -> list[str]:
    """The options that a calculator needs and was not given."""
    return [
        f"--{taken.word}"
        for field, taken in form.inputs.items()
        if given[field] is None and form.is_needed(field)
    ]


def _option(taken: CalculatorInput, *, is_needed: bool) -> Any:  # noqa: ANN401 - as Typer's
    if taken.kind is InputKind.SWITCH:
        return flag(f"--{taken.word}", taken.told)
    read = one_of(taken.choices) if taken.choices else _READERS[taken.kind]
    told = f"{taken.told} (obligatoire)" if is_needed else taken.told
    return option(f"--{taken.word} …", told, read)


def _annotation(taken: CalculatorInput) -> type:
    if taken.kind is InputKind.AMOUNTS:
        return list[str]
    return bool if taken.kind is InputKind.SWITCH else str
