"""The questions that lead to a passage, or to none: those of the bank, and those of people.

They are searched by meaning, question against question, since buyers do not speak as the law does;
they are never shown as text of the law, and never quoted. Those that no text answers tell that a
question near to them has no answer either.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from ingestion.index.question_bank import Elsewhere
from ingestion.index.search import Hit, Vectors

QUESTIONS, VECTORS = "leading.json", "questions.npy"

NEAREST = 3
"""Questions of a passage by which it is found: several that are near say more than one."""

AROUND = 60
"""Wordings around a question that tell whether questions like it have a whole answer."""

SHARPNESS = 0.05
"""Difference of cosines by which one question counts e times another."""

LESS_SURE = 0.015
"""How much farther a question counts that was written for no article, where passages are searched:
with it who asks as the bank does finds theirs as before (tests/studies/README.md)."""

AGREED = 0.6
"""What share of the questions around says where to look before that is told: by folds of authors
0.93 of what is told is then what a reader says (tests/studies/README.md)."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RuleGround:
    """The passages of an article that a rule rests on, and the words of it that say it."""

    passage_ids: tuple[str, ...]
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class LeadingQuestion:
    """A question in one wording, and the identifiers of the passages that answer it, if any do.

    `of` is the identifier of its line in the bank, the same for all its wordings, "" for one that
    was written for no article: people's, and those of dossiers. `rule` is the sentence of ours that
    answers, "" where none does or the article's text is no longer that on which it was written.
    `spans` are the words that say it, half-open characters of that text; none where only sheets are
    there. `bearing` are the passages of the rule's own article, where the question may lead to
    others, and `also` what it rests on in other articles. `is_open` tells that it is answered in
    part only, `elsewhere` where to look for what leads nowhere, None where nobody could tell.
    """

    text: str
    passage_ids: tuple[str, ...]
    of: str = ""
    rule: str = ""
    spans: tuple[tuple[int, int], ...] = ()
    bearing: tuple[str, ...] = ()
    is_open: bool = False
    elsewhere: Elsewhere | None = None
    also: tuple[RuleGround, ...] = ()

    @property
    def grounds(self) -> tuple[RuleGround, ...]:
        """What its rule rests on, an article each, the most direct first."""
        return (RuleGround(self.bearing or self.passage_ids, self.spans), *self.also)

    def without(self, gone: Collection[str]) -> "LeadingQuestion":
        """The same where these passages are no longer there; a rule that none bears is not said."""
        left = replace(self, passage_ids=_left(self.passage_ids, gone))
        if any(not _left(ground.passage_ids, gone) for ground in self.grounds):
            return replace(left, rule="", spans=(), bearing=(), also=())
        also = (replace(each, passage_ids=_left(each.passage_ids, gone)) for each in self.also)
        return replace(left, bearing=_left(self.bearing, gone), also=tuple(also))


def _left(passage_ids: Iterable[str], gone: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in passage_ids if name not in gone)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How near a question is to one that leads to passages: the cosine of the two."""

    question: LeadingQuestion
    cosine: float


class QuestionIndex:
    """Passages by how near a question is to those that lead to them."""

    def __init__(self, questions: tuple[LeadingQuestion, ...], vectors: Vectors) -> None:
        """Row i of `vectors` belongs to `questions[i]`; without any they lead nowhere."""
        self.questions, self.vectors = questions, vectors
        leads_to = [each.passage_ids for each in self.questions]
        self._passage_ids = sorted({name for names in leads_to for name in names})
        place = {name: number for number, name in enumerate(self._passage_ids)}
        links = sorted((place[name], row) for row, names in enumerate(leads_to) for name in names)
        self._places, self._rows = np.array(links, dtype=np.intp).reshape(-1, 2).T
        self._sizes = np.bincount(self._places, minlength=len(place))
        self._firsts = np.cumsum(self._sizes) - self._sizes
        self._asked = frozenset(self._passage_ids)
        self._changed = frozenset(
            name
            for each in self.questions
            if each.of and not each.rule
            for name in each.passage_ids
        )
        self._is_answered = np.array([bool(names) for names in leads_to], dtype=bool)
        self._has_rule = np.array([bool(each.rule) for each in self.questions], dtype=bool)
        is_open = [each.is_open or not each.passage_ids for each in self.questions]
        self._is_open = np.array(is_open, dtype=bool)
        self._nowhere = np.flatnonzero(~self._is_answered)
        self._of_people = np.flatnonzero([not each.of for each in self.questions])
        self._farther = np.array([0.0 if each.of else LESS_SURE for each in self.questions])

    def __len__(self) -> int:
        return len(self.questions)

    def __contains__(self, passage_id: str) -> bool:
        """Whether a question leads to this passage."""
        return passage_id in self._asked

    def has_changed(self, passage_id: str) -> bool:
        """Whether the bank was written on another text of the article than this passage is of."""
        return passage_id in self._changed

    def search(self, vector: Vectors, k: int) -> list[Hit]:
        """At most `k` hits, best first; the score is how near the `NEAREST` are on the average."""
        if not self.questions:
            return []
        cosines = (self.vectors @ vector - self._farther)[self._rows]
        near = np.zeros(len(self._sizes))
        for taken in range(NEAREST):
            nearest = np.maximum.reduceat(cosines, self._firsts)
            near += np.where(self._sizes > taken, nearest, 0.0)
            rows = np.flatnonzero(cosines == nearest[self._places])
            # Of equal ones the first is taken, and the next in the next pass.
            _, once = np.unique(self._places[rows], return_index=True)
            cosines[rows[once]] = -np.inf
        scores = near / np.minimum(self._sizes, NEAREST)
        best = np.argsort(-scores, kind="stable")[:k]
        return [Hit(self._passage_ids[place], float(scores[place])) for place in best]

    def nearest(self, vector: Vectors) -> float:
        """The cosine of the nearest of all; 0 where there is none."""
        return float((self.vectors @ vector).max()) if self.questions else 0.0

    def unanswered(self, vector: Vectors) -> float:
        """How much nearer a question is to those that no text answers than to those that one does.

        The difference of the mean cosines of the `NEAREST` of each; 0 where there are none of one.
        """
        if not self.questions:
            return 0.0
        cosines = self.vectors @ vector
        near = [np.sort(cosines[of])[-NEAREST:] for of in (~self._is_answered, self._is_answered)]
        return float(near[0].mean() - near[1].mean()) if near[0].size and near[1].size else 0.0

    def elsewhere(self, vector: Vectors) -> Elsewhere | None:
        """Where to look for what nothing here answers, None where the questions around disagree."""
        shares = self.places(vector)
        likeliest = max(shares, key=lambda place: shares[place], default=None)
        return likeliest if shares.get(likeliest, 0.0) >= AGREED else None

    def places(self, vector: Vectors) -> Mapping[Elsewhere | None, float]:
        """For what share of the questions around that nothing answers one would look where.

        By how near these are, of the `AROUND` nearest; None stands for those that nobody could
        tell. Empty where there are none.
        """
        if not len(self._nowhere):
            return {}
        near, counts = _weighed((self.vectors @ vector)[self._nowhere])
        shares: dict[Elsewhere | None, float] = defaultdict(float)
        for row, count in zip(self._nowhere[near], counts / counts.sum(), strict=True):
            shares[self.questions[row].elsewhere] += float(count)
        return dict(shares)

    def settled(self, vector: Vectors) -> float:
        """What share of the questions around a rule answers, of these and those left open.

        By how near they are; 0 without any of either.
        """
        counts, ruled, left_open = self._around(vector)
        both = counts[ruled | left_open].sum()
        return float(counts[ruled].sum() / both) if both else 0.0

    def left_open(self, vector: Vectors) -> float:
        """What share of the questions around nothing answers, or in part only; 0 without any.

        Of all: those whose rule is unknown, or no longer that of the text, leave nothing open.
        """
        counts, _, left_open = self._around(vector)
        return float(counts[left_open].sum() / counts.sum()) if counts.size else 0.0

    def answering(self, vector: Vectors) -> Mapping[str, float]:
        """What share of people's questions around each passage answers, by how near these are.

        Of the `AROUND` nearest, those that nothing answers included. Readers named up to three
        articles for each, so that what completes an answer is among them.
        """
        if not len(self._of_people):
            return {}
        near, counts = _weighed((self.vectors @ vector)[self._of_people])
        shares: dict[str, float] = defaultdict(float)
        for row, count in zip(self._of_people[near], counts / counts.sum(), strict=True):
            for name in self.questions[row].passage_ids:
                shares[name] += float(count)
        return dict(shares)

    def _around(self, vector: Vectors) -> tuple[Vectors, Flags, Flags]:
        """How much each wording around counts, whether it has a rule, and whether it is open."""
        if not self.questions:
            return np.zeros(0, np.float32), np.zeros(0, np.bool_), np.zeros(0, np.bool_)
        near, counts = _weighed(self.vectors @ vector)
        return counts, self._has_rule[near], self._is_open[near]

    def alike(self, vector: Vectors, k: int) -> list[Likeness]:
        """The `k` questions with a rule most alike, each in its nearest wording, best first."""
        if not self.questions:
            return []
        cosines = self.vectors @ vector
        nearest: dict[str, Likeness] = {}
        for row in np.argsort(-cosines, kind="stable"):
            question = self.questions[row]
            if question.rule:
                nearest.setdefault(
                    question.of or question.text, Likeness(question, float(cosines[row]))
                )
            if len(nearest) == k:
                break
        return list(nearest.values())


def _weighed(cosines: Vectors) -> tuple[NDArray[np.intp], Vectors]:
    """The rows of the `AROUND` nearest, and how much each counts: 1 for the nearest of all."""
    near = np.argpartition(-cosines, min(AROUND, len(cosines)) - 1)[:AROUND]
    return near, np.exp((cosines[near] - cosines.max()) / SHARPNESS)


_questions = TypeAdapter(tuple[LeadingQuestion, ...])


def questions_json(questions: Sequence[LeadingQuestion]) -> bytes:
    """Questions as they are kept in a snapshot."""
    return _questions.dump_json(tuple(questions), exclude_defaults=True)


def parsed_questions(written: bytes) -> tuple[LeadingQuestion, ...]:
    """The questions that `questions_json` wrote."""
    return _questions.validate_json(written)


def write_questions(folder: Path, questions: Sequence[LeadingQuestion], vectors: Vectors) -> None:
    """Write questions into a folder; row i of `vectors` belongs to `questions[i]`."""
    (folder / QUESTIONS).write_bytes(questions_json(questions))
    np.save(folder / VECTORS, vectors)


def read_leading_questions(folder: Path) -> QuestionIndex:
    """What `write_questions` left in a folder; one without any leads nowhere."""
    if not (folder / QUESTIONS).exists():
        return QuestionIndex((), np.zeros((0, 0), dtype=np.float32))
    written = (folder / QUESTIONS).read_bytes()
    return QuestionIndex(parsed_questions(written), np.load(folder / VECTORS, allow_pickle=False))
