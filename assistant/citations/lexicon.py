"""The words of French public procurement that say the same thing, with their English. Data."""


# Light words: those that a sentence may bring or drop without saying anything else. Data.

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


# The words of French public procurement that say the same thing, with their English. Data.
#
# A line is a meaning, then the ways to write it. Words are compared by stem, so one form is enough
# for each verb or noun, irregular ones excepted. Two writings that differ in one sentence out of a
# hundred do not belong on one line: the sentence is then quoted instead.

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


# The English of French public procurement, for answers about French passages. Data.
#
# A French word as passages write it, then the English words that say it. Where an English
# word says several French ones, the passage decides which is meant.

ENGLISH = """
abandon = abandonment; acceptation = acceptance; accord = agreement, consent; acheter = buy,
bought, purchase, acquire; acheteur = contracting authority, public buyer; acompte = interim
payment; acquérir = obtain by purchase; acte = deed; activité = activity; actualisation = updating;
adapter = adjust; administratif = administrative; adresse = address; agréé = approved, accredited;
agrément = approval; ajouter = add; allotir = divide into lots; amiable = amicable; annexe = annex;
annonce = notice; annuel = annual; antérieur = previous, earlier; appel d offres = call for
tenders; appliquer = enforce; apprécier = assess, assessed; approprié = appropriate; aptitude =
suitability; arbitrage = arbitration; arrivée = arrival; artisan = craftsman; assurance =
insurance; assurer = ensure; attendre = wait; attestation = certificate; attester = certify;
attribuer = awarded to, award; augmenter = increase; augmenté = plus; aussitôt = immediately;
autoriser = authorise; autorité = authority, authorities; autre = other; avantage = advantage;
avantageux = advantageous; avenant = addendum; avis = notice, opinion; avis d attribution = award
notice, contract award notice; bancaire = bank; banque = bank; bâtiment = building; bénéficier =
benefit; bien = goods, asset; bon = slip; calcul = calculate; candidater = candidacy, apply;
candidature = application; capacité = capacity, capability; caractère = nature of; caractéristique
= characteristic, feature; catégorie = category; caution = surety; cession = assignment; céder =
assign; choisir = select; circonstances = circumstance; citer = quote; classer = abandon; clause =
term; comité = advisory committee; commande = order; commission = committee; communiquer =
communicate; compétitif = competitive dialogue; complexité = complexity; comptable = accountant;
conception = design; concerner = relate; conclure = conclude; concours = design contest, contest;
concurrence = competitive; condamnation = conviction; condition = term; confidentialité =
confidentiality; confidentiel = confidential; confier = entrust; conflit = conflict; conforme =
compliant; conjoint = joint; connu = known; conserver = kept, retain, preserve; construire = built;
consultatif = advisory; contenir = contain; continuer = carry on; contractuel = contractual;
contrat = contract; contrôle = supervision, audit, monitor; copie = copy; cotraitant = joint
contractor; cours = course; court = run; coût = cost; créance = receivable, claim; créer = create;
demande = application; demander = ask; dernier = latest; dette = debt; devenir = become; décrire =
describe; défavorisé = disadvantaged; définir = definition; définitif = definitive; déjà = already;
délai = deadline, time; dépense = expenditure; déroger = derogate; détaillé = detailed;
développement = development; différend = dispute; difficulté = difficulty; directement = directly,
made directly; dispense = exemption, waiver; disponible = available; disposer = have available;
distinguer = distinguish; divulguer = disclose; dommage = damage; dossier = file; droit = right,
law; durable = sustainable; durée = term; dûment = duly; dynamique = dynamic; effectif = staff;
efficacité = efficiency; empêcher = prevent; emploi = employment; enchère = auction; engagement =
undertaking given; enquête = investigation; ensemble = whole of; entreprise = companies,
undertaking; environnement = environment, environmental; environnemental = environmentally; envoyer
= sent; essentiel = essential; européenne = union; exceptionnel = exceptional; exclure = excluded;
exclusivité = exclusivity; exercer = exercise; exécuter = performance, carry out, carried out;
expliquer = explain; exploitation = operation run; expressément = expressly; échange = exchange;
échantillon = sample; échapper = evade; économique = economic; écrit = written, writing; égaliser =
equalise; égalité = equality, equal treatment; électronique = electronically; élément = component;
éliminer = eliminate; élu = elected; énergétique = energy; équilibre = equilibrium; équipement =
equipment; établir = establish, draw up, drawn up; étape = stage, step; étranger = foreign; étude =
study, studies; évaluer = evaluate; évincer = unsuccessful; évolution = change over time; fabricant
= manufacturer; facture = invoice; facultatif = discretionary; façon = manner, way; faible = minor,
small; faveur = favor; favoriser = favour; ferme = firm; fiabilité = reliability; financier =
financial; fiscal = tax; fixer = set out, set, sets; forfaitaire = fixed, flat-rate, lump sum;
format = file format; formulaire = form to fill; formule = formula; fournisseur = supplier; frais =
charge; français = french; gestion = management; global = overall; gratuit = free of charge; grave
= serious; groupement = consortium; handicap = disability; homogène = homogeneous; identité =
identity; immeuble = real estate; impératif = overriding; impérieux = compelling, imperative,
extreme; important = significant; impôt = taxation; imprévision = hardship; inacceptable =
unacceptable; inapproprié = unsuitable; indemniser = compensate; indemnité = compensation,
indemnity; indicatif = indicative; indice = index; indiquer = specify, mention; indirect =
indirectly; infraction = offence; infructueux = fruitless; innovant = innovative; insertion =
integration; instantanément = instantly; intellectuel = intellectual; interrompre = interrupt;
intéressé = interested; intérêt = interest; investissement = investment; irrégulier = irregular;
jeune = young; jour = day; judiciaire = judicial; juge = judge; jugement = judgment; juridique =
legal; jusqu = up until; laisser = leave, left; lancer = launch; langue = language; lauréat =
winner; lever = lift; légal = statutory; libre = free, freely; lieu = place; ligne = online; limite
= limit; livraison = delivery; livre = book; lui même = itself, themselves; majorer = increase;
mandataire = lead member, representative; manquement = breach; marché = procurement; marque =
brand, trademark; membre = member; mesure = measure; médiateur = mediator; ministre = minister;
mission = task assigned; mixte = mixed; modalités = arrangement; modèle = template; modifier =
amendment, amend, alter; montant = sum, price; moratoire = late payment, late; motif = ground,
reason; moyen = means; nantissement = pledge; nécessiter = necessitate; négocier = negotiate,
negotiation; niveau = level; nom = name; nombre = number; nommer = appoint; norme = standard;
notification = notice; nouveau = new; numéro = number assigned; objectif = objective; objet =
subject, subject matter, object; obligatoirement = necessarily; obtenir = win; opérateur =
operator; opposer = object; optionnel = optional phase; ordre = order; organiser = organize;
organisme = body, bodies; origine = outset; outil = tool; ouvrage = structure built; partenariat =
partnership; participation = take part; partie = party; passer = sign; pendant = during,
throughout; personne = person; personnel = personal; pertinent = relevant; petit = small; pénal =
criminal; période = time span; périodique = periodic; pièce = document, paper; plafond = cap;
plateforme = platform; pondération = weighting; portail = portal; possibilité = possibility;
poursuivre = continue; pouvoirs = powers; prendre = take, taken; prestataire = provider; prestation
= service, performance; preuve = evidence; préalable = prior; préfet = prefect; préinformation =
prior information; prélever = deduct; présenter = present; prévisible = foreseeable; prime = bonus,
prize; principe = principle; produit = product; professionnel = professional; projet = project;
prolonger = extension; proportionné = proportionate; protéger = protect; provisoire = provisional;
qualité = quality; quantité = quantity; raison = reason; raisonnable = reasonable; rang = tier;
rapport = report; recensement = census; recevoir = receive; recherche = research; reconductible =
renewable once; reconduire = renew, renewal; recours = recourse; recouvrement = recovery;
redressement = receivership; refus = refusal; registre = register; regrouper = group together;
rejeter = rejection; rembourser = repayment, repay; remettre = hand in; remédier = remedy;
remplacer = replace; remplir = satisfy, satisfied; rendre = return; renonciation = waive;
renouveler = renewable; renseignement = clarification; reporter = postpone; reprendre = resume;
respecter = comply, complied; responsabilité = liability; rester = remain, stay; retard = late;
retenue = retention; règle = rule; règlement = regulation; récépissé = acknowledgement; réduire =
reduce, shorten, cut; réexamen = review clause; rémunération = fees paid; répartir = share out;
réputé = deemed; réseau = network; résilier = termination, terminate; résultat = result; réunir =
meet, met, fulfil; révéler = reveal; risque = risk; saisine = referral; santé = health; sauvegarde
= backup; secret = secrecy; semestre = half year; sécurité = security; sélectionné = selected;
séparé = separate; similaire = similar; sociaux = welfare; solde = balance; solidaire = joint and
several; soumis = subject to; soumissionner = tender for; sous traiter = subcontract; spécifique =
specific; strictement = strictly; substantiel = substantial; substantiellement = substantially;
substitution = substitute; suffire = suffice; suffisant = adequate, sufficient; suivre = follow;
supérieur = superior; support = medium; taille = size; taux = rate; tâche = task; technique =
technical; temps = time; territoire = territory; tiers = third party, third parties; totalité =
whole; traduction = translate; traduire = translate, translation; tranche = phase; transaction =
settlement; transfert = transfer; transparence = transparency; travail = labour; travailleur =
worker; unique = single, sole; unitaire = unit; urgence = urgency, emergency; validité = validity;
versement = payment; verser = pay out, pay, paid; vie = life; vigueur = force; violation =
infringement; voie = route
"""

ENGLISH_FREE = """
has have had having your our we they them than one into per between while so also such any
would will made being were was do does did there
"""
"""English words that carry no meaning of their own here."""
