"""What each calculator is given, as people and programs give it: words, meaning, kind of value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from functools import partial
from inspect import Parameter, signature
from typing import Any

from assistant.calculators.advance import AdvanceAsked, RetentionAsked
from assistant.calculators.amounts import Zone
from assistant.calculators.award import StandstillAsked, TurnoverAsked
from assistant.calculators.calculation import Buyer, Nature
from assistant.calculators.catalogue import Asked
from assistant.calculators.modification import ModificationAsked
from assistant.calculators.payment import PaymentAsked
from assistant.calculators.procedure import ProcedureAsked
from assistant.calculators.time_limits import Procedure, TimeLimitsAsked


class InputKind(Enum):
    """What a value is: euros, percent or months as decimals, a day, a word among few, or a yes.

    A switch turns over what the field is without it.
    """

    AMOUNT = auto()
    AMOUNTS = auto()
    RATE = auto()
    MONTHS = auto()
    DAY = auto()
    CHOICE = auto()
    SWITCH = auto()


@dataclass(frozen=True, slots=True)
class CalculatorInput:
    """A value that a calculator takes: its French word, what it is, and the words it is one of."""

    word: str
    told: str
    kind: InputKind
    choices: type[StrEnum] | None = None


@dataclass(frozen=True, slots=True)
class CalculatorForm:
    """A calculator and its inputs, by the field of what is asked that each fills."""

    name: str
    told: str
    asked: Callable[..., Asked]
    inputs: Mapping[str, CalculatorInput]

    def is_needed(self, field: str) -> bool:
        """Whether nothing can be calculated without this field."""
        return signature(self.asked).parameters[field].default is Parameter.empty

    def filled(self, given: Mapping[str, Any]) -> Asked:
        """What is asked by the values of some fields, those needed among them.

        What is None, and a switch that is False, is not given. Raises WrongFigures for what cannot
        be true.
        """
        fields = signature(self.asked).parameters
        values: dict[str, Any] = {}
        for field, value in given.items():
            if self.inputs[field].kind is InputKind.SWITCH:
                if value:
                    values[field] = not fields[field].default
            elif value is not None:
                values[field] = tuple(value) if isinstance(value, list) else value
        return self.asked(**values)


def _choice(word: str, told: str, choices: type[StrEnum]) -> CalculatorInput:
    return CalculatorInput(word, f"{told} : {', '.join(choices)}", InputKind.CHOICE, choices)


def _amount(word: str, told: str) -> CalculatorInput:
    return CalculatorInput(word, told, InputKind.AMOUNT)


def _day(word: str, told: str) -> CalculatorInput:
    return CalculatorInput(word, f"{told}, AAAA-MM-JJ", InputKind.DAY)


def _switch(word: str, told: str) -> CalculatorInput:
    return CalculatorInput(word, told, InputKind.SWITCH)


_NEED = _amount("montant", "montant estimé HT de tout le besoin")
_BUYER = _choice("acheteur", "qui achète", Buyer)
_NATURE = _choice("nature", "ce qui est acheté", Nature)
_SME = _switch("pme", "le titulaire est une petite ou moyenne entreprise")
_ON_PAPER = _switch("papier", "l'envoi ou le dépôt n'est pas électronique")

FORMS = (
    CalculatorForm(
        "procedure",
        "quelle procédure et quelle publicité",
        ProcedureAsked,
        {
            "amount": _NEED,
            "nature": _NATURE,
            "buyer": _BUYER,
            "lot": _amount("lot", "montant HT du lot dont il s'agit"),
            "is_innovative": _switch("innovant", "l'achat est innovant"),
        },
    ),
    CalculatorForm(
        "delais",
        "délais minimaux pour recevoir candidatures et offres",
        TimeLimitsAsked,
        {
            "procedure": _choice("procedure", "procédure", Procedure),
            "sent": _day("envoi", "jour d'envoi de l'avis"),
            "buyer": _BUYER,
            "is_electronic": _ON_PAPER,
            "is_urgent": _switch("urgence", "une urgence justifiée empêche le délai ordinaire"),
            "has_prior_notice": _switch("preinformation", "un avis de préinformation a paru"),
            "invited": _day("invitation", "jour d'envoi de l'invitation à soumissionner"),
            "zone": _choice("jours-feries", "de quel territoire", Zone),
        },
    ),
    CalculatorForm(
        "standstill",
        "premier jour où le marché peut être signé",
        StandstillAsked,
        {
            "sent": _day("envoi", "jour d'envoi des rejets"),
            "is_electronic": _ON_PAPER,
            "is_formalised": _switch("mapa", "la procédure est adaptée"),
            "is_only_tenderer": _switch("seule-offre", "l'attributaire a seul participé"),
        },
    ),
    CalculatorForm(
        "chiffre-affaires",
        "chiffre d'affaires minimal que l'on peut exiger",
        TurnoverAsked,
        {"amount": _NEED},
    ),
    CalculatorForm(
        "avance",
        "avance due ou non, et son montant",
        partial(AdvanceAsked, amount_with_tax=None),
        {
            "amount": _amount("montant", "montant initial HT du marché"),
            "amount_with_tax": _amount("ttc", "montant initial TTC du marché"),
            "months": CalculatorInput("mois", "délai d'exécution en mois", InputKind.MONTHS),
            "buyer": _BUYER,
            "is_sme": _SME,
            "is_large_buyer": _switch("grand-organisme", "acheteur au-dessus du seuil de R2191-7"),
        },
    ),
    CalculatorForm(
        "retenue",
        "retenue de garantie : son plafond",
        RetentionAsked,
        {
            "amount": _amount("montant", "montant TTC, modifications comprises"),
            "rate": CalculatorInput(
                "taux", "taux prévu par le marché, comparé au plafond", InputKind.RATE
            ),
            "is_sme": _SME,
            "is_large_buyer": _switch("grand-organisme", "État ou grand organisme de R2191-33"),
        },
    ),
    CalculatorForm(
        "paiement",
        "dernier jour pour payer, intérêts moratoires et indemnité",
        partial(PaymentAsked, amount=None),
        {
            "received": _day("recue", "jour de réception de la facture"),
            "buyer": _BUYER,
            "amount": _amount("montant", "montant TTC à payer"),
            "paid": _day("payee", "jour du paiement"),
            "delivered": _day("livree", "jour où l'exécution s'est achevée"),
        },
    ),
    CalculatorForm(
        "modification",
        "avenant : ce que son montant permet",
        ModificationAsked,
        {
            "initial": _amount("initial", "montant initial HT du marché"),
            "changes": CalculatorInput(
                "modification",
                "montant HT d'une modification, répétable ; en moins : négatif",
                InputKind.AMOUNTS,
            ),
            "nature": _NATURE,
            "buyer": _BUYER,
            "is_unforeseen": _switch("imprevue", "rendue nécessaire, ou imprévisible"),
        },
    ),
)
"""The calculators, in the order in which they are told."""
