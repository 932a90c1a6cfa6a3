"""Planted contradictions: how many are found, and what is found where there is none.

`python -m tests.studies.contradictions HOME [CODE]`: HOME has the weights and the built-in sheets,
CODE is a code as JSON Lines.
"""

import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from assistant.container import load_embedder
from assistant.law.contradictions import Embed, FigureDisagreement, disagreements
from assistant.law.figures import FigureStatement, statements_of
from assistant.retrieval.tuning import tuning_for
from assistant.settings import load_settings
from ingestion.chunking.passages import as_one, passages_of
from ingestion.documents.document import Kind
from ingestion.index.vectors import embed_cached
from ingestion.library.corpus import builtin_additions
from ingestion.readers.reading import read_file

PLANTED = Path(__file__).parents[1] / "data" / "planted_contradictions.toml"
SHEET = "---\ntitle: {}\netat_au: 2026-09-01\n---\n{}"
DAY = date(2026, 11, 28)


def stated(path: Path, source: str) -> list[FigureStatement]:
    """What a file of rules states."""
    documents = read_file(path, source, Kind.RULES).documents
    return list(statements_of(each for one in documents for each in as_one(passages_of(one))))


def planted(row: Mapping[str, Any], folder: Path) -> list[FigureStatement]:
    """What the sheet of a row states, and the one beside it."""
    found: list[FigureStatement] = []
    for number, text in enumerate(filter(None, (row["text"], row.get("beside")))):
        path = folder / f"{row['id']}-{number}.md"
        path.write_text(SHEET.format(row["title"], text), encoding="utf-8")
        found += stated(path, path.name)
    return found


def is_found(
    row: Mapping[str, Any], found: Sequence[FigureDisagreement], *, in_words: bool
) -> bool:
    """Whether what was planted is found against what it was planted against.

    Against anything, where the figures are `in_words` and the pattern would not meet them.
    """
    if in_words:
        return bool(found)
    if row["against"] == "own":
        return any(each.second.passage.source.startswith(row["id"]) for each in found)
    said = (each.second.text.replace("\u202f", " ").replace("\u00a0", " ") for each in found)
    return any(re.search(row["against"], text) for text in said)


def main(home: Path, *codes: Path) -> None:
    """Print both over the sheets, the code, and the two together."""
    embedder = load_embedder(home, load_settings(home))
    embed: Embed = lambda texts: embed_cached(  # noqa: E731 - one expression
        home / "vectors.sqlite", embedder, texts, lambda done: None
    )
    against = partial(disagreements, day=DAY, embed=embed, bounds=tuning_for(embedder.name).subject)
    rules = [each for each in builtin_additions() if each.kind is Kind.RULES]
    sheets = [each for rule in rules for each in stated(rule.path, rule.source)]
    code = [each for path in codes for each in stated(path, path.name)]
    bases = {"fiches": sheets, "code": code, "ensemble": sheets + code}
    rows = tomllib.loads(PLANTED.read_text(encoding="utf-8"))["planted"]
    with TemporaryDirectory() as folder:
        for name, base in bases.items():
            counted: dict[str, list[bool]] = defaultdict(list)
            for row in rows:
                mine = planted(row, Path(folder))
                counted[row["part"]].append(
                    is_found(row, against(mine, base), in_words=name == "code")
                )
            told = ", ".join(f"{part} {sum(hit)}/{len(hit)}" for part, hit in counted.items())
            began = process_time()
            clean = against(base, ())
            spent = process_time() - began
            sys.stdout.write(f"{name} : {told} ; sans rien de planté {len(clean)}, {spent:.1f} s\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
