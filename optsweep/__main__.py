"""``python -m optsweep`` is the command ``optsweep``."""

from optsweep.cli import main

if __name__ == "__main__":
    main()
