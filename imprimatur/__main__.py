"""`python -m imprimatur`, also as launchers start it: `torchrun --nproc-per-node 2 -m imprimatur train`."""

from imprimatur.cli import main

if __name__ == "__main__":
    main()
