"""Drafts of questions made into the bank.

python -m tests.studies.bank_writing DRAFTS ARTICLES FOLDER

DRAFTS holds `*.tsv` files (article, numbers of its answering sentences, form, style, question,
lead), `*.neg.tsv` files (nearest article, what is lacking, question and, where a reader said so,
where to look) and `hors.txt` (kind, style, question). ARTICLES is a JSON Lines file of articles
("num", "texte"). Sentences are those of `sentences_of`, counted from 1.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from pydantic import TypeAdapter
from rich.console import Console

from ingestion.documents.document import Kind
from ingestion.index.question_bank import (
    OUTSIDE,
    UNANSWERED,
    BankQuestion,
    Elsewhere,
    Form,
    Lacking,
    Outside,
    OutsideQuestion,
    Style,
    UnansweredQuestion,
    chapter_of,
    digest_of,
    is_held_out,
)
from ingestion.readers.reading import read_file

_SENTENCE_END = re.compile(r"(?<![ (][LRDA])(?<!art)\.\s+(?=[A-ZÀÉÈÊ«])")

_question = TypeAdapter(BankQuestion)
_unanswered = TypeAdapter(UnansweredQuestion)
_outside = TypeAdapter(OutsideQuestion)


def sentences_of(text: str) -> tuple[tuple[int, int], ...]:
    """Half-open offsets of the sentences and list items of an article, without outer spaces."""
    found = []
    for line in re.finditer(r"[^\n]+", text):
        ends = [end.end() for end in _SENTENCE_END.finditer(line.group())]
        cuts = [0, *ends, len(line.group())]
        for first, last in pairwise(cuts):
            piece = line.group()[first:last]
            start = line.start() + first + len(piece) - len(piece.lstrip())
            if piece.strip():
                found.append((start, start + len(piece.strip())))
    return tuple(found)


def joined(spans: list[tuple[int, int]], text: str) -> tuple[tuple[int, int], ...]:
    """Spans in order, neighbours with nothing but spaces between them made one."""
    whole: list[tuple[int, int]] = []
    for start, end in sorted(set(spans)):
        if whole and not text[whole[-1][1] : start].strip():
            whole[-1] = (whole[-1][0], end)
        else:
            whole.append((start, end))
    return tuple(whole)


def questions_of(drafts: Path, texts: dict[str, str]) -> Iterator[BankQuestion]:
    """The questions of every draft, numbered within their article."""
    counts: Counter[str] = Counter()
    for path in sorted(drafts.glob("*.tsv")):
        if path.name.endswith(".neg.tsv"):
            continue
        for line in filter(None, path.read_text(encoding="utf-8").splitlines()):
            article, numbers, form, style, question, lead = line.split("\t")
            text = texts[article]
            sentences = sentences_of(text)
            spans = [sentences[int(number) - 1] for number in numbers.split(",")]
            counts[article] += 1
            yield BankQuestion(
                f"{article}-{counts[article]:02}".replace(" ", "-"),
                question.strip(),
                article,
                digest_of(text),
                joined(spans, text),
                Form(form),
                Style(style),
                lead.strip(),
            )


def unanswered_of(drafts: Path) -> Iterator[UnansweredQuestion]:
    """The questions of every draft that no article answers."""
    number = 0
    for path in sorted(drafts.glob("*.neg.tsv")):
        for line in filter(None, path.read_text(encoding="utf-8").splitlines()):
            nearest, lacking, question, *place = line.split("\t")
            number += 1
            elsewhere = Elsewhere(place[0]) if place else None
            yield UnansweredQuestion(
                f"sans-{number:04}", question.strip(), nearest, Lacking(lacking), elsewhere
            )


def outside_of(drafts: Path) -> Iterator[OutsideQuestion]:
    """The questions that are about something else."""
    lines = (drafts / "hors.txt").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(filter(None, lines), 1):
        kind, style, question = line.split("\t")
        yield OutsideQuestion(f"hors-{number:03}", question.strip(), Outside(kind), Style(style))


def texts_of(articles: Path) -> dict[str, str]:
    """The text of each article of a file of the code, as it is read and indexed."""
    read = read_file(articles, articles.name, Kind.RULES)
    return {each.reference: each.text for each in read.documents if each.reference}


def write_bank(
    folder: Path,
    questions: Iterable[BankQuestion],
    unanswered: Iterable[UnansweredQuestion] = (),
    outside: Iterable[OutsideQuestion] = (),
) -> None:
    """Write a bank as it is read, in the order given; its rules stay as they are.

    The identifiers of questions are those by which the rules name them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, list[bytes]] = {}
    for each in questions:
        line = _question.dump_json(each, exclude={"rule"}, exclude_defaults=True)
        files.setdefault(f"{chapter_of(each.article)}.jsonl", []).append(line)
    files[UNANSWERED] = [_unanswered.dump_json(each, exclude_defaults=True) for each in unanswered]
    files[OUTSIDE] = [_outside.dump_json(each) for each in outside]
    for name, lines in files.items():
        (folder / name).write_bytes(b"".join(line + b"\n" for line in lines))


def main(drafts: Path, articles: Path, folder: Path) -> None:
    """Write the bank and print what it holds."""
    texts = texts_of(articles)
    questions = sorted(
        questions_of(drafts, texts), key=lambda each: list(texts).index(each.article)
    )
    unanswered = tuple(unanswered_of(drafts))
    outside = tuple(outside_of(drafts))
    write_bank(folder, questions, unanswered, outside)
    held = sum(is_held_out(each.article) for each in questions)
    console = Console()
    console.print(f"{len(questions)} questions on {len({q.article for q in questions})} articles,")
    console.print(f"{held} of them held out; {len(unanswered)} without an answer;")
    console.print(f"{len(outside)} on something else.")
    for of in (Form, Style):
        told = Counter(str(getattr(each, of.__name__.lower())) for each in questions)
        console.print(", ".join(f"{name} {count}" for name, count in told.most_common()))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
