"""State dates: as of which days the texts of an index were said to be right. Pure."""

from ingestion.french import DayRange, days_in_words
from ingestion.index.store import Manifest


def state_range(manifest: Manifest) -> str:
    """In French: "au 23/08/2026", "de mi-2025 au 23/08/2026", and that some have no date."""
    known = [(first, last) for first, last, _ in manifest.state_ranges]
    known += [(day, day) for day, _ in manifest.state_dates if day]
    if not known and manifest.state_date:
        known = [(manifest.state_date, manifest.state_date)]
    if not known:
        return "date non indiquée"
    first, last = min(known), max(known, key=lambda days: (days[1], days[0]))
    told = _at(last, "au") if first == last else f"{_at(first, 'du')} {_at(last, 'au')}"
    undated = dict(manifest.state_dates).get(None, 0)
    return f"{told}, et {undated} sans date" if undated else told


def _at(days: DayRange, article: str) -> str:
    """A day with its article, or a part of a year, which takes none or another."""
    said = days_in_words(*days)
    if days[0] == days[1]:
        return f"{article} {said}"
    return f"de {said}" if article == "du" else f"à {said}"


def state_counts(manifest: Manifest) -> tuple[tuple[str, int], ...]:
    """Each day in figures, part of a year, or "sans date", with how many texts were right then."""
    ranges = [((first, last), count) for first, last, count in manifest.state_ranges]
    dates = [((day, day), count) for day, count in manifest.state_dates if day]
    undated = dict(manifest.state_dates).get(None, 0)
    return (
        *((days_in_words(*days), count) for days, count in sorted(ranges + dates)),
        *((("sans date", undated),) if undated else ()),
    )
