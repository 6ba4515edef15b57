"""The record of visitors who turned out to be users, for operators."""

from collections.abc import Iterable
from typing import Annotated, Any

from litestar import Controller, Request, get
from litestar.params import QueryParameter

from app.api.v21.parts import MergesPart, SettingsPart
from app.security.operators import check_operator
from schemas.operating import MergeList, MergeRecord, MovedThings
from sessions.erasure.documents import Removed
from sessions.merging.documents import MergeDocument
from sessions.stores.cursors import read_before

__all__ = ["MergesController"]


class MergesController(Controller):
    """Who was merged into whom, and how many rows that was; none of the words."""

    path = "/operator/merges"
    tags = ("operator",)
    security = ({"operator": []},)

    @get("/", summary="See which visitors turned out to be users")
    async def newest(
        self,
        request: Request[Any, Any, Any],
        merges: MergesPart,
        settings: SettingsPart,
        before: Annotated[
            str | None, QueryParameter(max_length=128, description="`next` of the page before")
        ] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    ) -> MergeList:
        """Return merges, the newest first."""
        check_operator(settings.operator_token, request.headers.get("authorization"))
        cursor = read_before(before) if before else None
        found, end = await merges.newest(before=cursor, limit=limit)
        return MergeList(merges=tuple(map(_view, found)), next=end.text() if end else None)


def _view(merge: MergeDocument) -> MergeRecord:
    return MergeRecord(
        id=merge.id,
        visitor=merge.visitor,
        user_id=merge.user_id,
        site=merge.site,
        origin=merge.origin,
        asked_at=merge.asked_at,
        finished_at=merge.finished_at,
        moved=_things(merge.moved),
        dropped=_things(merge.dropped),
    )


def _things(counts: Iterable[Removed]) -> tuple[MovedThings, ...]:
    return tuple(MovedThings(what=each.what, count=each.count) for each in counts)
