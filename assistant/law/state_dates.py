"""State dates: as of which days the texts of an index were said to be right. Pure."""

from ingestion.index.store import Manifest


def state_range(manifest: Manifest) -> str:
    """In French: "au 23/08/2026", "du 01/07/2025 au 23/08/2026", and that some have no date."""
    known = [day for day, _ in manifest.state_dates if day]
    days = known or ([manifest.state_date] if manifest.state_date else [])
    if not days:
        return "date non indiquée"
    first, last = days[0], days[-1]
    told = f"au {last:%d/%m/%Y}" if first == last else f"du {first:%d/%m/%Y} au {last:%d/%m/%Y}"
    undated = dict(manifest.state_dates).get(None, 0)
    return f"{told}, et {undated} sans date" if undated else told


def state_counts(manifest: Manifest) -> tuple[tuple[str, int], ...]:
    """Each day in figures, or "sans date", with how many texts were right on it."""
    return tuple(
        (f"{day:%d/%m/%Y}" if day else "sans date", count) for day, count in manifest.state_dates
    )
