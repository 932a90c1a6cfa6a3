"""The facts of the built-in corpus that changed, asked on both sides of each change.

The figures are those of the texts in force, as the constants of the calculators have them with
their sources (corpus/constantes).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

Side = tuple[date, str | None, tuple[str, ...]]
"""A day, the figure of its law (a pattern; None where nothing kept here tells it), and those that
were or will be the law of another day."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A question without a day, and the figure since each day, in order; None is not known."""

    name: str
    question: str
    since: tuple[tuple[date, str | None], ...]

    @property
    def sides(self) -> Iterator[Side]:
        """The first day of each period, and the last one but of the open one."""
        starts = [day for day, _ in self.since]
        ends = [*(day - timedelta(days=1) for day in starts[1:]), None]
        for (first, figure), last in zip(self.since, ends, strict=True):
            others = tuple(
                other for _, other in self.since if other is not None and other != figure
            )
            for day in (first, last):
                if day is not None and day.year > EARLIEST:
                    yield day, figure, others


EARLIEST = 2017
CODE = date(2019, 4, 1)
"""The first day of the code."""
BEFORE_CODE = (date(2015, 1, 1), None)


def _amount(written: str) -> str:
    return rf"\b{written.replace(' ', '[  ]')}[  ]€"


def _eu(*amounts: str) -> tuple[tuple[date, str | None], ...]:
    days = (CODE, date(2020, 1, 1), date(2022, 1, 1), date(2024, 1, 1), date(2026, 1, 1))
    return (BEFORE_CODE, *zip(days, map(_amount, amounts), strict=True))


FACTS = (
    Fact(
        "dispense, fournitures et services",
        "Sous quel montant peut-on acheter des fournitures ou des services sans publicité ni mise "
        "en concurrence ?",
        (
            BEFORE_CODE,
            (CODE, _amount("25 000")),
            (date(2020, 1, 1), _amount("40 000")),
            (date(2026, 4, 1), _amount("60 000")),
        ),
    ),
    Fact(
        "dispense, travaux",
        "Sous quel montant un marché de travaux est-il dispensé de publicité et de mise en "
        "concurrence ?",
        (
            BEFORE_CODE,
            (CODE, _amount("25 000")),
            (date(2020, 1, 1), None),
            (date(2026, 4, 1), _amount("100 000")),
        ),
    ),
    Fact(
        "seuil formalisé, collectivité",
        "À partir de quel montant une collectivité doit-elle lancer une procédure formalisée pour "
        "ses fournitures ?",
        _eu("221 000", "214 000", "215 000", "221 000", "216 000"),
    ),
    Fact(
        "seuil formalisé, État",
        "Quel est le seuil de procédure formalisée de l'État pour ses fournitures et services ?",
        _eu("144 000", "139 000", "140 000", "143 000", "140 000"),
    ),
    Fact(
        "seuil formalisé, travaux",
        "À partir de quel montant des travaux relèvent-ils d'une procédure formalisée ?",
        _eu("5 548 000", "5 350 000", "5 382 000", "5 538 000", "5 404 000"),
    ),
    Fact(
        "seuil formalisé, entité adjudicatrice",
        "Quel est le seuil de procédure formalisée des fournitures d'une entité adjudicatrice ?",
        _eu("443 000", "428 000", "431 000", "443 000", "432 000"),
    ),
    Fact(
        "seuil des concessions",
        "Quel est le seuil européen applicable aux contrats de concession ?",
        (BEFORE_CODE, (CODE, None), (date(2026, 1, 1), _amount("5 404 000"))),
    ),
    Fact(
        "achat innovant",
        "Jusqu'à quel montant un achat innovant peut-il se faire sans publicité ?",
        (BEFORE_CODE, (CODE, None), (date(2021, 12, 16), _amount("100 000"))),
    ),
    Fact(
        "lots réservés aux JEI",
        "Quelle part des lots peut-on réserver aux jeunes entreprises innovantes ?",
        (BEFORE_CODE, (CODE, None), (date(2026, 5, 28), r"\b15[  ]%")),
    ),
    Fact(
        "documents en ligne",
        "À partir de quel montant le DCE doit-il être en ligne sur le profil d'acheteur ?",
        (
            BEFORE_CODE,
            (CODE, _amount("25 000")),
            (date(2020, 1, 1), _amount("40 000")),
            (date(2026, 4, 1), _amount("60 000")),
        ),
    ),
    Fact(
        "chiffre d'affaires minimal",
        "Quel chiffre d'affaires maximum peut-on exiger des candidats ?",
        (BEFORE_CODE, (CODE, r"\b2 fois"), (date(2026, 1, 1), r"\b1,5 fois")),
    ),
    Fact(
        "données essentielles",
        "À partir de quel montant publier les données essentielles d'un marché ?",
        (BEFORE_CODE, (CODE, None), (date(2020, 1, 1), _amount("40 000"))),
    ),
    Fact(
        "taux de l'avance",
        "Quel est le taux de l'avance ?",
        (BEFORE_CODE, (CODE, None), (date(2023, 1, 1), r"\b30[  ]%")),
    ),
    Fact(
        "retenue de garantie d'une PME",
        "Quel est le taux maximal de la retenue de garantie ?",
        (BEFORE_CODE, (CODE, r"au 31 décembre 2022, .* 5[  ]%"), (date(2023, 1, 1), r"\b3[  ]%")),
    ),
    Fact(
        "critère environnemental",
        "Un critère environnemental est-il obligatoire ?",
        (BEFORE_CODE, (CODE, None), (date(2026, 8, 21), r"caractéristiques environnementales")),
    ),
    Fact(
        "variantes",
        "Les variantes sont-elles autorisées en procédure formalisée ?",
        (
            BEFORE_CODE,
            (CODE, r"interdit les variantes"),
            (date(2026, 5, 28), r"la loi autorise les variantes"),
        ),
    ),
    Fact(
        "efficacité énergétique",
        "L'efficacité énergétique doit-elle être prise en compte dans le besoin ?",
        (BEFORE_CODE, (CODE, None), (date(2025, 10, 16), r"sobriété énergétiques")),
    ),
    Fact(
        "clause sociale",
        "La clause sociale est-elle obligatoire ?",
        (BEFORE_CODE, (CODE, None), (date(2026, 8, 22), r"doit prévoir une clause sociale")),
    ),
    Fact(
        "clause environnementale",
        "Une clause environnementale est-elle obligatoire dans tous les marchés ?",
        (BEFORE_CODE, (CODE, None), (date(2026, 8, 22), r"prennent en compte l'environnement")),
    ),
    Fact(
        "procédure adaptée, publicité",
        "Quelle publicité pour un MAPA inférieur à 90 000 € HT ?",
        (BEFORE_CODE, (CODE, _amount("90 000"))),
    ),
    Fact(
        "délai de paiement",
        "Quel est le délai de paiement d'une commune ?",
        (BEFORE_CODE, (CODE, r"\b30 jours")),
    ),
)
"""Every amount, rate, delay or obligation of which the corpus knows two laws."""
