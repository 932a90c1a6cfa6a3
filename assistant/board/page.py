"""The dashboard as a page: the numbers that matter, then each with its chart and table. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from assistant.activity.figures import Figures
from assistant.activity.gaps import Gap
from assistant.answers import Outcome
from assistant.board import blocks
from assistant.findings import day, duration, interval, percent
from assistant.page.markup import NOTHING, Html, element, joined, unbroken
from assistant.page.referent.frame import badge
from assistant.page.referent.list_view import answer_address
from assistant.page.words import counted, grouped
from assistant.papers.html import block_html
from assistant.papers.paper import Block, Table
from assistant.review.line import Line
from assistant.review.marks import Target

SHOWN_GAPS = 30
EXAMPLES = 5
"""Groups of unanswered questions that are shown, and questions of each."""


def dashboard(found: Figures) -> Html:
    """The whole content; a period without questions says so."""
    about = element("p", _about(found), class_="hint")
    if not found.asked:
        return joined([about, element("p", "Aucune question sur ces jours.")])
    return joined(
        [
            about,
            element("ul", *_tiles(found), class_="tiles"),
            _part("Volume", blocks.volume(found)),
            _part("Issue et soutien", [*blocks.outcomes(found), *blocks.supports(found)]),
            _part("Jugement des référents", blocks.precision(found), _READ),
            _part("Accord entre lecteurs", blocks.agreements(found)),
            _part("Délais", blocks.delays(found)),
            _part("Thèmes", blocks.themes(found)),
            _part("Avis des acheteurs", blocks.thumbs(found)),
            _gaps(found.gaps),
        ]
    )


_READ = (
    "Chaque élément compte une fois, avec le verdict de son premier lecteur. Seules les réponses "
    "tirées au sort représentent toutes les autres : celles qu'un acheteur a signalées sont plus "
    "souvent mauvaises. L'intervalle (Wilson, 95 %) suppose des éléments indépendants ; ceux d'une "
    "même réponse ne le sont pas tout à fait."
)


def _about(found: Figures) -> str:
    first, last = day(found.period.first), day(found.period.last)
    return unbroken(f"Du {first} au {last}, sur les réponses que vous pouvez voir.")


def _tiles(found: Figures) -> Iterator[Html]:
    ended = sum(found.outcomes.values())
    yield _tile(counted(found.asked, "question", "questions"), _people(found.askers))
    if ended:
        without = percent(found.outcomes[Outcome.ABSTAINED] / ended)
        yield _tile(without, "sans réponse")
    if good := found.judgements[Target.CITATION].good:
        yield _tile(percent(good.value), f"des citations relues soutiennent ({interval(good)})")
    if found.seconds:
        half, most = found.seconds
        yield _tile(duration(half), f"délai médian (95 % en {duration(most)})")
    yield _tile(grouped(found.read), "réponse relue" if found.read < 2 else "réponses relues")


def _people(askers: int) -> str:
    return f"par {counted(askers, 'utilisateur', 'utilisateurs')}"


def _tile(value: str, label: str) -> Html:
    return element("li", element("b", unbroken(value)), element("span", unbroken(label)))


def _part(title: str, found: Iterable[Block], note: str = "") -> Html:
    """A part; each chart stands beside the table that follows it."""
    drawn, pieces = NOTHING, []
    for block in found:
        html = block_html(block)
        if isinstance(block, Table):
            pieces.append(element("div", drawn, html, class_="beside" if drawn else None))
            drawn = NOTHING
        else:
            drawn = html
    told = element("p", unbroken(note), class_="hint") if note else NOTHING
    return element("section", element("h2", title), told, *pieces, class_="board")


def _gaps(found: Sequence[Gap]) -> Html:
    """What the texts lack, with questions to open."""
    count = sum(len(gap.lines) for gap in found)
    if not count:
        told = element("p", "Toutes les questions du périmètre ont trouvé une réponse.")
    else:
        told = element(
            "p",
            f"{counted(count, 'question', 'questions')} du périmètre sans réponse, par thème et "
            "mots communs : ce sont des textes à ajouter, ou des mots à apprendre au glossaire.",
            class_="hint",
        )
    groups = [_gap(gap) for gap in found[:SHOWN_GAPS]]
    if rest := len(found) - len(groups):
        groups.append(element("p", f"Et {counted(rest, 'autre groupe', 'autres groupes')}."))
    title = element("h2", "Questions sans réponse")
    return element("section", title, told, *groups, class_="board gaps")


def _gap(gap: Gap) -> Html:
    shared = ", ".join(gap.shared) or "questions isolées"
    title = element("h3", unbroken(f"{gap.theme} : {shared} "), badge(str(len(gap.lines))))
    lines = [element("li", answer_link(line)) for line in gap.lines[:EXAMPLES]]
    if rest := len(gap.lines) - len(lines):
        lines.append(element("li", f"et {rest} de plus", class_="quiet"))
    return joined([title, element("ul", *lines)])


def answer_link(line: Line) -> Html:
    """The question, which leads to the answer."""
    return element("a", unbroken(line.question), href=answer_address(line.record_id))
