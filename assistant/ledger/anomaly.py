"""An anomaly: what a rule found, the rows it compared, and what to check. Values."""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from hashlib import sha256

from ingestion.builtin import CORPUS


class Severity(StrEnum):
    """How much an anomaly may cost."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def label(self) -> str:
        """In French."""
        return _LABELS[self]


_LABELS = {Severity.HIGH: "élevée", Severity.MEDIUM: "moyenne", Severity.LOW: "faible"}


@dataclass(frozen=True, slots=True)
class Rule:
    """What is looked for; `source` defines it, `check` says what to do with what it finds.

    A rule with `least`, the rows below which it says nothing, is a statistical screening.
    """

    name: str
    title: str
    severity: Severity
    source: str
    check: str
    least: int = 0

    @property
    def is_screening(self) -> bool:
        """Whether it says where to look, and nothing of any one invoice."""
        return self.least > 0


@dataclass(frozen=True, slots=True)
class Anomaly:
    """What was found: the ids of the rows compared, and a French sentence with their figures.

    `subject` tells apart what one rule finds on populations: a supplier, else the rows themselves.
    """

    rule: Rule
    rows: tuple[str, ...]
    says: str
    subject: str = ""

    @property
    def key(self) -> str:
        """What it is about: the same rule on the same rows has the same, in any order."""
        return self.subject or " ".join(sorted(self.rows))

    @property
    def id(self) -> str:
        """The name by which an analyst explains it."""
        return sha256(f"{self.rule.name}\0{self.key}".encode()).hexdigest()[:12]


@cache
def rules() -> dict[str, Rule]:
    """Every rule of corpus/registre/anomalies.toml by its name, the gravest first."""
    path = CORPUS / "registre" / "anomalies.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    found = (Rule(**{**row, "severity": Severity(row["severity"])}) for row in table["rule"])
    order = list(Severity)
    return {rule.name: rule for rule in sorted(found, key=lambda each: order.index(each.severity))}
