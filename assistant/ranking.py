"""Ranking: the candidates of several searches, put in order by a few signals and their weights.

A signal is a number between 0 and 1 for one passage and one question. Its weight (tuning.toml) was
fitted by `python -m tests.ranking_study`, so that the passages expected by
tests/data/questions_*.jsonl and by the headings of our sheets come first (softmax over the
candidates); the study prints what each signal brings. Pure.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from assistant.regimes import foreign_regime
from assistant.topics import Topic, topic_signal, topics_asked
from assistant.words import plain, stems
from ingestion.documents import Kind
from ingestion.passages import Passage
from ingestion.pieces import find_piece, pieces_named

RANK_OFFSET = 10
"""k of reciprocal rank fusion, 1 / (k + rank) (Cormack et al., SIGIR 2009)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A kind of answer: how a question asks for it, and how a passage shows that it has it."""

    question: re.Pattern[str]
    passage: re.Pattern[str]


_NUMBER = r"(?:\d+|un|deux|trois|quatre|cinq|six|dix|quinze|vingt|trente|quarante|soixante)"
ASKED = {
    "amount": Asked(
        re.compile(
            r"\b(montants?|seuils?|combien|taux|pourcentage|plafonds?|somme|minimum|maximum|"
            r"threshold|amount|rate|how much)\b|en dessous|au-dela|[€%]|\beuros?\b"
        ),
        re.compile(r"\d\s*(?:euros?\b|€|%)|pour cent|\bpourcent"),
    ),
    "duration": Asked(
        re.compile(
            r"\b(delais?|duree|quand|combien de temps|date limite|moment|jours?|mois|ans?|"
            r"time limit|deadline|how long|when)\b"
        ),
        re.compile(
            rf"\b{_NUMBER}\b[^.;]{{0,12}}\b(?:jours?|mois|ans?|annees?|heures?|semaines?)\b"
        ),
    ),
    "list": Asked(
        re.compile(
            r"\b(dans quels? cas|quelles? sont|quels? sont|conditions|que doi(?:t|s|vent)|"
            r"quels? (?:documents|pieces|motifs|criteres)|which|what are)\b"
        ),
        re.compile(r"\n[^\n]+\n"),
    ),
    "definition": Asked(
        re.compile(r"qu'est[- ]ce|definition|que signifie|c'est quoi|qu'appelle|what is an?\b"),
        re.compile(
            r"\b(?:est|sont) (?:un|une|des|consideree?s? comme)\b|s'entend|on entend par|"
            r"\bdesigne|constituent?\b|\ba pour objet\b"
        ),
    ),
}


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
    asked, topics = plain(question), topics_asked(question)
    wanted = [name for name, kind in ASKED.items() if kind.question.search(asked)]
    found = []
    for (passage, _), covered in zip(texts, _coverage(question, texts), strict=True):
        text = plain(passage.text)
        found.append(
            {
                **{
                    name: RANK_OFFSET / (RANK_OFFSET + places[passage.id])
                    for name, places in ranks.items()
                    if passage.id in places
                },
                **{name: 1.0 for name in wanted if ASKED[name].passage.search(text)},
                "coverage": covered,
                "other regime": float(is_foreign(question, passage)),
                **_of_clause(question, topics, passage),
            }
        )
    return found


def _of_clause(question: str, topics: Sequence[Topic], passage: Passage) -> dict[str, float]:
    """Whether a clause is on the subject of the question, and in a piece that it names."""
    if passage.kind is not Kind.TENDER:
        return {}
    is_named = find_piece(passage.locator) in pieces_named(question)
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
    """Whether a passage belongs to a regime that the question does not name."""
    return foreign_regime(question, (passage.title, *passage.headings)) is not None


def _coverage(question: str, texts: Sequence[tuple[Passage, str]]) -> list[float]:
    """Share of the question's words that each text, its last headings and everyday words have.

    The fewer of the passages have a word, the heavier it is.
    """
    asked = stems(question)
    have = [
        asked & stems("\n".join([passage.text, *passage.headings[-2:], everyday]))
        for passage, everyday in texts
    ]
    spread = Counter(stem for each in have for stem in each)
    weight = {stem: log((len(texts) + 1) / (count + 1)) for stem, count in spread.items()}
    total = sum(weight.values()) or 1.0
    return [sum(weight[stem] for stem in each) / total for each in have]
