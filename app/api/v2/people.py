"""Who calls: somebody with a token, an address without a name, or an operator."""

from app.api.endpoint import Asked
from app.api.v21.caller import address, network
from app.product import Product
from app.security.bearer import bearer_access
from app.security.operators import check_operator
from app.security.rates import OPEN, spend
from sessions.errors import Unauthenticated
from sessions.stores.limits import Rate

__all__ = [
    "product_of",
    "require_operator",
    "require_user",
    "spend_of",
    "spend_open",
    "user_of",
    "who_of",
]


def product_of(request: Asked) -> Product:
    """Return the running product."""
    product: Product = request.app.state.product
    return product


async def user_of(request: Asked) -> str | None:
    """Return the user of the token, None without one; raises Unauthenticated."""
    for name, value in request.scope["headers"]:
        if name == b"authorization" and value:
            header = value.decode("latin-1")
            return (await bearer_access(product_of(request).accounts, header)).user_id
    return None


async def require_user(request: Asked) -> str:
    """Return the user of the token; raises Unauthenticated."""
    user_id = await user_of(request)
    if user_id is None:
        raise Unauthenticated("this needs a token: nothing is kept of callers without one")
    return user_id


def require_operator(request: Asked) -> None:
    """Raise Unauthenticated or Forbidden for everybody but the operator."""
    settings = product_of(request).settings
    check_operator(settings.operator_token, request.headers.get("authorization"))


async def who_of(request: Asked) -> str:
    """Return whose fair share of the slots an answer takes: the user's, or the address's."""
    return (await user_of(request)) or f"address {network(request) or address(request)}"


async def spend_open(request: Asked) -> None:
    """Count a request that costs little on its network's account in this process.

    Raises RateLimited, and Unauthenticated when a token is shown that is not valid.
    """
    await user_of(request)
    if site := network(request):
        await spend(product_of(request).near_limits, OPEN, site, quiet=True)


async def spend_of(request: Asked, rate: Rate, *, cost: int = 1) -> None:
    """Count `cost` on the account of the user, or of the address; raises RateLimited."""
    await spend(product_of(request).limits, rate, await who_of(request), cost=cost)
