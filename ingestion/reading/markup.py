"""XML and HTML parsed without entities, DTD or network; the only file to import lxml."""

from lxml import etree, html

from ingestion.reading.content import UnreadableFile

Element = etree._Element


def parse_xml(data: bytes) -> Element:
    """The root of an XML document.

    Raises:
        UnreadableFile: when it is not well formed.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableFile(f"fichier corrompu (XML : {error.msg})") from error


def parse_html(text: str) -> Element:
    """The root of an HTML page, however badly written.

    Raises:
        UnreadableFile: when there is no element at all.
    """
    parser = html.HTMLParser(
        no_network=True, huge_tree=False, remove_comments=True, encoding="utf-8"
    )
    try:
        return html.document_fromstring(text.encode("utf-8", errors="replace"), parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise UnreadableFile("aucun texte dans le fichier") from error


def as_html(element: Element) -> bytes:
    """An element and all below it, as HTML in UTF-8 whatever it was read from."""
    written = etree.tostring(element, method="html", encoding="unicode", with_tail=False)
    return written.encode("utf-8")


def local_name(element: Element) -> str:
    """The element's name without its namespace, "" for what is no element."""
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""


def attribute(element: Element, name: str) -> str | None:
    """The value of an attribute whatever its namespace."""
    for key, value in element.attrib.items():
        if etree.QName(str(key)).localname == name:
            return str(value)
    return None
