import os
import signal
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from bank_client import Bank  # noqa: E402


@pytest.fixture
def make_bank(tmp_path):
    banks = []

    def make(*options, **kwargs):
        banks.append(Bank(tmp_path, *options, **kwargs).start())
        return banks[-1]

    yield make
    for bank in banks:
        bank.stop(signal.SIGKILL)
