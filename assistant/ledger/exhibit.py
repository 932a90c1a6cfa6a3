"""An exhibit: a table, and the shape in which it is drawn when people would rather look. Values."""

from dataclasses import dataclass
from enum import StrEnum

from assistant.ledger.fields import Kind
from assistant.ledger.plan import Measure, Plan
from assistant.ledger.table import Table


class Shape(StrEnum):
    """What a drawing shows of a table.

    RANKING and SHARES read the label in the first column and the value in the second, TIME too, in
    the order of the rows. AGEING reads the stage, the bracket and the amount of a row from the
    first, second and fourth.
    """

    RANKING = "ranking"
    SHARES = "shares"
    TIME = "time"
    AGEING = "ageing"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A table and its shape, None where a drawing would say less than the table.

    `lead` is what it comes to, in a sentence, where there is one.
    """

    table: Table
    shape: Shape | None = None
    lead: str = ""


def shape_of(plan: Plan) -> Shape | None:
    """How the figures of a plan are drawn: periods along time, groups as ranks or shares."""
    if plan.group is None or plan.compared:
        return None
    if plan.step:
        return Shape.TIME
    is_money = plan.field is not None and plan.field.kind is Kind.AMOUNT
    adds_up = plan.measure is Measure.SUM and is_money and not plan.is_of_some
    return Shape.SHARES if adds_up else Shape.RANKING
