"""The pages of a circle: who is in it, what they may see, how to join, how to be reached. Plain forms, all of them."""
