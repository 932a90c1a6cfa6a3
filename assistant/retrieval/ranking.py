"""Ranking: candidates of several searches put in order, near regimes of the code told apart."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from assistant.question.language import find_stems, fold_text
from assistant.question.topics import Topic, topic_signal, topics_asked
from assistant.retrieval.hierarchy import Rank, rank_of
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Kind
from ingestion.documents.general_clauses import CCAG
from ingestion.documents.pieces import find_piece, pieces_named

# Regimes: the parts of the code that say nearly the same thing for other contracts. Pure.
#
# The Code de la commande publique repeats its rules for defence contracts, concessions, partnership
# contracts and overseas territories. A question that names none of them is about ordinary public
# contracts, and the twins must not take the place of the ordinary text.


@dataclass(frozen=True, slots=True)
class Regime:
    """A regime: how its headings show it and a question names it, as `fold_text` writes both."""

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
