"""Invented articles in the format of LEGI, and the archives that carry them."""

import io
import tarfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from ingestion.documents.document import State
from ingestion.legislation.articles import ArticleVersion

CODE_ID = "LEGITEXT000000000001"
OTHER_CODE_ID = "LEGITEXT000000000002"
FULL = "Freemium_legi_global_20260101-140000.tar.gz"
NEXT = "LEGI_20260301-203000.tar.gz"
LAST = "LEGI_20260302-203000.tar.gz"
_FOLDER = "legi/global/code_et_TNC_en_vigueur/code_en_vigueur/LEGI/TEXT/00/00"

VERSION = ArticleVersion(
    id="LEGIARTI000000000011",
    text_id=CODE_ID,
    code="Code des sources",
    number="R12-2",
    path=("Partie réglementaire", "Titre Ier : Des puits", "Section 1"),
    state=State.IN_FORCE,
    first_day=date(2020, 4, 1),
    ended=None,
    lines=("Le puisatier creuse jusqu'à douze mètres.", "Il tient un carnet."),
    nota=("Ces règles valent pour les puits ouverts après 2019.",),
)


def other(serial: int, **fields: object) -> ArticleVersion:
    """Another version, whose identifier ends with this serial number."""
    return replace(VERSION, id=f"LEGIARTI{serial:012}", **fields)  # type: ignore[arg-type]


DAY = date(2026, 3, 1)
ENDED = other(11, state=State.CHANGED, ended=DAY)
REPLACING = other(12, first_day=DAY, lines=("Le puisatier creuse jusqu'à vingt mètres.",))
ELSEWHERE = other(30, text_id=OTHER_CODE_ID, code="Code des cordes")


def article_xml(
    version: ArticleVersion, body: str | None = None, changed: Mapping[str, str] | None = None
) -> bytes:
    """A version as LEGI writes it; `body` replaces its text, `changed` rewrites what is written."""
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in version.lines)
    nota = "".join(f"<p>{escape(line)}<br/></p>" for line in version.nota)
    headings = ""
    for heading in reversed(version.path):
        title = f'<TITRE_TM debut="2019-04-01" fin="2999-01-01">{escape(heading)}</TITRE_TM>'
        headings = f"<TM>{title}{headings}</TM>"
    title = f"c_titre_court={quoteattr(version.code)} debut='2019-04-01' fin='2999-01-01'"
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<ARTICLE><META><META_COMMUN><ID>{version.id}</ID><ANCIEN_ID/><ORIGINE>LEGI</ORIGINE>"
        f"<URL>article/{version.id}.xml</URL><NATURE>Article</NATURE></META_COMMUN><META_SPEC>"
        f"<META_ARTICLE><NUM>{escape(version.number)}</NUM><ETAT>{version.state}</ETAT>"
        f"<DATE_DEBUT>{version.first_day}</DATE_DEBUT>"
        f"<DATE_FIN>{version.ended or '2999-01-01'}</DATE_FIN><TYPE>AUTONOME</TYPE>"
        "</META_ARTICLE></META_SPEC></META>"
        f'<CONTEXTE><TEXTE cid="{version.text_id}" nature="CODE">'
        f'<TITRE_TXT {title} id_txt="{version.text_id}">{escape(version.code)}</TITRE_TXT>'
        f"{headings}</TEXTE></CONTEXTE>"
        f'<VERSIONS><VERSION etat="{version.state}"><LIEN_ART debut="{version.first_day}" '
        f'id="{version.id}"/></VERSION></VERSIONS><NOTA><CONTENU>{nota}</CONTENU></NOTA>'
        f"<BLOC_TEXTUEL><CONTENU>{paragraphs if body is None else body}</CONTENU></BLOC_TEXTUEL>"
        "<LIENS/></ARTICLE>"
    )
    for written, replacement in (changed or {}).items():
        assert written in xml
        xml = xml.replace(written, replacement)
    return xml.encode()


def article_name(version: ArticleVersion) -> str:
    """Where a version's file is in an archive."""
    return f"{_FOLDER}/{version.text_id}/article/LEGI/ARTI/00/00/{version.id}.xml"


def suppressions(*versions: ArticleVersion) -> dict[str, bytes]:
    """The list of suppressed versions, as a file of an archive."""
    names = [article_name(version).removesuffix(".xml") for version in versions]
    folder = f"{_FOLDER}/{CODE_ID}/section_ta/LEGI/SCTA/00/00/LEGISCTA000000000099"
    return {"liste_suppression_legi.dat": "\n".join([*names, folder, ""]).encode()}


def in_folder(archive: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same files as a daily archive has them, in a folder named by its moment."""
    stamp = archive.removeprefix("LEGI_").removesuffix(".tar.gz")
    return {f"{stamp}/{name}": data for name, data in files.items()}


def files_of(*versions: ArticleVersion) -> dict[str, bytes]:
    """Versions and their neighbours in an archive, by name."""
    structure = f"{_FOLDER}/{CODE_ID}/texte/struct/{CODE_ID}.xml"
    return {structure: b"<TEXTELR/>"} | {
        article_name(version): article_xml(version) for version in versions
    }


def write_archive(path: Path, files: Mapping[str, bytes], *special: tarfile.TarInfo) -> Path:
    """A `.tar.gz` of these files, then of entries without content."""
    with tarfile.open(path, "w:gz") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        for entry in special:
            archive.addfile(entry)
    return path


def write_folder(folder: Path, files: Mapping[str, bytes]) -> Path:
    """The same files, unpacked."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder
