"""A bare cluster for the store tests: roles and the command line, no service."""
import itertools
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from stack.account import base_environment
from stack.bootstrap import DISTRICT, ROLES
from stack.cluster import SUPERUSER, Cluster
from stack.errors import StackError
from stack.paths import Paths
from support.district import copies

CLONE = Path(__file__).resolve().parents[2]
SQL = CLONE / "sql"
SEED = SQL / "seed" / str(DISTRICT)


class Database:
    """One database of the cluster, with what a test does to it."""

    def __init__(self, cluster, program, name):
        self.cluster, self.program, self.name = cluster, program, name

    def psql(self, sql, role="huimin_owner", *, file=None):
        """Runs SQL as a role; returns unaligned rows."""
        return self.cluster.psql(role, sql, file=file, database=self.name)

    def refuses(self, role, sql):
        """Runs SQL that must fail, as a role; returns the server's message."""
        with pytest.raises(StackError) as caught:
            self.psql(sql, role)
        return str(caught.value)

    def start(self, *arguments, role="huimin_owner"):
        """Starts `huimin` against this database."""
        env = base_environment(HUIMIN_DATABASE=self.cluster.conninfo(role, self.name))
        return subprocess.Popen([str(part) for part in (self.program, *arguments)], env=env, cwd="/", text=True,
                                encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def huimin(self, *arguments, ok=(0,), role="huimin_owner"):
        """Runs `huimin`; returns (exit status, stdout, stderr)."""
        with self.start(*arguments, role=role) as child:
            out, err = child.communicate(timeout=120)
        assert child.returncode in ok, f"huimin {arguments}: {child.returncode}\n{out}\n{err}"
        return child.returncode, out, err

    def load(self):
        """Migrations and the catalogue."""
        self.huimin("migrate", "--sql", SQL)
        self.huimin("catalogue", "load", "--district", DISTRICT, "--dir", SEED)
        return self


@pytest.fixture(scope="session")
def bare_cluster(account):
    """A cluster with the roles of Huimin and nothing else."""
    root = Path(tempfile.mkdtemp(prefix="huimin-store-"))
    account.own(root)
    paths = Paths(root / "s")
    paths.make(account)
    cluster = Cluster(paths, account, durable=False)
    cluster.create()
    cluster.start()
    yield cluster
    cluster.stop()
    shutil.rmtree(paths.sockets, ignore_errors=True)
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="session")
def make_database(bare_cluster, build_dir):
    """make_database() gives an empty database with the roles prepared."""
    numbers = itertools.count(1)

    def make():
        name = f"store_{next(numbers)}"
        bare_cluster.psql(SUPERUSER, f"create database {name} template template0 encoding 'UTF8' locale 'C.UTF-8'", database="postgres")
        bare_cluster.psql(SUPERUSER, file=SQL / "roles.sql", database=name)
        bare_cluster.psql(SUPERUSER, "".join(f"alter role {role} password '{bare_cluster.password(role)}';\n" for role in ROLES),
                          database=name)
        return Database(bare_cluster, build_dir / "huimin", name)

    return make


@pytest.fixture(scope="session")
def loaded(make_database):
    """A database with schema and catalogue, shared by tests that do not change what others look at."""
    return make_database().load()


@pytest.fixture
def empty(make_database):
    """A database of the test's own, without tables."""
    return make_database()


@pytest.fixture
def sql_copy(tmp_path):
    """A copy of sql/ that the test may damage."""
    target = tmp_path / "sql"
    shutil.copytree(SQL, target)
    return target


# A district made by SQL, for the tests of payments

CARE_FUNDS_FEN = 1_000_000


@pytest.fixture(scope="module")
def make_district(make_database):
    """make_district() gives an empty district of the caller's own."""
    return copies(make_database().load())


@pytest.fixture(scope="module")
def slate(make_district):
    """The district that the tests of a module share, one after the other."""
    return make_district()


@pytest.fixture
def bare(slate):
    """An empty district: no bank, no people, no money."""
    slate.wipe()
    return slate


@pytest.fixture
def district(bare):
    """A district with a bank and money for the care subsidy."""
    bare.bank()
    bare.fund("disabled-care", CARE_FUNDS_FEN)
    return bare
