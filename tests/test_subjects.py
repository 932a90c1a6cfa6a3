import json
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.question.rewriting import MOST, subjects
from ingestion.library.library import CORPUS

DATA = Path(__file__).parent / "data"

CUT = """
Faut-il un écrit, une publicité et une avance pour 45 000 € ?
= Faut-il un écrit pour 45 000 € ?
= Faut-il une publicité pour 45 000 € ?
= Faut-il une avance pour 45 000 € ?
Quel est le délai de standstill et dans combien de temps publier l'avis d'attribution ?
= Quel est le délai de standstill ?
= Dans combien de temps publier l'avis d'attribution ?
Nous sommes une commune. Faut-il un écrit et une avance pour 45 000 € ?
= Nous sommes une commune. Faut-il un écrit pour 45 000 € ?
= Nous sommes une commune. Faut-il une avance pour 45 000 € ?
Faut-il un écrit et une avance ? C'est pour 45 000 €.
= C'est pour 45 000 €. Faut-il un écrit ?
= C'est pour 45 000 €. Faut-il une avance ?
Faut-il publier un avis d'attribution et un rapport de présentation ?
= Faut-il publier un avis d'attribution ?
= Faut-il publier un rapport de présentation ?
Dois-je prévoir une avance, une retenue de garantie et des pénalités dans un marché de travaux ?
= Dois-je prévoir une avance dans un marché de travaux ?
= Dois-je prévoir une retenue de garantie dans un marché de travaux ?
= Dois-je prévoir des pénalités dans un marché de travaux ?
Dois-je allotir, publier un avis de marché et verser une avance pour 100 000 € HT ?
= Dois-je allotir pour 100 000 € HT ?
= Dois-je publier un avis de marché pour 100 000 € HT ?
= Dois-je verser une avance pour 100 000 € HT ?
Quels sont le taux de l'avance et le plafond de la retenue de garantie ?
= Quel est le taux de l'avance ?
= Quel est le plafond de la retenue de garantie ?
Quel est le délai de paiement et la durée maximale d'un accord-cadre ?
= Quel est le délai de paiement ?
= Quelle est la durée maximale d'un accord-cadre ?
Quelle avance et quelle retenue de garantie pour un marché de 80 000 € ?
= Quelle avance pour un marché de 80 000 € ?
= Quelle retenue de garantie pour un marché de 80 000 € ?
Pour un marché de travaux de 200 000 €, faut-il allotir et quel est le délai de paiement ?
= Pour un marché de travaux de 200 000 €, faut-il allotir ?
= Pour un marché de travaux de 200 000 €, quel est le délai de paiement ?
Quel est le délai de paiement ? Quand les intérêts moratoires sont-ils dus ?
= Quel est le délai de paiement ?
= Quand les intérêts moratoires sont-ils dus ?
Marché de services. Quelle publicité faire ? Faut-il un rapport de présentation ?
= Marché de services. Quelle publicité faire ?
= Marché de services. Faut-il un rapport de présentation ?
Achat de 45 000 € HT : écrit, publicité, avance ?
= Achat de 45 000 € HT : écrit ?
= Achat de 45 000 € HT : publicité ?
= Achat de 45 000 € HT : avance ?
Écrit, publicité, avance pour 45 000 € ?
= Écrit pour 45 000 € ?
= Publicité pour 45 000 € ?
= Avance pour 45 000 € ?
faut il un ecrit, une publicite et une avance pour 45 000 € ?
= Faut il un ecrit pour 45 000 € ?
= Faut il une publicite pour 45 000 € ?
= Faut il une avance pour 45 000 € ?
Est-il obligatoire de prévoir une avance et une retenue de garantie ?
= Est-il obligatoire de prévoir une avance ?
= Est-il obligatoire de prévoir une retenue de garantie ?
Il faut un écrit et une avance pour 45 000 € ?
= Il faut un écrit pour 45 000 € ?
= Il faut une avance pour 45 000 € ?
Est-ce qu'il faut un avis d'attribution et des données essentielles ?
= Est-ce qu'il faut un avis d'attribution ?
= Est-ce qu'il faut des données essentielles ?
Peut-on négocier, demander une visite et autoriser les variantes en MAPA ?
= Peut-on négocier en MAPA ?
= Peut-on demander une visite en MAPA ?
= Peut-on autoriser les variantes en MAPA ?
Combien de temps conserver les offres, et quand publier les données essentielles ?
= Combien de temps conserver les offres ?
= Quand publier les données essentielles ?
Comment informer les candidats évincés et combien de jours dure le standstill ?
= Comment informer les candidats évincés ?
= Combien de jours dure le standstill ?
À partir de quel montant verser une avance et à quel taux fixer la retenue de garantie ?
= À partir de quel montant verser une avance ?
= À quel taux fixer la retenue de garantie ?
Qui signe le rapport de présentation ; qui publie l'avis d'attribution ?
= Qui signe le rapport de présentation ?
= Qui publie l'avis d'attribution ?
Puis-je résilier le marché et dois-je payer des intérêts moratoires ?
= Puis-je résilier le marché ?
= Dois-je payer des intérêts moratoires ?
Devons-nous accepter un DUME ainsi que une copie de sauvegarde ?
= Devons-nous accepter un DUME ?
= Devons-nous accepter une copie de sauvegarde ?
Faut-il un écrit et une avance, et quel est le délai de paiement ?
= Faut-il un écrit ?
= Faut-il une avance ?
= Quel est le délai de paiement ?
Faut-il une avance, une retenue de garantie, une clause sociale et des pénalités ?
= Faut-il une avance ?
= Faut-il une retenue de garantie ?
= Faut-il une clause sociale ?
= Faut-il des pénalités ?
Commune de 3 000 habitants, faut-il une avance et comment fixer les pénalités ?
= Commune de 3 000 habitants, faut-il une avance ?
= Commune de 3 000 habitants, comment fixer les pénalités ?
Faut-il un avis de préinformation et une visite pour 300 000 € de travaux ?
= Faut-il un avis de préinformation pour 300 000 € de travaux ?
= Faut-il une visite pour 300 000 € de travaux ?
Y a-t-il un délai de standstill et une obligation d'archivage dans un MAPA ?
= Y a-t-il un délai de standstill dans un MAPA ?
= Y a-t-il une obligation d'archivage dans un MAPA ?
Quand faut-il un avenant ? Jusqu'à quand peut-on reconduire le marché ?
= Quand faut-il un avenant ?
= Jusqu'à quand peut-on reconduire le marché ?
Puis-je exiger une caution et interdire la sous-traitance ?
= Puis-je exiger une caution ?
= Puis-je interdire la sous-traitance ?
"""

WHOLE = """
Faut-il une publicité et une mise en concurrence pour 70 000 € ?
Quelle est la différence entre l'avance et l'acompte ?
Peut-on cumuler une avance et un acompte ?
Une avance et une retenue de garantie sont-elles compatibles ?
Faut-il une avance ou un acompte ?
Les travaux, fournitures et services ont-ils le même seuil ?
Quel seuil pour les travaux, les fournitures et les services ?
Quels sont les délais de réception des candidatures et des offres ?
Faut-il ouvrir les candidatures et les offres en même temps ?
Le prix et le délai peuvent-ils être des critères ?
Peut-on retenir le prix et la valeur technique ?
Combien de temps conserver les offres ? Et les pièces du marché ?
Combien de temps conserver les offres et les pièces du marché ?
Quand verser l'avance et quand la rembourser ?
Quel est le délai et le montant de l'avance ?
À partir de quel montant dois-je publier les données essentielles, et dans quel délai ?
MAPA, ça veut dire quoi et quand peut-on y recourir ?
Qui constate les prestations faites avant paiement, et sous quelle forme ?
Trois communes veulent acheter ensemble leur papier. Comment fait-on et qui est responsable ?
Appel d'offres ouvert ou restreint, quelle différence ? Ai-je le choix ?
Peut-on abandonner la consultation juste avant d'attribuer ? Faut-il se justifier ?
Durée maximum d'un accord-cadre pour une commune ? et si on a besoin de plus long ?
Faut-il une clause sociale dans nos gros marchés, et peut-on y échapper ?
L'avance est-elle obligatoire et le titulaire peut-il la refuser ?
Le sous-traitant a-t-il droit à l'avance et au paiement direct ?
Quels sont les délais de paiement et de standstill ?
Quelles sont les règles de publicité et d'allotissement ?
Quel est le délai de paiement et les intérêts moratoires ?
Peut-on demander une garantie à première demande et une caution ?
Faut-il des critères d'attribution et une pondération ?
Faut-il motiver et publier l'avis d'attribution ?
Peut-on réserver le même lot à la fois à des ESAT et à des structures d'insertion ?
Écrit, publicité, avance ?
Faut-il un écrit, un stylo et une avance ?
Quel est le délai de paiement ?
Quel est le délai de paiement
Nous sommes une commune. Quel est le délai de paiement ?
Faut-il un écrit, une avance, une visite, une caution et des pénalités ?
Titulaire, mandataire et sous-traitant : qui facture ?
Le pouvoir adjudicateur et l'entité adjudicatrice ont-ils les mêmes délais ?
Comment calculer l'avance et la déduire des acomptes ?
Le marché est-il conclu à la signature ou à la notification ?
Quelle est la durée d'un marché et de ses reconductions ?
Faut-il verser l'avance avant ou après la notification du marché et quand la retenue de garantie ?
Le prix est-il révisable et actualisable ?
Peut-on régulariser une offre irrégulière et inappropriée ?
Dans quel cas l'avance est-elle due, et à qui ?
Faut-il un accord écrit et signé du maire ?
Quand verser une avance et peut-on l'exiger avec une caution ?
Quel est le délai de paiement et ces jours comptent-ils pour les intérêts moratoires ?
Combien de temps dure le standstill ? Et quand publier l'avis d'attribution ?
Quels documents et attestations demander aux candidats ?
"""


def _cases() -> list[tuple[str, tuple[str, ...]]]:
    found: list[tuple[str, tuple[str, ...]]] = []
    for line in CUT.strip().splitlines():
        if line.startswith("= "):
            question, parts = found.pop()
            found.append((question, (*parts, line.removeprefix("= "))))
        else:
            found.append((line, ()))
    return found


@pytest.mark.parametrize(("question", "parts"), _cases(), ids=lambda value: str(value)[:40])
def test_several_questions_are_cut(question: str, parts: tuple[str, ...]) -> None:
    assert subjects(question) == parts


@pytest.mark.parametrize("question", WHOLE.strip().splitlines())
def test_what_is_one_question_or_not_certainly_several_stays_whole(question: str) -> None:
    assert subjects(question) == (question,)


@pytest.mark.parametrize("question", ["", " ", "?", ".", "45 000 €", "et ?"])
def test_what_is_no_question_is_given_back(question: str) -> None:
    assert subjects(question) == (question,)


def test_there_are_cases_enough() -> None:
    assert len(_cases()) + len(WHOLE.strip().splitlines()) >= 80


ALONE = (
    "Faut-il allotir ?",
    "Quel est le délai de paiement ?",
    "Comment informer les candidats évincés ?",
    "Combien de temps conserver les offres ?",
    "Peut-on négocier en MAPA ?",
    "À partir de quel montant verser une avance ?",
)


@given(st.permutations(ALONE), st.integers(2, MOST))
def test_questions_put_side_by_side_are_found_again(order: list[str], count: int) -> None:
    chosen = tuple(order[:count])
    assert subjects(" ".join(chosen)) == chosen
    assert [subjects(part) for part in chosen] == [(part,) for part in chosen]


@pytest.mark.parametrize(("first", "second"), list(combinations(ALONE, 2)))
def test_questions_joined_by_and_are_found_again(first: str, second: str) -> None:
    joined = f"{first.removesuffix(' ?')} et {second[:1].lower()}{second[1:]}"
    found = subjects(joined)
    assert len(found) == 2
    assert found[1] == second


@given(st.text(alphabet="abeéàçfilnoqrtu '-,.?€0123456789", max_size=80))
def test_any_text_gives_one_to_four_questions(text: str) -> None:
    assert 1 <= len(subjects(text)) <= MOST


@pytest.mark.parametrize("name", ["questions_execution.jsonl", "questions_passation.jsonl"])
def test_no_question_of_our_own_is_cut(name: str) -> None:
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        question = json.loads(line)["question"]
        assert subjects(question) == (question,)


def test_no_question_of_the_sheets_is_cut() -> None:
    headings = [
        line.lstrip("# ").partition(" (art.")[0]
        for path in sorted((CORPUS / "fiches").glob("*.md"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("#")
    ]
    assert len(headings) > 500
    for heading in headings:
        assert subjects(heading) == (heading,)
