"""How a row ends, by what became of it on each device."""

import pytest

from push.documents import Delivery, DeliveryState
from push.worker.weighing import ended

END: list[tuple[list[tuple[DeliveryState, str]], tuple[str, str]]] = [
    ([], ("cancelled", "no_device")),
    ([("gone", "UNREGISTERED"), ("skipped", "removed")], ("cancelled", "no_device")),
    ([("accepted", ""), ("failed", "INTERNAL")], ("sent", "")),
    ([("accepted", ""), ("ambiguous", "timeout")], ("sent", "")),
    ([("ambiguous", "timeout"), ("failed", "INTERNAL")], ("sent", "ambiguous")),
    ([("failed", "useless"), ("gone", "UNREGISTERED")], ("expired", "too_late")),
    ([("failed", "useless"), ("failed", "INTERNAL")], ("dead", "INTERNAL")),
]


@pytest.mark.parametrize(("deliveries", "end"), END)
def test_g10_a_row_ends_as_the_best_of_its_devices(
    deliveries: list[tuple[DeliveryState, str]], end: tuple[str, str]
) -> None:
    found = [
        Delivery(device_id=f"d{number}", state=state, reason=reason)
        for number, (state, reason) in enumerate(deliveries)
    ]
    assert ended(found) == end
    assert ended(reversed(found)) == end
