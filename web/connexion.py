"""Sign-in, first account, sign-out, one's own password: plain HTML, usable without JavaScript."""

import hashlib
import secrets
from collections import OrderedDict
from datetime import datetime
from urllib.parse import parse_qs

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from services.commun import comptes, connexions
from services.commun.connexions import ECHECS_AVANT_VERROU, REFUS_CONNEXION, REFUS_VERROU, VERROU
from services.socle import db
from services.socle.erreurs import BusinessError, Forbidden, Invalid
from services.socle.horloge import utcnow
from settings import get_settings
from web.demarrage import demarrage
from web.porte import cookie, en_fil, nom_du_cookie, session_vivante, suite_sure
from web.rendu import page

TAILLE_MAXIMALE = 20_000
FORMULAIRE_PERIME = "Cette page avait expiré, ou votre navigateur refuse les cookies. Recommencez."
_COOKIE_PORTE = "carnet_porte"
_ESSAIS_INCONNUS = 2000

# One hash at a time and a half: 64 MiB each, and guessing must not starve those who work.
_hachages: anyio.CapacityLimiter | None = None
# Identifiers nobody has are slowed and locked like the others: the answer must not tell which exist.
_inconnus: OrderedDict[str, tuple[int, datetime | None]] = OrderedDict()


# --- what the pages share ------------------------------------------------------------------------------------------


async def champs(request: Request) -> dict[str, str]:
    """The fields of a posted form, each once.

    Raises:
        Forbidden: too big to be one of our forms.
    """
    corps = b""
    async for morceau in request.stream():
        corps += morceau
        if len(corps) > TAILLE_MAXIMALE:
            raise Forbidden("Formulaire trop volumineux.")
    return {k: v[-1] for k, v in parse_qs(corps.decode("utf-8", "replace"), keep_blank_values=True).items()}


def csrf(secret: str) -> str:
    """The hidden field of a form, bound to a cookie the page's visitor holds."""
    return hashlib.sha256(f"formulaire:{secret}".encode()).hexdigest()


def csrf_valable(secret: str, champ: str | None) -> bool:
    return bool(secret) and secrets.compare_digest(csrf(secret).encode(), (champ or "").encode())


def avec_formulaire(request: Request, modele: str, *, statut: int = 200, **valeurs: object) -> Response:
    """A page with a form: its hidden field, and the cookie it answers to."""
    secret = cookie(request.scope, _COOKIE_PORTE) or secrets.token_urlsafe(24)
    reponse = page(modele, statut=statut, csrf=csrf(secret), **valeurs)
    reponse.set_cookie(
        _COOKIE_PORTE, secret, max_age=3600, httponly=True, samesite="strict", secure=get_settings().https
    )
    return reponse


def entrer(jeton: str, suite: str) -> Response:
    """Send the agent to the address asked for, with the session's cookie."""
    reponse = RedirectResponse(suite, status_code=303, headers={"Cache-Control": "no-store"})
    reponse.set_cookie(nom_du_cookie(), jeton, httponly=True, samesite="lax", secure=get_settings().https, path="/")
    reponse.delete_cookie(_COOKIE_PORTE)
    return reponse


async def _verifier(mot_de_passe: str, hache: str) -> bool:
    global _hachages
    _hachages = _hachages or anyio.CapacityLimiter(2)
    return await anyio.to_thread.run_sync(connexions.verifier, mot_de_passe, hache, limiter=_hachages)


class Page:
    """An endpoint that answers refusals and a silent base in French, whatever the page."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            if scope["method"] == "POST":
                reponse = await self.post(request)
            else:
                reponse = await self.get(request)
        except Forbidden as error:
            reponse = page("message", statut=403, titre="Demande refusée", phrase=error.phrase)
        except BusinessError:
            reponse = page("indisponible", statut=503)
        await reponse(scope, receive, send)

    async def get(self, request: Request) -> Response:
        raise NotImplementedError

    async def post(self, request: Request) -> Response:
        raise NotImplementedError


# --- sign-in -------------------------------------------------------------------------------------------------------


def _aucun_compte() -> bool:
    with db.reading() as session:
        return comptes.aucun(session)


class Connexion(Page):
    async def get(self, request: Request) -> Response:
        suite = suite_sure(request.query_params.get("suite"))
        if await session_vivante(request.scope) is not None:
            return RedirectResponse(suite, status_code=303, headers={"Cache-Control": "no-store"})
        if await en_fil(_aucun_compte):
            return RedirectResponse("/premier-compte", status_code=303, headers={"Cache-Control": "no-store"})
        return avec_formulaire(request, "connexion", suite=suite, ferme="ferme" in request.query_params)

    async def post(self, request: Request) -> Response:
        donnees = await champs(request)
        suite, identifiant = suite_sure(donnees.get("suite")), donnees.get("identifiant", "")[:200]

        def encore(phrase: str, statut: int) -> Response:
            return avec_formulaire(
                request, "connexion", statut=statut, suite=suite, identifiant=identifiant, erreur=phrase
            )

        if not csrf_valable(cookie(request.scope, _COOKIE_PORTE), donnees.get("csrf")):
            return encore(FORMULAIRE_PERIME, 403)
        if not identifiant.strip() or not donnees.get("mot_de_passe"):
            return encore("Écrivez votre identifiant et votre mot de passe.", 422)
        try:
            jeton = await self._authentifier(identifiant, donnees["mot_de_passe"])
        except Forbidden as error:
            return encore(error.phrase, 429 if error.phrase == REFUS_VERROU else 401)
        return entrer(jeton, suite)

    async def _authentifier(self, identifiant: str, mot_de_passe: str) -> str:
        """Verify, slow down, then lock.

        Raises:
            Forbidden: wrong password, unknown or locked identifier; the answer does not tell the first two apart.
        """

        def lire() -> connexions.Candidat:
            with db.reading() as session:
                return connexions.candidat(session, identifiant=identifiant, now=utcnow())

        candidat = await en_fil(lire)
        if candidat.agent_id is None:
            candidat = _inconnu(identifiant, candidat)
        juste = await _verifier(mot_de_passe, candidat.hache)  # also when locked: refusals take the same time
        if candidat.verrouille:
            raise Forbidden(REFUS_VERROU)
        if not juste or candidat.agent_id is None:
            await en_fil(lambda: _noter_echec(identifiant, candidat))
            await anyio.sleep(min(0.25 * 2**candidat.echecs, 4))
            raise Forbidden(REFUS_CONNEXION)

        def ouvrir() -> str:
            with db.writing() as session:
                hache = connexions.hacher(mot_de_passe) if connexions.a_rehacher(candidat.hache) else None
                return connexions.ouvrir_session(session, agent_id=candidat.agent_id or 0, now=utcnow(), hache=hache)

        return await en_fil(ouvrir)


def _inconnu(identifiant: str, candidat: connexions.Candidat) -> connexions.Candidat:
    echecs, jusqua = _inconnus.get(connexions.plier_identifiant(identifiant), (0, None))
    verrouille = jusqua is not None and jusqua > utcnow()
    return connexions.Candidat(agent_id=None, hache=candidat.hache, echecs=echecs, verrouille=verrouille)


def _noter_echec(identifiant: str, candidat: connexions.Candidat) -> None:
    with db.writing() as session:
        if candidat.agent_id is not None:
            connexions.noter_echec(session, agent_id=candidat.agent_id, now=utcnow())
            return
        cle, echecs = connexions.plier_identifiant(identifiant), candidat.echecs + 1
        verrou = echecs >= ECHECS_AVANT_VERROU
        _inconnus[cle] = (0, utcnow() + VERROU) if verrou else (echecs, None)
        _inconnus.move_to_end(cle)
        while len(_inconnus) > _ESSAIS_INCONNUS:
            _inconnus.popitem(last=False)
        if verrou:
            connexions.noter_verrou(session, agent_id=None)


# --- first account -------------------------------------------------------------------------------------------------


class PremierCompte(Page):
    """Open while there is no account, to whoever reads the console of the server."""

    async def get(self, request: Request) -> Response:
        if not await en_fil(_aucun_compte):
            return RedirectResponse("/connexion", status_code=303, headers={"Cache-Control": "no-store"})
        return avec_formulaire(request, "premier_compte", erreurs={}, valeurs={})

    async def post(self, request: Request) -> Response:
        if not await en_fil(_aucun_compte):
            return RedirectResponse("/connexion", status_code=303, headers={"Cache-Control": "no-store"})
        donnees = await champs(request)

        def encore(erreurs: dict[str, str], statut: int) -> Response:
            valeurs = {k: donnees.get(k, "")[:200] for k in ("code", "identifiant", "nom")}
            return avec_formulaire(request, "premier_compte", statut=statut, erreurs=erreurs, valeurs=valeurs)

        if not csrf_valable(cookie(request.scope, _COOKIE_PORTE), donnees.get("csrf")):
            return encore({"": FORMULAIRE_PERIME}, 403)
        if not demarrage.code_valable(donnees.get("code", "")):
            await anyio.sleep(1)
            return encore({"code": "Ce code n’est pas celui affiché par le serveur à son démarrage."}, 403)
        if donnees.get("mot_de_passe") != donnees.get("confirmation"):
            return encore({"confirmation": "Les deux mots de passe diffèrent : écrivez le même deux fois."}, 422)

        def creer() -> str:
            with db.writing() as session:
                agent_id = comptes.creer_premier(
                    session,
                    identifiant=donnees.get("identifiant", ""),
                    nom=donnees.get("nom", ""),
                    mot_de_passe=donnees.get("mot_de_passe", ""),
                )
                return connexions.ouvrir_session(session, agent_id=agent_id, now=utcnow())

        try:
            jeton = await en_fil(creer)
        except Invalid as error:
            return encore(error.erreurs, 422)
        demarrage.oublier_code()
        return entrer(jeton, "/")


# --- sign-out ------------------------------------------------------------------------------------------------------


class Deconnexion(Page):
    """A link of our own signs out at once; one from elsewhere shows a button, so that no other site can sign out."""

    async def get(self, request: Request) -> Response:
        jeton = cookie(request.scope, nom_du_cookie())
        if not jeton:
            return page("deconnexion", fait=True)
        if request.headers.get("sec-fetch-site") in {"same-origin", "none"} and "sec-purpose" not in request.headers:
            return await self._sortir(jeton)
        return page("deconnexion", fait=False, csrf=csrf(jeton))

    async def post(self, request: Request) -> Response:
        jeton = cookie(request.scope, nom_du_cookie())
        donnees = await champs(request)
        if jeton and not csrf_valable(jeton, donnees.get("csrf")):
            return page("deconnexion", statut=403, fait=False, csrf=csrf(jeton))
        return await self._sortir(jeton)

    async def _sortir(self, jeton: str) -> Response:
        def fermer() -> None:
            with db.writing() as session:
                connexions.fermer_session(session, jeton=jeton, now=utcnow())

        if jeton:
            await en_fil(fermer)
        reponse = page("deconnexion", fait=True)
        reponse.delete_cookie(nom_du_cookie(), path="/", httponly=True, samesite="lax", secure=get_settings().https)
        return reponse


async def etat_session(request: Request) -> Response:
    """204 while signed in, and as whom, 401 otherwise: what a tab asks when it is looked at again."""
    ouverte = await session_vivante(request.scope)
    qui = {"X-Carnet-Agent": str(ouverte.acteur.id)} if ouverte else {}
    return Response(status_code=204 if ouverte else 401, headers={"Cache-Control": "no-store", **qui})


# --- one's own password --------------------------------------------------------------------------------------------


class MotDePasse(Page):
    """Behind the gate: the identity header is ours."""

    def _formulaire(self, request: Request, *, statut: int = 200, **valeurs: object) -> Response:
        secret = csrf(cookie(request.scope, nom_du_cookie()))
        return page("mot_de_passe", statut=statut, csrf=secret, **{"erreurs": {}, "fait": False, **valeurs})

    async def get(self, request: Request) -> Response:
        return self._formulaire(request)

    async def post(self, request: Request) -> Response:
        donnees = await champs(request)
        session_id = int(request.headers["x-carnet-session"])
        if not csrf_valable(cookie(request.scope, nom_du_cookie()), donnees.get("csrf")):
            return self._formulaire(request, statut=403, erreurs={"": FORMULAIRE_PERIME})

        def lire() -> tuple[connexions.SessionVue | None, connexions.Candidat | None]:
            with db.reading() as session:
                vue = connexions.acteur(session, session_id=session_id, now=utcnow())
                if vue is None or vue.acteur.id is None:
                    return None, None
                return vue, connexions.candidat_de(session, id=vue.acteur.id, now=utcnow())

        vue, candidat = await en_fil(lire)
        if vue is None or candidat is None:
            raise Forbidden("Vous n’êtes plus connecté·e. Reconnectez-vous.")
        juste = await _verifier(donnees.get("ancien", ""), candidat.hache)
        if candidat.verrouille:
            return self._formulaire(request, statut=429, erreurs={"ancien": REFUS_VERROU})
        if not juste:
            await en_fil(lambda: _noter_echec("", candidat))
            await anyio.sleep(min(0.25 * 2**candidat.echecs, 4))
            return self._formulaire(
                request, statut=403, erreurs={"ancien": "Ce n’est pas votre mot de passe actuel. Recommencez."}
            )
        if donnees.get("nouveau") != donnees.get("confirmation"):
            phrase = "Les deux mots de passe diffèrent : écrivez le même deux fois."
            return self._formulaire(request, statut=422, erreurs={"confirmation": phrase})

        def changer() -> None:
            with db.writing() as session:
                comptes.changer_mot_de_passe(
                    session,
                    nouveau=donnees.get("nouveau", ""),
                    session_id=session_id,
                    by=vue.acteur,
                    now=utcnow(),
                )

        try:
            await en_fil(changer)
        except Invalid as error:
            return self._formulaire(request, statut=422, erreurs=error.erreurs)
        return self._formulaire(request, fait=True)
