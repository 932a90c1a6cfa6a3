"""What is said of a dossier, as a form: its fields, and what comes back from them."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from assistant.page.form import labelled
from assistant.page.markup import Html, element, joined
from assistant.page.words import Words
from ingestion.dossiers import Dossier, Stage

SHORT, LONG = 100, 500
"""Characters of a field."""

Short = Annotated[str, StringConstraints(max_length=SHORT, strip_whitespace=True)]
Long = Annotated[str, StringConstraints(max_length=LONG, strip_whitespace=True)]


class Description(BaseModel):
    """The fields of `description_fields` as a browser sends them."""

    reference: Short = ""
    subject: Long = ""
    buyer: Long = ""
    team: Short = ""
    stage: Stage = Stage.PREPARATION
    sent: date | None = None
    deadline: date | None = None
    notified: date | None = None

    def of(self, dossier_id: str) -> Dossier:
        """The dossier that it describes."""
        return Dossier(**self.model_dump() | {"id": dossier_id})


def description_fields(dossier: Dossier, said: Words) -> Html:
    """The fields, filled with what is known."""
    texts = (("reference", SHORT), ("subject", LONG), ("buyer", LONG), ("team", SHORT))
    days = ("sent", "deadline", "notified")
    return joined(
        [
            *(text_field(name, getattr(dossier, name), most, said) for name, most in texts),
            labelled(said["dossier_stage"], stage_choice(dossier.stage, said)),
            *(day_field(name, getattr(dossier, name), said) for name in days),
        ]
    )


def text_field(name: str, value: str, most: int, said: Words, **rules: str | bool) -> Html:
    """A line of text with its label."""
    field = element("input", type="text", name=name, value=value, maxlength=most, **rules)
    return labelled(said[f"dossier_{name}"], field)


def day_field(name: str, value: date | None, said: Words) -> Html:
    """A day with its label."""
    day = value.isoformat() if value else None
    return labelled(
        said[f"dossier_{name}"],
        element("input", type="date", name=name, value=day, max="9999-12-31"),
    )


def stage_choice(chosen: Stage, said: Words) -> Html:
    """How far the dossier has come."""
    options = (
        element("option", said[f"stage_{stage.name}"], value=stage, selected=stage is chosen)
        for stage in Stage
    )
    return element("select", *options, name="stage")
