"""Forms: what each calculator is given by people and programs, in which words. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from functools import partial
from inspect import Parameter, signature
from typing import Any

from assistant.calculators.advance import AdvanceAsked
from assistant.calculators.advance_parts import AdvancePart, AdvancePartsAsked
from assistant.calculators.amounts import Zone
from assistant.calculators.award import StandstillAsked, TurnoverAsked
from assistant.calculators.calculation import Buyer, Nature
from assistant.calculators.catalogue import Asked
from assistant.calculators.delays import DelayAsked, DelayWord
from assistant.calculators.estimate import EstimateAsked, ValueBasis
from assistant.calculators.interest import InterestAsked
from assistant.calculators.modification import ModificationAsked
from assistant.calculators.payment import PaymentAsked
from assistant.calculators.payment_term import PaymentEvent
from assistant.calculators.price_change import PriceUpdateAsked
from assistant.calculators.procedure import ProcedureAsked
from assistant.calculators.repayment import InstalmentAsked, RepaymentDueAsked, RepaymentStartAsked
from assistant.calculators.retention import RetentionAsked
from assistant.calculators.small_lots import SmallLotsAsked
from assistant.calculators.subcontracting import DirectPaymentAsked, SmeShareAsked
from assistant.calculators.time_limits import Procedure, TimeLimitsAsked


class InputKind(Enum):
    """What a value is: euros, percent or months as decimals, a day, a word among few, or a yes.

    AMOUNTS and DURATIONS are several, in euros and in months. A switch turns over what the field is
    without it.
    """

    AMOUNT = auto()
    AMOUNTS = auto()
    RATE = auto()
    MONTHS = auto()
    DURATIONS = auto()
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
        partial(TimeLimitsAsked, sent=None),
        {
            "procedure": _choice("procedure", "procédure", Procedure),
            "sent": _day("envoi", "jour d'envoi de l'avis"),
            "due": _day("limite", "date limite voulue, au lieu du jour d'envoi"),
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
            "signed": _day("signature", "jour de signature, prévu ou passé"),
        },
    ),
    CalculatorForm(
        "echeance",
        "dernier jour d'un délai du code, compté du jour d'où il court",
        DelayAsked,
        {
            "delay": _choice("delai", "quel délai", DelayWord),
            "start": _day("jour", "jour d'où court le délai"),
            "done": _day("fait", "jour de ce qui a été fait, dans le délai ou non"),
            "amount": _amount("montant", "montant HT du besoin"),
        },
    ),
    CalculatorForm(
        "chiffre-affaires",
        "chiffre d'affaires minimal que l'on peut exiger",
        TurnoverAsked,
        {
            "amount": _amount("montant", "montant estimé HT du marché ou du lot"),
            "required": _amount("exige", "chiffre d'affaires annuel exigé, comparé au plafond"),
        },
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
            "rate": CalculatorInput("taux", "taux d'avance prévu par le marché", InputKind.RATE),
            "subcontracted": _amount("sous-traite", "part sous-traitée payée directement, HT"),
        },
    ),
    CalculatorForm(
        "avance-par-part",
        "avance de bons de commande, de tranches ou d'un minimum",
        AdvancePartsAsked,
        {
            "kind": _choice("part", "ce qui est apprécié", AdvancePart),
            "amounts": CalculatorInput(
                "montant", "montant HT de la part, répétable", InputKind.AMOUNTS
            ),
            "months": CalculatorInput(
                "mois", "durée en mois, une par montant, répétable", InputKind.DURATIONS
            ),
            "taxed": CalculatorInput("ttc", "montant TTC, un par montant", InputKind.AMOUNTS),
            "buyer": _BUYER,
            "is_sme": _SME,
            "is_large_buyer": _switch("grand-organisme", "acheteur au-dessus du seuil de R2191-7"),
            "rate": CalculatorInput("taux", "taux d'avance prévu par le marché", InputKind.RATE),
        },
    ),
    CalculatorForm(
        "remboursement-avance",
        "début du remboursement d'une avance, si le marché se tait",
        RepaymentStartAsked,
        {
            "amount": _amount("montant", "montant TTC de la part du titulaire"),
            "advance": _amount("avance", "montant de l'avance"),
            "rate": CalculatorInput("taux", "taux de l'avance, à défaut", InputKind.RATE),
        },
    ),
    CalculatorForm(
        "precompte-avance",
        "précompte d'une avance remboursée au prorata entre deux avancements",
        RepaymentDueAsked,
        {
            "advance": _amount("avance", "montant de l'avance"),
            "begins": CalculatorInput("debut", "avancement où il commence", InputKind.RATE),
            "ends": CalculatorInput("fin", "avancement où il s'achève", InputKind.RATE),
            "progress": CalculatorInput("avancement", "avancement atteint", InputKind.RATE),
            "before": CalculatorInput("avant", "avancement du décompte d'avant", InputKind.RATE),
            "repaid": _amount("repris", "ce qui a déjà été précompté"),
        },
    ),
    CalculatorForm(
        "acompte",
        "acompte à payer, retenue de garantie et avance déduites",
        InstalmentAsked,
        {
            "amount": _amount("montant", "montant TTC de l'acompte"),
            "rate": CalculatorInput("taux", "taux de la retenue de garantie", InputKind.RATE),
            "repaid": _amount("avance", "ce qui est repris de l'avance"),
        },
    ),
    CalculatorForm(
        "paiement-direct",
        "paiement direct d'un sous-traitant ou non",
        DirectPaymentAsked,
        {
            "amount": _amount("montant", "montant TTC du contrat de sous-traitance"),
            "is_with_tax": _switch("ht", "le montant donné est hors taxes"),
        },
    ),
    CalculatorForm(
        "part-pme",
        "part minimale de PME dans un marché global",
        SmeShareAsked,
        {
            "amount": _amount("montant", "montant prévisionnel du marché global"),
            "is_sme": _SME,
            "planned": _amount("prevu", "ce qu'il est prévu de leur confier"),
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
            "changes": CalculatorInput(
                "avenant", "modification TTC comprise dans le montant, répétable", InputKind.AMOUNTS
            ),
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
            "event": _choice("depart", "ce dont court le délai", PaymentEvent),
            "guaranteed": _day("garantie", "jour de réception de la garantie d'une avance"),
        },
    ),
    CalculatorForm(
        "interets",
        "intérêts moratoires d'un paiement après son échéance",
        InterestAsked,
        {
            "deadline": _day("echeance", "dernier jour du délai de paiement"),
            "paid": _day("payee", "jour du paiement"),
            "amount": _amount("montant", "montant TTC payé, moins la retenue de garantie"),
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
    CalculatorForm(
        "petits-lots",
        "lots passés à part, sans publicité ou en procédure adaptée",
        SmallLotsAsked,
        {
            "amount": _amount("montant", "montant estimé HT de tous les lots"),
            "lots": CalculatorInput(
                "lot", "montant HT d'un lot à passer à part, répétable", InputKind.AMOUNTS
            ),
            "nature": _NATURE,
            "buyer": _BUYER,
        },
    ),
    CalculatorForm(
        "valeur-estimee",
        "valeur à comparer aux seuils, et la procédure",
        EstimateAsked,
        {
            "amounts": CalculatorInput(
                "montant", "montant HT d'une partie du besoin, répétable", InputKind.AMOUNTS
            ),
            "basis": _choice("compte", "par quelle règle", ValueBasis),
            "months": CalculatorInput(
                "mois",
                "durée totale en mois, si chaque montant est annuel",
                InputKind.MONTHS,
            ),
            "nature": _NATURE,
            "buyer": _BUYER,
        },
    ),
    # A formula and notes are read of questions alone: no option gives them.
    CalculatorForm(
        "actualisation",
        "actualisation d'un prix ferme due ou non, et sur quel mois",
        PriceUpdateAsked,
        {
            "priced": _day("prix", "jour où le prix a été fixé dans l'offre"),
            "begins": _day("debut", "jour où l'exécution commence"),
        },
    ),
)
"""The calculators, in the order in which they are told."""
