"""The fiche on the page of a dossier: what the pieces state, and the way to each place."""

import re
from dataclasses import replace
from functools import cache
from html import unescape
from urllib.parse import parse_qs, urlsplit

from assistant.question.language import Language
from assistant.tenders.fiche import Fiche, fiche
from assistant.web.buyer.dossier_pages import fiche_section
from ingestion.chunking.passages import passages_of
from ingestion.documents.document import Hidden
from tests.support.dossier_files import Read, built_in, piece
from tests.support.page_texts import parsed

DOSSIER = "parcs-2026"


@cache
def filed() -> tuple[Read, ...]:
    """The built-in dossier as it stands in the folder of a dossier."""
    known = [replace(document, dossier=DOSSIER) for document, _ in built_in()]
    return tuple((document, passages_of(document)) for document in known)


@cache
def built_in_section(language: Language = Language.FRENCH) -> str:
    return shown(fiche(filed()), language)


def shown(made: Fiche, language: Language = Language.FRENCH) -> str:
    return plain(fiche_section(made, DOSSIER, language))


def plain(text: str) -> str:
    """Text without what holds it together at the end of a line."""
    return text.replace("\u00a0", " ").replace("\u2011", "-")


def rows(section: str) -> dict[str, str]:
    """What stands beside each subject."""
    found = re.findall(
        r'<th scope="row"><span lang="fr">(.*?)</span></th>(.*?)</tr>', section, re.DOTALL
    )
    return {unescape(label): row for label, row in found}


def places(row: str) -> list[tuple[str, str]]:
    """The words of a row, and those that each of its links marks in its document."""
    texts = {document.id: document.text for document, _ in filed()}
    found = []
    for figure in re.findall(r"<figure>.*?</figure>", row, re.DOTALL):
        quoted = unescape(re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", figure, re.DOTALL)[0])
        for tag, attributes in parsed(figure).found:
            if tag == "a":
                address = urlsplit(attributes["href"] or "")
                query = parse_qs(address.query)
                assert query["dossier"] == [DOSSIER]
                start, end = map(int, query["quote"][0].split("-"))
                assert int(query["start"][0]) <= start < end <= int(query["end"][0])
                marked = texts[address.path.removeprefix("/document/")][start:end]
                found.append((quoted, plain(marked)))
    return found


def test_each_text_leads_to_the_same_words_in_its_document() -> None:
    said = [place for row in rows(built_in_section()).values() for place in places(row)]
    assert len(said) == sum(len(line.entries) for line in fiche(filed()).lines)
    assert all(quoted == marked for quoted, marked in said)


def test_a_text_that_pieces_repeat_is_shown_once_with_every_place() -> None:
    row = rows(built_in_section())["Objet"]
    assert row.count("Objet | Entretien des espaces verts communaux (deux lots)") == 1
    for locator in ("CCAP, p. 1", "CCTP, p. 1", "RC, p. 1"):
        assert f">{locator}</a>" in row


def test_what_is_to_be_checked_says_which_piece_prevails() -> None:
    penalties = rows(built_in_section())["Pénalités de retard"]
    assert '<span class="state">à vérifier</span>' in penalties
    assert "CCAP, CCTP : valeurs différentes ; CCAP prévaut sur CCTP" in penalties
    assert 'class="state"' not in rows(built_in_section())["Variantes"]
    assert '<span class="told">6 sujets à vérifier</span>' in built_in_section()
    assert "(CCAP, art. 2.1, p. 2) : AE, BPU, CCAP, CCTP." in built_in_section()


def test_what_is_not_found_is_said_and_counted() -> None:
    section = shown(fiche([piece("CCAP.md", "# Avance\n\nL'avance est de 5 %.")]))
    assert '<span class="state">non trouvé</span>' in rows(section)["Variantes"]
    assert '<span class="told">23 sujets non trouvés</span>' in section
    assert "l'ordre usuel est suivi" in unescape(section)


def test_an_order_that_could_not_be_read_is_said_not_to_be() -> None:
    unread = "# Pièces\n\nL'ordre de priorité des pièces est en annexe."
    said = unescape(shown(fiche([piece("CCAP.md", unread)])))
    assert "Un ordre de priorité des pièces (CCAP) n'a pas pu être lu" in said


def test_text_of_a_piece_is_escaped() -> None:
    section = shown(fiche([piece("CCAP.md", "# Avance\n\nL'avance &lt;script&gt; est de 5 %.")]))
    assert "&lt;script&gt;" in section
    assert "<script" not in section


def test_the_section_is_folded_and_offers_both_files() -> None:
    tags = parsed(built_in_section()).found
    assert tags[0] == ("details", {"id": "fiche", "class": "known fiche"})
    links = [attributes.get("href") for _, attributes in tags]
    assert "/dossiers/parcs-2026/fiche.docx?lang=fr" in links
    assert "/dossiers/parcs-2026/fiche.csv?lang=fr" in links


def test_the_section_speaks_english_around_the_french_of_the_pieces() -> None:
    section = built_in_section(Language.ENGLISH)
    assert "6 subjects to check" in section
    assert "lang=en" in section
    assert "à vérifier" not in section


def test_text_that_no_page_shows_is_said_to_be_so() -> None:
    document, _ = piece("CCAP.md", "# Retenue de garantie\n\nUne retenue de garantie de 5 %.")
    start = document.text.index("Une retenue")
    hidden = replace(document, hidden=(Hidden(start, len(document.text)),))
    assert "que la page ne montre pas" in shown(fiche([(hidden, passages_of(hidden))]))
    assert "que la page ne montre pas" not in shown(fiche([(document, passages_of(document))]))
