"""The phones that development simulates, each for its owner alone."""

from app.pushing.push import Push
from app.pushing.screens import Card, Screens
from push.devices import device_id_of
from push.documents import DeviceDocument
from schemas.phones import Phone, PhoneCard, PhoneList
from sessions.errors import NotFound

__all__ = ["Phones"]


class Phones:
    """What a user's registered phones show; without `screens`, as in production, there are none.

    Every method raises StoreUnavailable, and NotFound for what is another's or not there.
    """

    def __init__(self, push: Push, screens: Screens | None) -> None:
        self._push = push
        self._screens = screens

    def check(self) -> Screens:
        """Return the screens; raises NotFound where phones are real."""
        if self._screens is None:
            raise NotFound("there are no simulated phones here")
        return self._screens

    async def of_user(self, user_id: str) -> PhoneList:
        """Return a user's phones, the one registered first first."""
        screens = self.check()
        devices = [each for each in await self._push.devices(user_id) if each.kind != "webpush"]
        devices.sort(key=lambda each: (each.registered_at, each.id))
        return PhoneList(phones=tuple(_view(screens, each) for each in devices))

    async def dismiss(self, user_id: str, installation_id: str, tag: str) -> None:
        """Take a card away from a phone, as who swipes it or opens it does."""
        screens, wanted = self.check(), device_id_of(installation_id)
        for device in await self._push.devices(user_id):
            if device.id == wanted:
                screens.of(device).dismiss(tag)
                return
        raise NotFound("there is no such device")


def _view(screens: Screens, device: DeviceDocument) -> Phone:
    screen = screens.of(device)
    return Phone(
        installation_id=device.installation_id,
        platform=device.platform,
        locale=device.locale,
        preview=device.preview,
        badge=screen.badge,
        cards=tuple(map(_card, screen.cards)),
    )


def _card(card: Card) -> PhoneCard:
    return PhoneCard(
        tag=card.tag,
        notification_id=card.notification_id,
        kind=card.kind,
        title=card.title,
        body=card.body,
        shown_at=card.shown_at,
    )
