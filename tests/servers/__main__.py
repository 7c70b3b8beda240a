"""`python -m tests.servers COMMAND…`: run a command beside a throw-away PostgreSQL, which its environment names."""

import os
import subprocess
import sys

from tests.servers import postgresql

if __name__ == "__main__":
    with postgresql() as address:
        sys.exit(subprocess.run(sys.argv[1:], env={**os.environ, "LEADLIGHT_DATABASE_URL": address}).returncode)
