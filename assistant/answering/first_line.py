"""The first line: of rules and of dossiers, what answers in a sentence, where it is sure to.

Of the rules it is one of the bank: what an article says, in a sentence of ours that is true
wherever it is read, written on a text that is still the same (its hash), for several questions of
the bank or of people. That it answers another is told by how many of those are near, and how many
that no rule answers; by how near the rule is, by how likely its passage is, and by what readers
thought of rules like it as the answer to questions like this one. One that may not answer is told
as what its article says.

Of a dossier it is a sentence of a piece of the buyer's, whole and as it stands there for all to
see: what a tenderer wrote binds nobody yet, and a piece may derogate from the CCAG. That it answers
is told by how near it is to the question, by how much it is ahead of the others, by what the reader
tells of its passage, and by what other dossiers leave open.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp

from assistant.answering.answer import Prominence
from assistant.answering.extraction import ASTRAY
from assistant.answering.quotable import Draft
from assistant.question.language import Language
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.hierarchy import ARTICLES, Rank, rank_of
from assistant.retrieval.tuning import ClauseWeights, PreparedWeights
from ingestion.index.judged_rules import JudgedRules
from ingestion.index.question_bank import english_rules
from ingestion.index.questions import SHARPNESS, Likeness, QuestionIndex, RuleGround
from ingestion.index.search import Embedder, Vectors

ALIKE = 40
"""Questions with a rule that are looked at, each in its nearest wording."""

LONGEST = 30
"""Words of a sentence of a dossier that is said as the line."""

PLAINLY = {Language.FRENCH: "En clair", Language.ENGLISH: "In plain words"}
"""What is told before a rule that is not sure to answer."""


@dataclass(frozen=True, slots=True)
class PreparedAnswer:
    """A rule of the bank, the evidence that it was written on, and the words of it that answer.

    None are known of a sheet, nor counted on where it is not sure to answer the whole question:
    there all that is found of its passage is quoted. `also` is what it rests on in other articles
    than that of the evidence, `besides` these once they are shown.
    """

    text: str
    evidence: Evidence
    quotes: tuple[Draft, ...] = ()
    is_sure: bool = True
    is_likely: bool = True
    also: tuple[RuleGround, ...] = ()
    besides: tuple[Evidence, ...] = ()

    def carried_by(self, quoted: Sequence[Draft]) -> list[Draft]:
        """The words that answer, else what is quoted of its passage: never folded."""
        of_passage = [each for each in quoted if each.evidence[0] == self.evidence]
        own, others = (self.quotes, of_passage) if self.is_sure else (of_passage, self.quotes)
        carrying = own or others
        return [replace(each, place=Prominence.BODY) for each in carrying]

    def in_english(self) -> "PreparedAnswer | None":
        """The same for who asked in English, None where the bank has it in French only."""
        said = english_rules().get(self.text)
        return replace(self, text=said) if said else None


@dataclass(frozen=True, slots=True)
class CandidateRule:
    """A rule that may answer a question, and what tells whether it does.

    `vote` is the share that its questions have in how near those with a rule are, `nearness` the
    cosine of the question with the rule, `ahead` by how much it is above that of the nearest other,
    `judged` the odds by what was judged of others. `settled` is the same for all rules: how many of
    the questions around are answered by one.
    """

    answer: PreparedAnswer
    vote: float
    nearness: float
    ahead: float
    judged: float = 0.0
    settled: float = 0.0

    @property
    def share(self) -> float:
        """That of its passage in what was found."""
        return self.answer.evidence.score

    def odds(self, weights: PreparedWeights) -> float:
        """How sure it is that it answers; above 0 it does."""
        return (
            weights.vote * self.vote
            + weights.nearness * self.nearness
            + weights.ahead * self.ahead
            + weights.share * self.share
            + weights.judged * self.judged
            + weights.settled * self.settled
            + weights.bias
        )


def prepared_answer(
    candidates: Sequence[CandidateRule], weights: PreparedWeights
) -> PreparedAnswer | None:
    """The likeliest rule, None where not even that is likely to be of use. Pure."""
    best = max(candidates, key=lambda each: each.odds(weights), default=None)
    if best is None or best.odds(weights) <= weights.of_use:
        return None
    odds = best.odds(weights)
    return replace(best.answer, is_sure=odds > 0, is_likely=odds > weights.likely)


def candidate_rules(
    asked: Vectors,
    evidence: Sequence[Evidence],
    questions: QuestionIndex,
    embedder: Embedder,
    judged: JudgedRules,
    *,
    is_of_today: bool,
    leaving: str = "",
) -> list[CandidateRule]:
    """The rules of the nearest questions that the evidence bears; `asked` is the vector of theirs.

    What was judged of the question `leaving` does not count: it is asked to measure. A sheet does
    not tell which text a rule was written on: it bears one where the law asked about is that of
    today only.
    """
    bearing = [item for item in evidence if _bears(item, is_of_today=is_of_today)]
    near = _near_rules(bearing, questions.alike(asked, ALIKE))
    if not near:
        return []
    rules = judged.vectors(list(near), embedder)
    cosines = [float(cosine) for cosine in rules @ asked]
    odds = judged.odds(asked, rules, leaving=leaving)
    settled = questions.settled(asked)
    answers = [of[0].answer(rule) for rule, of in near.items()]
    signals = zip(_votes(near.values()), cosines, _ahead(cosines), odds, strict=True)
    return [
        CandidateRule(answer, *signal, settled)
        for answer, signal in zip(answers, signals, strict=True)
    ]


def _votes(near: Iterable[Sequence["_NearRule"]]) -> list[float]:
    """The share of each rule in how near the questions of all are."""
    counts = [sum(exp((each.cosine - 1) / SHARPNESS) for each in of) for of in near]
    return [count / sum(counts) for count in counts]


def _ahead(cosines: Sequence[float]) -> list[float]:
    """By how much each is above the nearest of the others, one alone above 0."""
    return [
        cosine - max([*cosines[:row], *cosines[row + 1 :]], default=0.0)
        for row, cosine in enumerate(cosines)
    ]


@dataclass(frozen=True, slots=True)
class _NearRule:
    """A rule by one of its questions: how near that is, and the evidence of what it rests on.

    Of several articles that which was found best; `also` are the others.
    """

    cosine: float
    ground: RuleGround
    evidence: Evidence
    also: tuple[RuleGround, ...]

    def answer(self, rule: str) -> PreparedAnswer:
        """The rule as it answers that question."""
        words = tuple(answering(self.evidence, self.ground.spans))
        return PreparedAnswer(rule, self.evidence, words, also=self.also)


def _near_rules(
    bearing: Sequence[Evidence], alike: Iterable[Likeness]
) -> dict[str, list[_NearRule]]:
    """Each rule with its questions among those that are alike, and the evidence that bears it."""
    near: dict[str, list[_NearRule]] = {}
    for each in alike:
        asked = each.question
        resting = (
            (item, ground)
            for item in bearing
            for ground in asked.grounds
            if item.passage.id in ground.passage_ids
        )
        if found := next(resting, None):
            item, ground = found
            also = tuple(other for other in asked.grounds if other != ground)
            near.setdefault(asked.rule, []).append(_NearRule(each.cosine, ground, item, also))
    return near


def _bears(item: Evidence, *, is_of_today: bool) -> bool:
    return not item.disputed and (is_of_today or rank_of(item.passage) in ARTICLES)


def answering(item: Evidence, spans: Iterable[tuple[int, int]]) -> Iterator[Draft]:
    """The parts of these spans of a document that stand in a passage of it."""
    passage = item.passage
    for first, last in spans:
        start, end = (
            max(first, passage.start) - passage.start,
            min(last, passage.end) - passage.start,
        )
        if start < end:
            yield Draft(passage.text[start:end], (item,), start, end)


# The sentence of a dossier.


def led(
    quoted: Sequence[Draft],
    read: Mapping[str, float],
    unanswered: float,
    weights: ClauseWeights,
) -> list[Draft]:
    """What is quoted, the first as the line that answers where it is sure to. Pure.

    `read` are the odds (logarithms) that a passage answers, by its identifier; `unanswered` is how
    much nearer the question is to those that dossiers leave open than to the others.
    """
    if not quoted or not _is_sure(quoted, read, unanswered, weights):
        return [*quoted]
    return [replace(quoted[0], place=Prominence.LEAD), *quoted[1:]]


def _is_sure(
    quoted: Sequence[Draft],
    read: Mapping[str, float],
    unanswered: float,
    weights: ClauseWeights,
) -> bool:
    first = quoted[0]
    reading = read.get(first.evidence[0].passage.id)
    if reading is None or not _may_lead(first):
        return False
    odds = weights.nearness * first.nearness + weights.ahead * ahead_of(quoted)
    odds += weights.reading * reading + weights.unanswered * unanswered
    return odds + weights.bias > 0


def ahead_of(quoted: Sequence[Draft]) -> float:
    """How much nearer the first quote is than the nearest of the others. Pure.

    What is not quoted is farther by `ASTRAY` at least: no more is known where it stands alone.
    """
    first, *others = quoted
    return min(ASTRAY, first.nearness - max((each.nearness for each in others), default=-1.0))


def _may_lead(draft: Draft) -> bool:
    """Whether it is a clause that every page shows and whose figures were read without doubt."""
    passage = draft.evidence[0].passage
    is_hidden = passage.hides(passage.start + draft.start, passage.start + draft.end)
    is_clause = rank_of(passage) is Rank.CLAUSE and draft.nearness > 0
    is_whole = not is_hidden and not draft.spoken_by and not draft.doubts
    return is_clause and is_whole and _is_line(draft.text)


def _is_line(text: str) -> bool:
    """Whether words can be said aloud: no list, no row of a table."""
    return len(text.split()) <= LONGEST and "\n" not in text and " | " not in text
