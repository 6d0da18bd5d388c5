"""Draw the picture of the README: the demo's own answer, as SVG.

`python docs/picture.py` writes docs/images/demo.svg; `--check` fails where it is not that.
"""

import io
import re
import sys
from pathlib import Path

from rich.console import Console

from otel_agents.cli.demo import show_day
from otel_agents.demo.day import Options
from otel_agents.demo.simulation import simulate
from otel_agents.pricing import PriceBook

PICTURE = Path(__file__).parent / "images" / "demo.svg"
COLUMNS = 104

WEB_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def picture() -> str:
    """Return the demo's answer as SVG; the same for the same prices."""
    options = Options()
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    show_day(simulate(options, PriceBook()), options, console)
    drawn = console.export_svg(title="otel-agents demo", unique_id="demo")
    return WEB_FONT.sub("", drawn)  # a picture in a document should fetch nothing


def main() -> int:
    """Write the picture, or say that it is not current."""
    drawn = picture()
    if "--check" in sys.argv:
        if PICTURE.read_text() == drawn:
            return 0
        print(f"{PICTURE} is not what the demo shows: run 'make gen' and commit it")
        return 1
    PICTURE.write_text(drawn)
    return 0


if __name__ == "__main__":
    sys.exit(main())
