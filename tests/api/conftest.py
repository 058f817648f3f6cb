"""The API under test: the same application as in a server, without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import town
from asking import Api


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """The town's application; one town for all tests of a file."""
    one = Api(town.open_town(tmp_path_factory.mktemp("town"), pace_credential=0, pace_address=0))
    yield one
    one.close()


@pytest.fixture
def own_api(tmp_path: Path) -> Iterator[Api]:
    """An application of the test's own, for what would disturb others."""
    one = Api(town.open_town(tmp_path))
    yield one
    if one.house.clerk.alive:
        one.close()


@pytest.fixture(scope="module")
def wall_code(api: Api) -> str:
    """The text of the code on the bakery's wall."""
    code: str = api.post("pay.issue_static_code", role="manager").receipt["code"]
    return code
