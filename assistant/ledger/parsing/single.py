"""One invoice or contract that is named by its number: its row answers what it shows.

"X, elle en est où ?", "est-ce que X est payée ?", "X se termine quand ?". The state that is asked
about is no condition then: the row is wanted, whatever it says.
"""

import re
from collections.abc import Sequence

from assistant.ledger.parsing.conditions import numbers_named, whole_names
from assistant.ledger.parsing.naming import named_in_part
from assistant.ledger.parsing.vocabulary import Remainder, load_vocabulary
from assistant.ledger.query.names import Name
from assistant.ledger.query.plan import Plan, PlanFilter, PlanMeasure, Population

_FRAME = re.compile(
    r"\b(?:(?:m'|me |nous )?(?:appelle|demande|relance|telephone|ecrit)"
    r"(?: (?:pour|si|sur|ou|a propos de))*|(?:veut|voudrait|aimerait|dois) savoir(?: (?:si|ou))?|"
    r"au telephone|dites?-moi(?: si)?|est-ce|c'est|si)(?![\w'])"
)
"""How someone passes a question on."""

_WHO = re.compile(
    r"\bqui (?:l')?(?:a|ont|avait|suit|gere|valide|signe|paye|bloque|s'occupe)\b|\bpar qui\b|"
    r"\b(?:sera|seront|va|vont)\b"
)
"""Who did it, and what is to come, which no row says."""


_STATE = re.compile(
    r"\b(?:pay|regl|sold|mandat|rejet|refus|bloqu|depos|comptabilis)ee?s?\b|"
    r"\b(?:suspendu|recu)e?s?\b|\b(?:mise? en paiement|en (?:attente|retard|cours|vigueur))\b|"
    r"\b(?:valable|valide|actif|termine|fini|echu|expire)s?\b"
)
"""How a row is, which is a condition where it is not asked: "factures X en retard"."""

_WHERE = re.compile(
    r"\b(?:en est (?:elle |il |(?:on|nous) )?ou|ou en (?:est|sont)|statut|etat|stade|etape)\b"
)
"""The same, asked without naming any: "X elle en est où ?"."""

_OTHER = re.compile(r"\b(?:quand|date|jour|quel(?:le)? (?:marche|contrat|fournisseur))\b")
"""What else is asked of a row."""

_ASKS = re.compile(
    r"\?|\b(?:est|sont|etait|sera|a|ete|avons|elle|il|on|ca|ou|si|quand|quelle?|qui|quoi|statut|"
    r"stade|etat|etape|date)\b"
)


def plan_of_one(question: str, names: Sequence[Name], over: Population) -> Plan | None:
    """The row of the number that a question names, None where it asks for more than that shows."""
    left = Remainder(question)
    numbers = [each for each, _ in numbers_named(left, names, over)]
    if [each.field for each in numbers] != ["number"] or left.doubts or _WHO.search(left.whole):
        return None
    if _STATE.search(left.text) and not _ASKS.search(left.text):
        return None
    vocabulary = load_vocabulary()
    asked = left.taken_by(vocabulary.shown, over)
    left.take_all(_FRAME)
    left.take_all(vocabulary.nouns(over).says)
    left = left.again(left.text, left.words(vocabulary.empty))
    named = [each for each, _ in (*named_in_part(left, names), *whole_names(left, names))]
    if not asked or left.words(vocabulary.empty) or left.doubts or left.has_clash:
        return None
    # By status, so that one row is not told as a count that reads as "yes".
    is_of_state = over is Population.INVOICES and _is_of_state(numbers[0], left.whole)
    group = "status" if is_of_state else None
    return Plan(PlanMeasure.COUNT, over, filters=(*numbers, *named), group=group)


def _is_of_state(number: PlanFilter, question: str) -> bool:
    """Whether how one invoice is is asked, and not when or what else its row shows."""
    is_one = len(number.values) == 1
    says = _STATE.search(question) or _WHERE.search(question)
    return is_one and says is not None and not _OTHER.search(question)
