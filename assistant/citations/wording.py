"""Wording: what a sentence speaks of, word by word, by meaning and by nature. Pure."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence

from assistant.citations.lexicon import ENGLISH, ENGLISH_FREE, FREE, MEANINGS
from assistant.question.quantities import Atom, AtomKind

# Stems: the part of a word that its plural, gender, tense and noun forms share. Pure.

_SUFFIXES = (
    "issements", "issement", "issantes", "issants", "issante", "issant", "issent", "ations",
    "ation", "ements", "ement", "eraient", "erait", "eront", "antes", "ants", "ante", "ant",
    "aient", "ait", "era", "ees", "ee", "ent", "ies", "ie", "ing", "ed", "er", "ez", "ir", "it",
    "es", "e", "s", "x", "i",
)  # fmt: skip
_SHORTEST = 3
_IRREGULAR = tuple(
    (re.compile(rf"({root})(?:{endings})$"), common)
    for root, endings, common in (
        (r"publi", "cations?|er|es?|ees?|ent|ant", ""),
        (r"francai", "s|ses?", ""),
        (r"buyer|tenderer|supplier|worker", "s|", ""),
        (r".*cri", "re|t|te|ts|tes|vent|vant|s", ""),
        (r".*(?:dui|trui)", "re|t|te|ts|tes|sent|sant|s", ""),
        (r".*pr", "endre|end|is|ise|ises|ennent|enant|enne", "en"),
        (r"(?:ad|per|trans|sou|re|com|pro|e|)m", "ettre|et|ettent|is|ise|ises|ettant|ette", "et"),
        (r".*[tv]", "enir|ient|iennent|enu|enue|enus|enues|enant|ienne", "en"),
        (r"(?:re|con|per)c", "evoir|oit|oivent|u|ue|us|ues|evant", "ev"),
        (r".*cour", "ir|t|ent|u|ue|us|ant", ""),
        (r".*(?:ai|ei|oi)", "ndre|nt|nts|nte|ntes|gnent|gnant", "n"),
        (r".*clu", "re|t|ent|s|se|ses|e|es|ant", ""),
        (r".*sui", "vre|vent|vi|vie|vis|vies|vant|t", ""),
        (r".*fai", "re|t|te|ts|tes|sant", ""),
        (r".*(?:r|v|tt|p|f|t)end", "re|u|ue|us|ues|ent|ant|", ""),
    )
)


def stem(word: str) -> str:
    """Return the stem of a word in lower case, without accents: "estimation" → "estim"."""
    letters = unicodedata.normalize("NFD", word.replace("œ", "oe").replace("æ", "ae"))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    for pattern, common in _IRREGULAR:
        if match := pattern.match(bare):
            return match.group(1) + common
    if len(bare) > _SHORTEST and bare[-1] in "sx":
        bare = bare[:-1]
    for suffix in _SUFFIXES:
        if bare.endswith(suffix) and len(bare) - len(suffix) >= _SHORTEST:
            return _single(bare[: -len(suffix)].rstrip("i"))
    return _single(bare)


def _single(root: str) -> str:
    """Return a root without the letter that its feminine adds: "essentiell", "imperieus"."""
    return root[:-1] if root.endswith(("ell", "enn", "onn", "eus")) else root


# Natures: what a rule is about and whom it binds; never exchanged, never left out. Data.
#
# A line is a nature, then the ways to write it, in French and in English.

NATURES = """
works: travaux | works
supplies: fourniture | supply | supplies
services: service
intellectual: prestation intellectuelle
buyer: acheteur | buyer | acheteur public | vous | you
contracting authority: pouvoir adjudicateur | contracting authority | contracting authorities
contracting entity: entité adjudicatrice | contracting entity | contracting entities
conceding authority: autorité concédante
concessionaire: concessionnaire
holder: titulaire | contractor
candidate: candidat | candidate
tenderer: soumissionnaire | tenderer | bidder
awardee: attributaire
subcontractor: sous traitant | subcontractor
company: opérateur économique | opérateur | entreprise | société | economic operator | company
sme: petite ou moyenne entreprise | petite et moyenne entreprise | pme | sme
state: état | state
local: collectivité territoriale | collectivité | local authority
central: autorité publique centrale
hospital: établissement public de santé
institution: établissement public
adapted: procédure adaptée | mapa | adapted procedure
formalised: procédure formalisée | formalised procedure
open: ouvert | open
restricted: restreint | restricted
negotiated: négocié
electronic: électronique | dématérialisé | electronic
paper: papier | paper
guarantor: établissement garant | garant | guarantor institution | guarantor
concession: concession
framework: accord cadre | framework agreement
public: public | publique
private: privé
law: loi | statute
rule: règlement
decree: décret | decree
ht: hors taxe | ht | excluding vat | excluding tax | excl vat | excl tax | before tax
ttc: toute taxe comprise | ttc | including vat | including tax | incl vat
working day: ouvrable
business day: ouvré
calendar day: calendaire
candidature: candidature
tender: offre | tender | bid
lot: lot
minor: accessoire
main: principal
initial: initial
final: définitif | final
direct: direct | directement
partial: partiel | partiellement
whole: totalité | intégralité | totalement | intégralement
total: total
"""

ACTORS = frozenset(
    {"buyer", "contracting authority", "contracting entity", "conceding authority", "holder"}
    | {"candidate", "tenderer", "subcontractor", "company", "concessionaire", "awardee", "state"}
    | {"local", "law", "rule", "decree"}
)
"""Meanings that can do what a verb says."""

INTERCHANGEABLE = frozenset({"works", "supplies", "services"})
"""Natures between which "et" and "ou" say the same."""


# Wording: what a sentence speaks of, word by word, by meaning. Pure.

OTHERWISE = "|"
"""Stands between the meanings of an English word that has several."""

_TOKEN = re.compile(r"[^\W_]+")


def _table(lines: str) -> Iterator[tuple[tuple[str, ...], str]]:
    for line in lines.strip().splitlines():
        key, _, writings = line.partition(":")
        for writing in writings.split("|"):
            yield tuple(stem(word) for word in writing.split()), key.strip()


def _translated(french: dict[tuple[str, ...], str]) -> dict[tuple[str, ...], str]:
    """Return the English writings with their French meanings, joined where there are several."""
    found: dict[tuple[str, ...], str] = {}
    for entry in ENGLISH.replace("\n", " ").split(";"):
        written, _, translations = entry.partition("=")
        stems = tuple(stem(word) for word in written.split())
        meaning = french.get(stems, stems[-1])
        for translation in translations.split(","):
            words = tuple(stem(word) for word in translation.replace("-", " ").split())
            cognate = words[0] if len(words) == 1 else ""
            others = found.get(words, french.get(words, cognate)).split(OTHERWISE)
            found[words] = OTHERWISE.join(dict.fromkeys(filter(None, (*others, meaning))))
    return found


_NATURES = dict(_table(NATURES))
_FRENCH = {**dict(_table(MEANINGS)), **_NATURES}
_ENGLISH = {**_FRENCH, **_translated(_FRENCH)}
_NATURE_KEYS = frozenset(_NATURES.values())
_FREE = frozenset(FREE.split())
_ENGLISH_FREE = _FREE | frozenset(ENGLISH_FREE.split())
_LONGEST = max(len(words) for words in _ENGLISH)


def find_words(text: str, *, english: bool = False) -> tuple[Atom, ...]:
    """Every nature and content word of a text made `plain`, what was read before being hidden."""
    known, free = (_ENGLISH, _ENGLISH_FREE) if english else (_FRENCH, _FREE)
    tokens = [(m.group(), stem(m.group()), m.start(), m.end()) for m in _TOKEN.finditer(text)]
    found: list[Atom] = []
    position = 0
    while position < len(tokens):
        word, key, start, _ = tokens[position]
        size = _size(text, tokens, position, known, free)
        if size:
            key = known[tuple(token[1] for token in tokens[position : position + size])]
        if size or word not in free:
            is_nature = size and key.split(OTHERWISE)[0] in _NATURE_KEYS
            kind = AtomKind.NATURE if is_nature else AtomKind.WORD
            found.append(Atom(kind, key, start, tokens[position + max(size, 1) - 1][3]))
        position += max(size, 1)
    return tuple(found)


def _size(
    text: str,
    tokens: Sequence[tuple[str, str, int, int]],
    position: int,
    known: Mapping[tuple[str, ...], str],
    free: Collection[str],
) -> int:
    """Return how many words make the longest known writing that starts at a token."""
    for size in range(min(_LONGEST, len(tokens) - position), 0, -1):
        words = tuple(token[1] for token in tokens[position : position + size])
        span = text[tokens[position][2] : tokens[position + size - 1][3]]
        is_broken = re.search(r"[.,;:()\x00]", span) is not None
        if words in known and not is_broken and (size > 1 or tokens[position][0] not in free):
            return size
    return 0
