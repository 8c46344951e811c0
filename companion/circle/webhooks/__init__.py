"""Webhooks: a person's own program is told that something changed, by a signed request that is repeated until taken.

A request carries ids and no words, like every hint: the program asks the API for the truth, with its owner's rights.
"""
