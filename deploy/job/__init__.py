"""The main job of a district's month, done over HTTP as different people: import, prepare, check, release, reconcile.

Used by the quickstart and by the compose deployment; needs only an address, tokens and the bank's answers. Standard library only.
"""
