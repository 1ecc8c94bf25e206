"""``python -m scanner.demo FOLDER``: the practice government, until standard input is closed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from scanner.demo.range import serve_until_closed

if __name__ == "__main__":
    asyncio.run(serve_until_closed(Path(sys.argv[1])))
