"""A whole Huimin on one machine, in one directory: cluster, services, worker, fake bank and gateway.

The quickstart, the tests and the acceptance test start the same stack from here. Standard library only.
"""
