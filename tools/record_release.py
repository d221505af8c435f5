"""Run snippets with the installed torch, and keep the records in releases/.

Pages show these records beside today's output, to tell what differs between releases. Run it in an
environment with a different torch: python -m tools.record_release snippets/a.py ...
"""

import argparse
import json
from pathlib import Path

from loom.run import program, record
from loom.run.record import Settings, SnippetError

SETTINGS = Settings(packages=("numpy", "torch"), preload=("numpy", "torch", "torch._dynamo"))


def main(paths: list[str]) -> None:
    """Add the records of the named snippets to the file of the installed release."""
    release = SETTINGS.versions()["torch"].partition("+")[0]
    target = Path("releases", f"torch-{release}.json")
    records = json.loads(target.read_text(encoding="utf-8")) if target.exists() else {}
    try:
        for path in paths:
            records[path] = record.as_json(program.run(path, SETTINGS)) | {"seconds": 0.0}
    except SnippetError as error:
        raise SystemExit(f"Nothing is kept: {error}") from None
    target.parent.mkdir(exist_ok=True)
    text = json.dumps(dict(sorted(records.items())), indent=1, ensure_ascii=False)
    target.write_text(text + "\n", encoding="utf-8")
    print(f"{target}: {len(records)} records")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("snippets", nargs="+", metavar="snippets/….py")
    paths = parser.parse_args().snippets
    for path in paths:
        if not Path(path).is_file():
            parser.error(f"{path} is no file: name a program relative to the project's folder")
    main(paths)
