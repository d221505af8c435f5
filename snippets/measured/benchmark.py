"""What `make bench` measured, when, and on what. It writes this file: do not edit it."""

RESULTS = {
    "course": {
        "measured": {
            "date": "2026-11-23",
            "cores": 2,
            "cpu": "AMD EPYC",
            "gigabytes": 25,
            "system": "Linux",
            "versions": {
                "Python": "3.11.7",
                "mkdocs": "1.6.1",
                "mkdocs-material": "9.8.1",
                "numpy": "2.4.6",
                "torch": "2.13.0+cpu",
            },
        },
        "found": {
            "cold": {"seconds": 49.601, "megabytes": 963},
            "warm": {"seconds": 2.074, "megabytes": 141},
            "finished": {"seconds": 1.875, "megabytes": 120},
            "zh": {"seconds": 1.877, "megabytes": 85},
            "plain_zh": {"seconds": 2.932, "megabytes": 114},
            "en": {"seconds": 1.874, "megabytes": 85},
            "plain_en": {"seconds": 2.624, "megabytes": 113},
            "snippets": 101,
            "labs": 3,
            "executed": 60.148,
            "longest": 18.191,
            "longest_name": "snippets/pictures/explorer.py",
            "floor": 32.148,
            "besides": {"equations": 5.581, "pages": 5.291},
            "pages": 56,
            "cache_kilobytes": 18142,
        },
    },
    "reload": {
        "measured": {
            "date": "2026-11-23",
            "cores": 2,
            "cpu": "AMD EPYC",
            "gigabytes": 25,
            "system": "Linux",
            "versions": {
                "Python": "3.11.7",
                "mkdocs": "1.6.1",
                "mkdocs-material": "9.8.1",
                "numpy": "2.4.6",
                "torch": "2.13.0+cpu",
            },
        },
        "found": {
            "first": 6.635,
            "page": 0.828,
            "snippet": 0.833,
            "style": 0.782,
            "glossary": 3.919,
            "snippet_run": 0.015,
            "burst": 0.594,
            "burst_rebuilds": 1,
        },
    },
    "scale": {
        "measured": {
            "date": "2026-11-23",
            "cores": 2,
            "cpu": "AMD EPYC",
            "gigabytes": 25,
            "system": "Linux",
            "versions": {
                "Python": "3.11.7",
                "mkdocs": "1.6.1",
                "mkdocs-material": "9.8.1",
                "numpy": "2.4.6",
                "torch": "2.13.0+cpu",
            },
        },
        "found": {
            "sizes": {
                "10": {
                    "cold": {"seconds": 1.879, "megabytes": 214},
                    "warm": {"seconds": 0.867, "megabytes": 69},
                    "plain": {"seconds": 0.767, "megabytes": 39},
                    "cache_kilobytes": 486,
                },
                "100": {
                    "cold": {"seconds": 4.597, "megabytes": 214},
                    "warm": {"seconds": 1.069, "megabytes": 63},
                    "plain": {"seconds": 1.575, "megabytes": 39},
                    "cache_kilobytes": 10132,
                },
                "1000": {
                    "cold": {"seconds": 50.955, "megabytes": 248},
                    "warm": {"seconds": 6.006, "megabytes": 89},
                    "plain": {"seconds": 27.138, "megabytes": 45},
                    "cache_kilobytes": 680178,
                },
            },
            "cores": {"1": 14.732, "2": 7.716},
            "shards": {
                "snippets": 40,
                "failed": 0,
                "runs": 40,
                "runs_of_a_third_build": 0,
                "same_pages": True,
                "third": {"seconds": 0.771, "megabytes": 45},
            },
        },
    },
    "peers": {
        "measured": {
            "date": "2026-11-23",
            "cores": 2,
            "cpu": "AMD EPYC",
            "gigabytes": 25,
            "system": "Linux",
            "versions": {
                "Python": "3.11.7",
                "mkdocs": "1.6.1",
                "mkdocs-material": "9.8.1",
                "numpy": "2.4.6",
                "torch": "2.13.0+cpu",
            },
        },
        "found": {
            "loom": {
                "isolates": True,
                "cold": {"seconds": 7.091, "megabytes": 539},
                "warm": {"seconds": 0.823, "megabytes": 65},
                "edit": {"seconds": 4.554, "megabytes": 417},
                "versions": {},
            },
            "plain": {
                "isolates": None,
                "cold": {"seconds": 1.123, "megabytes": 36},
                "warm": {"seconds": 0.918, "megabytes": 36},
                "edit": {"seconds": 0.818, "megabytes": 36},
                "versions": {"mkdocs-material": "9.8.1"},
            },
            "markdown_exec": {
                "isolates": False,
                "cold": {"seconds": 9.645, "megabytes": 337},
                "warm": {"seconds": 9.367, "megabytes": 336},
                "edit": {"seconds": 9.319, "megabytes": 339},
                "versions": {"markdown-exec": "1.12.6", "mkdocs-material": "9.8.1"},
            },
            "sphinx_gallery": {
                "isolates": False,
                "cold": {"seconds": 13.925, "megabytes": 405},
                "warm": {"seconds": 1.268, "megabytes": 111},
                "edit": {"seconds": 6.323, "megabytes": 393},
                "versions": {"matplotlib": "3.11.2", "sphinx": "9.0.4", "sphinx-gallery": "0.22.1"},
            },
            "mkdocs_jupyter": {
                "isolates": True,
                "cold": {"seconds": 32.736, "megabytes": 419},
                "warm": {"seconds": 2.084, "megabytes": 90},
                "edit": {"seconds": 7.978, "megabytes": 410},
                "versions": {"mkdocs-jupyter": "0.26.3", "mkdocs-material": "9.8.1"},
            },
            "myst_nb": {
                "isolates": True,
                "cold": {"seconds": 32.643, "megabytes": 441},
                "warm": {"seconds": 2.775, "megabytes": 109},
                "edit": {"seconds": 7.826, "megabytes": 442},
                "versions": {"jupyter-cache": "1.0.1", "myst-nb": "1.4.0", "sphinx": "9.0.4"},
            },
            "alone": {
                "optim": {"seconds": 4.096, "megabytes": 313},
                "all": {"seconds": 6.862, "megabytes": 319},
            },
        },
    },
}

if __name__ == "__main__":
    for part, result in RESULTS.items():
        print(part, "was measured on", result["measured"]["date"])
