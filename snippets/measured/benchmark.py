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
                    "cold": {"seconds": 31.393, "megabytes": 149},
                    "warm": {"seconds": 57.147, "megabytes": 134},
                    "plain": {"seconds": 15.627, "megabytes": 33},
                    "cache_kilobytes": 3,
                },
                "100": {
                    "cold": {"seconds": 113.685, "megabytes": 149},
                    "warm": {"seconds": 58.255, "megabytes": 135},
                    "plain": {"seconds": 20.45, "megabytes": 34},
                    "cache_kilobytes": 27,
                },
                "1000": {
                    "cold": {"seconds": 430.533, "megabytes": 163},
                    "warm": {"seconds": 593.273, "megabytes": 148},
                    "plain": {"seconds": 82.132, "megabytes": 41},
                    "cache_kilobytes": 278,
                },
            },
            "cores": {"1": 26.747, "2": 26.684},
            "shards": {
                "snippets": 40,
                "failed": 0,
                "runs": 76,
                "runs_of_a_third_build": 0,
                "same_pages": True,
                "third": {"seconds": 9.048, "megabytes": 137},
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
                "cold": {"seconds": 24.606, "megabytes": 536},
                "warm": {"seconds": 3.342, "megabytes": 137},
                "edit": {"seconds": 5.657, "megabytes": 435},
                "versions": {},
            },
            "plain": {
                "isolates": None,
                "cold": {"seconds": 7.979, "megabytes": 32},
                "warm": {"seconds": 6.082, "megabytes": 32},
                "edit": {"seconds": 7.253, "megabytes": 31},
                "versions": {"mkdocs-material": "9.8.1"},
            },
            "markdown_exec": {
                "isolates": False,
                "cold": {"seconds": 105.124, "megabytes": 273},
                "warm": {"seconds": 110.91, "megabytes": 269},
                "edit": {"seconds": 107.744, "megabytes": 284},
                "versions": {"markdown-exec": "1.12.6", "mkdocs-material": "9.8.1"},
            },
            "sphinx_gallery": {
                "isolates": False,
                "cold": {"seconds": 219.122, "megabytes": 396},
                "warm": {"seconds": 4.817, "megabytes": 105},
                "edit": {"seconds": 11.393, "megabytes": 388},
                "versions": {"matplotlib": "3.11.2", "sphinx": "9.0.4", "sphinx-gallery": "0.22.1"},
            },
            "mkdocs_jupyter": {
                "isolates": True,
                "cold": {"seconds": 42.877, "megabytes": 408},
                "warm": {"seconds": 1.537, "megabytes": 83},
                "edit": {"seconds": 8.944, "megabytes": 351},
                "versions": {"mkdocs-jupyter": "0.26.3", "mkdocs-material": "9.8.1"},
            },
            "myst_nb": {
                "isolates": True,
                "cold": {"seconds": 121.049, "megabytes": 399},
                "warm": {"seconds": 54.554, "megabytes": 101},
                "edit": {"seconds": 86.035, "megabytes": 366},
                "versions": {"jupyter-cache": "1.0.1", "myst-nb": "1.4.0", "sphinx": "9.0.4"},
            },
        },
    },
}

if __name__ == "__main__":
    for part, result in RESULTS.items():
        print(part, "was measured on", result["measured"]["date"])
