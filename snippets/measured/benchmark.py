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
            "cold": {"seconds": 46.242, "megabytes": 963},
            "warm": {"seconds": 1.826, "megabytes": 142},
            "finished": {"seconds": 1.675, "megabytes": 115},
            "zh": {"seconds": 1.77, "megabytes": 84},
            "plain_zh": {"seconds": 2.725, "megabytes": 113},
            "en": {"seconds": 1.821, "megabytes": 85},
            "plain_en": {"seconds": 2.523, "megabytes": 113},
            "snippets": 101,
            "labs": 3,
            "executed": 54.804,
            "longest": 16.164,
            "longest_name": "snippets/pictures/explorer.py",
            "floor": 29.228,
            "pages": 56,
            "cache_kilobytes": 18131,
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
            "first": 5.428,
            "page": 0.746,
            "snippet": 1.046,
            "style": 0.922,
            "glossary": 4.505,
            "snippet_run": 0.038,
            "burst": 0.774,
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
                    "cold": {"seconds": 2.032, "megabytes": 247},
                    "warm": {"seconds": 1.222, "megabytes": 94},
                    "plain": {"seconds": 0.519, "megabytes": 36},
                    "cache_kilobytes": 486,
                },
                "100": {
                    "cold": {"seconds": 4.147, "megabytes": 268},
                    "warm": {"seconds": 1.58, "megabytes": 98},
                    "plain": {"seconds": 1.067, "megabytes": 39},
                    "cache_kilobytes": 10132,
                },
                "1000": {
                    "cold": {"seconds": 44.509, "megabytes": 292},
                    "warm": {"seconds": 6.143, "megabytes": 124},
                    "plain": {"seconds": 23.342, "megabytes": 45},
                    "cache_kilobytes": 680178,
                },
            },
            "cores": {"1": 14.474, "2": 8.03},
            "shards": {
                "snippets": 40,
                "failed": 0,
                "runs": 80,
                "runs_of_a_third_build": 0,
                "same_pages": True,
                "third": {"seconds": 1.323, "megabytes": 95},
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
                "cold": {"seconds": 7.534, "megabytes": 580},
                "warm": {"seconds": 1.282, "megabytes": 91},
                "edit": {"seconds": 4.54, "megabytes": 448},
                "versions": {},
            },
            "plain": {
                "isolates": None,
                "cold": {"seconds": 0.667, "megabytes": 36},
                "warm": {"seconds": 0.716, "megabytes": 37},
                "edit": {"seconds": 0.666, "megabytes": 37},
                "versions": {"mkdocs-material": "9.8.1"},
            },
            "markdown_exec": {
                "isolates": False,
                "cold": {"seconds": 8.109, "megabytes": 338},
                "warm": {"seconds": 8.056, "megabytes": 338},
                "edit": {"seconds": 8.618, "megabytes": 337},
                "versions": {"markdown-exec": "1.12.6", "mkdocs-material": "9.8.1"},
            },
            "sphinx_gallery": {
                "isolates": False,
                "cold": {"seconds": 11.608, "megabytes": 404},
                "warm": {"seconds": 1.018, "megabytes": 110},
                "edit": {"seconds": 4.948, "megabytes": 393},
                "versions": {"matplotlib": "3.11.2", "sphinx": "9.0.4", "sphinx-gallery": "0.22.1"},
            },
            "mkdocs_jupyter": {
                "isolates": True,
                "cold": {"seconds": 24.385, "megabytes": 418},
                "warm": {"seconds": 1.273, "megabytes": 90},
                "edit": {"seconds": 5.395, "megabytes": 410},
                "versions": {"mkdocs-jupyter": "0.26.3", "mkdocs-material": "9.8.1"},
            },
            "myst_nb": {
                "isolates": True,
                "cold": {"seconds": 22.605, "megabytes": 442},
                "warm": {"seconds": 1.819, "megabytes": 108},
                "edit": {"seconds": 5.846, "megabytes": 442},
                "versions": {"jupyter-cache": "1.0.1", "myst-nb": "1.4.0", "sphinx": "9.0.4"},
            },
        },
    },
}

if __name__ == "__main__":
    for part, result in RESULTS.items():
        print(part, "was measured on", result["measured"]["date"])
