"""What questions about the days of a notice ask to calculate, by those they give. Pure."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from assistant.calculators.amounts import add_months
from assistant.calculators.calculation import Buyer
from assistant.calculators.catalogue import Asked
from assistant.calculators.facts import QuestionFacts, first, of_role
from assistant.calculators.needs import Missing, buyer, choice, completed, figure
from assistant.calculators.requests.delays import UNDATED
from assistant.calculators.time_limits import Procedure, TimeLimitsAsked

_NOTICE = re.compile(r"\b(?:avis|aapc)\b(?! d'attribution| de modification| rectificatif)")

_WHICH_DAY = re.compile(
    r"\bau plus (?:tot|tard)\b|\bdate limite\b|\bquand\b"
    r"|\bquel(?:le)? (?:est l[ea] )?(?:date|delai|jour)\b"
    r"|\b(?:delai|date) (?:(?:de|des) \w+ )?(?:mini|de remise|de reception|de depot)"
    r"|\bcombien de (?:jours|temps)\b|\bdelais? reduits?\b|\bdate ?\?"
    r"|\b(?:premier|1er|dernier) jour\b|\bmini(?:mum|mal\w*)?\b|\bplancher\b"
)

_SENT_NOTICE = re.compile(
    r"\b(?:(?P<sent>(?:avis(?! d)|aapc)(?= (?:[\w']+ ){0,3}$)"
    r"|env(?:o|err)\w+|transmi\w+|adress\w+|part|parti(?!r d)\w*)"
    r"(?: (?:pour|a|a la|au[x]? fins de) publication)?"
    r"|(?P<other>publi\w+|paru\w*|limite|remise|recu\w*|reception|depot|notifi\w+|sign\w+))\b"
)

_NO_PRIOR_NOTICE = re.compile(
    r"(?:\bpas|\bsans|\baucun|\bni)(?: d'| de | )?(?:avis (?:de )?)?pre-?info"
)

_PRIOR_NOTICE = re.compile(r"\bpre-?info(?:rmation)?s?\b(?:(?!\bavis\b|\baapc\b)[^,;:.?]){0,40}$")

_INVITATION = re.compile(r"\binvit(?!\w* a confirmer)\w+[^,;.?]{0,60}$")

_TENDERS = re.compile(r"\b(?:(?<!appel d')offres?|plis?|soumission\w*)\b")

_APPLICATIONS = re.compile(r"\bcandidatures?\b")

_OTHER_SENDING = re.compile(
    r"\b(?:questions?|dce|dossier|candidats?|entreprises?|precisions?|reponses?)\b"
    r"(?:(?!\bavis\b)[^;.?]){0,40}$"
)

# "le service des urgences" is who needs it; "urgent ou non" says nothing.
_URGENT = re.compile(
    r"(?<!non )(?<!non-)(?<!pas )(?<!pas d')(?<!sans )(?<!aucune )(?<!ni )(?<!ni d')(?<!hors )"
    r"(?<!service d')(?<!services d')"
    r"\burgen(?:ce|te?s?)\b(?! (?:ou|et) (?:non|pas)\b)"
)

_WHEN_TO_SEND = re.compile(
    r"\b(?:envo\w+|transm\w+|publi\w+|lanc\w+|partir)\b[^.?]{0,40}\b(?:avis|aapc)\b[^.?]{0,40}"
    r"\b(?:au plus tard|quand|quel jour|quelle date)\b"
    r"|\b(?:au plus tard|quand|quel jour|quelle date|dernier jour)\b[^.?]{0,40}"
    r"\b(?:envo\w+|transm\w+|publi\w+|lanc\w+|partir)\b[^.?]{0,20}\b(?:avis|aapc)\b"
    r"|\b(?:au plus tard|quand|quel jour|quelle date|dernier jour)\b[^.?]{0,20}"
    r"\b(?:avis|aapc)\b[^.?]{0,30}\b(?:envo\w+|part\w*|publi\w+)\b"
    r"|\b(?:avis|aapc)\b[^.?]{0,20}\b(?:envoy\w+|part\w*)\b[^.?]{0,12}\b(?:au plus tard|quand)\b"
)

_DUE = re.compile(
    r"\b(?:(?P<applications>candidatures?)|(?P<of_all>plis?|offres?|limite|remise|reception|depot)"
    r"|(?P<other>invit\w*|attribu\w+|sign\w+|notifi\w+|demarr\w+|questions?|visite))\b"
)

PROCEDURES = {
    Procedure.OPEN: re.compile(r"\b(?:appel d'offres|ao) (?:restreint ou )?ouvert\b|\baoo\b"),
    Procedure.RESTRICTED: re.compile(r"\b(?:appel d'offres|ao) (?:ouvert ou )?restreint\b|\baor\b"),
    Procedure.NEGOTIATED: re.compile(r"\bprocedure avec negociation\b"),
    Procedure.ADAPTED: re.compile(r"\bmapa\b|\bprocedure adaptee\b"),
}

BY_POST = re.compile(
    r"\b(?:papier|postale?s?|postaux|recommandee?s?|par courriers?)\b(?! electronique)"
    r"|\bcourriers?\b(?! electronique)"
    r"(?![^,;.?]* (?:par|via|sur|depuis) (?:la |le |notre )?"
    r"(?:plate[- ]?forme|profil (?:d')?acheteur|(?:e-?)?mails?|courriels?|voie electronique"
    r"|messagerie))"
)


_UNAGREED = re.compile(
    r"\b(?:pas|sans|aucun|faute|a defaut|ni)(?: d'| de | )?(?:avoir d')?accord\b"
)
_OFF_PROFILE = re.compile(
    r"\b(?:documents?|plans?|pieces?|dce|dossier|cahier|partie)\b[^.?!]{0,60}"
    r"\b(?:pas|non|jamais|sans|hors|impossible)\b[^,;.?!]{0,40} (?:profil|plate-?forme)"
)
_WAS_SENT = re.compile(
    r"\b(?:est|a ete|ai|avons|vient d'etre|on a|a) (?:bien |deja )?"
    r"(?:parti|envoye|transmis|adresse)\b"
)
_WHICH_DATE = re.compile(
    r"\bquel(?:le)? (?:est |sera )?(?:la )?(?:date|jour)\b"
    r"|\bdates? (?:limites? )?(?:mini\w*|au plus tot)|\b(?:donne\w*|calcul\w*)[^.?]{0,20} date\b"
)


def time_limits(facts: QuestionFacts) -> Asked | Missing | None:
    """The earliest day on which candidatures or tenders may be due."""
    procedures = [each for each, named in PROCEDURES.items() if facts.says(named)]
    invited = [each.value for each in facts.days if _INVITATION.search(each.before)]
    if invited:
        return _of_invitation(facts, procedures, invited)
    sent = of_role(facts.days, _SENT_NOTICE, "sent", _PRIOR_NOTICE, _OTHER_SENDING)
    is_sent = facts.says(UNDATED, _SENT_NOTICE) or facts.says(_WAS_SENT, _WHICH_DATE)
    is_undated = not facts.days and is_sent
    is_asked = facts.says(_NOTICE, _WHICH_DAY) and (is_undated or facts.days)
    if not is_asked or len(procedures) > 1 or len(sent) > 1 or _has_unread_day(facts, sent):
        return None
    if procedures == [Procedure.ADAPTED]:
        return TimeLimitsAsked(Procedure.ADAPTED, first(sent), Buyer.LOCAL)
    due = None if sent else _due(facts, is_open=procedures == [Procedure.OPEN])
    asked = partial(
        TimeLimitsAsked,
        is_electronic=not facts.says(BY_POST),
        is_urgent=facts.says(_URGENT),
        has_prior_notice=_has_prior_notice(facts, sent),
        due=due,
        is_off_profile=facts.says(_OFF_PROFILE),
    )
    needed = {
        "procedure": choice(
            "Quelle est la procédure : appel d'offres ouvert, restreint, avec négociation ?",
            procedures,
            *(Procedure.OPEN, Procedure.RESTRICTED, Procedure.NEGOTIATED),
        ),
        "sent": figure("Quel jour l'avis a-t-il été envoyé à la publication ?", sent),
    }
    if due:
        asked = partial(asked, sent=None)
        del needed["sent"]
    if procedures == [Procedure.OPEN] and not facts.buyers:  # the same for all of them
        return completed(partial(asked, buyer=Buyer.LOCAL), **needed)
    return completed(asked, **needed, buyer=buyer(facts, Buyer.LOCAL, Buyer.ENTITY))


def _of_invitation(
    facts: QuestionFacts, procedures: Sequence[Procedure], invited: Sequence[date]
) -> Asked | Missing | None:
    """The earliest day on which the tenders of those invited may be due.

    And the candidatures, where these are asked about with the day that the notice is sent.
    """
    if not facts.says(_WHICH_DAY, _TENDERS) or len(procedures) != 1 or len(invited) > 1:
        return None
    if procedures[0] in {Procedure.OPEN, Procedure.ADAPTED} or _tells_of_prior_notice(facts):
        return None
    others = [each for each in facts.days if each.value not in invited]
    sent = of_role(others, _SENT_NOTICE, "sent", _PRIOR_NOTICE)
    if len(sent) > 1:
        return None
    asked = partial(
        TimeLimitsAsked,
        procedure=procedures[0],
        sent=first(sent) if facts.says(_APPLICATIONS) else None,
        is_electronic=not facts.says(BY_POST),
        is_urgent=facts.says(_URGENT),
        invited=invited[0],
        is_unagreed=facts.says(_UNAGREED),
        is_off_profile=facts.says(_OFF_PROFILE),
    )
    return completed(asked, buyer=buyer(facts, Buyer.LOCAL, Buyer.ENTITY))


def _has_unread_day(facts: QuestionFacts, sent: Sequence[date]) -> bool:
    """Whether a day beside that of the notice is of no known event: "envoyé le 3, et le 5"."""
    return bool(sent) and any(
        not (each.role(_SENT_NOTICE) or _PRIOR_NOTICE.search(each.before)) for each in facts.days
    )


def _due(facts: QuestionFacts, *, is_open: bool) -> date | None:
    """The day that what the notice calls for is due, where the last day to send it is asked for.

    Of a procedure that is not open the notice calls for applications only.
    """
    if not facts.says(_WHEN_TO_SEND) or len(facts.days) != 1:
        return None
    return first(of_role(facts.days, _DUE, "of_all" if is_open else "applications"))


def _tells_of_prior_notice(facts: QuestionFacts) -> bool:
    """Whether a prior notice is named, and not said to lack."""
    return "preinfo" in facts.words and not facts.says(_NO_PRIOR_NOTICE)


def _has_prior_notice(facts: QuestionFacts, sent: Sequence[date]) -> bool:
    """Whether a prior notice shortens the time: sent 35 days to twelve months before (R2161-3)."""
    prior = [each.value for each in facts.days if _PRIOR_NOTICE.search(each.before)]
    if not prior or not sent:
        return _tells_of_prior_notice(facts)
    return timedelta(days=35) <= sent[0] - prior[0] and sent[0] <= add_months(prior[0], 12)
