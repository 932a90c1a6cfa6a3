"""Promoted: the gold questions that hold the words of somebody, to be taken out with theirs."""

from collections.abc import Iterable
from pathlib import Path

from assistant.journal import Journal
from assistant.review.gold import CORRECTED, PROMOTED, REMOVED, GoldQuestions


def promoted_from(home: Path, journal: Journal, pseudonym: str) -> tuple[str, ...]:
    """Identifiers of the gold questions that were asked in answers to someone.

    The set says so itself, or the journal of those that an earlier version promoted, as long as it
    has the words. Raises WrongQuestions for a broken set.
    """
    gold, asked, told = GoldQuestions(home), set(), dict[str, str]()
    for entry in journal.entries():
        if entry["user"] == pseudonym:
            asked.add(entry["hash"][:16])
        body = journal.body(entry) if entry["kind"] == "review" else None
        if body and body["act"] in (PROMOTED, CORRECTED) and body["record_id"]:
            told[body["question_id"]] = body["record_id"]
    known = told | gold.records()
    return tuple(each.id for each in gold.all() if known.get(each.id) in asked)


def take_out(home: Path, journal: Journal, questions: Iterable[str], *, user: str) -> None:
    """Take gold questions out, each with its entry in the journal."""
    for question_id in questions:
        GoldQuestions(home).remove(question_id)
        told = {"act": REMOVED, "question_id": question_id}
        journal.append("review", told, user=user)
