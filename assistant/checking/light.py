"""Light words: those that a sentence may bring or drop without saying anything else. Data."""

FREE = """
le la les l un une des du de d au aux à en et y on il ils elle elles ce cet cette ces celui celle
ceux celles lequel laquelle lesquels lesquelles auquel duquel auxquels desquels ci là cela c ça
son sa ses leur leurs votre vos se s me lui eux dont qui que qu quoi où ou
est sont être été était étaient sera seront soit soient serait fut étant
a ont avoir avait avaient aura auront ait ayant eu
pour dans sur chez vers entre parmi selon ainsi donc alors aussi également ensuite puis toutefois
cependant néanmoins enfin outre ailleurs effet fait faite faits faites
ni comme afin
article articles art arts prévu
titre lors
the a an of to in on for by is are be been its it this that these those and as at with from their
his her which who
"""

WEAK = frozenset(
    {"ht", "value", "estimate", "date", "present", "pres", "prealabl", "contract", "need"}
    | {"provide for", "concern", "code", "article", "fix", "elev", "dispos", "egal", "eventuel"}
    | {"precit", "dit", "leur", "propr", "lui", "pend", "answer", "refer"}
    | {"respectif", "correspond", "all", "each", "application", "applicable"}
    | {"duration", "only person", "libr", "freely", "but"}
)
"""Meanings that a rewording may drop without saying anything else."""

ADDED = frozenset(
    {"value", "provide for", "fix", "elev", "dispos", "concern", "article", "code", "egal", "cas"}
    | {"suppos", "applicable", "date", "refer", "duration", "rest", "compt", "vaut"}
)
"""Meanings that a rewording may bring: they carry no fact."""
