"""Models and retrieval."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from . import env
from .base import DATA_DIR

#: `local` (sentence-transformers in this process) or `remote` (an OpenAI-compatible endpoint).
EMBEDDING_BACKEND = env.choice("EMBEDDING_BACKEND", "local", {"local", "remote"})
#: `bundled` is the MiniLM that comes with the package; any other value is a sentence-transformers model name or folder.
EMBEDDING_MODEL = env.text("EMBEDDING_MODEL", "bundled")
EMBEDDING_DEVICE = env.choice("EMBEDDING_DEVICE", "auto", {"auto", "cpu", "cuda", "mps"})
EMBEDDING_THREADS = env.number("EMBEDDING_THREADS", 0, least=0, most=256)
EMBEDDING_CACHE_SIZE = env.number("EMBEDDING_CACHE_SIZE", 10_000, least=0)
EMBEDDING_URL = env.text("EMBEDDING_URL")
EMBEDDING_API_KEY = env.text("EMBEDDING_API_KEY")

#: Where built search artefacts live, one folder a version, and which one serves.
ARTEFACT_DIR = env.folder("ARTEFACT_DIR", DATA_DIR / "artefacts")
ARTEFACT_KEEP = env.number("ARTEFACT_KEEP", 5, least=1, most=100)
#: Files that curators bring in, until they are done with.
IMPORT_DIR = DATA_DIR / "imports"
IMPORT_MAX_MB = env.number("IMPORT_MAX_MB", 20, least=1, most=1_000)

#: Who words the answers. More backends come with their own issue.
GENERATION_BACKEND = env.choice("GENERATION_BACKEND", "extractive", {"extractive"})

#: A language model that gives messages a second look for danger: an OpenAI-compatible endpoint, off without an address.
LANGUAGE_MODEL_URL = env.text("LANGUAGE_MODEL_URL").rstrip("/")
LANGUAGE_MODEL_NAME = env.text("LANGUAGE_MODEL_NAME")
LANGUAGE_MODEL_KEY = env.text("LANGUAGE_MODEL_KEY")
if LANGUAGE_MODEL_URL and not LANGUAGE_MODEL_NAME:
    raise ImproperlyConfigured("LANGUAGE_MODEL_URL needs LANGUAGE_MODEL_NAME, the model to ask for.")
