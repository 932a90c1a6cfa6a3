"""The tools `dossier_fiche` and `dossier_review`: what the pieces of a dossier state, and lack."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import Field

from assistant.tenders.conformity.review import FiledReview, review_fields
from assistant.tenders.conformity.rules import ConformityFinding, FindingSeverity
from assistant.tenders.fiche import Fiche, FicheLine, fiche_fields
from assistant.tools.tool import (
    DOSSIER,
    Desk,
    Identifier,
    Step,
    Tool,
    ToolArguments,
    ToolReply,
    paragraphs,
    quoted,
    require_dossier,
)


class FicheArguments(ToolArguments):
    """A dossier."""

    dossier: Annotated[Identifier, DOSSIER]


def _fiche(desk: Desk, given: FicheArguments, step: Step) -> ToolReply:
    require_dossier(desk, given.dossier)
    step("lecture des pièces")
    found = desk.filing.fiche(given.dossier)
    return ToolReply({"dossier": given.dossier} | fiche_fields(found), _fiche_text(found))


def _fiche_text(fiche: Fiche) -> str:
    """The lines that say something, and the names of the others."""
    silent = [line.label for line in fiche.lines if not (line.entries or line.remark)]
    said = ("\n".join(_line(line)) for line in fiche.lines if line.entries or line.remark)
    return paragraphs([*said, f"Non trouvé : {', '.join(silent)}." if silent else ""])


def _line(line: FicheLine) -> Iterator[str]:
    yield f"## {line.label} : {line.state}"
    if line.remark:
        yield line.remark
    for text, entries in line.texts.items():
        yield quoted(text)
        yield f"({', '.join(entry.passage.locator for entry in entries)})"


class ReviewArguments(ToolArguments):
    """A dossier, and another day than its own."""

    dossier: Annotated[Identifier, DOSSIER]
    as_of: Annotated[
        date | None,
        Field(
            description="Jour du droit applicable, AAAA-MM-JJ (sinon : celui du dossier, d'après "
            "l'envoi de l'avis)."
        ),
    ] = None


def _review(desk: Desk, given: ReviewArguments, step: Step) -> ToolReply:
    require_dossier(desk, given.dossier)
    step("relecture des pièces")
    found = desk.review(given.dossier, given.as_of)
    return ToolReply(review_fields(given.dossier, found), _review_text(found))


def _review_text(found: FiledReview) -> str:
    points = sum(each.severity is not FindingSeverity.UNCHECKED for each in found.findings)
    said = f"{points} point{'s' if points > 1 else ''} à vérifier" if points else "Rien à vérifier"
    head = f"{said} · droit au {found.law_day:%d/%m/%Y}. Rien n'est un verdict."
    return paragraphs([head, *("\n".join(_finding(each)) for each in found.findings)])


def _finding(finding: ConformityFinding) -> Iterator[str]:
    is_unchecked = finding.severity is FindingSeverity.UNCHECKED
    yield finding.sentence if is_unchecked else f"{finding.severity} : {finding.sentence}"
    for passage in finding.places:
        yield f"{passage.locator} :\n{quoted(passage.text)}"
    for ground in finding.grounds:
        yield f"{ground.passage.locator} :\n{quoted(ground.quote)}"


FICHE = Tool(
    "dossier_fiche",
    "Résumer un dossier de marché",
    "La fiche de synthèse d'un dossier de marché : objet, procédure, lots, durée, critères, "
    "pénalités, prix, délais… chaque texte repris mot pour mot de la pièce citée, avec les "
    "désaccords entre pièces. « non trouvé » veut dire qu'aucune tournure connue n'a été lue, pas "
    "que la clause manque.",
    FicheArguments,
    _fiche,
)
REVIEW = Tool(
    "dossier_review",
    "Relire un dossier de marché",
    "Compare les pièces d'un dossier de marché aux règles de sa date et entre elles : écarts, "
    "contradictions, clauses absentes, chacun avec ses passages et l'article. Rien n'est un "
    "verdict : présentez chaque point comme à vérifier.",
    ReviewArguments,
    _review,
)
