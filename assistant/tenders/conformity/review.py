"""The review of a dossier: every rule that applies, its findings, and their JSON."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from assistant.calculators.calculation import Ground
from assistant.tenders.clauses import clauses_of
from assistant.tenders.conformity import (
    checks,
    cited_articles,
    cross_checks,
    derogation_checks,
)
from assistant.tenders.conformity.checks import Case, CheckFault, Code, IndexedCode
from assistant.tenders.conformity.rules import (
    Check,
    ConformityFinding,
    ConformityRule,
    FindingSeverity,
    Unchecked,
    rule_book,
)
from assistant.tenders.conformity.values import readings
from assistant.tenders.fiche import located, reading_fields
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Document
from ingestion.documents.pieces import PieceKind
from ingestion.index.snapshot import IndexSnapshot
from ingestion.library.library import Library
from ingestion.tenders.dossiers import Dossier, Dossiers

# The review: every rule that applies to a dossier, its findings by severity then by piece.

_CHECKS: Mapping[Check, Callable[[ConformityRule, Case], Iterator[CheckFault]]] = {
    Check.VALUE: checks.values,
    Check.SUM: cross_checks.sums,
    Check.MISSING: checks.missing,
    Check.PRESENT: checks.present,
    Check.INTERVAL: checks.intervals,
    Check.DIFFERENCE: cross_checks.differences,
    Check.UNLISTED: derogation_checks.unlisted,
    Check.UNNAMED: derogation_checks.unnamed,
    Check.UNKNOWN: cited_articles.unknown,
    Check.CHANGED: cited_articles.changed,
}
_SEVERITIES, _PIECES = tuple(FindingSeverity), tuple(PieceKind)
_SENT = "envoi de l'avis"


def review(
    documents: Iterable[Document], law: Code, day: date, description: Dossier
) -> tuple[ConformityFinding, ...]:
    """What to check in a dossier: the law is that of the dossier's day, `day` that of the review.

    Text of suppliers is not looked at.
    """
    case = Case(clauses_of(documents), description, law, day, rule_book())
    places = {clause.document.id: _PIECES.index(clause.piece) for clause in case.clauses}

    def order(finding: ConformityFinding) -> tuple[int, int, int]:
        first = finding.places[0] if finding.places else None
        piece = places[first.document_id] if first else len(_PIECES)
        return _SEVERITIES.index(finding.severity), piece, first.start if first else 0

    unchecked: defaultdict[str, list[ConformityRule]] = defaultdict(list)
    found = [each for rule in case.book.rules for each in _findings(rule, case, unchecked)]
    told = (_unchecked(reason, rules) for reason, rules in unchecked.items())
    return tuple(sorted((*found, *told), key=order))


def day_of(documents: Iterable[Document], description: Dossier) -> date | None:
    """The day whose law a dossier follows: that on which its notice is sent, None if unknown."""
    if description.sent:
        return description.sent
    read = readings(rule_book().values[_SENT], clauses_of(documents))
    sure = (each.value for each in read if not each.is_doubtful)
    return min((each for each in sure if isinstance(each, date)), default=None)


def contract_day(documents: Iterable[Document], description: Dossier) -> date | None:
    """The day of a contract: that of its notice, else that of its notification, None if unknown."""
    return day_of(documents, description) or description.notified


def _findings(
    rule: ConformityRule, case: Case, unchecked: Mapping[str, list[ConformityRule]]
) -> Iterator[ConformityFinding]:
    """What a rule finds; where it cannot be applied it is kept under each reason why."""
    if rule.since and case.code.day < rule.since:
        return
    try:
        conditions = case.conditions(rule.when)
        if conditions is not None:
            for fault in _CHECKS[rule.check](rule, case):
                yield _finding(rule, fault, conditions, case)
    except Unchecked as stopped:
        for reason in stopped.args:
            unchecked[reason].append(rule)


def _unchecked(reason: str, rules: Sequence[ConformityRule]) -> ConformityFinding:
    """One remark for all the rules that the same reason stops."""
    first, *others = rules
    label = ", ".join(dict.fromkeys(each.label for each in rules))
    return ConformityFinding(
        first.name,
        label,
        FindingSeverity.UNCHECKED,
        f"Non contrôlé ({label}) : {reason}.",
        also=tuple(each.name for each in others),
    )


def _finding(
    rule: ConformityRule, fault: CheckFault, conditions: tuple[str, ...], case: Case
) -> ConformityFinding:
    to_check = (*conditions, *filter(None, (fault.doubt,)))
    doubt = "".join(f" {'et ' if n else ''}si {condition}" for n, condition in enumerate(to_check))
    return ConformityFinding(
        rule.name,
        rule.label,
        FindingSeverity.CHECK if to_check else rule.severity,
        f"{rule.sentence.format_map(fault.words)} : à vérifier{doubt}.",
        fault.places,
        tuple(case.stated(name).ground for name in rule.constants),
        fault.comparison,
        to_check,
    )


def quotes(finding: ConformityFinding) -> Iterator[tuple[str, str]]:
    """The words that a finding rests on, each after where they stand and how its page has them."""
    for place in finding.places:
        yield located(place, place.start, place.end), place.text
    for ground in finding.grounds:
        first = ground.passage.start
        yield located(ground.passage, first + ground.start, first + ground.end), ground.quote


# The review of a dossier as it is filed: its pieces, its description, the law of its day.


@dataclass(frozen=True, slots=True)
class FiledReview:
    """What a review found, and the day whose law it followed."""

    law_day: date
    findings: tuple[ConformityFinding, ...]

    @property
    def headline(self) -> str:
        """How much there is to look at, and under which law."""
        points = sum(each.severity is not FindingSeverity.UNCHECKED for each in self.findings)
        several = f"{points} point{'s' if points > 1 else ''} à vérifier"
        said = several if points else "Rien n'a été relevé"
        return f"{said} · droit au {self.law_day:%d/%m/%Y}"


def review_of(
    dossier_id: str,
    dossiers: Dossiers,
    rules: IndexSnapshot,
    today: date,
    as_of: date | None = None,
) -> FiledReview:
    """The review of one of the dossiers that a reader may see, under the rules of a snapshot.

    `as_of` is another day than the dossier's. Raises UnknownDossier.
    """
    description = dossiers.get(dossier_id)
    documents = tuple(Library(dossiers.home(dossier_id)).documents())
    law_day = as_of or day_of(documents, description) or today
    code = IndexedCode(rules, law_day)
    return FiledReview(law_day, review(documents, code, today, description))


# A review as plain JSON: the contract of `dossier check` for programs. Pure.
#
# Offsets are half-open characters of the document's text.


def review_fields(dossier: str, found: FiledReview) -> dict[str, Any]:
    """What the review of a dossier found."""
    return {
        "dossier": dossier,
        "as_of": found.law_day.isoformat(),
        "findings": [_finding_fields(finding) for finding in found.findings],
    }


def _finding_fields(finding: ConformityFinding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "label": finding.label,
        "severity": finding.severity.value,
        "sentence": finding.sentence,
        "comparison": finding.comparison,
        "to_check": list(finding.to_check),
        "also": list(finding.also),
        "places": [_passage_fields(place) for place in finding.places],
        "grounds": [_ground_fields(ground) for ground in finding.grounds],
    }


def _passage_fields(passage: Passage) -> dict[str, Any]:
    return {
        "locator": passage.locator,
        "source": passage.source,
        "document": passage.document_id,
        "page": passage.first_page,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        **reading_fields(passage, passage.start, passage.end),
    }


def _ground_fields(ground: Ground) -> dict[str, Any]:
    start = ground.passage.start
    return _passage_fields(ground.passage) | {
        "article": ground.article,
        "start": start + ground.start,
        "end": start + ground.end,
        "text": ground.quote,
    }
