"""The PDF around an electronic invoice: the XML it carries, its own faults. Door of pikepdf."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import pikepdf

from ingestion.errors import UnreadableFile
from ingestion.ledger.records import Comment, refused, warned

_NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
_PROFILE = "}ConformanceLevel"
_PDF_A = "{http://www.aiim.org/pdfa/ns/id/}part"
_LARGEST = 20_000_000


@dataclass(frozen=True, slots=True)
class Embedded:
    """The XML of a PDF, and its profile as the metadata of the PDF declare it ("" if not)."""

    name: str
    xml: bytes
    profile: str
    comments: tuple[Comment, ...]


def embedded_xml(data: bytes) -> Embedded:
    """The invoice that a PDF carries; raises UnreadableFile when it is no PDF, or carries none."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            return _embedded(pdf)
    except pikepdf.PasswordError as error:
        raise UnreadableFile("le PDF est protégé par un mot de passe") from error
    except pikepdf.PdfError as error:
        raise UnreadableFile("le PDF est abîmé") from error


def _embedded(pdf: pikepdf.Pdf) -> Embedded:
    specs = list(pdf.attachments.values())
    xml = [spec for spec in specs if _name(spec).endswith(".xml")]
    known = [spec for spec in xml if _name(spec) in _NAMES]
    if not xml:
        raise UnreadableFile("le PDF ne contient aucun XML de facture : ce n'est pas un Factur-X")
    if not known:
        raise UnreadableFile(
            f"le PDF contient « {xml[0].filename} », mais une facture Factur-X se nomme "
            "factur-x.xml"
        )
    content = known[0].get_file().read_bytes()
    if len(content) > _LARGEST:
        raise UnreadableFile("le XML du PDF est démesuré")
    metadata = pdf.open_metadata(update_docinfo=False)
    profiles = [str(value) for key, value in metadata.items() if key.endswith(_PROFILE)]
    profile = profiles[0].strip() if profiles else ""
    faults = tuple(_faults(pdf, known[0], profile, is_pdf_a=_PDF_A in metadata))
    return Embedded(_name(known[0]), content, profile, faults)


def _faults(
    pdf: pikepdf.Pdf, spec: pikepdf.AttachedFileSpec, profile: str, *, is_pdf_a: bool
) -> Iterator[Comment]:
    relation = str(spec.obj.get("/AFRelationship", ""))
    if not relation:
        yield refused("AFRELATIONSHIP", "La pièce jointe ne dit pas son lien avec la facture.")
    elif relation not in ("/Data", "/Alternative"):
        yield warned(
            "AFRELATIONSHIP",
            f"La pièce jointe est déclarée {relation} ; Factur-X attend /Data ou /Alternative.",
        )
    if not any(each == spec.obj for each in pdf.Root.get("/AF", [])):
        yield refused("AF", "Le catalogue du PDF ne cite pas la pièce jointe (tableau /AF).")
    if not profile:
        yield refused("XMP", "Les métadonnées du PDF ne déclarent pas de profil Factur-X.")
    if not is_pdf_a:
        yield warned("PDFA", "Le PDF ne se déclare pas conforme à PDF/A-3.")
    else:
        yield from _colour_faults(pdf)


def _colour_faults(pdf: pikepdf.Pdf) -> Iterator[Comment]:
    """What a PDF/A-3 that has no output intent may not paint in refuses, the rest is a doubt."""
    try:
        spaces = ", ".join(undefined_colours(pdf))
    except pikepdf.PdfError:
        yield warned("OUTPUTINTENT", "Le dessin du PDF ne se lit pas : couleurs non vérifiées.")
        return
    said = f"Le PDF se dit PDF/A-3 et peint en {spaces}, que ne définit"
    if spaces and pdf.Root.get("/OutputIntents"):
        yield warned("OUTPUTINTENT", f"{said} pas son profil de couleur de sortie.")
    elif spaces:
        yield refused(
            "OUTPUTINTENT",
            f"{said} aucun profil de couleur de sortie, ni d'espace par défaut (/DefaultRGB…).",
        )


def _name(spec: pikepdf.AttachedFileSpec) -> str:
    return spec.filename.rstrip("\0").lower()


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
