"""The repayment of an advance: from when, how much at an instalment, what is paid (R2191-11)."""

from dataclasses import dataclass
from decimal import Decimal

from assistant.calculators.amounts import euros, percent, require_positive, share
from assistant.calculators.calculation import Calculation, CalculationLine, says
from assistant.calculators.constants import Law
from assistant.errors import WrongFigures

# From when an advance is repaid where the contract is silent.


@dataclass(frozen=True, slots=True)
class RepaymentStartAsked:
    """The amount of the holder's part with tax, and the advance as an amount or a rate of it.

    `advance`: in euros, with tax. `rate`: in percent. One of them, as they tell the same.
    """

    amount: Decimal
    advance: Decimal | None = None
    rate: Decimal | None = None

    def __post_init__(self) -> None:
        """Raises WrongFigures for what is not positive, or an advance above the contract."""
        require_positive(self.amount, "Le montant TTC du marché")
        if self.advance is not None:
            _require_part(self.advance, self.amount, "L'avance", "le montant TTC du marché")
        if self.rate is not None:
            _require_part(self.rate, Decimal(100), "Le taux de l'avance", "100 %")

    @property
    def part(self) -> Decimal | None:
        """What the advance is of the amount with tax, in percent; None where nobody said."""
        return self.rate if self.advance is None else self.advance * 100 / self.amount


def repayment_start(asked: RepaymentStartAsked, law: Law) -> Calculation:
    """From when the advance is repaid where the contract says nothing of it."""
    limit = law.stated("remboursement de l'avance, plafond")
    begins = law.stated("remboursement de l'avance")
    first = law.stated("remboursement de l'avance, plus forte")
    reached = euros(share(asked.amount, begins.value))
    late = (
        "quand les prestations exécutées par le titulaire atteignent "
        f"{reached} TTC : {percent(begins.value)} de {euros(asked.amount)}"
    )
    early, part = "dès la première demande de paiement", asked.part
    rate, start = percent(limit.value), "Dans le silence du marché, le remboursement commence"
    if part is None:
        result: tuple[CalculationLine, ...] = (
            says(f"{start}, pour une avance de {rate} au plus, {late}.", limit, begins),
            says(f"Pour une avance plus forte, il commence {early}.", first),
        )
    elif part > limit.value:
        waits = f"{percent(begins.value)} d'exécution"
        text = f"Dans le silence du marché, le remboursement n'attend pas {waits} : il commence"
        result = (says(f"{text} {early}, {_of_advance(asked)}, plus de {rate}.", first),)
    else:
        result = (
            says(f"{start} {late}.", begins),
            says(f"{_capital(_of_advance(asked))} : pas plus de {rate}.", limit),
        )
    return Calculation(
        name="remboursement-avance",
        title="Début du remboursement de l'avance",
        day=law.day,
        inputs=(("montant TTC de la part du titulaire", euros(asked.amount)),),
        steps=(),
        result=result,
        cautions=(
            "Cela vaut dans le silence du marché : ses clauses peuvent en décider autrement.",
            "Le montant est celui de la part du titulaire, sans ce qui est payé directement à des "
            "sous-traitants.",
        ),
    )


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _of_advance(asked: RepaymentStartAsked) -> str:
    """The advance as a part of the amount with tax."""
    if asked.advance is None:
        return f"l'avance est de {percent(asked.rate or Decimal(0))} du montant TTC"
    part = percent(asked.advance * 100 / asked.amount)
    return f"l'avance est de {part} du montant TTC, {euros(asked.advance)} ÷ {euros(asked.amount)}"


# How much of an advance is taken back between two degrees of progress that the contract names.


@dataclass(frozen=True, slots=True)
class RepaymentDueAsked:
    """An advance repaid in proportion between two degrees of progress, and how far works are.

    `begins`, `ends`, `progress` and `before`, the progress at the instalment before: percent of
    the amount with tax. `repaid`: in euros, what was taken back before. Both None: nobody said.
    """

    advance: Decimal
    begins: Decimal
    ends: Decimal
    progress: Decimal
    before: Decimal | None = None
    repaid: Decimal | None = None

    def __post_init__(self) -> None:
        """Raises WrongFigures for degrees out of order, or more repaid than was advanced."""
        require_positive(self.advance, "L'avance")
        if not 0 <= self.begins < self.ends <= 100:
            raise WrongFigures(
                "Le remboursement commence avant de finir, entre 0 et 100 % d'avancement."
            )
        if self.repaid is not None and not 0 <= self.repaid <= self.advance:
            raise WrongFigures("Ce qui est déjà remboursé ne peut dépasser l'avance.")
        if self.progress < (self.before or 0):
            raise WrongFigures("L'avancement ne peut être négatif, ni reculer.")

    def total(self, progress: Decimal) -> Decimal:
        """What is taken back in all at some progress."""
        reached = min(max(progress, self.begins), self.ends)
        return share(self.advance, (reached - self.begins) * 100 / (self.ends - self.begins))

    def taken(self) -> Decimal | None:
        """What was taken back before, None where nobody said."""
        if self.repaid is not None or self.before is None:
            return self.repaid
        return self.total(self.before)


def repayment_due(asked: RepaymentDueAsked, law: Law) -> Calculation:
    """What is taken back at this progress, by the clause that the question tells."""
    clauses = law.stated("remboursement de l'avance, clauses")
    total, taken = asked.total(asked.progress), asked.taken()
    due = max(total - (taken or 0), Decimal(0))
    said = f"À précompter : {euros(due)}."
    if taken is None:
        said = f"À précompter : {euros(due)} en tout, moins ce qui l'a déjà été."
    return Calculation(
        name="precompte-avance",
        title="Précompte de l'avance",
        day=law.day,
        inputs=(
            ("avance", euros(asked.advance)),
            ("remboursement", f"de {percent(asked.begins)} à {percent(asked.ends)}"),
            ("avancement", percent(asked.progress)),
        ),
        steps=_before(asked),
        result=(says(said, clauses), *_how(asked)),
        cautions=("La clause de remboursement est celle de la question ; relisez-la au CCAP.",),
    )


def _how(asked: RepaymentDueAsked) -> tuple[CalculationLine, ...]:
    """The sum taken back so far, by the proportion of the clause, and what was before."""
    taken = asked.taken()
    lines = [_at(asked, asked.progress)]
    if taken:
        due = euros(max(asked.total(asked.progress) - taken, Decimal(0)))
        total = euros(asked.total(asked.progress))
        lines.append(f"Déjà précompté : {total} − {euros(taken)} = {due}.")
    return tuple(map(CalculationLine, lines))


def _before(asked: RepaymentDueAsked) -> tuple[CalculationLine, ...]:
    """What was taken back at the instalment before, by the same clause."""
    if asked.before is None or asked.repaid is not None:
        return ()
    return (CalculationLine(_at(asked, asked.before)),)


def _at(asked: RepaymentDueAsked, progress: Decimal) -> str:
    """What is taken back in all at some progress."""
    begins, ends, now = percent(asked.begins), percent(asked.ends), percent(progress)
    if progress <= asked.begins:
        return f"À {now} d'avancement : rien n'est encore précompté, {begins} n'étant pas dépassés."
    if progress >= asked.ends:
        return f"À {now} d'avancement : toute l'avance, {euros(asked.advance)}."
    product = f"{euros(asked.advance)} × ({now} − {begins}) ÷ ({ends} − {begins})"
    return (
        f"À {now} d'avancement, selon la clause de la question : {product} = "
        f"{euros(asked.total(progress))} en tout."
    )


# What an instalment leaves to be paid, the retenue de garantie and the advance taken off.


@dataclass(frozen=True, slots=True)
class InstalmentAsked:
    """What an instalment is for, with tax, and what is taken off it.

    `rate`: of the retenue de garantie, in percent. `repaid`: of the advance, in euros.
    """

    amount: Decimal
    rate: Decimal
    repaid: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        """Raises WrongFigures for an instalment from which more would be taken than it is for."""
        require_positive(self.amount, "Le montant TTC de l'acompte")
        if not 0 <= self.rate < 100 or self.repaid < 0:
            raise WrongFigures("La retenue est un taux sous 100 % et le précompte un montant.")
        if self.repaid > self.amount - share(self.amount, self.rate):
            raise WrongFigures("Ce qui est repris dépasse ce qui est dû.")


def instalment(asked: InstalmentAsked, law: Law) -> Calculation:
    """What is left to be paid of an instalment."""
    retained = share(asked.amount, asked.rate)
    by_parts = law.stated("retenue de garantie, prélèvement")
    taken = [by_parts]
    terms = f"{euros(asked.amount)} − {euros(retained)}"
    if asked.repaid:
        taken.append(law.stated("remboursement de l'avance, clauses"))
        terms += f" − {euros(asked.repaid)}"
    left = euros(asked.amount - retained - asked.repaid)
    return Calculation(
        name="acompte",
        title="Acompte à payer",
        day=law.day,
        inputs=(("montant TTC de l'acompte", euros(asked.amount)),),
        steps=(
            says(
                f"Retenue de garantie : {percent(asked.rate)} de {euros(asked.amount)} = "
                f"{euros(retained)}.",
                by_parts,
            ),
        ),
        result=(says(f"À payer : {left} TTC, soit {terms}.", *taken),),
        cautions=(
            "Révision de prix, pénalités et intérêts ne sont pas comptés.",
            "Le taux de la retenue de garantie est celui de la question ; il est plafonné.",
        ),
    )


def _require_part(value: Decimal, whole: Decimal, subject: str, of: str) -> None:
    if require_positive(value, subject) > whole:
        raise WrongFigures(f"{subject} ne peut dépasser {of}.")
