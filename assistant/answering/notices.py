"""Notices: what the program says in its own name, in the language of the question. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date

from assistant.answering.answer import Citation
from assistant.errors import ModelStopped
from assistant.llm.language_model import EngineUse
from assistant.question.day import in_figures
from assistant.question.language import Language
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.injections import addressed
from assistant.tenders.fiche import FicheLine
from assistant.tenders.general_clauses import AppliedText
from ingestion.chunking.passages import Passage
from ingestion.legislation.general_clauses import GeneralText
from ingestion.readers.documents import Kind

_RESERVED = {
    Language.FRENCH: "Réserve écrite sous {} : à relire sur Légifrance.",
    Language.ENGLISH: "Reservation written under {}: read it again on Légifrance.",
}

_ADDRESSED = {
    Language.FRENCH: "Attention, ce passage s'adresse à l'assistant et non au lecteur : « {} » ; "
    "ces mots ne sont cités dans aucune réponse.",
    Language.ENGLISH: "Beware, this passage speaks to the assistant and not to its reader: “{}”; "
    "these words are quoted in no answer.",
}

_DISPUTED = {
    Language.FRENCH: "Cette fiche dit « {} », que le texte en vigueur (art. {}) ne dit pas : c’est "
    "lui qui fait foi, et la réponse ne s’appuie pas sur la fiche.",
    Language.ENGLISH: "This sheet says “{}”, which the text in force (art. {}) does not: rely on "
    "that text; the answer does not rest on the sheet.",
}

_CARRIES_ADDRESSED = {
    Language.FRENCH: "La source {} contient des phrases qui s'adressent à l'assistant ; elles ne "
    "sont pas citées.",
    Language.ENGLISH: "Source {} has sentences that speak to the assistant; they are not quoted.",
}

_HIDDEN = {
    Language.FRENCH: (
        "Attention : {} cite un texte que la page du document ne montre pas (caché, recouvert ou "
        "de la couleur du papier). Ouvrez le document avant de vous y fier."
    ),
    Language.ENGLISH: (
        "Beware: {} quotes text that the page of the document does not show (hidden, covered, or "
        "of the colour of the paper). Open the document before relying on it."
    ),
}

_UNDER_PICTURE = {
    Language.FRENCH: (
        "Le texte de {} est placé sous une image (page numérisée, ou texte caché) : comparez avec "
        "l’image de la page."
    ),
    Language.ENGLISH: (
        "The text of {} stands under a picture (a scanned page, or hidden text): compare it with "
        "the picture of the page."
    ),
}

_RECOGNISED = {
    Language.FRENCH: (
        "Le texte de {} est lu par reconnaissance de caractères : comparez avec l’image de la page."
    ),
    Language.ENGLISH: (
        "The text of {} was read by character recognition: compare it with the picture of the page."
    ),
}

_DOUBTED = {
    Language.FRENCH: "Chiffre lu avec doute, vérifiez sur l’image : {}. Rien n’est calculé avec.",
    Language.ENGLISH: "Read with doubt, check on the picture: {}. Nothing is computed with it.",
}

_OLDER = {
    Language.FRENCH: "Textes à jour au {}, pas au-delà.",
    Language.ENGLISH: "The texts are as of {}, no later.",
}


_NOT_REWRITTEN = {
    Language.FRENCH: "la question a été cherchée sans être reformulée",
    Language.ENGLISH: "the question was searched without being put in French or rewritten",
}

_NOT_WRITTEN = {
    Language.FRENCH: "la réponse s’arrête à ce qui est cité des textes",
    Language.ENGLISH: "the answer ends with what is quoted from the texts",
}

_STOPPED = {
    Language.FRENCH: "Le modèle de langue s’est arrêté : {}. Les passages et les citations restent "
    "exacts. Il redémarre : posez de nouveau la question si la réponse ne suffit pas.",
    Language.ENGLISH: "The language model stopped: {}. The passages and the quotes are still "
    "exact. It starts again: ask again if the answer is not enough.",
}

_UNAVAILABLE = {
    Language.FRENCH: "Le modèle de langue ne peut pas servir : {}. Les passages et les citations "
    "restent exacts. Pour l’administrateur : {}",
    Language.ENGLISH: "The language model cannot be used: {}. The passages and the quotes are "
    "still exact. For the administrator, in French: {}",
}


def not_rewritten(language: Language, failure: Exception) -> str:
    """That the model did not make the question ready for the search, and what to do."""
    return _unread(language, failure, _NOT_REWRITTEN[language])


def not_written(language: Language, failure: Exception) -> str:
    """That the model did not end what it was saying of the quotes, and what to do."""
    return _unread(language, failure, _NOT_WRITTEN[language])


def _unread(language: Language, failure: Exception, consequence: str) -> str:
    if isinstance(failure, ModelStopped):
        return _STOPPED[language].format(consequence)
    return _UNAVAILABLE[language].format(consequence, failure)


_READ_THERE = {
    Language.FRENCH: "La question est allée au serveur {host}, où le modèle {model} l’a lue.",
    Language.ENGLISH: "The question went to the server {host}, where the model {model} read it.",
}

_WRITTEN_THERE = {
    Language.FRENCH: "La question et les citations sont allées au serveur {host}, où le modèle "
    "{model} les a lues.",
    Language.ENGLISH: "The question and the quotes went to the server {host}, where the model "
    "{model} read them.",
}

_FAILED_THERE = {
    Language.FRENCH: "La question est allée au serveur {host}, qui n’a pas répondu comme il faut.",
    Language.ENGLISH: "The question went to the server {host}, which did not answer as it should.",
}

_KEPT_HERE = {
    Language.FRENCH: "Le serveur {host} ne sert pas pour l’instant : la question est restée sur "
    "cette machine.",
    Language.ENGLISH: "The server {host} is out of service for now: the question stayed on this "
    "machine.",
}


def read_elsewhere(language: Language, use: EngineUse, *, with_quotes: bool) -> str:
    """Where the question went, with what is quoted or alone, and whether it was read there.

    What went wrong is in the record, for the administrator.
    """
    if not use.sent:
        said = _KEPT_HERE
    elif use.problem:
        said = _FAILED_THERE
    else:
        said = _WRITTEN_THERE if with_quotes else _READ_THERE
    return said[language].format(host=use.host, model=use.model)


def not_found(language: Language, passages: int, state_date: date | None) -> str:
    """Why there is no answer: what was searched, and where to look instead."""
    if language is Language.ENGLISH:
        state = f", as of {state_date.isoformat()}" if state_date else ""
        return (
            f"I do not find the answer in the indexed texts ({passages} passages{state}). The "
            "nearest passages are shown beside; try the words of the law, or look on Légifrance "
            "or at the legal affairs directorate (DAJ) of the ministry for the economy."
        )
    state = f", à jour au {state_date:%d/%m/%Y}" if state_date else ""
    return (
        f"Je ne trouve pas la réponse dans les textes indexés ({passages} passages{state}). Les "
        "passages les plus proches sont affichés à côté ; essayez avec les mots du texte, ou "
        "cherchez sur Légifrance ou auprès de la direction des affaires juridiques du ministère "
        "chargé de l'économie."
    )


def not_found_in_dossier(language: Language) -> str:
    """The same of the pieces of a dossier."""
    if language is Language.ENGLISH:
        return (
            "I do not find the answer in the pieces of this dossier. The nearest passages are "
            "shown beside; try the words of the pieces, or ask the rules instead."
        )
    return (
        "Je ne trouve pas la réponse dans les pièces de ce dossier. Les passages les plus proches "
        "sont affichés à côté ; essayez avec les mots des pièces, ou posez la question aux règles."
    )


def no_ruling(language: Language, kept: int) -> str:
    """That none of the decisions kept is about what is asked."""
    if language is Language.ENGLISH:
        return (
            f"None of the {kept} court decisions installed settles this. Others can be searched on "
            "Légifrance or in the ArianeWeb database."
        )
    return (
        f"Aucune des {kept} décisions installées ne tranche cela. D'autres se cherchent sur "
        "Légifrance ou dans la base ArianeWeb."
    )


def perhaps_no_ruling(language: Language) -> str:
    """That the decisions shown are near to the question, and may settle something else."""
    if language is Language.ENGLISH:
        return "These are the nearest decisions; they may settle another question than yours."
    return "Ce sont les décisions les plus proches ; elles tranchent peut-être une autre question."


def not_the_rule(language: Language, kept: int) -> str:
    """What court decisions are worth, and how many of them were searched."""
    if language is Language.ENGLISH:
        return (
            f"Case law, searched in the {kept} decisions installed: each settles its own dispute, "
            "by the law of its day. The rule stands in the code; ask without the word “case law”."
        )
    return (
        f"Jurisprudence, cherchée dans les {kept} décisions installées : chacune tranche son "
        "litige, avec le droit de son jour. La règle est dans le code : posez la question sans le "
        "mot « jurisprudence »."
    )


def not_found_of(language: Language, parts: Sequence[str]) -> str:
    """Which questions of several the answer leaves open; the parts are in French as searched."""
    if language is Language.ENGLISH:
        return f"I did not find in the indexed texts what answers: “{'”, “'.join(parts)}”."
    return (
        "Je n'ai pas trouvé dans les textes indexés de quoi répondre à : "
        f"« {' », « '.join(parts)} »."
    )


def untold_of(language: Language, day: date, parts: Sequence[str]) -> str:
    """That the law of a day is not kept here, on some questions of several where they are given."""
    if language is Language.ENGLISH:
        about = f" about: “{'”, “'.join(parts)}”" if parts else " on this point"
        return (
            f"The texts kept here do not tell the law of {in_figures(day, language)}{about}; look "
            "for the version in force that day on Légifrance."
        )
    about = f" sur : « {' », « '.join(parts)} »" if parts else " sur ce point"
    return (
        f"Les textes gardés ici ne disent pas le droit du {in_figures(day, language)}{about} ; "
        "cherchez sur Légifrance la version en vigueur ce jour-là."
    )


def of_unknown_days(language: Language, cited: Sequence[Evidence], as_of: date) -> str:
    """That cited texts were right later than the day asked about, and maybe not yet that day.

    A text whose first day is known was the law since; nothing is to be said of it.
    """
    unsure = {
        item.number: item.passage.state_date
        for item in cited
        if item.passage.valid_from is None
        and item.passage.state_date is not None
        and item.passage.state_date > as_of
    }
    if not unsure:
        return ""
    later, day = (in_figures(each, language) for each in (max(unsure.values()), as_of))
    marks = " ".join(f"[{number}]" for number in unsure)
    if language is Language.ENGLISH:
        return (
            f"Beware: {marks} describes the law of {later}; nothing here says that it was already "
            f"the law on {day}."
        )
    return (
        f"Attention : {marks} décrit le droit au {later} ; rien ici ne dit que c'était déjà le "
        f"droit du {day}, vérifiez la version en vigueur ce jour-là."
    )


def untuned(language: Language, embedder: str) -> str:
    """That ranking and refusals were fitted with another embedder than the one in use."""
    if language is Language.ENGLISH:
        return (
            f"Ranking and refusals are not tuned for the embedding model “{embedder}”: passages "
            "may come in a worse order, and every answer is uncertain."
        )
    return (
        "Le classement et les refus ne sont pas réglés pour le modèle de vecteurs "
        f"« {embedder} » : les passages peuvent venir dans un moins bon ordre, et toute réponse "
        "est incertaine."
    )


def addressed_in(passage: Passage, language: Language) -> tuple[str, ...]:
    """What is to be said beside a passage of each of its sentences that speak to a machine."""
    found = addressed(passage.text)
    return tuple(_ADDRESSED[language].format(passage.text[span.start : span.end]) for span in found)


def disputed_by(item: Evidence, language: Language) -> tuple[str, ...]:
    """What is to be said beside a sheet of each figure that its articles do not state."""
    return tuple(
        _DISPUTED[language].format(each.figure, ", ".join(each.articles)) for each in item.disputed
    )


def uncertain(language: Language, nearest: Passage) -> str:
    """That the quotes may not answer, and on what subject the nearest passage is.

    A heading that names its articles says where it stands.
    """
    subject = nearest.headings[-1] if nearest.headings else nearest.title
    is_named = any(reference in subject for reference in nearest.references)
    where = "" if is_named else f"{nearest.locator}, "
    if language is Language.ENGLISH:
        return (
            f"No clear answer was found. The nearest text: {where}“{subject}”. Check that it is "
            "what you ask."
        )
    return (
        f"Pas de réponse nette. Le texte le plus proche : {where}« {subject} ». Vérifiez que "
        "c'est bien votre question."
    )


def to_index(language: Language) -> str:
    """That the pieces of a dossier have changed since they were indexed."""
    if language is Language.ENGLISH:
        return (
            "The pieces of this file have changed since they were indexed: one that was added may "
            "be missing here, one that was removed may still be quoted."
        )
    return (
        "Les pièces de ce dossier ont changé depuis leur indexation : une pièce ajoutée peut "
        "manquer ici, une pièce retirée y être encore citée."
    )


def disagreeing(language: Language, line: FicheLine) -> str:
    """That pieces of a dossier give different values on a subject, where, and which prevails."""
    places = ", ".join(dict.fromkeys(entry.passage.locator for entry in line.entries))
    if language is Language.ENGLISH:
        return f"Check the pieces against each other ({line.label}): {line.remark}. See {places}."
    return f"À vérifier, « {line.label} » : {line.remark}. Voir {places}."


_DEROGATES = {
    Language.FRENCH: "Le {piece} y déroge (art. {own}).",
    Language.ENGLISH: "The {piece} derogates from it (art. {own}).",
}

_DEROGATIONS = {
    Language.FRENCH: (
        "Dérogations au CCAG que listent les pièces : {}.",
        "{} art. {} (à l’art. {})",
    ),
    Language.ENGLISH: (
        "Derogations from the CCAG listed by the pieces: {}.",
        "{} art. {} (from {})",
    ),
}

_REFERS = {
    Language.FRENCH: "Ce dossier renvoie au {applied}.",
    Language.ENGLISH: "This file refers to the {applied}.",
}

_OTHER_GENERAL = {
    Language.FRENCH: "Les clauses d’un autre texte ({other}) ne sont pas citées.",
    Language.ENGLISH: "The clauses of another text ({other}) are not quoted.",
}

_NO_GENERAL = {
    Language.FRENCH: "Les pièces de ce dossier ne disent pas à quel CCAG il renvoie.",
    Language.ENGLISH: "The pieces of this file do not say which CCAG it refers to.",
}

_UNKNOWN_EDITION = {
    Language.FRENCH: "Ses clauses ne sont pas citées tant que son édition n’est pas sûre.",
    Language.ENGLISH: "Its clauses are not quoted as long as its edition is not sure.",
}


_NOT_INDEXED = {
    Language.FRENCH: "Il n’est pas parmi les textes indexés : un administrateur peut l’ajouter.",
    Language.ENGLISH: "It is not among the indexed texts: an administrator can add it.",
}


def derogates(language: Language, piece: str, own: str) -> str:
    """That a piece derogates from what was just quoted, and by which of its articles."""
    return _DEROGATES[language].format(piece=piece, own=own)


def all_derogations(language: Language, made: Sequence[tuple[str, str, Sequence[str]]]) -> str:
    """The derogations of a dossier: the piece, its article and those that it derogates from."""
    whole, each = _DEROGATIONS[language]
    told = (each.format(piece, own, ", ".join(general)) for piece, own, general in made)
    return whole.format(" ; ".join(told))


def referred_to(
    language: Language,
    applied: Sequence[AppliedText],
    asked: Sequence[GeneralText],
    indexed: frozenset[GeneralText],
) -> str:
    """Which CCAG a dossier refers to, and which ones were `asked` about that it does not."""
    if not applied:
        return _NO_GENERAL[language]
    said = [_REFERS[language].format(applied=each.describe()) for each in applied]
    if any(not each.is_known for each in applied):
        said.append(_UNKNOWN_EDITION[language])
    elif not indexed.issuperset(each.text for each in applied):
        said.append(_NOT_INDEXED[language])
    foreign = [each for each in asked if not any(each.includes(one.text) for one in applied)]
    if foreign:
        others = ", ".join(map(str, foreign))
        said.append(_OTHER_GENERAL[language].format(other=others))
    return " ".join(said)


def concealed(language: Language, citations: Sequence[Citation]) -> str:
    """That words are quoted which the reader of the document's pages does not see."""
    numbers = dict.fromkeys(each.n for each in citations if each.hidden)
    return _HIDDEN[language].format(_marks(numbers)) if numbers else ""


def doubted(language: Language, citations: Sequence[Citation]) -> str:
    """That figures are quoted which were read from a picture with little confidence."""
    figures = dict.fromkeys((each.n, doubt) for each in citations for doubt in each.doubts)
    said = ", ".join(f"« {' '.join(figure.split())} » [{number}]" for number, figure in figures)
    return _DOUBTED[language].format(said) if figures else ""


def remarks(
    language: Language, cited: Sequence[Evidence], as_of: date, indexed: date | None
) -> str:
    """What the reader should know about the cited passages: language, age, certainty.

    Rules `indexed` as of an earlier day than the one asked about may have changed since.
    """
    said = []
    if language is Language.ENGLISH:
        said.append("The sources are in French and are quoted word for word.")
    if indexed and indexed < as_of and any(item.passage.kind is Kind.RULES for item in cited):
        said.append(_OLDER[language].format(in_figures(indexed, language)))
    if reserved := [item.number for item in cited if item.passage.notes]:
        said.append(_RESERVED[language].format(_marks(reserved)))
    if planted := [item.number for item in cited if addressed(item.passage.text)]:
        said.append(_CARRIES_ADDRESSED[language].format(_marks(planted)))
    under = [
        item.number for item in cited if any(each.is_under_picture for each in item.passage.hidden)
    ]
    if under:
        said.append(_UNDER_PICTURE[language].format(_marks(under)))
    if recognised := [item.number for item in cited if item.passage.recognised]:
        said.append(_RECOGNISED[language].format(_marks(recognised)))
    return " ".join(said)


def _marks(numbers: Iterable[int]) -> str:
    return " ".join(f"[{number}]" for number in numbers)
