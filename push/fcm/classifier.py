"""What a refusal of FCM comes to."""

from datetime import datetime

from msgspec import structs

from push.documents import DeviceDocument
from push.fcm.apns import Refusal, classify_apns
from push.fcm.faults import Fault, Reply, read_fault
from push.outcomes import Configuration, Permanent, Temporary
from push.retries import retry_after

__all__ = ["classify"]


def classify(reply: Reply, device: DeviceDocument, project: str, now: datetime) -> Refusal:
    """Return what a worker is to do about a refusal; only an error that FCM names kills an address.

    An invalid address is told by `reason` "invalid_token", and stays: FCM says so of much else.
    """
    fault = read_fault(reply.body)
    named = _by_code(fault, device)
    if named is None and fault.apns:
        named = classify_apns(fault.apns, device, gone_since=fault.gone_since)
    outcome = named or _by_status(reply.status, fault, device, project)
    if not isinstance(outcome, Temporary):
        return outcome
    wait = retry_after(reply.retry_after, now)
    return structs.replace(_in_lane(outcome, fault, device, project), retry_after=wait)


def _by_code(fault: Fault, device: DeviceDocument) -> Refusal | None:
    match fault.code:
        case "UNREGISTERED":
            return Permanent(reason="unregistered", address="gone")
        case "SENDER_ID_MISMATCH":
            return Permanent(reason="sender_id_mismatch", address="wrong")
        case "INVALID_ARGUMENT" if not fault.apns:
            return _invalid(fault)
        case "QUOTA_EXCEEDED":
            return Temporary(reason="quota", quota=True)
        case "THIRD_PARTY_AUTH_ERROR" | "APNS_AUTH_ERROR" if not fault.apns:
            return Configuration(reason="third_party", scope="platform", lane=device.platform)
        case "INTERNAL" | "UNAVAILABLE":
            return Temporary(reason=fault.code.lower())
    return None


def _by_status(status: int, fault: Fault, device: DeviceDocument, project: str) -> Refusal:
    if fault.code and status < 500 and status != 429:
        return Temporary(reason="unknown")
    if status == 400 and fault.status == "INVALID_ARGUMENT":
        return _invalid(fault)
    if status in (401, 403, 404):
        reasons = {401: "unauthenticated", 403: "permission_denied", 404: "not_found"}
        return Configuration(reason=reasons[status], scope="project", lane=project)
    if status == 413:
        return Permanent(reason="too_big")
    if status == 429:
        return Temporary(reason="quota", quota=True)
    if status >= 500:
        return Temporary(reason=f"status_{status}")
    return Temporary(reason="unknown")


def _invalid(fault: Fault) -> Permanent:
    return Permanent(reason="invalid_token" if fault.names_token else "invalid_argument")


def _in_lane(outcome: Temporary, fault: Fault, device: DeviceDocument, project: str) -> Temporary:
    """Name the lane of a quota that FCM spoke of, and Apple's not."""
    if not outcome.quota or outcome.lane:
        return outcome
    if fault.of_device:
        return structs.replace(outcome, reason="device_quota", scope="device", lane=device.id)
    return structs.replace(outcome, scope="project", lane=project)
