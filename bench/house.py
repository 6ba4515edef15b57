"""Several processes of the product over the same stores; the one place that knows how to start."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.harness import COMMON
from tests.product import ProductServer
from tests.servers import running_redis, running_secantus

__all__ = ["processes"]


@contextmanager
def processes(
    count: int, settings: Mapping[str, str] | None = None
) -> Iterator[list[ProductServer]]:
    """Run `count` processes, each on a port of its own, over one Redis and one MongoDB stand-in."""
    with tempfile.TemporaryDirectory(prefix="ion-bench-") as name, ExitStack() as stack:
        directory = Path(name)
        redis = stack.enter_context(running_redis(directory / "redis"))
        documents = stack.enter_context(running_secantus(directory / "documents"))
        shared = {"ION_REDIS_URL": redis.url, "ION_MONGODB_URI": documents.uri}
        chosen = COMMON | dict(settings or {}) | shared
        servers = [ProductServer(directory / f"process-{i}", chosen) for i in range(count)]
        for each in servers:
            stack.callback(each.stop)
            each.start()
        yield servers
