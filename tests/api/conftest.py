"""People of the API tests: who calls, and whom they register."""
import pytest

from support.procedure import Procedure
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


# A stack of the module's own whose bank is the test, for payments whose every state can be held

@pytest.fixture(scope="module")
def bankless(make_stack):
    """A stack without a bank process: the tests hand in its messages."""
    one = make_stack()
    one.services.start()
    one.gateway.start(one.services.ports)
    return one


@pytest.fixture(scope="session")
def life(make_stack, clients):
    """A stack whose rules tests may change: support/procedure.py."""
    stack = make_stack()
    stack.start()
    return Procedure(stack, clients(stack))
