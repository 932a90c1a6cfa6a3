"""Gold questions: those that a reader has judged and that every new index must still answer.

`gold.jsonl` has a line a question, in the format of the question sets of `sourcier eval`.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assistant.answering.answer import Answer, TurnResult
from assistant.errors import WrongQuestions
from assistant.evaluation import questions
from assistant.evaluation.grading import Graded, grade, unread
from assistant.evaluation.questions import Question, read_questions
from assistant.journal.chain import entry_id
from assistant.journal.journal import Journal
from ingestion.blobs import blobs_of

FILE = "gold.jsonl"

CANDIDATE = "candidate.json"
"""The index that waits, with its `verdict`: how it answered them."""

PROMOTED, CORRECTED, REMOVED = "promoted", "corrected", "removed"
"""Acts of entries of kind "review" that change the set."""

RECORD = "enregistrement"
"""Field of a line with the answer that its question was asked in."""

MOST_OPTIONAL = 8
"""Signs that a fact may leave out: each doubles what is tried."""

NOT_PLAIN = (
    "Question « {name} » : le fait « {fact} » répète ou groupe des signes. Écrivez-le tel que la "
    "réponse doit le dire : | entre deux façons de le dire, ? après un signe facultatif, et une "
    "barre oblique inverse devant ( ) [ ] {{ }} * + ? ^ $ à lire tels quels."
)

_PLAIN = re.compile(r"(?:(?:[^\\^$*+?{}\[\]()|]|\\[\Wdsw_])\??|\\b|\|)*", re.DOTALL)

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question, the articles that must be cited, and what the answer must say.

    Each of `facts` is a plain expression that must be found in the answer, case ignored.
    """

    id: str
    question: str
    as_of: date | None = None
    articles: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    refusal_expected: bool = False


class GoldQuestions:
    """The gold questions of a data folder; several people may change them."""

    def __init__(self, home: Path) -> None:
        self._blobs = blobs_of(home)

    def all(self) -> tuple[GoldQuestion, ...]:
        """Every question, in the order of adding; raises WrongQuestions naming a broken line."""
        with self._blobs.local(FILE) as path:
            return tuple(map(_gold, read_questions(path))) if path.exists() else ()

    def get(self, question_id: str) -> GoldQuestion | None:
        """The question of this identifier, None when there is none."""
        return next((each for each in self.all() if each.id == question_id), None)

    def put(self, question: GoldQuestion, record_id: str = "") -> None:
        """Add a question, or replace the one of the same identifier.

        `record_id` is the answer that it was asked in, if any. Raises WrongQuestions when it is not
        a question; what was there stays.
        """
        check(question)
        asked = {RECORD: record_id} if record_id else {}
        with self._rows() as rows:
            rows[question.id] = rows.get(question.id, {}) | _row(question) | asked

    def remove(self, question_id: str) -> None:
        """Take a question out, if it is there."""
        with self._rows() as rows:
            rows.pop(question_id, None)

    def records(self) -> dict[str, str]:
        """The answers that questions were asked in, by the identifier of the question."""
        return {name: str(row[RECORD]) for name, row in self._read().items() if row.get(RECORD)}

    def export(self) -> bytes:
        """The file as it is."""
        return self._blobs.get(FILE) or b""

    def _read(self) -> dict[str, dict[str, Any]]:
        """The lines by identifier; raises WrongQuestions for a broken one."""
        self.all()
        lines = self.export().decode().split("\n")
        return {str(row["id"]): row for row in map(json.loads, filter(str.strip, lines))}

    @contextmanager
    def _rows(self) -> Iterator[dict[str, dict[str, Any]]]:
        """The lines by identifier, to be changed; what they hold beyond ours is kept."""
        with self._blobs.writing(FILE):
            rows = self._read()  # a broken line is said, and not lost by writing over it
            yield rows
            written = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows.values())
            self._blobs.put(FILE, written.encode())


def check(question: GoldQuestion) -> None:
    """Raise WrongQuestions for what is no question, or says nothing of its answer."""
    if not _ID.fullmatch(question.id):
        raise WrongQuestions(
            f"« {question.id[:64]} » ne peut pas nommer une question : lettres sans accent, "
            "chiffres, points, tirets et tirets bas, 64 au plus."
        )
    if not question.question.strip():
        raise WrongQuestions("La question est vide. Écrivez-la comme un acheteur la poserait.")
    if not (question.articles or question.facts or question.refusal_expected):
        raise WrongQuestions(
            "Dites ce qui est attendu : un article à citer, un fait à dire, ou un refus."
        )
    require_plain(question.id, question.facts)


def require_plain(name: str, facts: Iterable[str]) -> None:
    """Raise WrongQuestions for a fact that is no text, or several between bars.

    An expression that repeats or groups may take for ever to search for, and the gate with it: one
    that does neither is found, or not, in the time of reading the answer.
    """
    for fact in facts:
        if not _PLAIN.fullmatch(fact) or fact.count("?") > MOST_OPTIONAL:
            raise WrongQuestions(NOT_PLAIN.format(name=name, fact=fact))


def _row(question: GoldQuestion) -> dict[str, Any]:
    return {
        "id": question.id,
        "question": question.question,
        "as_of": question.as_of and question.as_of.isoformat(),
        "articles_attendus": list(question.articles),
        "faits": [[fact] for fact in question.facts],
        "attendu_refus": question.refusal_expected,
    }


def question_of(question: GoldQuestion) -> Question:
    """The question as sets are read, to hold an answer against it."""
    return questions.question_of(_row(question), FILE)


def _gold(question: Question) -> GoldQuestion:
    facts = tuple("|".join(each.pattern for each in group) for group in question.facts)
    return GoldQuestion(
        question.id,
        question.text,
        question.as_of,
        question.articles,
        facts,
        question.refusal_expected,
    )


# Promoted: the gold questions that hold the words of somebody, to be taken out with theirs.


def promoted_from(home: Path, journal: Journal, pseudonym: str) -> tuple[str, ...]:
    """Identifiers of the gold questions that were asked in answers to someone.

    Raises WrongQuestions for a broken set.
    """
    known = asked_in(home, journal)
    asked = {entry_id(each) for each in journal.entries() if each["user"] == pseudonym}
    return tuple(each.id for each in GoldQuestions(home).all() if known.get(each.id) in asked)


def asked_in(home: Path, journal: Journal) -> Mapping[str, str]:
    """The answers that gold questions were asked in, by the identifier of the question.

    The set says so itself, or the journal of those that an earlier version promoted, as long as it
    has the words. Raises WrongQuestions for a broken set.
    """
    told = {}
    for entry in journal.entries():
        body = journal.body(entry) if entry["kind"] == "review" else None
        if body and body["act"] in (PROMOTED, CORRECTED) and body["record_id"]:
            told[body["question_id"]] = body["record_id"]
    return told | GoldQuestions(home).records()


def take_out(home: Path, journal: Journal, questions: Iterable[str], *, user: str) -> None:
    """Take gold questions out, each with its entry in the journal.

    The index that waits loses its verdict, which has their words: the gate examines it again. The
    caller holds the writer's lock: a gate at work would write them again.
    """
    blobs = blobs_of(home)
    if waiting := blobs.get(CANDIDATE):
        blobs.put(CANDIDATE, json.dumps(json.loads(waiting) | {"verdict": None}).encode())
    for question_id in questions:
        GoldQuestions(home).remove(question_id)
        told = {"act": REMOVED, "question_id": question_id}
        journal.append("review", told, user=user)


# Trials: a question for the evaluation set, asked of the index in service and of a broken one.
#
# A question that the index in service misses, or that is still answered rightly once the texts that
# carry the answer are gone, would never tell the gate that an index lost something.


NO_FACT = (
    "Donnez au moins un fait que la réponse doit dire, pris du texte : un montant, un délai, une "
    "condition. Un article cité ne dit pas que la réponse est juste."
)
"""Why a question without a fact is not taken."""


@dataclass(frozen=True, slots=True)
class GoldTrial:
    """What the index in service answered, and a broken one; None where nothing was broken.

    A refusal that is expected cannot be broken by taking texts away.
    """

    served: Graded
    broken: Graded | None

    @property
    def refusal(self) -> str:
        """Why the question tells nothing, in French, "" when it tells the two apart."""
        if not self.served.correct:
            faults = " ; ".join(self.served.told)
            return (
                f"L'index en service ne répond pas comme attendu ({faults}). Il répond : « "
                f"{_shortened(self.served.result.answer)} » Corrigez l'attendu, ou les textes "
                "d'abord : une question déjà manquée ne verrait rien se perdre."
            )
        if uncited := self.served.uncited:
            return (
                "L'index en service répond sans citer ce qui est attendu : "
                f"{', '.join(uncited)}. Donnez les articles que la réponse doit citer, un par "
                "ligne : celui qui n'est pas cité aujourd'hui ne se verrait pas perdre."
            )
        if self.broken is not None and self.broken.correct:
            return (
                "La question ne distingue pas un index privé des textes attendus, qui répond "
                f"encore : « {_shortened(self.broken.result.answer)} » Donnez un fait que seuls "
                "ces textes portent, ou les articles qui manquent à la liste."
            )
        return ""


Asked = Callable[[frozenset[str]], TurnResult]
"""Asks the question of an index that lacks some references and passages."""

ROUNDS = 3
"""Times that what carries the answer is taken away: an article, its twins elsewhere, sheets."""


def tried(question: GoldQuestion, asked: Asked) -> GoldTrial:
    """Ask a question of the whole index, then without the texts that carry the answer.

    The expected articles and what the answer cites go first; then, as long as the answer is still
    right, what that one cites.
    """
    served = asked(frozenset())
    if question.refusal_expected:
        return GoldTrial(graded(question, served), None)
    lacking = frozenset(question_of(question).articles) | _cited(served)
    for _ in range(ROUNDS):
        broken = asked(lacking)
        if not graded(question, broken).correct or _cited(broken) <= lacking:
            break
        lacking |= _cited(broken)
    return GoldTrial(graded(question, served), graded(question, broken))


def _cited(result: TurnResult) -> frozenset[str]:
    return frozenset(each.passage_id for each in result.answer.citations)


def graded(question: GoldQuestion, result: TurnResult) -> Graded:
    """An answer held against what is expected, its quotes left aside."""
    return grade(question_of(question), result, unread)


LONGEST = 240
"""Characters of an answer that are told."""


def _shortened(answer: Answer) -> str:
    text = " ".join(answer.markdown.split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
