"""What questions about an advance repaid, or an instalment, ask to calculate. Pure."""

import re
from decimal import Decimal

from assistant.calculators.catalogue import Asked
from assistant.calculators.facts import GivenFigure, QuestionFacts, first
from assistant.calculators.needs import Missing, completed, figure
from assistant.calculators.repayment import (
    InstalmentAsked,
    RepaymentDueAsked,
    RepaymentStartAsked,
)
from assistant.calculators.requests.parties import is_tax, tax_rate, with_rate_added

_ADVANCE = re.compile(r"(?<!a l')(?<!en )\bavances?\b")
_REPAID = re.compile(
    r"\b(?:remb\b|rembours|recuper|precompt|repris|repren|reprend|resorb|retenir|reten)\w*"
)
_WHEN = re.compile(
    r"\ba partir de (?:quand|quel|combien)"
    r"|\b(?:commenc|debut|demarr|declench)\w*|\bquand\b|\bdes quand\b"
    r"|\ba quel (?:moment|montant|stade|avancement|cumul)|\battend\w*\b"
)
_SILENT = re.compile(
    r"\b(?:muet|silenc\w*|rien|tait|aucune (?:clause|modalite|precision))\b"
    r"|\b(?:prevoit|dit|precise|mentionne)\w* pas\b"
)
_PROVIDED = re.compile(
    r"\b(?:selon|d'apres|prevu\w* (?:au|par|dans))"
    r" (?:le |notre |la )?(?:ccap|marche|contrat|clause)"
    r"|\b(?:ccap|marche|contrat|clause) (?:prevoit|dit|fixe|precise|stipule|impose)\b"
)
_HOW_MUCH = re.compile(
    r"\bcombien\b|\bmontant\b|\bquelle somme\b|\bcalcul\w*|\bprecompte quoi\b"
    r"|\b(?:precompte|reprise|remboursement)(?: du mois| ce mois(?:-ci)?)? ?\?"
)
_PROPORTION = re.compile(r"\b(?:lineair|proportion|prorata|progressi)\w*")
_NOTHING_BEFORE = re.compile(
    r"\brien (?:(?!et\b)[\w']+ ){0,3}(?:repris|precompte|rembourse|recupere|retenu)"
    r"|\b(?:premiere?|1er) (?:precompte|reprise|remboursement)"
    r"|\baucun\w* (?:precompte|reprise|remboursement)"
)

_ROLE = re.compile(
    r"\b(?:(?P<repaid>deja (?:rembours|repris|precompt|recuper|reten)\w*)|(?P<advance>avances?)"
    r"|(?P<done>execut\w*|realise\w*|factur\w*|avancement|cumul\w*|travaux faits"
    r"|la (?:n ?°? ?\d+|precedente))|(?P<instalment>situations?|acomptes?)"
    r"|(?P<contract>marches?|contrats?|lot))\b|\bsur (?:un (?:total|montant) de )?(?P<whole>$)"
)


_REPAID_AFTER = re.compile(
    r" ?(?:ttc )?(?:(?:ont|sont|a|ete|etaient|avaient|d'avance) )*deja (?:ete )?"
    r"(?:rembours|repris|precompt|recuper|reten|dedui)"
)


_CUMULATED_AFTER = re.compile(r" ?(?:ttc |ht )?(?:en |au |de |d'avancement )*cumul")
_FRACTION = re.compile(r"\b(?:moitie|(?:un|deux|le) tiers|(?:un|trois|le) quarts?)\b")
"""Parts that are told without a figure: of what they are is not read."""


_OF_WHOLE = re.compile(r"\b(?:marches?|contrats?|lots?|situations?|acomptes?|factures?)\b")


def repayment(facts: QuestionFacts) -> Asked | Missing | None:
    """From when an advance is repaid, or how much of it at some progress."""
    if not facts.says(_ADVANCE, _REPAID):
        return None
    bounds = _bounds(facts)
    if bounds is None and facts.says(_WHEN) and not facts.says(_PROPORTION):
        return _start(facts)
    if bounds is None:
        return Missing((_CLAUSE_ASKED,)) if _is_of_instalment(facts) else None
    return _due(facts, *bounds) if facts.says(_PROPORTION, _HOW_MUCH) else None


def _is_of_advance(rate: GivenFigure[Decimal]) -> bool:
    """Whether a rate is that of the advance, and not the progress at which it is repaid."""
    own = rate.before.rsplit("avance", maxsplit=1)[-1]
    return _role(rate) == "advance" and not _REPAID.search(own)


def _is_of_instalment(facts: QuestionFacts) -> bool:
    """Whether it is how much of an advance one instalment repays, by a clause that is not told."""
    if not facts.says(_HOW_MUCH, _INSTALMENT) or facts.says(_RETENTION) or facts.rates:
        return False
    return len(_of(facts, "advance")) == len(_of(facts, "instalment")) == 1


_CLAUSE_ASKED = (
    "Entre quels avancements le marché (CCAP) fait-il rembourser l'avance, et quel est "
    "l'avancement cumulé des travaux ?"
)


def _start(facts: QuestionFacts) -> Asked | Missing | None:
    contract = _of(facts, "contract")
    advances = _of(facts, "advance")
    rates = [each for each in facts.rates if not is_tax(each)]
    of_advance = [each.value for each in rates if _is_of_advance(each)]
    if facts.says(_PROVIDED) and not facts.says(_SILENT):
        return None
    if len(of_advance) < len(rates) and not facts.says(_SILENT):
        return None
    if not contract and advances and not rates:
        return completed(
            RepaymentStartAsked, amount=figure("Quel est le montant TTC du marché ?", [])
        )
    taxed = _with_tax(contract, facts)
    if len(taxed) != 1 or len(contract) > 2 or max(len(advances), len(of_advance)) > 1:
        return None
    if len(advances) + len(of_advance) + len(contract) < len(facts.amounts):
        return None
    advance = advances[0].value if advances else None
    rate = None if advance is not None else first(of_advance)
    return RepaymentStartAsked(taxed[0], advance, rate)


def _due(facts: QuestionFacts, begins: Decimal, ends: Decimal) -> Asked | None:
    """What is taken back at a progress that is told as a share, or as a sum of the contract."""
    advances, repaid = _of(facts, "advance"), _of(facts, "repaid")
    if len(facts.amounts) == 1 and not facts.says(_OF_WHOLE) and not (advances or repaid):
        advances = [*facts.amounts]  # the advance alone has an amount beside shares of the works
    if facts.says(_FRACTION) or _of(facts, "instalment"):
        return None  # what an instalment is for does not tell how far the works are
    progress = _progress(facts, {begins, ends})
    if len(advances) != 1 or len(repaid) > 1 or not 1 <= len(progress) <= 2:
        return None
    taken = repaid[0].value if repaid else None
    if taken is None and facts.says(_NOTHING_BEFORE):
        taken = Decimal(0)
    before = progress[0] if len(progress) == 2 else None
    return RepaymentDueAsked(advances[0].value, begins, ends, progress[-1], before, taken)


def _bounds(facts: QuestionFacts) -> tuple[Decimal, Decimal] | None:
    """The degrees of progress of a clause, "entre 65 % et 80 %", in percent."""
    for one, other in zip(facts.rates, facts.rates[1:], strict=False):
        for opens, joins in ((r"\bentre (?:les )?$", r" (?:du [\w ]+ )?et "), (r"\bde $", r" a ")):
            if re.search(opens, one.before) and re.fullmatch(joins, other.before):
                return one.value, other.value
    return None


def _progress(facts: QuestionFacts, bounds: set[Decimal]) -> list[Decimal]:
    """How far the works are, in percent, in the order told."""
    told = [each.value for each in facts.rates if each.value not in bounds and not is_tax(each)]
    done, contract = _of(facts, "done"), _of(facts, "contract")
    if told or len(contract) != 1 or not done:
        return told
    if any(each.is_without_tax != contract[0].is_without_tax for each in done):
        return []
    return sorted(each.value * 100 / contract[0].value for each in done)


# What an instalment leaves to be paid.

_INSTALMENT = re.compile(r"\b(?:situations?|acomptes?|decompte mensuel)\b")
_RETENTION = re.compile(r"\bretenues? de garantie\b|\brg\b")
_TO_PAY = re.compile(
    r"\bvirement\b|\bnet\b|\b(?:payer|paye|verser|verse|mandat\w*|recevoir|toucher|encaisser|regler)\b"
)
_OF_INSTALMENT = re.compile(
    r"\b(?:(?P<repaid>avances?|precompt\w*|repren\w*|reprend\w*|rembours\w*)|(?P<retained>retenues?|rg)"
    r"|(?P<whole>marches?|contrats?)|(?P<instalment>situations?|acomptes?|travaux))\b"
)
_ELSE_TAKEN = re.compile(
    r"\bpenalites? de|\brevision de|\bactualis\w*|\brefaction|\bcompte prorata"
)


def instalment(facts: QuestionFacts) -> Asked | Missing | None:
    """What is to be paid of an instalment, the retenue de garantie and the advance taken off."""
    if not facts.says(_INSTALMENT, _RETENTION, _TO_PAY) or facts.says(_ELSE_TAKEN):
        return None
    rates = [each.value for each in facts.rates if not is_tax(each)]
    repaid = [each.value for each in facts.amounts if _instalment_role(each) == "repaid"]
    due = [each for each in facts.amounts if _instalment_role(each) == "instalment"]
    taxed = _with_tax(due, facts)
    known = sum(_instalment_role(each) == "whole" for each in facts.amounts)
    if len(rates) != 1 or len(taxed) != 1 or len(repaid) > 1:
        return None
    if len(due) + len(repaid) + known < len(facts.amounts):
        return None
    return InstalmentAsked(taxed[0], rates[0], repaid[0] if repaid else Decimal(0))


def _instalment_role(amount: GivenFigure[Decimal]) -> str:
    """What an amount is of: the next words where these name the advance, else the last before."""
    own = re.split(r"[,;:.?!]", amount.after, maxsplit=1)[0]
    if re.match(r".{0,40}\b(?:avance|precompte)\b", own):
        return "repaid"
    return amount.role(_OF_INSTALMENT) or "instalment"


def _role(amount: GivenFigure[Decimal]) -> str:
    if _REPAID_AFTER.match(amount.after):
        return "repaid"
    if _CUMULATED_AFTER.match(amount.after):
        return "done"
    named = [*_ROLE.finditer(amount.before)]
    role = (named[-1].lastgroup if named else amount.role(_ROLE)) or "contract"
    return "contract" if role == "whole" else role


def _of(facts: QuestionFacts, role: str) -> list[GivenFigure[Decimal]]:
    return [each for each in facts.amounts if _role(each) == role]


def _with_tax(amounts: list[GivenFigure[Decimal]], facts: QuestionFacts) -> list[Decimal]:
    """The values said to be with tax, or made so by the rate that the question gives."""
    taxed = [each.value for each in amounts if each.is_with_tax]
    rate = tax_rate(facts)
    if taxed or rate is None:
        return taxed
    return [with_rate_added(each.value, rate) for each in amounts if each.is_without_tax]
