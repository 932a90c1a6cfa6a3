"""The review of a dossier as it is filed: its pieces, its description, the law of its day."""

from dataclasses import dataclass
from datetime import date

from assistant.conformity.code import IndexedCode
from assistant.conformity.finding import Finding
from assistant.conformity.review import day_of, review
from ingestion.dossiers import Dossiers
from ingestion.generation import Generation
from ingestion.library import Library


@dataclass(frozen=True, slots=True)
class FiledReview:
    """What a review found, and the day whose law it followed."""

    law_day: date
    findings: tuple[Finding, ...]


def review_of(
    dossier_id: str,
    dossiers: Dossiers,
    rules: Generation,
    today: date,
    as_of: date | None = None,
) -> FiledReview:
    """The review of one of the dossiers that a reader may see, under the rules of a generation.

    `as_of` is another day than the dossier's. Raises UnknownDossier.
    """
    description = dossiers.get(dossier_id)
    documents = tuple(Library(dossiers.home(dossier_id)).documents())
    law_day = as_of or day_of(documents, description, today)
    code = IndexedCode(rules, law_day)
    return FiledReview(law_day, review(documents, code, today, description))
