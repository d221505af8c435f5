"""What `make bench` measured, when, and on what. It writes this file: do not edit it."""

RESULTS = {
    "course": {
        "measured": {
            "date": "2026-11-25",
            "cores": 2,
            "cpu": "Intel(R) Xeon(R) Processor",
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
            "cold": {"seconds": 30.307, "megabytes": 809},
            "warm": {"seconds": 1.118, "megabytes": 92},
            "finished": {"seconds": 1.121, "megabytes": 89},
            "zh": {"seconds": 1.155, "megabytes": 55},
            "plain_zh": {"seconds": 3.088, "megabytes": 113},
            "en": {"seconds": 1.091, "megabytes": 54},
            "plain_en": {"seconds": 2.782, "megabytes": 113},
            "snippets": 101,
            "labs": 3,
            "executed": 38.82,
            "longest": 14.175,
            "longest_name": "snippets/pictures/explorer.py",
            "floor": 20.529,
            "besides": {"equations": 2.554, "pages": 4.459},
            "pages": 56,
            "cache_kilobytes": 17704,
        },
    },
    "reload": {
        "measured": {
            "date": "2026-11-25",
            "cores": 2,
            "cpu": "Intel(R) Xeon(R) Processor",
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
            "first": 5.631,
            "page": 0.643,
            "snippet": 0.748,
            "style": 0.761,
            "glossary": 3.937,
            "snippet_run": 0.003,
            "burst": 0.595,
            "burst_rebuilds": 1,
        },
    },
    "scale": {
        "measured": {
            "date": "2026-11-25",
            "cores": 2,
            "cpu": "Intel(R) Xeon(R) Processor",
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
                    "cold": {"seconds": 1.602, "megabytes": 148},
                    "warm": {"seconds": 0.622, "megabytes": 59},
                    "plain": {"seconds": 0.557, "megabytes": 39},
                    "cache_kilobytes": 485,
                },
                "100": {
                    "cold": {"seconds": 3.232, "megabytes": 151},
                    "warm": {"seconds": 0.86, "megabytes": 64},
                    "plain": {"seconds": 1.175, "megabytes": 39},
                    "cache_kilobytes": 10127,
                },
                "1000": {
                    "cold": {"seconds": 36.559, "megabytes": 186},
                    "warm": {"seconds": 5.651, "megabytes": 90},
                    "plain": {"seconds": 26.012, "megabytes": 45},
                    "cache_kilobytes": 680124,
                },
            },
            "cores": {"1": 13.398, "2": 7.728},
            "shards": {
                "snippets": 40,
                "failed": 0,
                "runs": 40,
                "runs_of_a_third_build": 0,
                "same_pages": True,
                "third": {"seconds": 0.773, "megabytes": 46},
            },
        },
    },
    "peers": {
        "measured": {
            "date": "2026-11-25",
            "cores": 2,
            "cpu": "Intel(R) Xeon(R) Processor",
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
                "cold": {"seconds": 4.378, "megabytes": 456},
                "warm": {"seconds": 0.654, "megabytes": 52},
                "edit": {"seconds": 3.008, "megabytes": 444},
                "versions": {},
            },
            "plain": {
                "isolates": None,
                "cold": {"seconds": 0.705, "megabytes": 36},
                "warm": {"seconds": 0.74, "megabytes": 36},
                "edit": {"seconds": 0.741, "megabytes": 36},
                "versions": {"mkdocs-material": "9.8.1"},
            },
            "markdown_exec": {
                "isolates": False,
                "cold": {"seconds": 8.163, "megabytes": 338},
                "warm": {"seconds": 7.942, "megabytes": 340},
                "edit": {"seconds": 8.313, "megabytes": 338},
                "versions": {"markdown-exec": "1.12.6", "mkdocs-material": "9.8.1"},
            },
            "sphinx_gallery": {
                "isolates": False,
                "cold": {"seconds": 13.298, "megabytes": 406},
                "warm": {"seconds": 1.071, "megabytes": 110},
                "edit": {"seconds": 5.041, "megabytes": 393},
                "versions": {"matplotlib": "3.11.2", "sphinx": "9.0.4", "sphinx-gallery": "0.22.1"},
            },
            "mkdocs_jupyter": {
                "isolates": True,
                "cold": {"seconds": 28.373, "megabytes": 421},
                "warm": {"seconds": 1.441, "megabytes": 89},
                "edit": {"seconds": 6.055, "megabytes": 409},
                "versions": {"mkdocs-jupyter": "0.26.3", "mkdocs-material": "9.8.1"},
            },
            "myst_nb": {
                "isolates": True,
                "cold": {"seconds": 27.779, "megabytes": 441},
                "warm": {"seconds": 2.181, "megabytes": 108},
                "edit": {"seconds": 6.652, "megabytes": 442},
                "versions": {"jupyter-cache": "1.0.1", "myst-nb": "1.4.0", "sphinx": "9.0.4"},
            },
            "alone": {
                "optim": {"seconds": 3.18, "megabytes": 314},
                "all": {"seconds": 4.868, "megabytes": 320},
            },
        },
    },
}

if __name__ == "__main__":
    for part, result in RESULTS.items():
        print(part, "was measured on", result["measured"]["date"])
