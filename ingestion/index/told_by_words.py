"""What a question is about, learnt from the words and letters of questions of which it is known.

They need no embedder, and people slip: a letter wrong leaves most of a word's letters right.
"""

from collections.abc import Sequence

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union


class ToldByWords:
    """How likely each of some labels is for a text, by the words of texts that have one."""

    def __init__(
        self, known: Sequence[tuple[str, str]], words: tuple[int, int], penalty: float
    ) -> None:
        """Learn from texts and their labels, of two at least: a second for six thousand.

        `words` is how many in a row count, at least and at most, `penalty` that of their weights.
        """
        self._model = make_pipeline(
            make_union(
                TfidfVectorizer(
                    ngram_range=words,
                    token_pattern=r"[a-z]{2,}",
                    strip_accents="unicode",
                    min_df=2,
                    sublinear_tf=True,
                ),
                TfidfVectorizer(
                    analyzer="char_wb",
                    ngram_range=(3, 5),
                    strip_accents="unicode",
                    min_df=2,
                    sublinear_tf=True,
                ),
            ),
            LogisticRegression(C=1 / penalty, solver="newton-cg"),
        ).fit([text for text, _ in known], [label for _, label in known])

    def likelihood(self, text: str) -> dict[str, float]:
        """How likely each label is; they add up to 1."""
        [likely] = self._model.predict_proba([text])
        return dict(zip(self._model.classes_, likely.tolist(), strict=True))
