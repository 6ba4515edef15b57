"""What Apple's answer comes to, by its reason; FCM passes some of them on."""

from datetime import datetime
from typing import TypeAlias

from push.documents import DeviceDocument
from push.outcomes import Configuration, Permanent, Temporary

__all__ = ["Refusal", "classify_apns"]

Refusal: TypeAlias = Permanent | Temporary | Configuration

_MESSAGE = frozenset(
    {
        "BadCollapseId",
        "BadExpirationDate",
        "BadMessageId",
        "BadPriority",
        "DuplicateHeaders",
        "InvalidPushType",
        "MissingDeviceToken",
        "PayloadEmpty",
        "PayloadTooLarge",
    }
)
# of another app or environment; where many are, it is ours that is wrong
_WRONG = frozenset({"BadDeviceToken", "DeviceTokenNotForTopic"})
_GONE = frozenset({"ExpiredToken", "Unregistered"})
_OURS = frozenset(
    {
        "BadCertificate",
        "BadCertificateEnvironment",
        "BadEnvironmentKeyIdInToken",
        "BadPath",
        "BadTopic",
        "ExpiredProviderToken",
        "Forbidden",
        "InvalidProviderToken",
        "MethodNotAllowed",
        "MissingProviderToken",
        "MissingTopic",
        "TopicDisallowed",
        "UnrelatedKeyIdInToken",
    }
)


def classify_apns(
    reason: str, device: DeviceDocument, *, gone_since: datetime | None = None
) -> Refusal:
    """Return what one of APNs's reasons comes to for a device.

    `gone_since` is the `timestamp` of a 410: an address that came after it lives. A reason that is
    not known may pass.
    """
    if reason in _GONE:
        lives = gone_since is not None and device.registered_at >= gone_since
        return Permanent(reason=reason, address="fine" if lives else "gone")
    if reason in _WRONG:
        return Permanent(reason=reason, address="wrong")
    if reason in _MESSAGE:
        return Permanent(reason=reason)
    if reason in _OURS:
        return Configuration(reason=reason, scope="platform", lane=device.platform)
    if reason == "TooManyProviderTokenUpdates":
        return Temporary(reason=reason, quota=True, scope="platform", lane=device.platform)
    if reason == "TooManyRequests":
        return Temporary(reason=reason, quota=True, scope="device", lane=device.id)
    return Temporary(reason=reason)
