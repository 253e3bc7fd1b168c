"""Free TCP ports on the loopback address."""
import random
import socket

from .errors import EXIT_PORT, StackError

# Below Linux's range for outgoing connections (32768 and up): a client's own end can never take a port chosen here.
LOWEST, HIGHEST = 20000, 32000


def is_free(port):
    """Whether a server can bind the port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(count):
    """`count` different ports; random, so that two stacks that start at the same moment hardly ever meet."""
    found = set()
    for _ in range(2000):
        if len(found) == count:
            break
        port = random.SystemRandom().randrange(LOWEST, HIGHEST)
        if is_free(port):
            found.add(port)
    else:
        raise StackError("no free TCP ports on 127.0.0.1", EXIT_PORT)
    return sorted(found)
