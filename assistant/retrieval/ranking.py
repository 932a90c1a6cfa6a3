"""Ranking: candidates of several searches put in order, near regimes of the code told apart."""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, log
from pathlib import Path

from assistant.question.language import find_stems, fold_text
from assistant.question.topics import Topic, topic_signal, topics_asked
from assistant.retrieval.hierarchy import Rank, rank_of
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Kind
from ingestion.documents.general_clauses import CCAG
from ingestion.documents.pieces import find_piece, pieces_named

# Tuning: the weights that were fitted with one embedder (tuning.toml), and those for any other.
#
# How near two texts stand in meaning is a number that each embedder gives otherwise. So the fitted
# weights are used with the embedder that they were fitted with; with another, each signal of the
# ranking counts as one, nothing is refused for want of nearness, and every answer is said to be
# uncertain. A reader is told so.


@dataclass(frozen=True, slots=True)
class Refusal:
    """The weights of a logistic regression, and the odds (logarithms) at which it decides.

    Up to `refused` nothing is quoted, above `sure` no doubt is said. `answers` weighs what the
    reader tells, and only where it read; `unanswered` how much nearer the question is to those of
    the bank that no text answers than to the others. `ahead` weighs for the doubt alone: how likely
    (a logarithm) the first passage is to be the best of those found. Where more than `left_open`
    of the questions around have no whole answer, the texts may leave the very point open.
    """

    refused: float
    sure: float
    similarity: float = 0.0
    strength: float = 0.0
    topic: float = 0.0
    answers: float = 0.0
    unanswered: float = 0.0
    ahead: float = 0.0
    bias: float = 0.0
    left_open: float = 1.0


@dataclass(frozen=True, slots=True)
class PreparedWeights:
    """How what is known of a rule of the bank (answering/prepared.py) tells that it answers.

    Above 0 it does; above `of_use` it is told as what its article says, and above `likely` no doubt
    is said above it. None is by default.
    """

    vote: float = 0.0
    nearness: float = 0.0
    ahead: float = 0.0
    share: float = 0.0
    judged: float = 0.0
    settled: float = 0.0
    bias: float = -1.0
    of_use: float = 0.0
    likely: float = 0.0


@dataclass(frozen=True, slots=True)
class ClauseWeights:
    """How what is known of a sentence of a dossier (answering/leading.py) tells that it answers.

    Above 0 it does; none does by default.
    """

    nearness: float = 0.0
    ahead: float = 0.0
    reading: float = 0.0
    unanswered: float = 0.0
    bias: float = -1.0


@dataclass(frozen=True, slots=True)
class SubjectBounds:
    """What is needed for two statements of figures to be of one subject (law/contradictions.py).

    `near` is the cosine of what they say without their figures, `other_article` that of statements
    about different articles; `unnamed` is taken from it for each kind of case that only one of them
    names. One that agrees counts when it is at most `agreement` farther. None has a cosine of 2.
    """

    near: float = 2.0
    other_article: float = 2.0
    unnamed: float = 0.0
    agreement: float = 0.0


@dataclass(frozen=True, slots=True)
class Tuning:
    """Weights of ranking, refusals and lines, and bounds of subjects, for an embedder.

    `embedder` is "" for those that were fitted with none.
    """

    embedder: str
    ranking: Mapping[str, float]
    refusal: Mapping[str, Refusal]
    prepared: PreparedWeights = PreparedWeights()
    clause: ClauseWeights = ClauseWeights()
    subject: SubjectBounds = SubjectBounds()

    def refusing(self, *, in_dossier: bool, is_asked: bool, is_read: bool) -> Refusal:
        """The weights for a question of a dossier, or of the rules.

        Of the rules, one to whose nearest passage questions lead needs no reader; else there are
        weights for where the passages were read, and for where they were not.
        """
        texts = "dossier" if in_dossier else "rules"
        if is_asked and not in_dossier:
            return self.refusal["rules asked"]
        return self.refusal[f"{texts} read" if is_read else texts]

    @property
    def is_neutral(self) -> bool:
        """Whether these weights were fitted with no embedder."""
        return not self.embedder


def tuning_for(embedder: str) -> Tuning:
    """The weights fitted with the embedder of this name, else the neutral ones."""
    *fitted, neutral = tunings()
    return next((each for each in fitted if each.embedder == embedder), neutral)


@cache
def tunings() -> tuple[Tuning, ...]:
    """Every set of the file; the first is that of the default embedder, the last the neutral."""
    table = tomllib.loads(Path(__file__).with_name("tuning.toml").read_text(encoding="utf-8"))
    return tuple(
        Tuning(
            row["embedder"],
            row["ranking"],
            {texts: Refusal(**weights) for texts, weights in row["refusal"].items()},
            PreparedWeights(**row.get("prepared", {})),
            ClauseWeights(**row.get("clause", {})),
            SubjectBounds(**row.get("subject", {})),
        )
        for row in table["tuning"]
    )


def default_tuning() -> Tuning:
    """The weights fitted with the default embedder."""
    return tunings()[0]


# Regimes: the parts of the code that say nearly the same thing for other contracts. Pure.
#
# The Code de la commande publique repeats its rules for defence contracts, concessions, partnership
# contracts and overseas territories. A question that names none of them is about ordinary public
# contracts, and the twins must not take the place of the ordinary text.


@dataclass(frozen=True, slots=True)
class Regime:
    """A regime: how its headings show it, and how a question names it; both as `plain` writes."""

    name: str
    headings: re.Pattern[str]
    question: re.Pattern[str]


def _regime(name: str, headings: str, question: str) -> Regime:
    return Regime(name, re.compile(headings), re.compile(question))


REGIMES = (
    _regime(
        "défense ou sécurité",
        r"defense ou de securite",
        r"defen[cs]e|militaire|armement|\bmds\b|securite (nationale|interieure)"
        r"|marches?( publics?)? de securite",
    ),
    _regime(
        "concession",
        r"\bconcessions?\b",
        r"concession|concedant|delegation de service|delegataire|affermage|\bdsp\b"
        r"|\b(?:le|du|au|notre|ancien|nouveau) fermier\b",
    ),
    _regime(
        "marché de partenariat",
        r"marches? de partenariat",
        r"partenariat(?!s? d'innovation)|public-private partnership|partnership contract|\bppp\b",
    ),
    _regime(
        "maîtrise d'ouvrage publique",
        r"maitrise d'ouvrage publique|maitrise d'oeuvre",
        r"maitr(e|es|ise) d'(ouvrage|oeuvre)|architect|\b(moe|moa|mop|concours)\b",
    ),
    _regime(
        "outre-mer",
        r"outre-mer|mayotte|guadeloupe|polynesie|nouvelle-caledonie|wallis|saint-pierre"
        r"|saint-martin|saint-barthelemy|terres australes",
        r"outre-mer|mayotte|guadeloupe|martinique|guyane|polynesie|caledonie|wallis|futuna"
        r"|saint-pierre-et|saint-martin|saint-barthelemy|terres australes|\btaaf\b|overseas"
        r"|\b(a|ile de|departement de|region de) la reunion\b(?! (de|du|des)\b| d')",
    ),
    _regime(
        "circonstances exceptionnelles",
        r"circonstances exceptionnelles",
        r"circonstances? exceptionnelle|crise|epidemi|pandemi|\bguerre\b",
    ),
    _regime(
        "autres marchés publics", r"autres marches publics", r"quasi-regie|in house|\blivre v\b"
    ),
)


def foreign_regime(question: str, headings: Sequence[str]) -> str | None:
    """The regime that these headings belong to and that the question does not name, if any."""
    path, asked = fold_text(" / ".join(headings)), fold_text(question)
    for regime in REGIMES:
        if regime.headings.search(path) and not regime.question.search(asked):
            return regime.name
    return None


# Ranking: the candidates of several searches, put in order by a few signals and their weights.
#
# A signal is a number between 0 and 1 for one passage and one question. Its weight (tuning.toml)
# was fitted by `python -m tests.studies.ranking`, so that the passages expected by
# tests/data/questions_*.jsonl and by the headings of our sheets come first (softmax over the
# candidates); the study prints what each signal brings. Pure.

RANK_OFFSET = 10
"""k of reciprocal rank fusion, 1 / (k + rank) (Cormack et al., SIGIR 2009)."""


def fuse(*rankings: Sequence[str]) -> dict[str, float]:
    """Reciprocal rank fusion of rankings of identifiers, best first: score by identifier."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, name in enumerate(ranking, 1):
            scores[name] = scores.get(name, 0.0) + 1 / (RANK_OFFSET + rank)
    return scores


def signals(
    question: str, texts: Sequence[tuple[Passage, str]], rankings: Mapping[str, Sequence[str]]
) -> list[dict[str, float]]:
    """The signals of passages, each given with its everyday words, in the same order.

    `rankings` gives passage identifiers, best first, by the name of their signal.
    """
    ranks = {
        name: {passage_id: rank for rank, passage_id in enumerate(ranking, 1)}
        for name, ranking in rankings.items()
    }
    topics = topics_asked(question)
    return [
        {
            **{
                name: RANK_OFFSET / (RANK_OFFSET + places[passage.id])
                for name, places in ranks.items()
                if passage.id in places
            },
            "coverage": covered,
            "other regime": float(is_foreign(question, passage)),
            **_of_clause(question, topics, passage),
        }
        for (passage, _), covered in zip(texts, _coverage(question, texts), strict=True)
    ]


def _of_clause(question: str, topics: Sequence[Topic], passage: Passage) -> dict[str, float]:
    """Whether a clause is on the subject of the question, and in a piece that it names."""
    is_general = rank_of(passage) is Rank.GENERAL_CLAUSE
    if passage.kind is not Kind.TENDER and not is_general:
        return {}
    named = pieces_named(question)
    is_named = find_piece(passage.locator) in named or (is_general and CCAG in named)
    return {"topic": topic_signal(topics, passage), "piece": float(is_named)}


def strength(found: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The weighed sum of the signals of a passage."""
    return sum(weights[name] * value for name, value in found.items())


def likelihoods(strengths: Sequence[float]) -> list[float]:
    """How likely each candidate is to be the best one (softmax); they add up to 1."""
    highest = max(strengths, default=0.0)
    shares = [exp(each - highest) for each in strengths]
    total = sum(shares)
    return [share / total for share in shares]


def is_foreign(question: str, passage: Passage) -> bool:
    """Whether a passage belongs to a regime that the question does not name; a CCAG has none."""
    if rank_of(passage) is Rank.GENERAL_CLAUSE:
        return False
    return foreign_regime(question, (passage.title, *passage.headings)) is not None


def _coverage(question: str, texts: Sequence[tuple[Passage, str]]) -> list[float]:
    """Share of the question's words that each text, its last headings and everyday words have.

    The fewer of the passages have a word, the heavier it is.
    """
    asked = find_stems(question)
    have = [
        asked & find_stems("\n".join([passage.text, *passage.headings[-2:], everyday]))
        for passage, everyday in texts
    ]
    spread = Counter(stem for each in have for stem in each)
    weight = {stem: log((len(texts) + 1) / (count + 1)) for stem, count in spread.items()}
    total = sum(weight.values()) or 1.0
    return [sum(weight[stem] for stem in each) / total for each in have]
