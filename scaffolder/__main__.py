"""`python -m scaffolder`, the same as `scaffold`."""

import sys

from scaffolder.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
