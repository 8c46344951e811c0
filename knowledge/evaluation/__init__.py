"""How good the answers are: golden set, metrics, runs, gate, drift."""
