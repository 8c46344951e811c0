"""Open pages of the portal, kept fresh: hints come in, pieces of pages that the server rendered go out.

fragment   a piece of a page that can be rendered again by itself
render     fragments for the people who look, with what each of them may see now
hub        hints of this process's event loop, gathered so that a burst renders once
consumers  the socket `/ws/live/`
"""
