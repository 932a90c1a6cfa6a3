"""What `sourcier calc` takes: a command for each calculator, its options, how they are written."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from inspect import Parameter

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
class Option:
    """An option that fills a field: `read` gives its value, a switch sets it to `sets`.

    `is_list`: it may be repeated, and the field holds every value.
    """

    flag: str
    field: str
    help: str
    read: Callable[[str], object] | None = None
    is_required: bool = False
    is_list: bool = False
    sets: bool = True

    def parameter(self) -> Parameter:
        """The option as a parameter of a command."""
        needed = " (obligatoire)" if self.is_required else ""
        if self.read:
            value = option(f"{self.flag} …", f"{self.help}{needed}", self.read)
        else:
            value = flag(self.flag, self.help)
        kind: type = list[str] if self.is_list else str if self.read else bool
        return Parameter(self.field, Parameter.KEYWORD_ONLY, default=value, annotation=kind)


@dataclass(frozen=True, slots=True)
class Command:
    """A calculator on the command line; each of its examples is the options alone."""

    name: str
    help: str
    asked: Callable[..., Asked]
    options: tuple[Option, ...]
    examples: tuple[str, str]


_AMOUNT = Option("--montant", "amount", "montant estimé HT de tout le besoin", amount, True)
_BUYER = Option("--acheteur", "buyer", f"qui achète : {', '.join(Buyer)}", one_of(Buyer), True)
_NATURE = Option(
    "--nature", "nature", f"ce qui est acheté : {', '.join(Nature)}", one_of(Nature), True
)
_SME = Option("--pme", "is_sme", "le titulaire est une petite ou moyenne entreprise")
_ON_PAPER = Option(
    "--papier", "is_electronic", "l'envoi ou le dépôt n'est pas électronique", sets=False
)

COMMANDS = (
    Command(
        "procedure",
        "quelle procédure et quelle publicité",
        ProcedureAsked,
        (
            _AMOUNT,
            _NATURE,
            _BUYER,
            Option("--lot", "lot", "montant HT du lot dont il s'agit", amount),
            Option("--innovant", "is_innovative", "l'achat est innovant"),
        ),
        (
            "--montant 150000 --nature fournitures --acheteur collectivite",
            '--montant "1,2 M€" --lot "70 k€" --nature services --acheteur etat',
        ),
    ),
    Command(
        "delais",
        "délais minimaux pour recevoir candidatures et offres",
        TimeLimitsAsked,
        (
            Option("--procedure", "procedure", ", ".join(Procedure), one_of(Procedure), True),
            Option("--envoi", "sent", "jour d'envoi de l'avis, AAAA-MM-JJ", iso_date, True),
            _BUYER,
            _ON_PAPER,
            Option("--urgence", "is_urgent", "une urgence justifiée empêche le délai ordinaire"),
            Option("--preinformation", "has_prior_notice", "un avis de préinformation a paru"),
            Option(
                "--invitation", "invited", "jour d'envoi de l'invitation à soumissionner", iso_date
            ),
            Option(
                "--jours-feries", "zone", f"de quel territoire : {', '.join(Zone)}", one_of(Zone)
            ),
        ),
        (
            "--procedure appel-offres-ouvert --envoi 2026-11-26 --acheteur collectivite",
            "--procedure appel-offres-restreint --envoi 2026-11-26 --acheteur etat --urgence",
        ),
    ),
    Command(
        "standstill",
        "premier jour où le marché peut être signé",
        StandstillAsked,
        (
            Option("--envoi", "sent", "jour d'envoi des rejets, AAAA-MM-JJ", iso_date, True),
            _ON_PAPER,
            Option("--mapa", "is_formalised", "la procédure est adaptée", sets=False),
            Option("--seule-offre", "is_only_tenderer", "l'attributaire a seul participé"),
        ),
        ("--envoi 2026-12-18", "--envoi 2026-12-18 --papier"),
    ),
    Command(
        "chiffre-affaires",
        "chiffre d'affaires minimal que l'on peut exiger",
        TurnoverAsked,
        (_AMOUNT,),
        ("--montant 300000", '--montant "1,2 M€" --date 2025-12-31'),
    ),
    Command(
        "avance",
        "avance due ou non, et son montant",
        partial(AdvanceAsked, amount_with_tax=None),
        (
            Option("--montant", "amount", "montant initial HT du marché", amount, True),
            Option("--ttc", "amount_with_tax", "montant initial TTC du marché", amount),
            Option("--mois", "months", "délai d'exécution en mois", months, True),
            _BUYER,
            _SME,
            Option("--grand-organisme", "is_large_buyer", "acheteur au-dessus du seuil de R2191-7"),
        ),
        (
            "--montant 80000 --ttc 96000 --mois 8 --acheteur collectivite",
            "--montant 80000 --mois 18 --acheteur etat --pme",
        ),
    ),
    Command(
        "retenue",
        "retenue de garantie : son plafond",
        RetentionAsked,
        (
            Option("--montant", "amount", "montant TTC, modifications comprises", amount, True),
            Option("--taux", "rate", "taux prévu par le marché, comparé au plafond", rate),
            _SME,
            Option("--grand-organisme", "is_large_buyer", "État ou grand organisme de R2191-33"),
        ),
        ("--montant 240000", "--montant 240000 --taux 5 --pme --grand-organisme"),
    ),
    Command(
        "paiement",
        "dernier jour pour payer, intérêts moratoires et indemnité",
        partial(PaymentAsked, amount=None),
        (
            Option("--recue", "received", "jour de réception de la facture", iso_date, True),
            _BUYER,
            Option("--montant", "amount", "montant TTC à payer", amount),
            Option("--payee", "paid", "jour du paiement", iso_date),
            Option("--livree", "delivered", "jour où l'exécution s'est achevée", iso_date),
        ),
        (
            "--recue 2026-09-01 --acheteur hopital",
            "--recue 2026-09-01 --payee 2026-11-20 --montant 12000 --acheteur collectivite",
        ),
    ),
    Command(
        "modification",
        "avenant : ce que son montant permet",
        ModificationAsked,
        (
            Option("--initial", "initial", "montant initial HT du marché", amount, True),
            Option(
                "--modification",
                "changes",
                "montant HT d'une modification, répétable ; en moins : --modification=-5000",
                amount,
                True,
                is_list=True,
            ),
            _NATURE,
            _BUYER,
            Option("--imprevue", "is_unforeseen", "rendue nécessaire, ou imprévisible"),
        ),
        (
            "--initial 90000 --modification 12000 --nature travaux --acheteur collectivite",
            "--initial 90000 --modification 6000 --modification=-2000 --nature services "
            "--acheteur etat",
        ),
    ),
)
