"""Needs: what a calculation plainly asked for lacks, and the cases of its likely answers. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product

from assistant.calculators.amounts import numeral
from assistant.calculators.calculation import Buyer, Nature
from assistant.calculators.catalogue import Asked
from assistant.calculators.constants import constants
from assistant.calculators.facts import QuestionFacts
from assistant.calculators.time_limits import Procedure
from ingestion.index.purchase_kinds import purchase_kinds


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
    """What is bought: as the question says, or works, or no works, as people's words around tell.

    The calculation names works where they are so told (ingestion/index/purchase_kinds.py).
    """
    is_works = None if facts.natures else purchase_kinds().is_works(facts.words)
    return choice(
        "S'agit-il de travaux, de fournitures ou de services ?",
        (Nature.WORKS,) if is_works else facts.natures,
        *(() if is_works is False else (Nature.WORKS,)),
        Nature.SUPPLIES,
        Nature.SERVICES,
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
