"""A free text speaks of places and themes, never of people: what looks personal is pointed out, never refused."""

import re

TELEPHONE = "Ce texte semble contenir un numéro de téléphone : retirez-le."
COURRIEL = "Ce texte semble contenir une adresse électronique : retirez-la."
NAISSANCE = "Ce texte semble contenir une date de naissance : retirez-la."
PLAQUE = "Ce texte semble contenir une plaque d’immatriculation : retirez-la."
ADRESSE = "Ce texte semble contenir un numéro dans une rue : le nom de la rue ou de la place suffit."
NOM = "Ce texte semble nommer une personne (« {nom} ») : décrivez le lieu et les faits, sans nom."


def _mots(texte: str) -> frozenset[str]:
    return frozenset(texte.split())


# A capitalised word before one in capitals is a first name, unless it is one of these ("Police MUNICIPALE")...
_PAS_UN_PRENOM = _mots("""
    place rue avenue boulevard allée impasse chemin quai cours square pont porte parc jardin stade gare port plage
    résidence cité bâtiment bat immeuble tour hall école collège lycée groupe gymnase piscine médiathèque mairie maison
    bibliothèque centre quartier secteur espace salle hôtel hôpital clinique église parking passage rond-point station
    arrêt ligne police gendarmerie ville département région préfecture office association comité conseil service
    direction mission habitat réseau action actions point points le la les un une des du de au aux en et ou ce cette ces
    sur sous par pour dans avec sans chez vers dès après avant saint sainte grand grande petit petite nouveau nouvelle
    vieux vieille bus zone projet dispositif contrat opération plan cellule réunion rappel non très plusieurs tous aucun
    voir attention bruit tapage nuisances rodéo dégradation rappels suite depuis selon bailleur médiateurs médiation
""")
# ... nor a surname when it is an acronym of the trade or a place of the town.
_PAS_UN_NOM = _mots("""
    OPH PJJ CAF DSDEN CCAS CLSPD CISPD ALSH CDA CDC QPV GPO BAC RAID CRS SDIS SAMU SNCF RATP RTCR EDF GRDF ENEDIS ADMR
    ADIL CIAS MJC SPIP CMP CSAPA CAARUD HLM ZAC ZUP ZFE VTT EHPAD IME ITEP ULIS SEGPA BTS CFA INSEE DDTM DDETS ARS ASVP
    TIG PAD CDAD UDAF CIDFF CARSAT CPAM ANCT PMI ASE AEMO PLU FIPD MILDECA VSS IPM SMS RAS DAB PMR
    POLICE NATIONALE MUNICIPALE STOP NON OUI URGENT FAIT PAS TRÈS MIREUIL LALEU PALLICE ROCHELLE VILLENEUVE SALINES
    TASDON BEAUREGARD FÉTILLY LAFOND GABUT MINIMES LES DES AUX NUIT JOUR
""")
# "Madame la Maire", "M. le Préfet", "Monsieur Propre" of a campaign: an office, not a name.
_FONCTIONS = _mots("""
    maire préfet préfète sous-préfet sous-préfète adjoint adjointe procureur procureure président présidente commissaire
    directeur directrice principal principale proviseur proviseure conseiller conseillère député députée sénateur
    sénatrice élu élue commandant capitaine recteur rectrice délégué déléguée
""")

_MAJ = "A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ"
_MIN = "a-zàâäçéèêëîïôöùûüÿœæ"
_JMA = r"\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*"  # day and month, before a year
_MOIS = r"(?:jan|f[ée]v|mars|avr|mai|juin|juil|ao[uû]|sept|oct|nov|d[ée]c)[a-zûé]*\.?"
_VOIE = (
    r"(?:rue|avenue|av\.|boulevard|bd\.?|bld|all[ée]es?|impasse|chemin|route|quai|cours|square|place|ruelle|venelle"
    r"|sentier|passage|esplanade|rond-point|mail|cit[ée]|r[ée]sidence|lotissement)"
)

# Ten digits from 0, or nine after +33: "30 000 euros", "18 h 30", "2026-2027" have not that shape.
_TELEPHONE = re.compile(r"(?<![\d\w])(?:(?:\+|00)\s?33\s?(?:\(0\)\s?)?|0)[1-9](?:[\s.\-_/]?\d\d){4}(?!\d)")
_COURRIEL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
_NAISSANCE = (
    re.compile(
        rf"\bn[ée]+(?:\(e\)|[.·-]e)?s?\s+(?:le|en)\s+(?:{_JMA}|(?:1er|\d\d?)\s+{_MOIS}\s+)?(?:19|20)?\d\d\b",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?:dates?\s+de\s+naissance|ddn)\b", re.IGNORECASE),
    # A full date of 1920 to 2014, with its day, is rather a birth than an event.
    re.compile(rf"(?<!\d){_JMA}(?:19[2-9]\d|200\d|201[0-4])(?!\d)"),
)
_PLAQUE = (
    # AA-123-AA: I, O and U are never used. In small letters only with its hyphens.
    re.compile(r"(?<![\w-])[A-HJ-NP-TV-Z]{2}[\s-]?\d{3}[\s-]?[A-HJ-NP-TV-Z]{2}(?![\w-])"),
    re.compile(r"(?<![\w-])[a-hj-np-tv-z]{2}-\d{3}-[a-hj-np-tv-z]{2}(?![\w-])"),
    # 1234 AB 17, with the département last.
    re.compile(r"(?<![\w-])\d{2,4}[\s-]?(?!RN|RD|CV|KG|KM|EUR)[A-Z]{2,3}[\s-]?(?:\d\d|2[AB])(?![\w-])"),
)
# "12 rue …", "3 bis, avenue …", "au 14 de la rue …"; not "2 rues", "3 places", "18 h rue …", "le 12 place …".
_ADRESSE = re.compile(
    rf"(?<![\w,./-])(?!(?:19|20)\d\d\b)\d{{1,4}}\s*(?:bis|ter|quater|[a-dA-D])?\s*,?\s+(?:de\s+la\s+|du\s+|de\s+l['’])?{_VOIE}\s+[{_MAJ}{_MIN}]",
    re.IGNORECASE,
)
_CIVILITE = re.compile(
    r"\b(?:[Mm]onsieur|[Mm]adame|[Mm]ademoiselle|[Mm]esdames|[Mm]essieurs|[Mm]lles?|[Mm]mes?|MM?\.|Mr\.?|M(?=\s))\s*"
    rf"(?:(?:de|du|des|la|le|et)\s+|d['’])*(?P<nom>[{_MAJ}][{_MAJ}{_MIN}'’-]+)"
)
_NOM_EN_CAPITALES = rf"[{_MAJ}]{{3,}}(?:[-'’][{_MAJ}]{{2,}})*"
_PRENOM = rf"[{_MAJ}][{_MIN}]+(?:-[{_MAJ}][{_MIN}]+)?"
_PRENOM_NOM = (
    re.compile(rf"(?<![\w'’-])(?P<prenom>{_PRENOM})\s+(?:(?:DE|LE|LA|EL|BEN)\s+)?(?P<nom>{_NOM_EN_CAPITALES})(?!\w)"),
    re.compile(rf"(?<![\w'’-])(?P<nom>(?=\w{{4}}){_NOM_EN_CAPITALES})\s+(?P<prenom>{_PRENOM})(?![\w'’-])"),
)


_JOUR = re.compile(r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\s+$", re.IGNORECASE)


def _adresse(texte: str) -> bool:
    """A house number before a street word; "mardi 24 place…" is a day."""
    return any(not _JOUR.search(texte[max(0, t.start() - 12) : t.start()]) for t in _ADRESSE.finditer(texte))


def _nom(texte: str) -> str | None:
    """What looks like a person's name, if anything does."""
    for trouve in _CIVILITE.finditer(texte):
        if trouve["nom"].lower() not in _FONCTIONS:
            return trouve[0]
    for motif in _PRENOM_NOM:
        for trouve in motif.finditer(texte):
            parts = re.split(r"[-'’]", trouve["nom"])
            if trouve["prenom"].lower() not in _PAS_UN_PRENOM and not _PAS_UN_NOM.intersection(parts):
                return trouve[0]
    return None


def avertissements(texte: str) -> list[str]:
    """One French sentence per kind of personal data that the text seems to hold; empty for an ordinary text."""
    phrases = []
    if _TELEPHONE.search(texte):
        phrases.append(TELEPHONE)
    if _COURRIEL.search(texte):
        phrases.append(COURRIEL)
    if any(motif.search(texte) for motif in _NAISSANCE):
        phrases.append(NAISSANCE)
    if any(motif.search(texte) for motif in _PLAQUE):
        phrases.append(PLAQUE)
    if _adresse(texte):
        phrases.append(ADRESSE)
    if (nom := _nom(texte)) is not None:
        phrases.append(NOM.format(nom=nom))
    return phrases
