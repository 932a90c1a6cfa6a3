"""What questions about the days of an award ask to calculate, by those they give. Pure."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from assistant.calculators.amounts import add_months
from assistant.calculators.award import StandstillAsked
from assistant.calculators.calculation import Buyer
from assistant.calculators.catalogue import Asked, Missing, buyer, choice, completed, figure
from assistant.calculators.facts import MAY_I, QuestionFacts, of_role
from assistant.calculators.time_limits import Procedure, TimeLimitsAsked

_NOTICE = re.compile(r"\b(?:avis|aapc)\b(?! d'attribution| de modification| rectificatif)")

_WHICH_DAY = re.compile(
    r"\bau plus tot\b|\bdate limite\b|\bquel(?:le)? (?:est l[ea] )?(?:date|delai)\b|\bquand\b"
    r"|\bdelai (?:minim|de remise|de reception)|\bcombien de (?:jours|temps)\b"
)

_SENT_NOTICE = re.compile(
    r"\b(?:(?P<sent>envo\w+|transmi\w+|adress\w+|part|parti\w*)"
    r"|(?P<other>publi\w+|paru\w*|limite|remise|recu\w*|reception|depot|notifi\w+|sign\w+))\b"
)

_PRIOR_NOTICE = re.compile(r"\bpreinformation(?:(?!\bavis\b)[^,;.?]){0,40}$")

_OTHER_SENDING = re.compile(
    r"\b(?:questions?|dce|dossier|candidats?|entreprises?|precisions?|reponses?)\b"
    r"(?:(?!\bavis\b)[^;.?]){0,40}$"
)

# "le service des urgences" is who needs it; "urgent ou non" says nothing.
_URGENT = re.compile(
    r"(?<!non )(?<!non-)(?<!pas )(?<!service d')(?<!services d')"
    r"\burgen(?:ce|te?s?)\b(?! (?:ou|et) (?:non|pas)\b)"
)

_PROCEDURES = {
    Procedure.OPEN: re.compile(r"\b(?:appel d'offres|ao) (?:restreint ou )?ouvert\b|\baoo\b"),
    Procedure.RESTRICTED: re.compile(r"\b(?:appel d'offres|ao) (?:ouvert ou )?restreint\b|\baor\b"),
    Procedure.NEGOTIATED: re.compile(r"\bprocedure avec negociation\b"),
    Procedure.ADAPTED: re.compile(r"\bmapa\b|\bprocedure adaptee\b"),
}

_WHOEVER_BUYS = {Procedure.OPEN, Procedure.ADAPTED}
"""Procedures whose time limits are the same for every buyer."""

_BY_POST = re.compile(
    r"\b(?:papier|postale?s?|postaux|recommandee?s?|par courriers?)\b(?! electronique)"
    r"|\bcourriers?\b(?! electronique)"
    r"(?![^,;.?]* (?:par|via|sur|depuis) (?:la |le |notre )?"
    r"(?:plate[- ]?forme|profil (?:d')?acheteur|(?:e-?)?mails?|courriels?|voie electronique"
    r"|messagerie))"
)

_REJECTED = re.compile(r"\b(?:rejet|non retenu|evince|ecarte|standstill)")

_WHEN_TO_SIGN = re.compile(
    r"\bquand\b.{0,40}\bsign|\bsign\w+ quand\b|\bfaut-il attendre\b|\bstandstill\b"
    rf"|{MAY_I} (?:signer|conclure)\b|\bcombien de (?:jours|temps) .{{0,20}}\battendre\b"
    r"|\bdate de (?:la )?signature\b|\bsignature (?:possible|prevue|au plus tot)\b"
)

_SENT_REJECTION = re.compile(
    r"\b(?:(?P<winner>(?:attributaire|titulaire|marche|gagnant|laureat)s?\b[^,;:.?]{0,30}"
    r"(?:notifi|inform|prevenu|avis|envo)\w*)"
    r"|(?P<sent>envo\w+|transmi\w+|adress\w+|parti\w*|notifi\w+|inform\w+|prevenu\w*)"
    r"|(?P<other>recu\w*|sign\w+|limite|remise|attribu\w+|publi\w+))\b"
)

_OTHER_LETTER = re.compile(r"\b(?:recours|demand\w+ (?:[\w']+ ){0,4}motifs?)\b[^.,:;?]{0,30}$")


def time_limits(facts: QuestionFacts) -> Asked | Missing | None:
    """The earliest day on which candidatures or tenders may be due."""
    procedures = [each for each, named in _PROCEDURES.items() if facts.says(named)]
    sent = of_role(facts.days, _SENT_NOTICE, "sent", _PRIOR_NOTICE, _OTHER_SENDING)
    is_asked = facts.says(_NOTICE, _WHICH_DAY)
    if not is_asked or not facts.days or len(procedures) > 1 or len(sent) > 1:
        return None
    asked = partial(
        TimeLimitsAsked,
        is_electronic=not facts.says(_BY_POST),
        is_urgent=facts.says(_URGENT),
        has_prior_notice=_has_prior_notice(facts, sent),
    )
    needed = {
        "procedure": choice(
            "Quelle est la procédure : appel d'offres ouvert, restreint, avec négociation ?",
            procedures,
            *(Procedure.OPEN, Procedure.RESTRICTED, Procedure.NEGOTIATED),
        ),
        "sent": figure("Quel jour l'avis a-t-il été envoyé à la publication ?", sent),
    }
    if _WHOEVER_BUYS & {*procedures} and not facts.buyers:
        return completed(partial(asked, buyer=Buyer.LOCAL), **needed)
    return completed(asked, **needed, buyer=buyer(facts, Buyer.LOCAL, Buyer.ENTITY))


def _has_prior_notice(facts: QuestionFacts, sent: Sequence[date]) -> bool:
    """Whether a prior notice shortens the time: sent 35 days to twelve months before (R2161-3)."""
    prior = [each.value for each in facts.days if _PRIOR_NOTICE.search(each.before)]
    if not prior or not sent:
        return "preinformation" in facts.words
    return timedelta(days=35) <= sent[0] - prior[0] and sent[0] <= add_months(prior[0], 12)


def standstill(facts: QuestionFacts) -> Asked | Missing | None:
    """The first day on which the contract may be signed."""
    sent = of_role(facts.days, _SENT_REJECTION, "sent", _OTHER_LETTER)
    if not facts.says(_REJECTED, _WHEN_TO_SIGN) or not facts.days or len(sent) > 1:
        return None
    asked = partial(
        StandstillAsked,
        is_electronic=not facts.says(_BY_POST),
        is_formalised=not facts.says(_PROCEDURES[Procedure.ADAPTED]),
    )
    question = "Quel jour les notifications de rejet ont-elles été envoyées ?"
    return completed(asked, sent=figure(question, sent))
