"""Questions that Lilo could not answer well, and which their askers let it pass on to those who write its answers."""
