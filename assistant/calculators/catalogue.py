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
from assistant.calculators.advance_parts import AdvancePart, AdvancePartsAsked, advance_parts
from assistant.calculators.amounts import Zone, numeral
from assistant.calculators.award import StandstillAsked, TurnoverAsked, standstill, turnover
from assistant.calculators.calculation import Buyer, Calculation, Nature
from assistant.calculators.constants import Law, Rates, constants
from assistant.calculators.delays import DelayAsked, DelayWord, running_delay
from assistant.calculators.estimate import Basis, EstimateAsked, estimate
from assistant.calculators.facts import QuestionFacts
from assistant.calculators.interest import InterestAsked, interest
from assistant.calculators.modification import ModificationAsked, modification
from assistant.calculators.payment import PaymentAsked, payment
from assistant.calculators.payment_term import PaymentEvent
from assistant.calculators.price_change import PriceUpdateAsked, price_update
from assistant.calculators.procedure import ProcedureAsked, procedure
from assistant.calculators.repayment import (
    InstalmentAsked,
    RepaymentDueAsked,
    RepaymentStartAsked,
    instalment,
    repayment_due,
    repayment_start,
)
from assistant.calculators.retention import RetentionAsked, retention
from assistant.calculators.revision import RevisionAsked, revision
from assistant.calculators.scores import ScoresAsked, scores
from assistant.calculators.small_lots import SmallLotsAsked, small_lots
from assistant.calculators.subcontracting import (
    DirectPaymentAsked,
    SmeShareAsked,
    direct_payment,
    sme_share,
)
from assistant.calculators.time_limits import Procedure, TimeLimitsAsked, time_limits

Asked = (
    ProcedureAsked
    | TimeLimitsAsked
    | StandstillAsked
    | DelayAsked
    | TurnoverAsked
    | AdvanceAsked
    | AdvancePartsAsked
    | RepaymentStartAsked
    | RepaymentDueAsked
    | InstalmentAsked
    | RetentionAsked
    | DirectPaymentAsked
    | SmeShareAsked
    | PaymentAsked
    | InterestAsked
    | ModificationAsked
    | SmallLotsAsked
    | EstimateAsked
    | PriceUpdateAsked
    | RevisionAsked
    | ScoresAsked
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
        case DelayAsked():
            return running_delay(asked, law)
        case TurnoverAsked():
            return turnover(asked, law)
        case AdvanceAsked():
            return advance(asked, law)
        case RetentionAsked():
            return retention(asked, law)
        case AdvancePartsAsked():
            return advance_parts(asked, law)
        case RepaymentStartAsked():
            return repayment_start(asked, law)
        case RepaymentDueAsked():
            return repayment_due(asked, law)
        case InstalmentAsked():
            return instalment(asked, law)
        case DirectPaymentAsked():
            return direct_payment(asked, law)
        case SmeShareAsked():
            return sme_share(asked, law)
        case PaymentAsked():
            return payment(asked, law, rates)
        case InterestAsked():
            return interest(asked, law, rates)
        case ModificationAsked():
            return modification(asked, law)
        case SmallLotsAsked():
            return small_lots(asked, law)
        case EstimateAsked():
            return estimate(asked, law)
        case PriceUpdateAsked():
            return price_update(asked, law)
        case RevisionAsked():
            return revision(asked, law)
        case ScoresAsked():
            return scores(asked, law)


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
    costs = constants()["dépenses d'un grand organisme"].values[-1][1]
    large = (
        f"un des grands organismes publics de l'article {article} (plus de "
        f"{numeral(costs / 10**6)} M€ de dépenses de fonctionnement)"
    )
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
                "mois", "durée en mois, une par montant, répétable", InputKind.AMOUNTS
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
            "basis": _choice("compte", "par quelle règle", Basis),
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
