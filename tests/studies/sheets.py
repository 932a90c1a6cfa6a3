"""The built-in sheets against the articles that they explain.

python -m tests.studies.sheets ARTICLES DAY            compares, and plants wrong figures
python -m tests.studies.sheets ARTICLES DAY --write    writes corpus/textes-des-fiches.toml anew

ARTICLES is a file of articles that the reader knows (JSON Lines). To write anew is to say that the
sheets were read against these texts. A planted figure is twice the one that the sheet says.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from rich.console import Console

from assistant.law.built_in_sheets import digest_of_words, standing_figures, written_on
from assistant.law.figures import figures_in
from assistant.law.sheets import compare_sheets
from ingestion.chunking.passages import Passage, passages_of
from ingestion.documents.document import Document, Kind
from ingestion.documents.versions import histories
from ingestion.library.corpus import CORPUS
from ingestion.readers.formats import read_bytes

TEXTS = CORPUS / "textes-des-fiches.toml"
HEAD = """\
# The texts that the built-in sheets were written on: of each article that a section names, what its
# words give (digest_of_words in assistant/law/sheets.py). No text of the code is kept here. Written
# by python -m tests.studies.sheets ARTICLES DAY --write, once the sheets were read against them.

"""


def sections() -> list[Passage]:
    """Every passage of the built-in sheets."""
    return [
        passage
        for path in sorted((CORPUS / "fiches").glob("*.md"))
        for document in read_bytes(path.read_bytes(), f"fiches/{path.name}", Kind.RULES).documents
        for passage in passages_of(document)
    ]


def digests(
    passages: Sequence[Passage], documents: Sequence[Document], day: date
) -> Iterator[tuple[str, str]]:
    """What is kept of the text of each article that the sheets name, in their order."""
    for reference in sorted({each for passage in passages for each in passage.references}):
        named = (each for each in documents if each.reference == reference)
        for history in histories(named):
            if version := history.on(day):
                yield reference, digest_of_words(version.text)


def planted(passages: Sequence[Passage], day: date) -> Iterator[Passage]:
    """A passage for each figure that the sheets state for a day, with twice the figure in place."""
    for passage in passages:
        if (passage.valid_from or day) > day or (passage.valid_to or date.max) <= day:
            continue
        for _, quantity in figures_in(passage.text):
            written = passage.text[quantity.start : quantity.end]
            number = re.match(r"\d{1,3}(?:[ \u202f\u00a0]\d{3})*(?![\d,])", written)
            if number:
                doubled = str(2 * int(re.sub(r"\D", "", number[0]))) + written[number.end() :]
                text = passage.text[: quantity.start] + doubled + passage.text[quantity.end :]
                yield replace(passage, text=text)


def main(path: Path, day: date, *, writes: bool) -> None:
    documents, passages = read_bytes(path.read_bytes(), path.name, Kind.RULES).documents, sections()
    if writes:
        lines = "".join(f'"{key}" = "{told}"\n' for key, told in digests(passages, documents, day))
        TEXTS.write_text(f"{HEAD}jour = {day}\n\n[textes]\n{lines}", encoding="utf-8")
        return
    console, standing = Console(), standing_figures()
    found = compare_sheets(passages, documents, day, written_on(), standing)
    console.print(found.sections, found.unread, found.figures, len(found.faults))
    console.print(Counter(each.cause.value for each in (*found.faults, *found.explained)))
    caught = [
        len(compare_sheets([each], documents, day, written_on(), standing).faults)
        for each in planted(passages, day)
    ]
    console.print(f"{sum(map(bool, caught))} of {len(caught)} planted figures")


if __name__ == "__main__":
    main(Path(sys.argv[1]), date.fromisoformat(sys.argv[2]), writes="--write" in sys.argv)
