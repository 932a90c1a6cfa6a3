"""What was shown with an answer, each passage in its document as it was then. Pure HTML."""

from collections.abc import Iterator

from assistant.page.evidence_panel import concealment, dates, rank, reserves, whole
from assistant.page.excerpts import cited_spans, excerpt, hidden_spans, shortened
from assistant.page.markup import NOTHING, Html, element, unbroken
from assistant.page.referent.frame import SAID
from assistant.page.referent.list_view import answer_address
from assistant.page.referent.marks_form import mark_field
from assistant.page.viewer import View, is_pdf, pages_of, pictures, text_view
from assistant.review.exhibits import Exhibit, Seal
from assistant.review.marks import Sheet, Target

QUOTED = 90
"""Characters of a quote that name a citation."""

_SEALS = {
    Seal.INTACT: "Document archivé, identique à celui qui a été montré",
    Seal.ABSENT: "Réponse antérieure à l'archive : seul le passage a été gardé",
    Seal.ALTERED: "Le document archivé manque ou a été modifié : ne pas s'y fier",
}


def exhibit_html(shown: Exhibit, record_id: str, sheet: Sheet) -> Html:
    """A passage with its citations marked, what proves it, and the fields of its marks."""
    evidence = shown.evidence
    passage, spans = evidence.passage, cited_spans(evidence, [each for _, each in shown.citations])
    line, struck = dates(passage, SAID), hidden_spans(passage, passage.start)
    return element(
        "article",
        element("span", str(evidence.number), class_="number", aria_hidden="true"),
        element("h3", unbroken(passage.title), id=f"source-{evidence.number}", tabindex=-1),
        element("p", passage.locator, " ", rank(passage, "fr")),
        element("p", line, class_="dates") if line else NOTHING,
        concealment(passage, SAID),
        excerpt(passage.text, spans, struck) if spans else NOTHING,
        whole(passage.text, spans, SAID, struck)
        if shortened(passage.text, spans) or not spans
        else NOTHING,
        reserves(passage, "fr"),
        seal(shown),
        _links(shown, record_id),
        *(
            mark_field((Target.CITATION, number), _legend(number, each.quote), sheet)
            for number, each in shown.citations
        ),
        class_=f"passage{' cited' if spans else ''}",
    )


def seal(shown: Exhibit) -> Html:
    """Whether the document is the one that was shown, with what proves it."""
    digest = f", texte sha256 {shown.evidence.document_sha256}"
    return element("p", _SEALS[shown.seal], digest, ".", class_=f"seal {shown.seal}")


def view_of(shown: Exhibit) -> View:
    """The passage and its citations, as recorded."""
    passage = shown.evidence.passage
    return View(
        (passage.start, passage.end), tuple((each.start, each.end) for _, each in shown.citations)
    )


def document_html(shown: Exhibit, record_id: str, *, has_original: bool) -> Iterator[Html]:
    """The document around the passage; only the passage where the document was not kept."""
    document, passage = shown.document, shown.evidence.passage
    back = element("a", "Retour à la réponse", href=answer_address(record_id))
    yield element("p", f"{passage.source}, {passage.locator}. ", back)
    yield seal(shown)
    if has_original:
        told = f"Fichier d'origine archivé, identique : sha256 {passage.document_id}."
        yield element("p", told, class_="seal")
    if document is None:
        spans = cited_spans(shown.evidence, [each for _, each in shown.citations])
        yield whole(passage.text, spans, SAID, hidden_spans(passage, passage.start))
    elif has_original and is_pdf(document):
        address = evidence_address(shown, record_id)
        yield element("div", pictures(document, view_of(shown), SAID, address), class_="document")
    else:
        yield element("div", text_view(document, view_of(shown)), class_="document")


def evidence_address(shown: Exhibit, record_id: str) -> str:
    """Where the document of a passage is opened."""
    return answer_address(record_id, f"/evidence/{shown.evidence.number}")


def _links(shown: Exhibit, record_id: str) -> Html:
    if shown.document is None:
        return NOTHING
    address, title = evidence_address(shown, record_id), shown.evidence.passage.title
    opened = element(
        "a",
        "Ouvrir le document tel qu'il était",
        href=address,
        aria_label=f"Ouvrir le document tel qu'il était : {title}, source {shown.evidence.number}",
    )
    drawn = (_picture(shown, address, number) for number in _pages(shown))
    return element("div", element("p", opened, class_="links"), *drawn)


def _pages(shown: Exhibit) -> list[int]:
    """The pages of a PDF on which the passage stands."""
    document = shown.document
    return pages_of(document, view_of(shown)) if document and is_pdf(document) else []


def _picture(shown: Exhibit, address: str, number: int) -> Html:
    alt = SAID["page_image"].format(page=number, title=shown.evidence.passage.title)
    image = element(
        "img",
        src=f"{address}/page/{number}.png",
        alt=alt,
        width=1240,
        loading="lazy",
    )
    return element(
        "details", element("summary", f"Page {number} en image"), element("figure", image)
    )


def _legend(number: int, quoted: str) -> str:
    words = " ".join(quoted.split())
    short = words if len(words) <= QUOTED else f"{words[:QUOTED]}…"
    return f"Citation {number}, « {short} » : soutient-elle ce qui est dit ?"
