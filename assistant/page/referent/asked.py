"""What a list is asked to show: the filter, the order and the page, as an address says them."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from pydantic import BaseModel, BeforeValidator, Field

from assistant.answers import Outcome
from assistant.checking import Support
from assistant.page.referent.frame import ROOT
from assistant.review.filter import Ending, Filter, Order
from assistant.review.line import State, Thumb

_BLANK = BeforeValidator(lambda value: value or None)
"""A field that is left empty is sent as ""."""

Short = Annotated[str, Field(max_length=200)]


class Asked(BaseModel):
    """The query of a list; an address that holds it shows the same list to everyone who may."""

    since: Annotated[date | None, _BLANK] = None
    until: Annotated[date | None, _BLANK] = None
    theme: Short = ""
    outcome: Annotated[Outcome | None, _BLANK] = None
    support: Annotated[Support | None, _BLANK] = None
    route: Short = ""
    thumb: Annotated[Thumb | None, _BLANK] = None
    team: Short = ""
    dossier: Short = ""
    state: Annotated[State | None, _BLANK] = None
    ending: Annotated[Ending | None, _BLANK] = None
    words: Short = ""
    order: Annotated[Order, BeforeValidator(lambda value: value or Order.LATEST)] = Order.LATEST
    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1

    @property
    def filter(self) -> Filter:
        """The filter alone."""
        return Filter(**self.model_dump(exclude={"order", "page"}))

    @property
    def chosen(self) -> Mapping[str, str]:
        """What is asked for beyond what is shown anyway."""
        values = self.model_dump(mode="json", exclude_defaults=True)
        return {name: str(value) for name, value in values.items()}

    def address(self, path: str = "", page: int = 1) -> str:
        """The address of this list, of another page of it, or of its file."""
        query = {name: value for name, value in self.chosen.items() if name != "page"}
        query |= {"page": str(page)} if page > 1 else {}
        return f"{ROOT}/{path}{'?' if query else ''}{urlencode(query)}"
