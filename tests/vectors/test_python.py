"""The Python client plays every vector."""

import json
from pathlib import Path

import pytest

from tests.vectors.runner import Runner
from tests.vectors.server import VECTORS, running


@pytest.mark.parametrize("name", sorted(each.stem for each in VECTORS.glob("*.json")))
async def test_the_python_client_behaves_as_the_vector_says(name: str, tmp_path: Path) -> None:
    vector = json.loads((VECTORS / f"{name}.json").read_text())
    async with running() as server:
        await Runner(f"{server.url}/{name}", tmp_path / "queue").play(vector)
