"""The words of French public procurement that say the same thing, with their English. Data.

A line is a meaning, then the ways to write it. Words are compared by stem, so one form is enough
for each verb or noun, irregular ones excepted. Two writings that differ in one sentence out of a
hundred do not belong on one line: the sentence is then quoted instead.
"""

MEANINGS = """
contract: marché public | marché | contract | public contract
award: passer | passation | conclure | conclu | conclut | conclue | concluent | acheter | achat
award: award
assign: attribuer | attribution
need: besoin | need
value: valeur | montant | total des | amount | value
estimate: estimer | estimé | évaluer | estimated
threshold: seuil | threshold
publicity: publicité | publicity | advertising
competition: mise en concurrence | competition
award notice: avis d attribution
consultation documents: document de la consultation | dce | dossier de consultation
consultation documents: consultation document
consultation rules: règlement de la consultation | rc
economic offer: offre économiquement la plus avantageuse
send: envoyer | envoi | envoie | envoient | send
send: transmettre | transmis | transmise | transmet | adresser
inform: informer | prévenir | aviser | renseigner | renseignement | inform
require: exiger | exigence | imposer | exigible | require
exclude: exclure | exclu | exclue | exclut | exclusion
include: inclure | inclus | incluse | comprendre | comprend | comprennent | comporter | include
indicate: indiquer | mentionner | préciser | indicate
announce: annoncer | annonce
reject: rejeter | rejet | rejette | écarter | éliminer | reject
choose: choisir | choix | choisit | retenir | retenu | retient | choose
dynamic system: système d acquisition dynamique | sad
open call: appel d offres | ao
single document: document unique de marché européen
abnormally low: offre anormalement basse | oab
official bulletin: bulletin officiel des annonces des marchés publics | boamp
official journal: journal officiel de l union européenne | joue
essential data: données essentielles | decp
social economy: économie sociale et solidaire | ess
assistance: assistance à maîtrise d ouvrage | amo
opening board: commission d appel d offres | cao
keep: conserver | conservation | garder
begin: commencer | commencement | débuter | début
end: fin | terme | achever | achèvement
increase: augmenter | augmentation | accroître
designate: désigner | désignation | nommer
obtain: obtenir
provide: procurer
draw up: établir | rédiger
allocate: répartir | répartition
open: ouverture
calculate: calculer | calcul
compare: comparer | comparaison
know: connaître | connaissance
decide: décider | décision
delay: retard
penalty: pénalité
control: contrôler | contrôle
yearly: chaque année | par an | annuellement
rank: classer | classement
respect: respecter | respect
correct: corriger | rectifier
regularise: régulariser | régularisation
evaluate: évaluation
execute: réaliser | réalisation
specify: spécifier
complement: compléter | complément
additional: supplémentaire | complémentaire | additional | further
favour: faveur | favorable
whatever: quel que soit | quelle que soit | quels que soient
whatever: whatever | whoever
support fact: attester | attestation
produce: produire | produit | produisent | fournir | fourni | fournit | fournie
receive: recevoir | reçu | reçoit | réception | receipt
pay: payer | paiement | paie | paient | règlement financier | payment | paid | pay
pour: verser | versement
reimburse: rembourser | remboursement
reduce: réduire | réduit | réduite | réduction | ramener | ramené | abaisser
extend: prolonger | prolongation | prolonge
duration: durée | durer | last | lasts
period: délai | period | time limit
deadline: date limite | deadline
submit: remettre | remis | remise | remet | remettent | déposer | dépôt | submit
consult: consulter
use: utiliser | utilisation | recourir | recours | recourt | use
sign: signer | signature
perform: exécuter | exécution
modify: modifier | modification
terminate: résilier | résiliation
renounce: renoncer
justify: justifier | justification | justificatif
motivate: motiver | motif
verify: vérifier | vérification
register: inscrire | inscrit | inscription
conform: conforme
negotiate: négocier | négociation
translate: traduire | traduit | traduction
provide for: prévoir | prévu | prévoit | prévoient | prévue | prévues
accept: accepter | acceptation | accept
refuse: refuser | refus
approve: agréer | agrément
notify: notifier | notification
publish: publier | publication | paraître | parution | publish
participate: participer | participation
link: lié | lien | présenter un lien | avoir un lien
necessary: nécessaire
same: même | identique | same
only person: lui même
article: article
code: code de la commande publique | ccp | code
release: libérer | release
expiry: expiration | expiry
guarantee: garantie | guarantee
european: européen | european
concern: viser | concerner | vise
mandatory clause: clause
all: tout | toute | tous | toutes | ensemble | all | every
each: chaque | chacun | each
several: plusieurs | several
date: date | date
moment: à tout moment | à n importe quel moment | at any time
answer: répondre | réponse | répond
request: demander | demande
advance: avance | advance
instalment: acompte | instalment
justice: juge
criterion: critère | criterion | criteria
offer value: prix | price
price list: bordereau des prix unitaires | bpu
special clauses: cahier des clauses administratives particulières | ccap
technical clauses: cahier des clauses techniques particulières | cctp
general clauses: cahier des clauses administratives générales | ccag
commitment: acte d engagement | ae
turnover: chiffre d affaires | turnover
concession contract: contrat de concession | concession contract
applicable: applicable | s appliquer | s applique | s appliquent | apply | applies
defence: défense | defence | defense
compose: composer | composition
split: allotir | allotissement
fee: frais
beneficiary: bénéficiaire
benefit: bénéficier | bénéficie
identify: identifier
limit: limiter | limite
refer: relatif | relative | relativement
mismatch: contraire | otherwise
null: nul | nulle
free: gratuit
reached: atteindre | atteint | atteignent
exceeding: dépassement
grant: accorder | accorde | octroyer | consentir
void: réputé non écrit
rely: appuyer
day after: lendemain
included: compris | comprise | inclus | incluse | incluses
cumulative: cumulatif
proof: preuve | prouver | prouve
render: rendre | rend | rendu | donner | donne
serve: servir | sert
belong: relever | relève | relevant
unforeseen: imprévu | imprévisible
foresee: prévoir à l avance
urgent: urgence | urgent
sell: vendre
"""
