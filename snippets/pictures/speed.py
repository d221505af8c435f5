"""How fast this site builds, reloads and grows: what `make bench` measured, beside its aims."""

from snippets.measured.benchmark import RESULTS

# What is aimed at: the part of the measurements, in words, the bound, and on which side to stay.
AIMS = {
    "cold": ("course", "cold build / its floor", 1.25, "at most"),
    "warm": ("course", "warm build / the same pages as finished text", 1.05, "at most"),
    "zh": ("course", "Chinese pages / plain Material", 1.1, "at most"),
    "en": ("course", "English pages / plain Material", 1.1, "at most"),
    "page": ("reload", "save a page, seconds to see it", 1.0, "at most"),
    "snippet": ("reload", "save a snippet, seconds beyond its own run", 1.0, "at most"),
    "burst": ("reload", "builds for ten saves in a second", 1, "at most"),
    "growth": ("scale", "warm build, 1,000 pages / 100 pages", 10, "at most"),
    "shards": ("scale", "runs of each snippet, two builds on one cache", 1, "at most"),
    "isolating": ("peers", "cold, best of those that isolate / ours", 8, "at least"),
    "sharing": ("peers", "cold, best of those that do not / ours", 2, "at least"),
    "plain": ("peers", "warm, ours / plain Material", 1.05, "at most"),
    "edit": ("peers", "after one edit, best of the others / ours", 5, "at least"),
}


def course_ratios(course):
    """Compare the builds of the real site."""
    builds = ("cold", "warm", "finished", "zh", "plain_zh", "en", "plain_en")
    seconds = {name: course[name]["seconds"] for name in builds}
    return {
        "cold": seconds["cold"] / course["floor"],
        "warm": seconds["warm"] / seconds["finished"],
        "zh": seconds["zh"] / seconds["plain_zh"],
        "en": seconds["en"] / seconds["plain_en"],
    }


def reload_numbers(reload):
    """Return the times that have an aim; a snippet's own run is not counted."""
    beyond = reload["snippet"] - reload["snippet_run"]
    return {"page": reload["page"], "snippet": beyond, "burst": reload["burst_rebuilds"]}


def scale_ratios(scale):
    """Say how the warm build grows, and how often each snippet ran for two builds at once."""
    warm = {count: found["warm"]["seconds"] for count, found in scale["sizes"].items()}
    shards = scale["shards"]
    return {"growth": warm["1000"] / warm["100"], "shards": shards["runs"] / shards["snippets"]}


def peers_ratios(peers):
    """Compare our build of the eight programs with the best of the others."""
    seconds = {
        name: {step: found[step]["seconds"] for step in ("cold", "warm", "edit")}
        for name, found in peers.items()
        if name != "alone"
    }
    ours = seconds.pop("loom")
    plain = seconds.pop("plain")
    best = {
        isolates: min(
            seconds[name]["cold"] for name in seconds if peers[name]["isolates"] == isolates
        )
        for isolates in (True, False)
    }
    return {
        "isolating": best[True] / ours["cold"],
        "sharing": best[False] / ours["cold"],
        "plain": ours["warm"] / plain["warm"],
        "edit": min(found["edit"] for found in seconds.values()) / ours["edit"],
    }


def reached_at(peers):
    """Return the seconds of our build at which each aim would be reached."""
    ratios = peers_ratios(peers)
    return {
        name: round(peers["loom"][step]["seconds"] * ratios[name] / AIMS[name][2], 1)
        for name, step in {"isolating": "cold", "sharing": "cold", "edit": "edit"}.items()
    }


RATIOS = {
    "course": course_ratios,
    "reload": reload_numbers,
    "scale": scale_ratios,
    "peers": peers_ratios,
}


def compare(results):
    """Set what was measured beside each aim.

    Args:
        results (dict): What `make bench` measured; parts may be missing.

    Returns:
        found (dict[str, dict]): For each aim: `is`, `aim`, and `reached`, ✓ or ✗.
    """
    measured = {}
    for part, ratios in RATIOS.items():
        if part in results:
            measured |= ratios(results[part]["found"])
    found = {}
    for name, value in measured.items():
        _, _, bound, side = AIMS[name]
        reached = value <= bound if side == "at most" else value >= bound
        found[name] = {"is": round(value, 3), "aim": bound, "reached": "✓" if reached else "✗"}
    return found


def per_snippet(scale):
    """Return the milliseconds of a build for each snippet, which two pages show."""
    return {
        count: {
            step: round(1000 * found[step]["seconds"] / int(count), 1)
            for step in ("cold", "warm", "plain")
        }
        for count, found in scale["sizes"].items()
    }


def growth_curves(scale):
    """Return seconds by the number of snippets, given as a power of ten, for a picture."""
    return {
        step: [[len(count) - 1, found[step]["seconds"]] for count, found in scale["sizes"].items()]
        for step in ("cold", "warm", "plain")
    }


def lines(results):
    """Yield a table of everything, line by line."""
    aims = compare(results)
    for part, result in results.items():
        when = result["measured"]
        yield f"{part}: {when['date']}, {when['cores']} cores, {when['cpu']}"
        yield from rows(result["found"], 1)
        for name, aim in aims.items():
            where, words, bound, side = AIMS[name]
            if where == part:
                verdict = "reached" if aim["reached"] == "✓" else "NOT REACHED"
                yield f"  {aim['reached']} {words:48s}{aim['is']:8.2f}  {side} {bound:g}: {verdict}"
        yield ""


def rows(found, depth):
    """Yield nested results, one line for each that holds numbers."""
    flat = {name: value for name, value in found.items() if not isinstance(value, dict)}
    if flat:
        yield "  " * depth + "  ".join(f"{name} {value}" for name, value in flat.items())
    for name, value in found.items():
        if isinstance(value, dict):
            inner = list(rows(value, 0))
            if len(inner) == 1:
                yield "  " * depth + f"{name:15s} {inner[0]}"
            else:
                yield "  " * depth + name
                yield from rows(value, depth + 1)


if __name__ == "__main__":
    print("\n".join(lines(RESULTS)))
    aims = compare(RESULTS)
    measured = {part: result["measured"] for part, result in RESULTS.items()}
    course = RESULTS["course"]["found"]
    reload = RESULTS["reload"]["found"]
    scale = RESULTS["scale"]["found"]
    peers = RESULTS["peers"]["found"]
    reach = reached_at(peers)
    besides = sum(course["besides"].values())
    room = course["floor"] * (AIMS["cold"][2] - 1)
    milliseconds = per_snippet(scale)
    growth = growth_curves(scale)
