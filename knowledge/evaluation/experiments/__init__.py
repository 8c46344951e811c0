"""Trying two ways of answering on people, and saying honestly which is better."""
