"""A stand-in for MongoDB, shared by the tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.servers import running_secantus


@pytest.fixture(scope="session")
def mongodb_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URI of a server that speaks MongoDB's protocol."""
    with running_secantus(tmp_path_factory.mktemp("mongodb")) as server:
        yield server.uri
