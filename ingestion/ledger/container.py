"""The XML inside a Factur-X PDF, and the faults of the PDF around it. Door of pikepdf."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf

from ingestion.ledger.colours import undefined_colours
from ingestion.ledger.records import Comment, refused, warned
from ingestion.reading.content import UnreadableFile

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
    """The invoice that a PDF carries.

    Raises:
        UnreadableFile: when it is no PDF, or carries none.
    """
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
