"""What `sourcier calc` takes: the options of each calculator, and how they are written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
from assistant.cli.options import amount, flag, iso_date, months, one_of, option, rate


@dataclass(frozen=True, slots=True)
class Calculator:
    """A calculator on the command line: the option of each field that it takes.

    A switch turns over what the field is without it. Each example is the options alone.
    """

    name: str
    told: str
    asked: Callable[..., Asked]
    options: Mapping[str, Any]
    examples: tuple[str, str]

    @property
    def fields(self) -> Mapping[str, Parameter]:
        """What is asked; without default, what must be given."""
        return signature(self.asked).parameters

    def parameters(self) -> list[Parameter]:
        """The options as parameters of a command."""
        return [
            Parameter(
                name,
                Parameter.KEYWORD_ONLY,
                default=taken,
                annotation=list[str] if name == "changes" else str if taken.parser else bool,
            )
            for name, taken in self.options.items()
        ]


def _value(name: str, told: str, read: Callable[[str], object]) -> Any:  # noqa: ANN401
    return option(f"{name} …", told, read)


def _needed(name: str, told: str, read: Callable[[str], object]) -> Any:  # noqa: ANN401
    return option(f"{name} …", f"{told} (obligatoire)", read)


_AMOUNT = _needed("--montant", "montant estimé HT de tout le besoin", amount)
_BUYER = _needed("--acheteur", f"qui achète : {', '.join(Buyer)}", one_of(Buyer))
_NATURE = _needed("--nature", f"ce qui est acheté : {', '.join(Nature)}", one_of(Nature))
_SME = flag("--pme", "le titulaire est une petite ou moyenne entreprise")
_ON_PAPER = flag("--papier", "l'envoi ou le dépôt n'est pas électronique")

CALCULATORS = (
    Calculator(
        "procedure",
        "quelle procédure et quelle publicité",
        ProcedureAsked,
        {
            "amount": _AMOUNT,
            "nature": _NATURE,
            "buyer": _BUYER,
            "lot": _value("--lot", "montant HT du lot dont il s'agit", amount),
            "is_innovative": flag("--innovant", "l'achat est innovant"),
        },
        (
            "--montant 150000 --nature fournitures --acheteur collectivite",
            '--montant "1,2 M€" --lot "70 k€" --nature services --acheteur etat',
        ),
    ),
    Calculator(
        "delais",
        "délais minimaux pour recevoir candidatures et offres",
        TimeLimitsAsked,
        {
            "procedure": _needed("--procedure", ", ".join(Procedure), one_of(Procedure)),
            "sent": _needed("--envoi", "jour d'envoi de l'avis, AAAA-MM-JJ", iso_date),
            "buyer": _BUYER,
            "is_electronic": _ON_PAPER,
            "is_urgent": flag("--urgence", "une urgence justifiée empêche le délai ordinaire"),
            "has_prior_notice": flag("--preinformation", "un avis de préinformation a paru"),
            "invited": _value(
                "--invitation", "jour d'envoi de l'invitation à soumissionner", iso_date
            ),
            "zone": _value(
                "--jours-feries", f"de quel territoire : {', '.join(Zone)}", one_of(Zone)
            ),
        },
        (
            "--procedure appel-offres-ouvert --envoi 2026-11-26 --acheteur collectivite",
            "--procedure appel-offres-restreint --envoi 2026-11-26 --acheteur etat --urgence",
        ),
    ),
    Calculator(
        "standstill",
        "premier jour où le marché peut être signé",
        StandstillAsked,
        {
            "sent": _needed("--envoi", "jour d'envoi des rejets, AAAA-MM-JJ", iso_date),
            "is_electronic": _ON_PAPER,
            "is_formalised": flag("--mapa", "la procédure est adaptée"),
            "is_only_tenderer": flag("--seule-offre", "l'attributaire a seul participé"),
        },
        ("--envoi 2026-12-18", "--envoi 2026-12-18 --papier"),
    ),
    Calculator(
        "chiffre-affaires",
        "chiffre d'affaires minimal que l'on peut exiger",
        TurnoverAsked,
        {"amount": _AMOUNT},
        ("--montant 300000", '--montant "1,2 M€" --date 2025-12-31'),
    ),
    Calculator(
        "avance",
        "avance due ou non, et son montant",
        partial(AdvanceAsked, amount_with_tax=None),
        {
            "amount": _needed("--montant", "montant initial HT du marché", amount),
            "amount_with_tax": _value("--ttc", "montant initial TTC du marché", amount),
            "months": _needed("--mois", "délai d'exécution en mois", months),
            "buyer": _BUYER,
            "is_sme": _SME,
            "is_large_buyer": flag("--grand-organisme", "acheteur au-dessus du seuil de R2191-7"),
        },
        (
            "--montant 80000 --ttc 96000 --mois 8 --acheteur collectivite",
            "--montant 80000 --mois 18 --acheteur etat --pme",
        ),
    ),
    Calculator(
        "retenue",
        "retenue de garantie : son plafond",
        RetentionAsked,
        {
            "amount": _needed("--montant", "montant TTC, modifications comprises", amount),
            "rate": _value("--taux", "taux prévu par le marché, comparé au plafond", rate),
            "is_sme": _SME,
            "is_large_buyer": flag("--grand-organisme", "État ou grand organisme de R2191-33"),
        },
        ("--montant 240000", "--montant 240000 --taux 5 --pme --grand-organisme"),
    ),
    Calculator(
        "paiement",
        "dernier jour pour payer, intérêts moratoires et indemnité",
        partial(PaymentAsked, amount=None),
        {
            "received": _needed("--recue", "jour de réception de la facture", iso_date),
            "buyer": _BUYER,
            "amount": _value("--montant", "montant TTC à payer", amount),
            "paid": _value("--payee", "jour du paiement", iso_date),
            "delivered": _value("--livree", "jour où l'exécution s'est achevée", iso_date),
        },
        (
            "--recue 2026-09-01 --acheteur hopital",
            "--recue 2026-09-01 --payee 2026-11-20 --montant 12000 --acheteur collectivite",
        ),
    ),
    Calculator(
        "modification",
        "avenant : ce que son montant permet",
        ModificationAsked,
        {
            "initial": _needed("--initial", "montant initial HT du marché", amount),
            "changes": _needed(
                "--modification",
                "montant HT d'une modification, répétable ; en moins : --modification=-5000",
                amount,
            ),
            "nature": _NATURE,
            "buyer": _BUYER,
            "is_unforeseen": flag("--imprevue", "rendue nécessaire, ou imprévisible"),
        },
        (
            "--initial 90000 --modification 12000 --nature travaux --acheteur collectivite",
            "--initial 90000 --modification 6000 --modification=-2000 --nature services "
            "--acheteur etat",
        ),
    ),
)
