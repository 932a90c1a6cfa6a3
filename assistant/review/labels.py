"""Labels: what is said of answers in French, in the lists, pages and files of a review."""

from assistant.answers import Outcome
from assistant.checking import Support
from assistant.review.filter import Ending, Order
from assistant.review.line import State, Thumb
from assistant.review.sampling import Reason

OUTCOMES = {
    Outcome.ANSWERED: "répondue",
    Outcome.PARTIAL: "partielle ou incertaine",
    Outcome.ABSTAINED: "sans réponse",
}
SUPPORTS = {
    Support.VERBATIM: "mot à mot",
    Support.SUPPORTED: "vérifié",
    Support.COMPUTED: "calculé",
}
STATES = {State.UNREAD: "non relue", State.READ: "relue", State.TWICE: "relue deux fois"}
THUMBS = {Thumb.UP: "utile", Thumb.DOWN: "à revoir"}
ENDINGS = {Ending.FINISHED: "terminée", Ending.INTERRUPTED: "interrompue"}
ORDERS = {
    Order.LATEST: "les plus récentes d'abord",
    Order.OLDEST: "les plus anciennes d'abord",
    Order.SLOWEST: "les plus lentes d'abord",
    Order.THEME: "par thème",
}
REASONS = {
    Reason.COMPLAINED: "signalée par l'acheteur",
    Reason.CHANGED: "droit changé depuis",
    Reason.DOUBTFUL: "réponse incertaine",
    Reason.RANDOM: "tirée au sort",
}
_ROUTES = {
    "rule": "règles",
    "dossier": "dossier",
    "calculation": "calcul",
    "invoices": "factures",
    "purchases": "achats",
    "out_of_scope": "hors périmètre",
}


def route_label(route: str) -> str:
    """The route of a question in words; one without words of its own is given as it is."""
    return _ROUTES.get(route, route)
