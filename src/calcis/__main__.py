"""How is `calcis`, or `python -m calcis`, started?"""

import sys


def main() -> None:
    """The `calcis` command; an interruption while it loads is not a fault to trace."""
    try:
        from calcis.cli import main as command
    except KeyboardInterrupt:
        sys.exit(130)
    command()


if __name__ == "__main__":
    main()
