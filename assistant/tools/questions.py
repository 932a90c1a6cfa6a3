"""The tools that read: `ask`, `search_texts`, `dossier_fiche` and `dossier_review`."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import chain, groupby
from typing import Annotated

from pydantic import Field

from assistant.answering.answer import (
    Citation,
    Event,
    Finished,
    Found,
    ModelReading,
    QueueWaiting,
    TurnResult,
    cite,
)
from assistant.answering.notices import disputed_by
from assistant.answering.record import contract, search_fields
from assistant.question.language import Language
from assistant.tenders.conformity.review import FiledReview, quotes, review_fields
from assistant.tenders.conformity.rules import ConformityFinding, FindingSeverity
from assistant.tenders.fiche import Fiche, FicheLine, fiche_fields
from assistant.tools.tool import (
    DOSSIER,
    Identifier,
    Step,
    Tool,
    ToolArguments,
    ToolReply,
    ToolService,
    Words,
    WrittenDay,
    doubts,
    paragraphs,
    place,
    quoted,
    require_dossier,
)

AsOf = Annotated[
    WrittenDay | None,
    Field(
        description="Jour du droit applicable, AAAA-MM-JJ. Sans lui : le jour que nomme la "
        "question (« en mars 2024 »), sinon aujourd'hui."
    ),
]


class QuestionArguments(ToolArguments):
    """A question, the day of its law and the dossier that it is about."""

    question: Annotated[
        Words,
        Field(
            description="La question complète, en français de préférence, telle que l'utilisateur "
            "la pose : elle doit se comprendre seule, sans la conversation qui précède. Gardez ses "
            "montants, ses dates et qui achète ; une seule question à la fois."
        ),
    ]
    as_of: AsOf = None
    dossier: Annotated[Identifier | None, DOSSIER] = None


def _ask(service: ToolService, given: QuestionArguments, step: Step) -> ToolReply:
    """Take a turn to its end; when the call is given up, the turn is stopped and on record."""
    require_dossier(service, given.dossier)
    turn = service.ask(given.question, as_of=given.as_of, history=(), dossier=given.dossier)
    with closing(turn):
        for event in turn:
            if isinstance(event, Finished):
                return ToolReply(contract(event.result), _answer_text(event.result))
            step(_told(event))
    raise AssertionError("a turn that is not interrupted ends with Finished")


def _told(event: Event) -> str:
    """How far a turn has come."""
    match event:
        case QueueWaiting(ahead):
            return f"{ahead} question{'s' if ahead > 1 else ''} avant celle-ci"
        case Found(evidence=evidence):
            several = "s" if len(evidence) > 1 else ""
            return f"{len(evidence)} passage{several} trouvé{several}"
        case ModelReading():
            return "lecture"
        case _:
            return "vérification des phrases"


def _answer_text(result: TurnResult) -> str:
    """The answer, its passages, those that it does not quote again with their words."""
    shown = result.answer.markdown
    places = list(_places(result, result.answer.citations, shown))
    if places:
        places.insert(0, "Passages cités :")
    elif result.evidence:
        nearest = (f"[{item.number}] {item.passage.locator}" for item in result.evidence)
        places = ["Passages les plus proches, non cités :", "\n".join(nearest)]
    return paragraphs([shown, *_proposals(result), *places, _ending(result)])


def _places(result: TurnResult, citations: tuple[Citation, ...], shown: str) -> Iterator[str]:
    """The place of each passage cited, the words cited unless they are shown, and their doubts."""
    evidence = {item.number: item for item in result.evidence}
    for number, group in groupby(citations, key=lambda each: each.n):
        cited, item = tuple(group), evidence[number]
        words = [quoted(each.quote) for each in cited if each.quote not in shown]
        unsure = dict.fromkeys(chain.from_iterable(map(doubts, cited)))
        told = (*unsure, *disputed_by(item, Language.FRENCH), *item.passage.notes)
        every = replace(
            cited[0],
            hidden=any(each.hidden for each in cited),
            recognised=any(each.recognised for each in cited),
        )
        yield "\n".join([place(every, item.passage), *words, *told])


def _proposals(result: TurnResult) -> Iterator[str]:
    for dossier in result.proposed:
        yield (
            f"La question semble porter sur le dossier {dossier.id}, qui n'a pas été consulté : "
            f'pour l\'interroger, recommencez avec "dossier": "{dossier.id}".'
        )


def _ending(result: TurnResult) -> str:
    return (
        f"Droit au {result.as_of:%d/%m/%Y} · index {result.generation} · enregistrement "
        f"{result.record_id}"
    )


class SearchArguments(ToolArguments):
    """What is looked for, the day of its law and the dossier that it is looked for in."""

    query: Annotated[
        Words,
        Field(
            description="Ce qui est cherché, en français : une question ou quelques mots du sujet."
        ),
    ]
    as_of: AsOf = None
    dossier: Annotated[Identifier | None, DOSSIER] = None


def _search(service: ToolService, given: SearchArguments, step: Step) -> ToolReply:
    require_dossier(service, given.dossier)
    result = service.search(given.query, as_of=given.as_of, dossier=given.dossier)
    whole = tuple(cite(item, 0, len(item.passage.text)) for item in result.evidence)
    found = list(_places(result, whole, ""))
    if not found:
        found = ["Aucun passage trouvé. Essayez d'autres mots, ou un autre jour (as_of)."]
    text = paragraphs([*found, *_proposals(result), _ending(result)])
    return ToolReply(search_fields(result), text)


ASK = Tool("ask", QuestionArguments, _ask)
SEARCH = Tool("search_texts", SearchArguments, _search)


# The tools `dossier_fiche` and `dossier_review`: what the pieces of a dossier state, and lack.


class FicheArguments(ToolArguments):
    """A dossier."""

    dossier: Annotated[Identifier, DOSSIER]


def _fiche(service: ToolService, given: FicheArguments, step: Step) -> ToolReply:
    require_dossier(service, given.dossier)
    step("lecture des pièces")
    found = service.filing.fiche(given.dossier)
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
        yield f"({', '.join(entry.located for entry in entries)})"


class ReviewArguments(ToolArguments):
    """A dossier, and another day than its own."""

    dossier: Annotated[Identifier, DOSSIER]
    as_of: Annotated[
        WrittenDay | None,
        Field(
            description="Jour du droit applicable, AAAA-MM-JJ (sinon : celui du dossier, d'après "
            "l'envoi de l'avis)."
        ),
    ] = None


def _review(service: ToolService, given: ReviewArguments, step: Step) -> ToolReply:
    require_dossier(service, given.dossier)
    step("relecture des pièces")
    found = service.review(given.dossier, given.as_of)
    return ToolReply(review_fields(given.dossier, found), _review_text(found))


def _review_text(found: FiledReview) -> str:
    head = f"{found.headline}. Rien n'est un verdict."
    return paragraphs([head, *("\n".join(_finding(each)) for each in found.findings)])


def _finding(finding: ConformityFinding) -> Iterator[str]:
    is_unchecked = finding.severity is FindingSeverity.UNCHECKED
    yield finding.sentence if is_unchecked else f"{finding.severity} : {finding.sentence}"
    for where, text in quotes(finding):
        yield f"{where} :\n{quoted(text)}"


FICHE = Tool("dossier_fiche", FicheArguments, _fiche)
REVIEW = Tool("dossier_review", ReviewArguments, _review)
