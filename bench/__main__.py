"""Measure everything, or the parts that are named: `python -m bench [PART ...]`."""

import argparse
import sys
import traceback

from bench import course, peers, phone, reload, results, scale
from bench.measure import circumstances, progress
from snippets.pictures import speed

MEASURE = {
    "course": course.measure,
    "reload": reload.measure,
    "scale": scale.measure,
    "peers": peers.measure,
    "phone": phone.measure_phone,
}


def main(parts: list[str]) -> int:
    """Measure the parts one after the other; keep and print what was found.

    Returns:
        How many parts could not be measured; those keep the results that they had.
    """
    found, failed = results.kept(), []
    for part in parts:
        progress(f"{part} ...")
        try:
            found[part] = {"measured": circumstances(), "found": MEASURE[part]()}
        except Exception:
            traceback.print_exc()
            failed.append(part)
            continue
        results.keep(found)
    print("\n".join(speed.lines({part: found[part] for part in parts if part not in failed})))
    if failed:
        progress(f"could not be measured: {', '.join(failed)}; see above")
    return len(failed)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("part", nargs="*", choices=["all", *MEASURE], default="all")
    wanted = parser.parse_args().part
    sys.exit(main(list(MEASURE) if "all" in wanted else wanted))
