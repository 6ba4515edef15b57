"""DELETE /me, and receipts of all erasures."""

from typing import Any

from litestar import Controller, MediaType, Request, Response, delete, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath
from litestar.response import Stream

from app.api.v21.caller import address, network, origin
from app.api.v21.parts import AccountsPart, Caller, ErasuresPart, ExportPart, LimitsPart
from app.security.bearer import bearer_token
from app.security.rates import READ, WRITE, spend
from schemas.erasure import Receipt
from sessions.erasure.receipts import receipt_of
from sessions.errors import Unauthenticated

__all__ = ["RECEIPT", "WAIT_S", "MeController"]

# about as long as an app lets somebody look at a spinner
WAIT_S = 5.0
RECEIPT = "X-ION-Receipt"
# everything is read: as much as twenty changes
_EXPORT_COST = 20


class MeController(Controller):
    """The account as a whole."""

    path = "/me"
    tags = ("me",)

    @delete(
        "/",
        status_code=200,
        summary="Erase the account and all that is kept of it",
        responses={
            202: ResponseSpec(Receipt, generate_examples=False, description="It goes on by itself")
        },
    )
    async def erase(
        self,
        request: Request[Any, Any, Any],
        accounts: AccountsPart,
        erasures: ErasuresPart,
        limits: LimitsPart,
    ) -> Response[Receipt]:
        """End all tokens at once and erase everything; asked again, the same receipt comes."""
        token = bearer_token(request.headers.get("authorization"))
        if token is None:
            raise Unauthenticated("the Authorization header carries no Bearer token")
        user_id = accounts.last_access(token, origin(request)).user_id
        await spend(limits, WRITE, user_id)
        erasure = await erasures.account(user_id, wait_s=WAIT_S)
        return Response(receipt_of(erasure), status_code=200 if erasure.erased_at else 202)

    @get(
        "/export",
        summary="Get all that is known of you",
        media_type=MediaType.JSON,
    )
    async def export(self, user_id: Caller, export: ExportPart, limits: LimitsPart) -> Stream:
        """Return one JSON object: lists of sessions, turns, memories, profile, choices and more."""
        await spend(limits, WRITE, user_id, cost=_EXPORT_COST)
        headers = {
            "cache-control": "no-store",
            "content-disposition": 'attachment; filename="ion.json"',
        }
        return Stream(export.of(user_id), media_type=MediaType.JSON, headers=headers)

    @get("/erasures/{receipt_id:str}", security=[], summary="See how far an erasure is")
    async def receipt(
        self,
        receipt_id: FromPath[str],
        request: Request[Any, Any, Any],
        erasures: ErasuresPart,
        limits: LimitsPart,
    ) -> Receipt:
        """Return a receipt; its id is all that is needed, also when the account is gone."""
        await spend(limits, READ, network(request) or address(request))
        return receipt_of(await erasures.receipt(receipt_id))
