"""Starts the Python runtime. Small on purpose: a script is compiled at every start, a module only once."""

import sys

if __name__ == "__main__":
    here = __file__.rpartition("/")[0]
    sys.path = [here] + [path for path in sys.path if path != here]
    from kappa_runtime import loop

    sys.exit(loop.main())
