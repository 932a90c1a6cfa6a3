"""Succession: what a file added to a library takes the place of. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from ingestion.piece_kinds import Confidence, KindGuess
from ingestion.piece_versions import later_version, same_piece
from ingestion.readings import Entry


@dataclass(frozen=True, slots=True)
class Succession:
    """The entry as it is kept, the entries that it replaces, and French remarks for who adds it.

    `refusal` is why it is not kept at all, in French, None when it is.
    """

    entry: Entry
    replaced: tuple[Entry, ...] = ()
    remarks: tuple[str, ...] = ()
    refusal: str | None = None


def succession(entry: Entry, others: Collection[Entry]) -> Succession:
    """What adding `entry` does to those already there.

    A name added again with other bytes replaces; of two versions of one piece of a dossier the
    later one stays, and where their names leave a doubt both do, and that is said.
    """
    replaced: list[Entry] = []
    remarks: list[str] = []
    for other in others:
        later = _later(entry, other)
        if later == other.source != entry.source:
            refusal = f"version antérieure à {other.source}, qui est déjà là"
            return Succession(entry, refusal=refusal)
        if later == entry.source:
            replaced.append(other)
            same = other.source == entry.source
            told = "le fichier ajouté auparavant sous ce nom" if same else other.source
            remarks.append(f"remplace {told}")
        elif other.sha256 == entry.sha256:
            remarks.append(f"même contenu que {other.source}, sous le nom duquel il sera cité")
        elif entry.piece and other.piece and same_piece(entry.source, other.source):
            remarks.append(f"peut-être une autre version de {other.source} : retirez l'ancienne")
    version = max((each.version for each in replaced), default=0) + 1
    return Succession(replace(entry, version=version), tuple(replaced), tuple(remarks))


def of_kind(entry: Entry, guess: KindGuess) -> Entry:
    """The entry as a piece of the kind guessed, with the doubt that is left."""
    doubt = "" if guess.confidence is Confidence.SURE else guess.reason
    return replace(entry, piece=guess.kind, doubt=doubt)


def _later(entry: Entry, other: Entry) -> str | None:
    """The name that stays of two, None when both do."""
    if entry.source == other.source:
        return entry.source
    if entry.piece is None or other.piece is None or not same_piece(entry.source, other.source):
        return None
    return later_version(entry.source, other.source)
