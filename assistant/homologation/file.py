"""The file for the homologation as a paper: its parts in the order in which they are read. Pure."""

from assistant.findings import day
from assistant.homologation.assurance import (
    evaluation_part,
    limits_part,
    measures_part,
    notice_part,
    procedures_part,
    risks_part,
)
from assistant.homologation.facts import Facts
from assistant.homologation.installation import (
    data_part,
    flows_part,
    libraries_part,
    roles_part,
    system_part,
)
from assistant.papers.paper import Paper

TITLE = "Dossier d'homologation de Sourcier"


def homologation(facts: Facts) -> Paper:
    """The whole file for an installation."""
    parts = (
        system_part(facts),
        flows_part(facts),
        data_part(facts),
        roles_part(facts),
        measures_part(facts),
        notice_part(),
        evaluation_part(facts),
        limits_part(),
        risks_part(),
        procedures_part(),
        libraries_part(facts),
    )
    about = f"Établi le {day(facts.made)} d'après l'installation en service. {facts.code}."
    return Paper(TITLE, about, facts.made, tuple(block for part in parts for block in part))
