"""The words of French public procurement that say the same thing, with their English. Data.

A line is a meaning, then the ways to write it. Words are compared by stem, so one form is enough
for each verb or noun, irregular ones excepted. Two writings that differ in one sentence out of a
hundred do not belong on one line: the sentence is then quoted instead.
"""

MEANINGS = """
contract: marché public | marché | contract | public contract
award: passer | passation | conclure | conclu | conclut | conclue | concluent | award
assign: attribuer | attribution
need: besoin | need
value: valeur | montant | amount | value
estimate: estimer | estimé | évaluer | estimated
threshold: seuil | threshold
publicity: publicité | publicity | advertising
competition: mise en concurrence | competition
award notice: avis d attribution
consultation documents: document de la consultation | dce | dossier de consultation
consultation rules: règlement de la consultation | rc
economic offer: offre économiquement la plus avantageuse
send: envoyer | envoi | envoie | envoient | send
send: transmettre | transmis | transmise | transmet | adresser
inform: informer | prévenir | aviser | inform
require: exiger | exigence | imposer | exigible | require
exclude: exclure | exclu | exclue | exclut | exclusion
include: inclure | inclus | incluse | comprendre | comprend | comprennent | comporter | include
indicate: indiquer | mentionner | préciser | indicate
announce: annoncer | annonce
reject: rejeter | rejet | rejette | écarter | éliminer | reject
choose: choisir | choix | choisit | retenir | retenu | retient | choose
buy: acheter | achat
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
support fact: attester | attestation
produce: produire | produit | produisent | fournir | fourni | fournit | fournie
receive: recevoir | reçu | reçoit | réception | receipt
pay: payer | paiement | paie | paient | règlement financier | payment | paid | pay
pour: verser | versement
reimburse: rembourser | remboursement
reduce: réduire | réduit | réduite | réduction | ramener | ramené | abaisser
extend: prolonger | prolongation | prolonge
duration: durée
period: délai | period | time limit
deadline: date limite | deadline
submit: remettre | remis | remise | remet | remettent | déposer | dépôt | submit
consult: consulter
use: utiliser | utilisation | recourir | recours | recourt
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
publish: publier | publication | publish
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
all: tout | toute | tous | toutes | ensemble | chaque | chacun | all | every
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
applicable: applicable | s appliquer | s applique | s appliquent
defence: défense | defence | defense
compose: composer | composition
split: allotir | allotissement
fee: frais
beneficiary: bénéficiaire
benefit: bénéficier | bénéficie
identify: identifier
limit: limiter | limite
refer: relatif | relative | relativement
mismatch: contraire
null: nul | nulle
free: gratuit
reached: atteindre | atteint | atteignent
exceeding: dépassement
grant: accorder | accorde
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

FREE = """
le la les l un une des du de d au aux à en et y on il ils elle elles ce cet cette ces celui celle
ceux celles lequel laquelle lesquels lesquelles auquel duquel auxquels desquels ci là cela c ça
son sa ses leur leurs se s me lui eux dont qui que qu quoi où ou
est sont être été était étaient sera seront soit soient serait fut étant
a ont avoir avait avaient aura auront ait ayant eu
pour dans sur chez vers entre parmi selon ainsi donc alors aussi également ensuite puis toutefois
cependant néanmoins enfin outre ailleurs effet fait faite faits faites
ni comme afin
article articles art arts prévu
titre lors
the a an of to in on for by is are be been its it this that these those and as at with from their
his her which who set
"""

WEAK = frozenset(
    {"ht", "value", "estimate", "date", "present", "pres", "prealabl", "contract", "need"}
    | {"provide for", "concern", "code", "article", "fix", "elev", "dispos", "egal", "eventuel"}
    | {"precit", "dit", "leur", "propr", "lui", "pend", "answer", "refer"}
    | {"respectif", "correspond", "all", "application"}
)
"""Meanings that a rewording may drop without saying anything else."""

ADDED = frozenset(
    {"value", "provide for", "fix", "elev", "dispos", "concern", "article", "code", "egal", "cas"}
    | {"suppos", "applicable", "date", "refer"}
)
"""Meanings that a rewording may bring: they carry no fact."""
