"""What questions about an award ask to calculate, by the figures that they give. Pure."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from assistant.calculators.amounts import add_months
from assistant.calculators.award import StandstillAsked, TurnoverAsked
from assistant.calculators.calculation import Buyer, Nature
from assistant.calculators.catalogue import (
    Asked,
    Missing,
    buyer,
    choice,
    completed,
    figure,
    nature,
)
from assistant.calculators.facts import QuestionFacts, before_tax, but_role, first, of_role
from assistant.calculators.procedure import ProcedureAsked
from assistant.calculators.time_limits import Procedure, TimeLimitsAsked
from assistant.question.parts import speaks_of_a_part

_MAY_I = r"\b(?:puis-je|peut-on|peut-elle|pouvons-nous|on peut|je peux|ai-je le droit de)\b"
_MUST_I = r"\b(?:dois-je|doit-on|devons-nous|faut-il|(?:suis-je|est-on|sommes-nous) obliges? de)\b"
_OBJECT = (
    r"(?: (?!(?:a|au|aux|aupres|avant|apres|avec|chez|contre|dans|en|par|sans|sous|sur|pour)\b)"
    r"[a-z'-]+){0,5}"
)
"""What is bought, in a few words: a person, a means or a condition makes another question of it."""

_AMOUNT = r"\d[\d .,]*(?:k?€|k ?euros?|euros?|m€)(?: ?ht| hors taxes?| ttc)?"
_WHICH_PROCEDURE = re.compile(
    rf"{_MAY_I} (?:acheter|commander|depenser){_OBJECT} (?:pour )?{_AMOUNT}{_OBJECT} ?(?:\?|$)|"
    r"\bquelle (?:est la )?(?:procedure|publicite|mise en concurrence)\b|\bprocedure ou pas\b"
    rf"|\b(?:acheter|achat|commander|commande|besoin)\b{_OBJECT} (?:de |pour )?{_AMOUNT}{_OBJECT}"
    r"(?: ?[,:.]|,? et)? (?:que|comment|quelles? (?:regles?|demarches?|formalites?))"
    r"(?: dois-je| doit-on| devons-nous| faut-il)? (?:faire|suivre|respecter|proceder) ?(?:\?|$)"
    rf"|{_MAY_I}.{{0,20}}\b(?:acheter|commander|signer|contracter|passer|conclure|confier|faire)\b"
    r"[^.?]{0,60}\b(?:sans (?:publicite|mise en concurrence)|de gre a gre|directement|en mapa"
    r"|en procedure adaptee)\b"
    rf"|{_MUST_I} (?:faire|lancer|organiser|passer par|recourir a|publier|mettre|prevoir)\b.{{0,8}}"
    r"\b(?:publicite|mise en concurrence|en concurrence|appel d'offres|avis|procedure formalisee)\b"
    r"|\b(?:procedure (?:formalisee|adaptee)|mapa|appel d'offres|gre a gre) (?:est-elle |est-il )?"
    r"(?:obligatoire|possible|suffi\w+|autorisee?|\?)"
)
# Specific services follow a procédure adaptée at any amount (R2123-1, 3°).
_SPECIFIC_SERVICE = re.compile(
    r"\b(?:restauration (?:scolaire|collective)|periscolaire|extrascolaire|spectacles?|insertion"
    r"|enseignement|culturels?|sportifs?|soins|traiteur|repas|formation|hotellerie|postaux"
    r"|juridiques|avocats?|aide a domicile|(?:accompagnement|aide|action)s? social\w*"
    r"|prestations? de creches?|haltes?-garderies?|(?:gestion|services) (?:d'une |de (?:la )?)"
    r"(?:cantine|creche)s?|(?:hebergement|securite|surveillance)"
    r"(?! (?:informatique|web|et (?:de )?protection)))\b"
)
_LOT = re.compile(r"(?<!\ben )\b(?P<lot>lots?)\b")
# "une jeune entreprise innovante" is who sells (R2122-9-1 looks at what is bought).
_INNOVATIVE = re.compile(
    r"(?<!entreprise )(?<!entreprises )(?<!societe )(?<!societes )(?<!start-up )(?<!start-ups )"
    r"(?<!startup )(?<!startups )(?<!pme )\binnovante?s?\b"
)

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
    rf"|{_MAY_I} (?:signer|conclure)\b|\bcombien de (?:jours|temps) .{{0,20}}\battendre\b"
    r"|\bdate de (?:la )?signature\b|\bsignature (?:possible|prevue|au plus tot)\b"
)
_SENT_REJECTION = re.compile(
    r"\b(?:(?P<winner>(?:attributaire|titulaire|marche|gagnant|laureat)s?\b[^,;:.?]{0,30}"
    r"(?:notifi|inform|prevenu|avis|envo)\w*)"
    r"|(?P<sent>envo\w+|transmi\w+|adress\w+|parti\w*|notifi\w+|inform\w+|prevenu\w*)"
    r"|(?P<other>recu\w*|sign\w+|limite|remise|attribu\w+|publi\w+))\b"
)
_OTHER_LETTER = re.compile(r"\b(?:recours|demand\w+ (?:[\w']+ ){0,4}motifs?)\b[^.,:;?]{0,30}$")
_TURNOVER = re.compile(r"\bchiffres? d'affaires\b|\b(?:un|le|du) ca\b|\bca (?:minim|annuel|exig)")
_LEAST = re.compile(r"\b(?:minim|exig|demand|impos|plafon|maxim)")
_WHOSE_AMOUNT = re.compile(
    r"\b(?:(?P<contract>marche|contrat|besoin|lot|estime)|(?P<turnover>chiffres? d'affaires|ca)\b)"
)


def procedure(facts: QuestionFacts) -> Asked | Missing | None:
    """Which procedure and which publicity, where it is plainly asked."""
    return procedure_of_amount(facts) if facts.says(_WHICH_PROCEDURE) else None


def procedure_of_amount(facts: QuestionFacts) -> Asked | Missing | None:
    """Which procedure and which publicity, for the amount that the question gives."""
    if speaks_of_a_part(facts.words):
        return None
    if facts.natures in {(), (Nature.SERVICES,)} and facts.says(_SPECIFIC_SERVICE):
        return None
    needs, lots = but_role(facts.amounts, _LOT, "lot"), of_role(facts.amounts, _LOT, "lot")
    if not facts.amounts or len(needs) > 1 or len(lots) > 1:
        return None
    return completed(
        partial(ProcedureAsked, lot=first(lots), is_innovative=facts.says(_INNOVATIVE)),
        amount=figure(
            "Quel est le montant hors taxes de tout le besoin, lots et reconductions compris ?",
            before_tax(needs),
        ),
        nature=nature(facts),
        buyer=buyer(facts),
    )


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


def turnover(facts: QuestionFacts) -> Asked | Missing | None:
    """The highest turnover that may be required of candidates."""
    contract = but_role(facts.amounts, _WHOSE_AMOUNT, "turnover")
    is_asked = facts.says(_TURNOVER, _LEAST) and not speaks_of_a_part(facts.words)
    if not is_asked or not facts.amounts or len(contract) > 1:
        return None
    question = "Quel est le montant estimé hors taxes du marché ou du lot ?"
    return completed(TurnoverAsked, amount=figure(question, before_tax(contract)))
