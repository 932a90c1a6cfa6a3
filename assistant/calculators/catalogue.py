"""The calculators: what each may be asked and in which words, one door to all, what to ask back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum, auto
from functools import partial
from inspect import Parameter, signature
from typing import Any

from assistant.calculators.advance import AdvanceAsked, RetentionAsked, advance, retention
from assistant.calculators.amounts import Zone, euros
from assistant.calculators.award import StandstillAsked, TurnoverAsked, standstill, turnover
from assistant.calculators.calculation import Buyer, Calculation, Nature
from assistant.calculators.constants import Law, Rates
from assistant.calculators.facts import QuestionFacts
from assistant.calculators.modification import ModificationAsked, modification
from assistant.calculators.payment import PaymentAsked, payment
from assistant.calculators.procedure import ProcedureAsked, procedure
from assistant.calculators.time_limits import Procedure, TimeLimitsAsked, time_limits

# The calculators: what each may be asked, and one door to all of them. Pure.

Asked = (
    ProcedureAsked
    | TimeLimitsAsked
    | StandstillAsked
    | TurnoverAsked
    | AdvanceAsked
    | RetentionAsked
    | PaymentAsked
    | ModificationAsked
)


def calculate(asked: Asked, law: Law, rates: Rates) -> Calculation:
    """What is asked, calculated on the law of its day.

    Raises Ungrounded when the indexed texts do not state a constant that it needs, WrongFigures
    when what was given cannot be true.
    """
    match asked:
        case ProcedureAsked():
            return procedure(asked, law)
        case TimeLimitsAsked():
            return time_limits(asked, law)
        case StandstillAsked():
            return standstill(asked, law)
        case TurnoverAsked():
            return turnover(asked, law)
        case AdvanceAsked():
            return advance(asked, law)
        case RetentionAsked():
            return retention(asked, law)
        case PaymentAsked():
            return payment(asked, law, rates)
        case ModificationAsked():
            return modification(asked, law)


# A calculation that lacks one fact: what to ask back, and the cases of likely answers. Pure.


@dataclass(frozen=True, slots=True)
class Missing:
    """A calculation plainly asked for that lacks one fact.

    `fact` asks for it, in French. `known` is what the question gave, each with its label. `cases`
    are the calculations of the likely answers, each after its answer; none where they are many.
    """

    fact: str
    known: tuple[tuple[str, str], ...]
    cases: tuple[tuple[str, Asked], ...] = ()


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact that a calculation needs: its label, its French question, its value if it is known.

    `words` writes a value; `likely` are those of most questions, where they are few.
    """

    label: str
    question: str
    value: object | None
    words: Callable[..., str]
    likely: tuple[object, ...] = ()


def amount(label: str, question: str, found: Sequence[Decimal]) -> MissingFact:
    """A fact in euros, the first found."""
    return MissingFact(label, question, next(iter(found), None), euros)


def day(label: str, question: str, found: Sequence[date]) -> MissingFact:
    """A fact that is a day, the first found."""
    return MissingFact(label, question, next(iter(found), None), "{:%d/%m/%Y}".format)


Word = Buyer | Nature | Procedure


def choice(
    label: str, question: str, found: Sequence[Word], likely: tuple[Word, ...]
) -> MissingFact:
    """A fact of few values, the first found."""
    return MissingFact(label, question, next(iter(found), None), lambda one: one.label, likely)


def nature(facts: QuestionFacts) -> MissingFact:
    """What is bought."""
    return choice(
        "nature",
        "S'agit-il de travaux, de fournitures ou de services ?",
        facts.natures,
        (Nature.WORKS, Nature.SUPPLIES, Nature.SERVICES),
    )


def buyer(facts: QuestionFacts, *likely: Buyer) -> MissingFact:
    """Who buys."""
    asked = "Qui achète : État, collectivité, hôpital, autre pouvoir adjudicateur, entité ?"
    return choice("acheteur", asked, facts.buyers, likely)


def large_buyer(article: str) -> MissingFact:
    """Whether the buyer is a large one, which a question never says."""
    return MissingFact(
        "État ou grand organisme public",
        f"L'acheteur est-il l'État, ou un des grands organismes publics de l'article {article} ?",
        None,
        lambda is_large: "oui" if is_large else "non",
        (False, True),
    )


def completed(calculation: Callable[..., Asked], **facts: MissingFact) -> Asked | Missing | None:
    """The calculation of these facts; Missing without one of them, None without several.

    Raises WrongFigures when they cannot be true together.
    """
    given = {name: fact.value for name, fact in facts.items() if fact.value is not None}
    absent = [name for name in facts if name not in given]
    if not absent:
        return calculation(**given)
    if len(absent) > 1:
        return None
    [name] = absent
    cases = ((each, calculation(**given, **{name: each})) for each in facts[name].likely)
    return Missing(
        facts[name].question,
        tuple((facts[each].label, facts[each].words(given[each])) for each in given),
        tuple((facts[name].words(value), case) for value, case in cases),
    )


# What each calculator is given, as people and programs give it: words, meaning, kind of value.


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
