"""What users agree on with their mentors: when these may write first."""

from push.checkins import CheckIns
from push.devices import Devices
from push.documents import CheckInDocument
from push.schedule import Plan
from push.settings import NotificationSettings
from schemas.checkins import CreateCheckIn
from sessions.archive import SESSIONS
from sessions.errors import BadRequest, NotFound
from sessions.personas.catalogue import Catalogue
from sessions.stores.documents import Documents

__all__ = ["Agreements"]


class Agreements:
    """Check-ins of users; what is another's does not exist: NotFound. Raises StoreUnavailable."""

    def __init__(
        self,
        *,
        check_ins: CheckIns,
        settings: NotificationSettings,
        devices: Devices,
        documents: Documents,
        catalogue: Catalogue,
    ) -> None:
        self._check_ins = check_ins
        self._settings = settings
        self._devices = devices
        self._documents = documents
        self._catalogue = catalogue

    async def all(self, user_id: str) -> list[CheckInDocument]:
        """Return a user's check-ins, the next one first."""
        return await self._check_ins.of_user(user_id)

    async def agree(self, user_id: str, new: CreateCheckIn) -> CheckInDocument:
        """Have a mentor write first at a time; agreed on again it is the same.

        Raises NotFound (the session), BadRequest when the user has not allowed check-ins, and for
        times and mentors that there are not.
        """
        session = await self._documents.get(SESSIONS, new.session_id)
        if session is None or session.user_id != user_id:
            raise NotFound("there is no such session")
        if session.private:
            raise BadRequest("nobody writes first in a private session")
        if new.persona and new.persona not in self._catalogue:
            raise BadRequest(f"persona: known are {', '.join(self._catalogue.ids)}")
        settings = await self._settings.get(user_id)
        if not settings.check_ins:
            raise BadRequest("allow it first: PATCH /notifications/settings with check_ins")
        zone = new.timezone or settings.timezone or session.timezone
        hours, _, minutes = new.time.partition(":")
        plan = Plan(
            user_id=user_id,
            timezone=zone or await self._devices.zone_of(user_id) or "UTC",
            minute=int(hours) * 60 + int(minutes),
            days=tuple(sorted(set(new.days))),
            date=new.date,
        )
        return await self._check_ins.create(
            plan, session_id=session.id, persona=new.persona, about=" ".join(new.about.split())
        )

    async def end(self, user_id: str, check_in_id: str) -> None:
        """Have a check-in come no more; raises NotFound."""
        await self._check_ins.remove(user_id, check_in_id)
