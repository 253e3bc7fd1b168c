"""From an empty cluster to a database that the services can use. Each step may be repeated."""
from .cluster import DATABASE, SUPERUSER

DISTRICT = 340103  # Luyang District, Hefei (GB/T 2260)
ROLES = ("huimin_owner", "huimin_beneficiaries", "huimin_programmes", "huimin_payments", "huimin_audit", "huimin_worker",
         "huimin_reconcile")


def create_database(cluster):
    """Creates the database when it is not there; the collation must not depend on the machine's locale."""
    if cluster.psql(SUPERUSER, f"select 1 from pg_database where datname = '{DATABASE}'", database="postgres") != "1":
        cluster.psql(SUPERUSER, f"create database {DATABASE} template template0 encoding 'UTF8' locale 'C.UTF-8'",
                     database="postgres")
    cluster.psql(SUPERUSER, f"alter database {DATABASE} set timezone = 'Asia/Shanghai'", database="postgres")


def create_roles(cluster, paths):
    """Roles and extensions, then the passwords: through standard input, so that they appear in no process list."""
    cluster.psql(SUPERUSER, file=paths.sql / "roles.sql")
    cluster.psql(SUPERUSER, "".join(f"alter role {role} password '{cluster.password(role)}';\n" for role in ROLES))


def migrate(services, paths, account):
    """Tables, functions and the catalogue of the district, as the owner of the database."""
    env = services.environment("owner")
    program = paths.bin / "huimin"
    account.run([program, "migrate", "--sql", paths.sql], env=env)
    account.run([program, "catalogue", "load", "--district", DISTRICT, "--dir", paths.sql / "seed" / str(DISTRICT)], env=env)


def create_keys(services, paths, account):
    """The key ring of the encrypted columns and the key that signs tokens; existing ones are kept."""
    account.run([paths.bin / "huimin", "keys", "init", "--dir", paths.keys], env=services.environment("owner"))


def bootstrap(cluster, services, paths, account):
    """All of it, in order."""
    create_database(cluster)
    create_roles(cluster, paths)
    create_keys(services, paths, account)
    migrate(services, paths, account)
