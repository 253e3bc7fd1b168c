"""People of the API tests: who calls, and whom they register."""
import pytest

from support.register import STREET, TOWN, id_number


@pytest.fixture
def clerk(client_for):
    return client_for("clerk")


@pytest.fixture
def reviewer(client_for):
    return client_for("reviewer")


@pytest.fixture
def street_clerk(client_for):
    """A clerk of one street."""
    return client_for("street-clerk", scopes=["beneficiaries:read", "beneficiaries:write"], divisions=[STREET])


@pytest.fixture
def make_person(clerk):
    """make_person(division=...) registers somebody and returns the answer's body."""
    def make(**changes):
        body = {"name": "张三", "id_number": id_number(), "division": TOWN, **changes}
        return clerk.post("beneficiaries/persons", body, expect=201).json()
    return make
