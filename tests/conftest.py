"""A test run has a data folder of its own: its databases, keys and artefacts never meet those of a running Lilo."""

import os
import tempfile

os.environ["LILO_DATA_DIR"] = tempfile.mkdtemp(prefix="lilo-tests-")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
for name in ("DATABASE_URL", "MONGODB_URL", "REDIS_URL", "CASSANDRA_HOSTS"):
    os.environ.pop(name, None)
