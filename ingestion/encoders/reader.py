"""The reader: one network over a question and a passage, with a head for each thing it tells.

Whether the passage is on what is asked, whether it answers, with which of its words, and which way
the answer goes. Whether it answers is what is asked of it at work: the others measured no better
there than what was at hand, and are learnt because they teach it. The network is that of the
embedder, with differences of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

import torch
from torch import Tensor, nn
from torch.nn.functional import cosine_similarity, layer_norm, normalize, pad

from ingestion.encoders.network import LENGTH_STEP, TextEncoder, native_precision
from ingestion.index.question_bank import Form

TOKENS = 256
"""Tokens read of a question and a passage together; the end of the longer is left out first."""

SLICE = 12
"""Pairs read at once: more do not fit a processor's caches, and are padded to the longest."""

NEARNESS = 15.0
"""What a cosine counts in the logit of relevance before anything is learnt."""


class Polarity(StrEnum):
    """Which way an answer goes; what is asked for a figure, a date or a name goes none of them."""

    YES = "yes"
    NO = "no"
    CONDITIONAL = "conditional"
    OTHER = "other"


POLARITIES = tuple(Polarity)
_OF_FORM = {
    Form.YES: Polarity.YES,
    Form.NO: Polarity.NO,
    Form.YES_IF: Polarity.CONDITIONAL,
    Form.NO_UNLESS: Polarity.CONDITIONAL,
    Form.DEPENDS: Polarity.CONDITIONAL,
}


def polarity_of(form: Form) -> Polarity:
    """Which way an answer of this form goes. Pure."""
    return _OF_FORM.get(form, Polarity.OTHER)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Questions and passages as tokens: n pairs of t tokens at most.

    `starts` and `ends` are half-open character offsets of each token in its passage, 0 and 0 for
    what is not of the passage.
    """

    ids: Tensor
    attended: Tensor
    starts: Tensor
    ends: Tensor

    @property
    def of_passage(self) -> Tensor:
        """Which tokens are of the passage: shape (n, t)."""
        return self.ends > self.starts


@dataclass(frozen=True, slots=True)
class ReaderOutput:
    """What the heads say, as logits.

    `relevant` and `answers` have the shape (n,), `polarity` (n, 4), `words` (n, t).
    """

    relevant: Tensor
    answers: Tensor
    polarity: Tensor
    words: Tensor


class Heads(nn.Module):
    """What is told of the rows of a question and a passage that were read together.

    They compare the mean rows of both (as in Conneau et al., 2017, arXiv:1705.02364), and each word
    of the question with the nearest of the passage (as in Khattab & Zaharia, 2020,
    arXiv:2004.12832): so little is to be learnt from what the embedder knows already.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.compared = nn.Linear(4 * width, width)
        self.relevant = nn.Linear(width, 1)
        self.answers = nn.Linear(width, 1)
        self.polarity = nn.Linear(width, len(POLARITIES))
        self.words = nn.Linear(2 * width, 1)
        self.nearness = nn.Parameter(torch.tensor(NEARNESS))

    def forward(self, rows: Tensor, asked: Tensor, read: Tensor) -> ReaderOutput:
        """What is told; `asked` and `read` are 1 for the tokens of question and passage, else 0."""
        rows = layer_norm(rows, rows.shape[-1:])
        question, passage = _mean(rows, asked), _mean(rows, read)
        apart = (question - passage).abs()
        compared = nn.functional.gelu(
            self.compared(torch.cat([question, passage, question * passage, apart], 1))
        )
        near = (cosine_similarity(question, passage) + _words_met(rows, asked, read)) / 2
        pointed = torch.cat([rows, rows * question.unsqueeze(1)], 2)
        return ReaderOutput(
            self.relevant(compared).squeeze(-1) + self.nearness * near,
            self.answers(compared).squeeze(-1),
            self.polarity(compared),
            self.words(pointed).squeeze(-1),
        )


def _mean(rows: Tensor, among: Tensor) -> Tensor:
    """The mean of some of the rows of each pair."""
    return (rows * among.unsqueeze(-1)).sum(1) / among.sum(1, keepdim=True).clamp(min=1)


def _words_met(rows: Tensor, asked: Tensor, read: Tensor) -> Tensor:
    """The mean, over the question's tokens, of the cosine with the nearest of the passage's."""
    unit = normalize(rows, dim=-1)
    nearest = (unit @ unit.transpose(1, 2)).masked_fill(read.unsqueeze(1) == 0, -1.0)
    return (nearest.amax(2) * asked).sum(1) / asked.sum(1)


class ReaderNetwork(nn.Module):
    """The transformer of an embedder with the heads."""

    def __init__(self, encoder: TextEncoder) -> None:
        super().__init__()
        self.transformer = encoder.network
        self._tokenizer = encoder.model.tokenizer
        self.heads = Heads(encoder.width)

    def tokens(self, questions: Sequence[str], passages: Sequence[str]) -> Pairs:
        """The tokens of pairs, row i of both together."""
        read = self._tokenizer(
            list(questions),
            list(passages),
            padding=True,
            truncation="longest_first",
            max_length=TOKENS,
            pad_to_multiple_of=LENGTH_STEP,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        of_passage = torch.tensor(
            [[part == 1 for part in read.sequence_ids(row)] for row in range(len(passages))]
        )
        offsets = read["offset_mapping"] * of_passage.unsqueeze(-1)
        return Pairs(read["input_ids"], read["attention_mask"], offsets[..., 0], offsets[..., 1])

    def forward(self, pairs: Pairs) -> ReaderOutput:
        """What the heads say of pairs, those of like length read together."""
        order = pairs.attended.sum(1).argsort()
        slices = [self._read(pairs, places) for places in torch.split(order, SLICE)]
        back = order.argsort()
        return ReaderOutput(
            torch.cat([each.relevant for each in slices])[back],
            torch.cat([each.answers for each in slices])[back],
            torch.cat([each.polarity for each in slices])[back],
            torch.cat([each.words for each in slices])[back],
        )

    def _read(self, pairs: Pairs, places: Tensor) -> ReaderOutput:
        """What the heads say of the pairs at these places; little past the longest is read."""
        width = pairs.ids.shape[1]
        longest = LENGTH_STEP * ceil(int(pairs.attended[places].sum(1).max()) / LENGTH_STEP)
        ids, attended, of_passage = (
            each[places, :longest] for each in (pairs.ids, pairs.attended, pairs.of_passage.long())
        )
        with torch.autocast("cpu", torch.bfloat16, native_precision() is torch.bfloat16):
            rows = self.transformer(input_ids=ids, attention_mask=attended).last_hidden_state
        told = self.heads(rows.float(), attended - of_passage, of_passage)
        return ReaderOutput(
            told.relevant, told.answers, told.polarity, pad(told.words, (0, width - longest))
        )
