"""Markup that cannot be broken by its content, the words of the interface, terms explained."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from assistant.question.day import DaySource
from assistant.question.language import Language
from assistant.reports.page_language import in_page_language
from assistant.retrieval.evidence import Evidence
from ingestion.chunking.sentences import list_parts
from ingestion.documents.document import Document, Kind, State, is_citable
from ingestion.documents.versions import has_own_title
from ingestion.library.corpus import CORPUS

# HTML that cannot be broken by its content: everything is escaped unless it is already `Html`.

Html = Markup
"""What the templates build; it joins and formats other text by escaping it."""

NOTHING = Html("")
"""What stands where there is nothing to show."""

TIGHT = re.compile(
    r" (?=[;:?!»%€])|(?<=«) |(?<=\d) (?=\d{3}(?!\d))|(?<=\b[LRD]\.) (?=\d)"
    r"|(?<=\bart\.) (?=[LRD]?\.?[ \u00a0]?\d)"
)
REFERENCE = re.compile(r"\b[LRD]\.?[ \u00a0]?\d{4}(?:-\d+)+")


def set_no_break_spaces(text: str) -> str:
    """The text with no-break spaces where French wants them, character for character as long."""
    return TIGHT.sub("\u00a0", text)


def keep_whole(text: str) -> str:
    """The text as a page shows it: the number of an article keeps its parts on one line as well."""
    return REFERENCE.sub(lambda found: found[0].replace("-", "\u2011"), set_no_break_spaces(text))


def prose(text: str, *closing: str, explain: Callable[[str], Html] = Html.escape) -> Html:
    """Plain text as paragraphs and lists (lines that begin with "- "); nothing else is read in it.

    What the law numbers within a line ("1°", "a)") is a list as well, its numbers kept, and lines
    of cells (" | ") are the rows of a table. `closing` is put at the end of what is last; `explain`
    marks what a line says.
    """
    blocks: list[tuple[str, list[list[Html]]]] = []
    for line in filter(None, (line.strip() for line in keep_whole(text).splitlines())):
        for tag, words in _blocks(line):
            cells = [
                explain(each.strip()) for each in (words.split("|") if tag == TABLE else [words])
            ]
            if tag != "p" and blocks and blocks[-1][0] == tag:
                blocks[-1][1].append(cells)
            else:
                blocks.append((tag, [cells]))
    return render("prose.html", blocks=blocks, closing=Html("").join(closing))


TABLE = "table"


def _blocks(line: str) -> list[tuple[str, str]]:
    """A paragraph ("p"), an item ("ul"), a row, or a paragraph with its numbered items ("ol")."""
    if line.startswith(("- ", "• ", "– ")):
        return [("ul", line[2:])]
    if " | " in f" {line} ":  # the first cell of a row, or its last, may be empty
        return [(TABLE, line)]
    if (parts := list_parts(line)) is None:
        return [("p", line)]
    lead, items = parts
    return [
        ("p", line[lead.start : lead.end]),
        *(("ol", line[each.start : each.end]) for each in items),
    ]


@cache
def _templates() -> Environment:
    """The templates of the pages and of the papers, each found by its path in its folder."""
    environment = Environment(
        loader=ChoiceLoader(
            [
                PackageLoader("assistant.web", "templates"),
                PackageLoader("assistant.reports", "templates"),
            ]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "tight": keep_whole,
        "thousands": group_thousands,
        "counted": _counted_on_page,
        "prose": prose,
        "moment": _at_on_page,
        "word": _word,
    }
    environment.globals |= {"count": count, "format_date": format_date}
    return environment


def render(template: str, **values: object) -> Html:
    """A template filled in: what is not `Html` is escaped, a value that it lacks is an error.

    `template` is its path in `web/templates` or in `reports/templates`.
    """
    return Html(_templates().get_template(template).render(values).strip())


def render_macro(template: str, macro: str, *values: object) -> Html:
    """One macro of a template filled in, for what stands in a page that another module writes."""
    return Html(getattr(_templates().get_template(template).module, macro)(*values).strip())


# The words of the interface, in both languages, from one file.

Words = Mapping[str, str]


@cache
def load_words(language: Language) -> Words:
    """The sentences of a language by key; see words.toml."""
    file = files("assistant.reports").joinpath("words.toml")
    table: dict[str, str] = tomllib.loads(file.read_text(encoding="utf-8"))[language.value]
    return {key: set_no_break_spaces(text) for key, text in table.items()}


@pass_context  # else Jinja would look a constant up once, when it compiles the template
def _word(_: Context, text: str) -> str:
    return text if isinstance(text, Html) else in_page_language(text)


def count(said: Words, key: str, n: int) -> str:
    """The sentence of `key` for a number of things: "1 document", "2 documents"."""
    single = n in (0, 1) if said is load_words(Language.FRENCH) else n == 1
    return said[f"{key}_one" if single else f"{key}_many"].format(n=group_thousands(n))


def what_leaves(said: Words, holds: Callable[[str], bool], engine_host: str) -> str:
    """What leaves this machine, for its users; `holds` says of a setting whether a server is named.

    The settings are those of `Settings`, and "embeddings" for vectors made by the engine's server.
    """
    models = "notice_embeddings" if holds("embeddings") else "notice_engine"
    told = {
        "engine": models,
        "store": "notice_store",
        "ledger": "notice_ledger",
        "traces": "notice_traces",
    }
    keys = [key for name, key in told.items() if holds(name)]
    shown = [*keys, "notice_rest"] if keys else ["notice_local"]
    return " ".join(said[key].format(host=engine_host) for key in shown)


def group_thousands(n: int) -> str:
    """A number with its thousands apart by narrow no-break spaces. Pure."""
    return f"{n:,}".replace(",", "\u202f")


def counted(n: int, one: str, many: str) -> str:
    """A number in French with what it counts: "1 réponse", "1 204 réponses"."""
    return f"{group_thousands(n)} {one if n < 2 else many}"


def _counted_on_page(n: int, one: str, many: str, *, plain: bool = False) -> str:
    """In the language of the page, but where it is `plain`, a part of what will be put in it."""
    told = counted(n, one, many)
    return told if plain else in_page_language(told)


def at(moment: datetime) -> str:
    """A moment in the time of this machine: "05/03/2026 à 14:02"."""
    return f"{moment.astimezone():%d/%m/%Y à %H:%M}"


def _at_on_page(moment: datetime) -> str:
    """The same in the language of the page; papers are in French."""
    here = moment.astimezone()
    return f"{here:%d/%m/%Y} {in_page_language('à')} {here:%H:%M}"


def format_date(said: Words, day: date) -> str:
    """A date in words: "1er avril 2026"."""
    number = said["first_day"] if day.day == 1 else str(day.day)
    month = said["months"].split()[day.month - 1]
    return said["day"].format(day=number, month=month, year=day.year)


def law_of(said: Words, day: date, source: DaySource) -> str:
    """The day whose law is shown, and how to change it where nobody chose it."""
    key = {DaySource.QUESTION: "as_of_named", DaySource.DOSSIER: "as_of_dossier"}.get(source)
    return said[key or "as_of"].format(date=format_date(said, day))


LEDGER = frozenset({Kind.INVOICES, Kind.PURCHASES})


def scope_of(said: Words, evidence: Iterable[Evidence], dossier: str | None) -> str:
    """What an answer was given from; `dossier` is what the one that it is about is called."""
    if dossier:
        return said["scope_dossier"].format(name=dossier)
    passages = [each.passage for each in evidence]
    if any(each.ruling for each in passages):
        return said["scope_rulings"]
    return said["scope_ledger" if any(each.kind in LEDGER for each in passages) else "scope_rules"]


# What is said of a version of an article in one line: its days, and remarks. Pure.


STATES = {
    State.IN_FORCE: "state_in_force",
    State.IN_FORCE_LATER: "state_in_force_later",
    State.CHANGED: "state_changed",
    State.REPEALED: "state_repealed",
    State.REPEALED_LATER: "state_repealed_later",
    State.ANNULLED: "state_annulled",
    State.EXPIRED: "state_expired",
    State.TRANSFERRED: "state_transferred",
    State.MOVED: "state_moved",
    State.STILLBORN: "state_stillborn",
}


def days(version: Document, said: Words) -> str:
    """The days of a version, both included; what is unknown is said to be."""
    start = format_date(said, version.valid_from) if version.valid_from else ""
    end = format_date(said, version.valid_to - timedelta(days=1)) if version.valid_to else ""
    if start and end:
        return said["version_days"].format(start=start, end=end)
    is_open = is_citable(version.state, None)
    if start:
        return said["version_since" if is_open else "version_end_unknown"].format(start=start)
    if end:
        return said["version_until"].format(end=end)
    return said["version_undated" if is_open else "version_unknown"]


def remarks(version: Document, said: Words) -> tuple[str, ...]:
    """The state of a version, and why it is never cited or has no code."""
    found = [said[STATES[version.state]]] if version.state else []
    if not is_citable(version.state, version.valid_to):
        is_law = version.state not in (State.ANNULLED, State.STILLBORN)
        found.append(said["version_never_cited" if is_law else "version_never_law"])
    if not has_own_title(version):
        found.append(said["version_without_code"].format(file=version.source))
    return tuple(found)


def version_line(version: Document, said: Words) -> str:
    """The days of a version and its remarks, as one line that begins with a capital."""
    line = " · ".join((days(version, said), *remarks(version, said)))
    return line[:1].upper() + line[1:]


# Definitions of terms of art, put beside the first place where an answer says them.
#
# They are data, kept by hand: corpus/definitions.toml. An explanation is never a source.


MOST_EXPLAINED = 6
"""Terms of one answer that are explained; more would be read as marks of importance."""

_SPACE = r"[^\S\n]+"


@dataclass(frozen=True, slots=True)
class TermDefinition:
    """What a term means, by language, and the article where the code speaks of it, "" if none."""

    meanings: Mapping[Language, str]
    article: str

    def told(self, language: Language) -> str:
        """The sentence that is shown. Pure."""
        meaning = self.meanings[language]
        return keep_whole(f"{meaning} (art. {self.article})" if self.article else meaning)


@cache
def definitions() -> Mapping[str, TermDefinition]:
    """Every definition, by each of its forms: capitals as they are, other words in lower case."""
    rows = tomllib.loads((CORPUS / "definitions.toml").read_text(encoding="utf-8"))["definition"]
    return {
        _key(word): TermDefinition(
            {language: row[language.value] for language in Language}, row.get("article", "")
        )
        for row in rows
        for word in row["words"]
    }


class Explainer:
    """Explains the terms of one answer, each where it stands first."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._explained: list[TermDefinition] = []

    def __call__(self, line: str) -> Html:
        """A line with its terms marked, everything else escaped."""
        pieces, end = [], 0
        for found in _terms().finditer(line):
            definition = definitions()[_key(_singular(found[0]))]
            if definition in self._explained or len(self._explained) == MOST_EXPLAINED:
                continue
            self._explained.append(definition)
            pieces += [Html.escape(line[end : found.start()]), self._marked(found[0], definition)]
            end = found.end()
        return Html("").join([*pieces, Html.escape(line[end:])])

    def _marked(self, term: str, definition: TermDefinition) -> Html:
        mark = Html('<dfn class="term" tabindex="0" data-definition="{0}" aria-description="{0}">')
        return mark.format(definition.told(self._language)) + Html.escape(term) + Html("</dfn>")


@cache
def _terms() -> re.Pattern[str]:
    """What finds any term in a text, the longest first; spaces and apostrophes of either kind."""
    words = sorted(definitions(), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(_form, words))})(?![\w-])")


def _form(word: str) -> str:
    if word.isupper():
        return re.escape(word)
    parts = [re.escape(part) + ("" if len(part) < 4 else "[sx]?") for part in word.split()]
    return f"(?i:{_SPACE.join(parts)})".replace("'", "['’]")


def _singular(found: str) -> str:
    """The form under which a term that was found is known."""
    if found in definitions():
        return found
    known = (word for word in definitions() if re.fullmatch(_form(word), found))
    return next(known)


def _key(word: str) -> str:
    return word if word.isupper() else word.lower()
