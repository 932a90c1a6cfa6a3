"""Invented decisions in the format of JADE, their archives, and data folders that have them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

from ingestion.case_law.installation import CaseLawCopy, RulingsFound, gather, make_searchable
from ingestion.durable import lock_for_writing
from ingestion.index.search import Embedder
from ingestion.legislation.archive_files import DilaFund
from ingestion.legislation.mirror import ArchiveFolder, plan_gathering
from tests.support.legi_files import write_archive

ALL_RULINGS = "Freemium_jade_global_20260101-140000.tar.gz"
LATER_RULINGS = "JADE_20260303-214500.tar.gz"
_FOLDER = "jade/global/CETA/TEXT/00/00"


@dataclass(frozen=True, slots=True)
class InventedRuling:
    """A decision: `paragraphs` are its reasons, each a line, numbered where they are to be."""

    serial: int
    court: str
    number: str
    day: date
    published: str
    paragraphs: tuple[str, ...]
    subject: str = ""
    asked: str = "La société Amont demande l'annulation du jugement qui a rejeté sa demande."

    @property
    def id(self) -> str:
        """Its identifier."""
        return f"CETATEXT{self.serial:012}"


NUMBERED = InventedRuling(
    1,
    "Conseil d'Etat",
    "471001",
    date(2024, 4, 1),
    "B",
    (
        "Considérant ce qui suit :",
        "1. La commune de Puisard a lancé une consultation pour le curage de ses puits.",
        "2. Aux termes de l'article L. 2152-5 du code de la commande publique, une offre trop "
        "basse est vérifiée. L'article R. 2152-3 du même code impose de questionner son auteur.",
        "3. Il résulte de l'instruction que l'acheteur n'a posé aucune question au puisatier. En "
        "écartant son offre sans l'interroger, il a manqué à ses obligations de mise en "
        "concurrence.",
    ),
    "39-02-005 MARCHÉS ET CONTRATS ADMINISTRATIFS. - FORMATION DES CONTRATS.",
)
OLDER = InventedRuling(
    2,
    "CAA de LYON",
    "12LY01234",
    date(2013, 5, 2),
    "C",
    (
        "Considérant qu'en vertu de l'article 53 du code des marchés publics, l'offre est jugée "
        "selon des critères annoncés ;",
        "Considérant que la cour relève que le critère du seau n'avait pas été annoncé ;",
    ),
)
ELSEWHERE = InventedRuling(
    3,
    "Conseil d'Etat",
    "471003",
    date(2024, 5, 1),
    "A",
    ("1. Le code de l'urbanisme soumet le puits à permis, comme les marchés publics couverts.",),
)
TRIBUNAL = InventedRuling(
    4,
    "Tribunal administratif de Caen",
    "2200004",
    date(2024, 5, 1),
    "C",
    ("1. Le code de la commande publique est cité ici, par un tribunal.",),
)


def ruling_xml(ruling: InventedRuling) -> bytes:
    """A decision as JADE writes it."""
    lines = ["Vu la procédure suivante :", ruling.asked, *ruling.paragraphs]
    lines += ["D E C I D E :", "Article 1er : La requête est réglée.", "Article 2 : Lecture."]
    body = "<br/>\n<br/>\n".join(map(escape, lines))
    abstract = f'<SCT ID="8A" TYPE="PRINCIPAL">{escape(ruling.subject)}\n</SCT>'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<TEXTE_JURI_ADMIN><META><META_COMMUN><ID>{ruling.id}</ID><ANCIEN_ID/>"
        f"<ORIGINE>CETAT</ORIGINE><URL>texte/juri/admin/{ruling.id}.xml</URL><NATURE>Texte</NATURE>"
        f"</META_COMMUN><META_SPEC><META_JURI><TITRE>{escape(ruling.court)}, {ruling.day:%d/%m/%Y},"
        f" {ruling.number}</TITRE><DATE_DEC>{ruling.day}</DATE_DEC>"
        f"<JURIDICTION>{escape(ruling.court)}</JURIDICTION><NUMERO>{ruling.number}</NUMERO>"
        "<SOLUTION/></META_JURI><META_JURI_ADMIN><FORMATION>7ème chambre</FORMATION>"
        f"<TYPE_REC>plein contentieux</TYPE_REC><PUBLI_RECUEIL>{ruling.published}</PUBLI_RECUEIL>"
        "<DEMANDEUR/><DEFENDEUR/><PRESIDENT/><AVOCATS/><RAPPORTEUR/><COMMISSAIRE_GVT/>"
        "</META_JURI_ADMIN></META_SPEC></META>"
        f"<TEXTE><BLOC_TEXTUEL><CONTENU>\n{body}<br/>\n</CONTENU></BLOC_TEXTUEL>"
        f"<SOMMAIRE>{abstract if ruling.subject else ''}</SOMMAIRE><CITATION_JP/></TEXTE><LIENS/>"
        "</TEXTE_JURI_ADMIN>"
    ).encode()


def ruling_files(*rulings: InventedRuling) -> dict[str, bytes]:
    """Decisions as the files of an archive."""
    return {f"{_FOLDER}/{each.id}.xml": ruling_xml(each) for each in rulings}


def withdrawn(*rulings: InventedRuling) -> dict[str, bytes]:
    """The list of suppressed decisions, as a file of an archive."""
    names = [f"{_FOLDER}/{each.id}" for each in rulings]
    return {"liste_suppression_jade.dat": "\n".join([*names, ""]).encode()}


def write_rulings(
    folder: Path,
    rulings: Sequence[InventedRuling],
    name: str = ALL_RULINGS,
    gone: Sequence[InventedRuling] = (),
) -> Path:
    """A folder with an archive of these."""
    folder.mkdir(exist_ok=True)
    files = ruling_files(*rulings) | (withdrawn(*gone) if gone else {})
    write_archive(folder / name, files)
    return folder


# Data folders with decisions installed


def gather_rulings(home: Path, archives: Path) -> dict[str, RulingsFound]:
    """Apply the archives of a folder, without indexing them: what each of them had."""
    copy, source = CaseLawCopy(home), ArchiveFolder(archives, DilaFund.JADE)
    found: dict[str, RulingsFound] = {}
    plan = plan_gathering(source.listing(), copy.moment)
    gather(
        copy,
        source,
        plan,
        lambda done, total: None,
        lambda archive, had: found.update({archive.name: had}),
    )
    return found


def install_rulings(home: Path, rulings: Sequence[InventedRuling], embedder: Embedder) -> Path:
    """`home`, in which these decisions may be asked for."""
    copy = CaseLawCopy(home)
    with copy.alone(), lock_for_writing(copy.folder):
        gather_rulings(home, write_rulings(home / "archives", rulings, ALL_RULINGS))
        copy.keep()
        make_searchable(home, embedder, lambda step, done, total: None)
    return home
