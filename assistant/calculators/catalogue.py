"""The calculators: what each may be asked and in which words, one door to all, what to ask back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum, auto
from functools import partial
from inspect import Parameter, signature
from itertools import product
from typing import Any

from assistant.calculators.advance import AdvanceAsked, advance
from assistant.calculators.amounts import Zone
from assistant.calculators.award import StandstillAsked, TurnoverAsked, standstill, turnover
from assistant.calculators.calculation import Buyer, Calculation, Nature
from assistant.calculators.constants import Law, Rates
from assistant.calculators.facts import QuestionFacts
from assistant.calculators.modification import ModificationAsked, modification
from assistant.calculators.payment import PaymentAsked, payment
from assistant.calculators.procedure import ProcedureAsked, procedure
from assistant.calculators.retention import RetentionAsked, retention
from assistant.calculators.time_limits import Procedure, TimeLimitsAsked, time_limits

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


# A calculation that lacks facts: what to ask back, and the cases of likely answers. Pure.


@dataclass(frozen=True, slots=True)
class Likely:
    """A likely answer to a missing fact: its name, and the sentence by which a question gives it.

    The sentence is empty for what no question ever says.
    """

    label: str
    told: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """A calculation plainly asked for that lacks facts, of which all but one have few answers.

    `facts` ask for them, in French and in the order in which to ask. `cases` are the calculations
    of their likely answers, each after one answer a fact; none where they are many.
    """

    facts: tuple[str, ...]
    cases: tuple[tuple[tuple[Likely, ...], Asked], ...] = ()


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact that a calculation needs: its French question, its value if it is known.

    `likely` are the answers to most questions, where they are few, each before its value.
    """

    question: str
    value: object | None
    likely: tuple[tuple[Likely, object], ...] = ()


_LIKELY: dict[object, Likely] = {
    Nature.WORKS: Likely("travaux", "L'achat porte sur des travaux."),
    Nature.SUPPLIES: Likely("fournitures", "L'achat porte sur des fournitures."),
    Nature.SERVICES: Likely("services", "L'achat porte sur des services."),
    Buyer.STATE: Likely(
        Buyer.STATE.label,
        "L'acheteur est l'État ou un de ses établissements publics administratifs.",
    ),
    Buyer.LOCAL: Likely("collectivité", "L'acheteur est une collectivité."),
    Buyer.HOSPITAL: Likely("hôpital", "L'acheteur est un hôpital."),
    Buyer.OTHER_AUTHORITY: Likely(
        Buyer.OTHER_AUTHORITY.label, "L'acheteur est un autre pouvoir adjudicateur."
    ),
    Buyer.ENTITY: Likely("entité adjudicatrice", "L'acheteur est une entité adjudicatrice."),
    Procedure.OPEN: Likely("appel d'offres ouvert", "C'est un appel d'offres ouvert."),
    Procedure.RESTRICTED: Likely("appel d'offres restreint", "C'est un appel d'offres restreint."),
    Procedure.NEGOTIATED: Likely(
        "procédure avec négociation", "C'est une procédure avec négociation."
    ),
}


def figure(question: str, found: Sequence[Decimal | date]) -> MissingFact:
    """A fact that is an amount in euros, a number of months or a day: the first found."""
    return MissingFact(question, next(iter(found), None))


Word = Buyer | Nature | Procedure


def choice(question: str, found: Sequence[Word], *likely: Word) -> MissingFact:
    """A fact of few values, the first found."""
    answers = tuple((_LIKELY[each], each) for each in likely)
    return MissingFact(question, next(iter(found), None), answers)


def nature(facts: QuestionFacts) -> MissingFact:
    """What is bought."""
    return choice(
        "S'agit-il de travaux, de fournitures ou de services ?",
        facts.natures,
        *(Nature.WORKS, Nature.SUPPLIES, Nature.SERVICES),
    )


def buyer(facts: QuestionFacts, *likely: Buyer) -> MissingFact:
    """Who buys; any of those between whom the rules differ, unless told otherwise.

    What is the same for the likely ones is told without asking, so that none may be left out.
    """
    return choice(
        f"Qui achète : {Buyer.STATE.label}, collectivité, hôpital, "
        f"{Buyer.OTHER_AUTHORITY.label}, entité ?",
        facts.buyers,
        *(
            likely
            or (Buyer.STATE, Buyer.LOCAL, Buyer.HOSPITAL, Buyer.OTHER_AUTHORITY, Buyer.ENTITY)
        ),
    )


def large_buyer(article: str, *, may_be_state: bool) -> MissingFact:
    """Whether the buyer is a large one, or the State, which a question never says."""
    large = f"un des grands organismes publics de l'article {article}"
    if not may_be_state:
        return MissingFact(
            f"L'acheteur est-il {large} ?",
            None,
            (
                (Likely(f"l'acheteur n'est pas {large}"), False),
                (Likely(f"l'acheteur est {large}"), True),
            ),
        )
    return MissingFact(
        f"L'acheteur est-il l'État, ou {large} ?",
        None,
        (
            (Likely(f"l'acheteur n'est ni l'État ni {large}"), False),
            (Likely(f"l'acheteur est l'État ou {large}"), True),
        ),
    )


def completed(calculation: Callable[..., Asked], **facts: MissingFact) -> Asked | Missing | None:
    """The calculation of these facts; Missing without some, None where these have many answers.

    Raises WrongFigures when they cannot be true together.
    """
    given = {name: fact.value for name, fact in facts.items() if fact.value is not None}
    absent = {name: fact for name, fact in facts.items() if fact.value is None}
    if not absent:
        return calculation(**given)
    if len(absent) > 1 and not all(fact.likely for fact in absent.values()):
        return None
    cases = []
    for answers in product(*(fact.likely for fact in absent.values())):
        values = {name: value for name, (_, value) in zip(absent, answers, strict=True)}
        cases.append((tuple(told for told, _ in answers), calculation(**given, **values)))
    return Missing(tuple(fact.question for fact in absent.values()), tuple(cases))


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
        {"amount": _amount("montant", "montant estimé HT du marché ou du lot")},
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
