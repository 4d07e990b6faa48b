"""How is `calcis`, or `python -m calcis`, started?"""

from calcis.cli import main

if __name__ == "__main__":
    main()
