"""The review: every rule that applies to a dossier, its findings by severity then by piece."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from assistant.conformity import articles, checks, derogations, differences, weights
from assistant.conformity.case import Case
from assistant.conformity.checks import Fault
from assistant.conformity.clauses import clauses_of
from assistant.conformity.code import Code
from assistant.conformity.finding import Finding, Severity, Unchecked
from assistant.conformity.rule_book import rule_book
from assistant.conformity.rules import Check, Rule
from assistant.conformity.values import readings
from ingestion.documents import Document
from ingestion.dossiers import Dossier
from ingestion.piece_kinds import PieceKind

_CHECKS: Mapping[Check, Callable[[Rule, Case], Iterator[Fault]]] = {
    Check.VALUE: checks.values,
    Check.SUM: weights.sums,
    Check.MISSING: checks.missing,
    Check.PRESENT: checks.present,
    Check.INTERVAL: checks.intervals,
    Check.DIFFERENCE: differences.differences,
    Check.UNLISTED: derogations.unlisted,
    Check.UNMADE: derogations.unmade,
    Check.UNKNOWN: articles.unknown,
    Check.CHANGED: articles.changed,
}
_SEVERITIES, _PIECES = tuple(Severity), tuple(PieceKind)
_SENT = "envoi de l'avis"


def review(
    documents: Iterable[Document], law: Code, day: date, description: Dossier
) -> tuple[Finding, ...]:
    """What to check in a dossier: the law is that of the dossier's day, `day` that of the review.

    Text of suppliers is not looked at.
    """
    case = Case(clauses_of(documents), description, law, day, rule_book())
    places = {clause.document.id: _PIECES.index(clause.piece) for clause in case.clauses}

    def order(finding: Finding) -> tuple[int, int, int]:
        first = finding.places[0] if finding.places else None
        piece = places[first.document_id] if first else len(_PIECES)
        return _SEVERITIES.index(finding.severity), piece, first.start if first else 0

    found = (finding for rule in case.book.rules for finding in _findings(rule, case))
    return tuple(sorted(found, key=order))


def day_of(documents: Iterable[Document], description: Dossier, otherwise: date) -> date:
    """The day whose law a dossier follows: that on which its notice is sent, where it is known."""
    if description.sent:
        return description.sent
    read = readings(rule_book().values[_SENT], clauses_of(documents))
    return min((each.value for each in read if isinstance(each.value, date)), default=otherwise)


def _findings(rule: Rule, case: Case) -> Iterator[Finding]:
    if rule.since and case.code.day < rule.since:
        return
    try:
        conditions = case.conditions(rule.when)
        if conditions is not None:
            for fault in _CHECKS[rule.check](rule, case):
                yield _finding(rule, fault, conditions, case)
    except Unchecked as reason:
        said = f"Non contrôlé : {reason}."
        yield Finding(rule.name, rule.label, Severity.UNCHECKED, said)


def _finding(rule: Rule, fault: Fault, conditions: tuple[str, ...], case: Case) -> Finding:
    to_check = (*conditions, *filter(None, (fault.doubt,)))
    doubt = "".join(f" {'et ' if n else ''}si {condition}" for n, condition in enumerate(to_check))
    return Finding(
        rule.name,
        rule.label,
        Severity.CHECK if to_check else rule.severity,
        f"{rule.sentence.format_map(fault.words)} : à vérifier{doubt}.",
        fault.places,
        tuple(case.stated(name).ground for name in rule.constants),
        fault.comparison,
        to_check,
    )
