"""The English of French public procurement, for answers about French passages. Data.

A French word as passages write it, then the English words that say it. Where an English
word says several French ones, the passage decides which is meant.
"""

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
