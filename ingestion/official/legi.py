"""An article of the LEGI archives: one XML file, one version of an article. Pure."""

from datetime import date

from ingestion.documents import State, is_citable
from ingestion.official.article import ARTICLE_ID, TEXT_ID, ArticleVersion
from ingestion.official.wording import plain_lines
from ingestion.reading.archives import refuse_entities
from ingestion.reading.content import UnreadableFile
from ingestion.reading.markup import Element, as_html, local_name, parse_xml

_OPEN = {date(2999, 1, 1), date(2222, 2, 22)}
"""How LEGI writes an end that is not known; the second one is "a day still to be fixed"."""


def read_article(data: bytes) -> ArticleVersion:
    """Read the bytes of one LEGIARTI….xml.

    Raises:
        UnreadableFile: when it is no article, or lacks what a version of an article must have.
    """
    refuse_entities(data)
    root = parse_xml(data)
    if local_name(root) != "article":
        raise UnreadableFile("ce n'est pas un article de LEGI")
    lines = _lines(root, "BLOC_TEXTUEL/CONTENU")
    if not lines:
        raise UnreadableFile("texte absent")
    state = state_of(_text(root, "META//META_ARTICLE/ETAT"))
    first_day = _day(root, "META//META_ARTICLE/DATE_DEBUT")
    last = _day(root, "META//META_ARTICLE/DATE_FIN")
    return ArticleVersion(
        id=identifier(_text(root, "META/META_COMMUN/ID")),
        text_id=_text_id(root),
        code=_required(_newest(root.findall("CONTEXTE/TEXTE/TITRE_TXT")), "titre du texte"),
        number=_required(_text(root, "META//META_ARTICLE/NUM"), "numéro"),
        path=_path(root),
        state=state,
        first_day=first_day,
        ended=end_of(state, first_day, last),
        lines=lines,
        nota=_lines(root, "NOTA/CONTENU"),
    )


def identifier(written: str) -> str:
    """The identifier of a version; raises UnreadableFile when it is none."""
    if not ARTICLE_ID.fullmatch(written):
        raise UnreadableFile(f"identifiant « {written} » qui n'est pas celui d'un article")
    return written


def state_of(written: str) -> State:
    """The state as LEGI writes it; raises UnreadableFile when it is not one of LEGI's."""
    try:
        return State(written)
    except ValueError:
        raise UnreadableFile(f"état « {written} » inconnu") from None


def end_of(state: State, first_day: date, last: date) -> date | None:
    """The first day on which a version no longer applies, from DATE_FIN; None when it is open.

    Raises UnreadableFile when a version that was the law ends before it begins. A first day "to
    be fixed" is kept as the far day that it is: without one the version would apply already.
    """
    if last in _OPEN:
        return None
    if last <= first_day and is_citable(state, last):
        raise UnreadableFile(f"dates impossibles (du {first_day} au {last})")
    return last


def _text_id(root: Element) -> str:
    """The text's identifier: `cid` for a code, `id_txt` for a law, whose `cid` is JORFTEXT…."""
    text = root.find("CONTEXTE/TEXTE")
    titles = root.findall("CONTEXTE/TEXTE/TITRE_TXT")
    written = [] if text is None else [text.get("cid", "")]
    for candidate in (*written, *(title.get("id_txt", "") for title in titles)):
        if TEXT_ID.fullmatch(candidate):
            return candidate
    raise UnreadableFile("texte d'appartenance absent")


def _path(root: Element) -> tuple[str, ...]:
    headings = []
    place = root.find("CONTEXTE/TEXTE/TM")
    while place is not None:
        headings.append(_newest(place.findall("TITRE_TM")))
        place = place.find("TM")
    return tuple(heading for heading in headings if heading)


def _newest(titles: list[Element]) -> str:
    """The text of the title that began last: a heading keeps those it had before."""
    return _all_text(max(titles, key=lambda title: title.get("debut", ""))) if titles else ""


def _lines(root: Element, path: str) -> tuple[str, ...]:
    found = root.find(path)
    return () if found is None else plain_lines(as_html(found))


def _text(root: Element, path: str) -> str:
    found = root.find(path)
    return "" if found is None else _all_text(found)


def _all_text(element: Element) -> str:
    return " ".join("".join(map(str, element.itertext())).split())


def _required(value: str, name: str) -> str:
    if not value:
        raise UnreadableFile(f"{name} absent")
    return value


def _day(root: Element, path: str) -> date:
    written = _text(root, path)
    try:
        return date.fromisoformat(written)
    except ValueError:
        name = path.rpartition("/")[2]
        raise UnreadableFile(f"{name} « {written} » n'est pas une date") from None
