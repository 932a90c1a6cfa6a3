"""Archives taken one after the other from where they are, and applied to what is installed."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from ingestion.legislation.archives import Progress, read_stream
from ingestion.legislation.chosen_texts import ChosenText, Sifted, sift
from ingestion.legislation.mirror import ArchivePlan, ArchiveSource, ListedArchive
from ingestion.legislation.official_copy import OfficialCopy

Told = Callable[[ListedArchive, Sifted], None]
"""Told what each archive had, before it is applied."""


def take(
    copy: OfficialCopy,
    source: ArchiveSource,
    plan: ArchivePlan,
    chosen: Sequence[ChosenText],
    progress: Progress,
    told: Told,
) -> None:
    """Read the archives of a plan and apply each once it is whole; progress is in bytes.

    Nothing of an archive is written but the texts chosen, and those that the library has. Raises
    IngestionError when one cannot be had or read: those before it stay applied.
    """
    meter = ByteMeter(plan.size, progress)
    for archive in plan.archives:
        wanted = {*(each.id for each in chosen), *copy.text_ids()}
        found = read_stream(archive.name, meter.counted(source.pieces(archive)), wanted)
        sifted = sift(found, chosen, copy.text_ids())
        told(archive, sifted)
        copy.apply(archive, sifted.changes, plan.missing)
        meter.close(archive.size)


class ByteMeter:
    """Counts bytes; what an archive has more or less than its list told changes the total."""

    def __init__(self, total: int, progress: Progress) -> None:
        """`total` is what lists tell of all archives together."""
        self._done, self._begun, self._total = 0, 0, total
        self._progress = progress

    def counted(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The same pieces."""
        for piece in pieces:
            yield piece
            self._done += len(piece)
            self._progress(self._done, max(self._total, self._done))

    def close(self, told: int) -> None:
        """An archive whose size was told is read."""
        self._total += self._done - self._begun - told
        self._begun = self._done
