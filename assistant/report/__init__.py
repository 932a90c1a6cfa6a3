"""The report of an evaluation: one HTML page that opens anywhere and loads nothing. Pure."""

from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.resources import files

from assistant.evaluation import Evaluation
from assistant.findings import day
from assistant.measures import Estimates, estimates
from assistant.page.markup import Html, element
from assistant.report.breakdown import breakdown
from assistant.report.colophon import identity_section, method_section
from assistant.report.comparison import comparison_section
from assistant.report.figures import Section
from assistant.report.overview import (
    delays_section,
    lengths_section,
    measures_section,
    opening,
    refusals_section,
    removals_section,
)
from assistant.report.review import review

TITLE = "Sourcier, évaluation"


def report(evaluation: Evaluation) -> str:
    """The whole page: the measures, the conditions, then every question, wrong answers first."""
    measured = estimates(evaluation.graded)
    sections = tuple(_sections(evaluation, measured))
    began = day(evaluation.identity.began)
    contents = (element("li", element("a", each.title, href=f"#{each.name}")) for each in sections)
    body = element(
        "body",
        element("header", element("p", f"{TITLE} du {began}"), *opening(evaluation, measured)),
        element("nav", element("ol", *contents), aria_label="Sommaire"),
        element("main", *(each.html for each in sections)),
        element("script", _own("script.js")),
    )
    return f"<!doctype html>\n{element('html', _head(), body, lang='fr')}\n"


def _head() -> Html:
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy()),
        element("title", TITLE),
        element("style", style()),
    )


def _sections(evaluation: Evaluation, measured: Estimates) -> Iterator[Section]:
    graded, comparison = evaluation.graded, evaluation.comparison
    pairs = comparison.pairs if comparison else ()
    yield measures_section(measured)
    if comparison and evaluation.baseline:
        yield comparison_section(comparison, evaluation.baseline)
    yield from breakdown(graded)
    yield refusals_section(graded, measured)
    yield lengths_section(graded)
    yield delays_section(graded)
    yield removals_section(graded)
    yield identity_section(evaluation)
    yield method_section()
    yield review(graded, {pair.after.question.id: pair.change for pair in pairs})


def style() -> Html:
    """The style of a page of its own, which papers share."""
    palette = files("assistant.page").joinpath("palette.css").read_text(encoding="utf-8")
    return Html(palette + _own("style.css"))


@cache
def _own(name: str) -> Html:
    """A file of this package, which is put into the page as it is."""
    return Html(files(__name__).joinpath(name).read_text(encoding="utf-8"))


def _policy() -> str:
    """Nothing is loaded, and no script runs but the page's own."""
    digest = b64encode(sha256(_own("script.js").encode()).digest()).decode()
    return f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
