"""`python -m cli`: the `luna` command where no script of that name is installed, as in the container image."""

from cli.main import main

if __name__ == "__main__":
    main()
