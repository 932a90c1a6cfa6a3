"""The audit: which advisories are known of the libraries installed, and which are accepted.

python -m assistant.operations.audit PIP_AUDIT

PIP_AUDIT is the command of that name. It ends well when it could ask nothing, so that what it did
not ask is looked for in what it says: an audit that could not ask has failed. An advisory is
accepted in corpus/homologation/risques.toml, for a reason and until a day.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import distributions
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from assistant.reports.homologation_claims import load_content

OURS = "sourcier"
OPTIONS = ("--disable-pip", "--no-deps", "--format", "json", "--progress-spinner", "off")
CLEAN, CONCERNED, UNASKED = 0, 1, 2

_NAME = re.compile(r"(?:CVE|GHSA|PYSEC)-[\w-]+")


@dataclass(frozen=True, slots=True)
class KnownAdvisory:
    """One that is known of a library; `names` are all those that it has."""

    library: str
    version: str
    names: frozenset[str]
    fixed_in: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LibraryAudit:
    """What was said: of which libraries nothing, and what is known of the others."""

    unasked: tuple[str, ...]
    advisories: tuple[KnownAdvisory, ...]


def read_report(report: Mapping[str, Any]) -> LibraryAudit:
    """What pip-audit says as JSON. Pure."""
    rows = report["dependencies"]
    return LibraryAudit(
        tuple(row["name"] for row in rows if "skip_reason" in row),
        tuple(
            KnownAdvisory(
                row["name"],
                row["version"],
                frozenset((each["id"], *each["aliases"])),
                tuple(each["fix_versions"]),
            )
            for row in rows
            for each in row.get("vulns", ())
        ),
    )


def accepted(rows: Iterable[Mapping[str, Any]], today: date) -> frozenset[str]:
    """The names of the advisories that are accepted on a day. Pure."""
    return frozenset(
        name for row in rows if row["again"] > today for name in _NAME.findall(row["name"])
    )


def judged(audit: LibraryAudit, known: frozenset[str]) -> tuple[int, list[str]]:
    """How the audit ends, and what to say of it in French. Pure."""
    open_ones = [each for each in audit.advisories if not each.names & known]
    told = [_told(each) for each in open_ones]
    if audit.unasked:
        several = ", ".join(audit.unasked[:5]) + (" …" if len(audit.unasked) > 5 else "")
        libraries = f"bibliothèque{'s' if len(audit.unasked) > 1 else ''}"
        told.append(
            f"L'audit n'a pas pu se faire : rien n'a été dit de {len(audit.unasked)} "
            f"{libraries} ({several}). Relancez-le d'une machine qui joint la base d'avis."
        )
        return UNASKED, told
    if open_ones:
        return CONCERNED, told
    passed = len(audit.advisories)
    return CLEAN, [f"Aucun avis nouveau ; {passed} accepté{'s' if passed > 1 else ''}."]


def _told(advisory: KnownAdvisory) -> str:
    fixed = ", ".join(advisory.fixed_in) or "aucune"
    names = ", ".join(sorted(advisory.names))
    return f"{advisory.library} {advisory.version} : {names} ; version corrigée : {fixed}."


def installed() -> list[str]:
    """The libraries beside this program, each as "name==version" of its public version."""
    return sorted(
        f"{each.name}=={each.version.partition('+')[0]}"
        for each in distributions()
        if each.name != OURS
    )


def audit(command: Sequence[str]) -> LibraryAudit:
    """Ask pip-audit about what is installed; a tool that says nothing has asked about nothing."""
    libraries = installed()
    with TemporaryDirectory() as folder:
        listed = Path(folder) / "libraries.txt"
        listed.write_text("\n".join(libraries), encoding="utf-8")
        asked = subprocess.run(
            [*command, *OPTIONS, "--requirement", str(listed)],
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    try:
        return read_report(json.loads(asked.stdout))
    except ValueError:
        return LibraryAudit(tuple(each.partition("==")[0] for each in libraries), ())


def main() -> int:
    """Audit and say what was found; 1 for an advisory not accepted, 2 when nothing was said."""
    known = accepted(load_content("risques")["vulnerability"], date.today())
    code, told = judged(audit(sys.argv[1:]), known)
    sys.stdout.write("\n".join(told) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
