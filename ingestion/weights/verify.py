"""Reading every byte of the weights again."""

from enum import Enum
from pathlib import Path

from ingestion.weights.catalogue import Model
from ingestion.weights.digests import Digests
from ingestion.weights.locate import expected


class State(Enum):
    """What is known of a model on this machine."""

    ABSENT = "absent"
    INTACT = "intact"
    ALTERED = "altéré"


def state(model: Model, folder: Path, *, fresh: bool = False) -> State:
    """Compare a model's hash with the expected one; `fresh` trusts no remembered hash.

    A file put there by hand, for which no hash was ever recorded, is not known to be right.
    """
    path = folder / model.file
    if not path.exists():
        return State.ABSENT
    right = Digests(folder).of(path, fresh=fresh) == expected(model, folder)
    return State.INTACT if right else State.ALTERED
