"""Closing: what the program says last, in its own name; each "" where there is nothing to say."""

from assistant.answering.notices import not_found, notice, referred_to, untold_of
from assistant.answering.state import TurnState
from assistant.question.language import Language
from assistant.question.rewriting import asks_several
from assistant.question.scope import general_texts_meant
from assistant.retrieval.hierarchy import general_text
from ingestion.documents.general_clauses import general_text_of


def absence(turn: TurnState) -> str:
    """Why there is no answer: the law of that day is not kept here, or nothing was found."""
    if turn.untold:
        return untold_of(turn.language, turn.scope.as_of, [])
    if turn.scope.dossier is not None:
        return notice("not_found_in_dossier", turn.language)
    manifest = turn.generation.manifest
    return not_found(turn.language, manifest.passages, manifest.state_date)


def waiting(turn: TurnState) -> str:
    """That pieces of the dossier are not indexed yet."""
    return notice("to_index", turn.language) if turn.to_index else ""


def asked_together(turn: TurnState) -> str:
    """That several things were asked and searched as one."""
    is_cut = turn.scope.dossier is not None or len(turn.parts) > 1
    if is_cut or turn.language is not Language.FRENCH or not asks_several(turn.standalone):
        return ""
    return notice("asked_together", turn.language)


def referred(turn: TurnState) -> str:
    """Which CCAG the dossier refers to, where one is cited or asked about."""
    if turn.scope.dossier is None:
        return ""
    asked = general_texts_meant([turn.standalone])
    is_cited = any(general_text(item.passage) for item in turn.cited)
    if not (asked or is_cited):
        return ""
    titles = turn.generation.manifest.titles
    indexed = frozenset(text for title in titles if (text := general_text_of(title)))
    return referred_to(turn.language, turn.applied, asked or (), indexed)
