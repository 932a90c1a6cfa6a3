"""Data folders with decisions installed."""

from collections.abc import Sequence
from pathlib import Path

from ingestion.case_law.installation import CaseLawCopy, RulingsFound, gather, make_searchable
from ingestion.durable import lock_for_writing
from ingestion.index.search import Embedder
from ingestion.legislation.legi import DilaFund
from ingestion.legislation.mirror import ArchiveFolder, plan_gathering
from tests.jade_files import ALL_RULINGS, InventedRuling, write_rulings


def gather_rulings(home: Path, archives: Path) -> dict[str, RulingsFound]:
    """Apply the archives of a folder, without indexing them: what each of them had."""
    copy, source = CaseLawCopy(home), ArchiveFolder(archives, DilaFund.JADE)
    found: dict[str, RulingsFound] = {}
    reached = copy.reached
    plan = plan_gathering(source.listing(), reached.moment if reached else None)
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
