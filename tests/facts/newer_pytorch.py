"""What `newer-pytorch` says."""

import functools
import importlib.metadata
import json
import re
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
import torch
from torch.func import hessian
from torch.utils._python_dispatch import TorchDispatchMode

from facts import faster, record
from snippets import functions

PAGES = [Path(f"docs/{language}/newer-pytorch.md") for language in ("en", "zh")]
RELEASES = ("2.14.1", "2.15.0")
LINK = re.compile(r"\]\((?:loom:snippets/)?([\w/-]+\.(?:md|py))[^)]*\)")


@functools.cache
def _report(release):
    """Return what the report on a release of torch says."""
    return Path(f"releases/report-torch-{release}.md").read_text(encoding="utf-8")


def _kept(program):
    """Return the record of a program under 2.15."""
    return json.loads(Path("releases/torch-2.15.0.json").read_text(encoding="utf-8"))[program]


def _reported(release):
    """Return the pairs of a page and a program whose results differ under a release."""
    found = set()
    for section in re.split(r"^## ", _report(release), flags=re.MULTILINE)[1:]:
        page = section.partition("\n")[0]
        programs = re.findall(r"^### snippets/(\S+\.py),", section, re.MULTILINE)
        found |= {(page, program) for program in programs}
    return found


def _listed(page):
    """Return the same pairs as the table of a page has them, with the release of each."""
    found = set()
    for row in re.findall(r"^\| (\[.*)\|$", page.read_text(encoding="utf-8"), re.MULTILINE):
        *shown, program = LINK.findall(row)
        since = row.split("|")[2].strip()
        found |= {(name.removesuffix(".md"), program, since) for name in shown}
    return found


def the_pages_ran_on_an_older_release():
    """The pages ran on 2.13.0, and the reports compare it with the two newer releases."""
    assert importlib.metadata.version("torch").partition("+")[0] == "2.13.0"
    for release in RELEASES:
        assert _report(release).startswith(f"# torch 2.13.0 → {release}\n")


def so_many_results_differ():
    """Of 831 results on 38 pages, 17 differ under 2.14.1 and 21 under 2.15.0."""
    for release, count in zip(RELEASES, (17, 21), strict=True):
        compared, changed = re.findall(r"^- (\d+) ", _report(release), re.MULTILINE)[:2]
        assert (int(compared), int(changed)) == (831, count)
        assert "831 were compared, on 38 pages;" in _report(release)
        assert len(re.findall("^### ", _report(release), re.MULTILINE)) == count


def the_others_agree_in_every_digit():
    """No result differs in last digits only."""
    assert all("\n- 0 more differ in last digits only" in _report(release) for release in RELEASES)


def the_table_has_every_difference():
    """The table names each program whose results differ, with its pages and the first release."""
    old, new = map(_reported, RELEASES)
    assert old < new
    since = {(*pair, "2.14" if pair in old else "2.15") for pair in new}
    for page in PAGES:
        assert _listed(page) == since


def two_builds_of_2_13_give_the_same_results():
    """Both builds of 2.13.0, for CPUs and for NVIDIA GPUs, give the same 831 results."""
    said = _report("2.13.0-builds")
    assert "- 831 were compared, on 38 pages;" in said
    assert "- 0 change, on 0 pages;" in said
    assert "\n- 0 more differ in last digits only" in said


def lesson_3_then_prints_what_lesson_2_prints():
    """Lessons 2 and 3 part one step after the first 0; under 2.14 never, and end alike."""
    found = record("mistakes.autograd_clamp_at_zero").values
    assert found["with_clamp"] == found["first_zero"] + 1
    last = record("tensors").output.rstrip().splitlines()[-1]
    assert record("autograd").output.rstrip().splitlines()[-1] != last
    for release in RELEASES:
        lines = _report(release).splitlines()
        assert f"+{last}" in lines
        assert "+    clamp(min=0) None" in lines


@pytest.mark.thorough
def forward_mode_loads_what_calls_script():
    """The first `jvp`, `jacfwd` or `hessian` loads a file that calls `torch.jit.script`.

    `grad`, `vmap` and `jacrev` do not.
    """
    code = """if True:
        import sys, torch
        from torch.func import grad, hessian, jacfwd, jacrev, jvp, vmap
        x = torch.ones(2)
        def cubes(numbers):
            return (numbers**3).sum()
        vmap(grad(lambda number: number**2))(x)
        jacrev(cubes)(x)
        name = "torch._decomp.decompositions_for_jvp"
        print(name in sys.modules)
        CALL
        print(name in sys.modules, "torch.jit.script(" in open(sys.modules[name].__file__).read())
    """
    for call in ("jvp(cubes, (x,), (x,))", "jacfwd(cubes)(x)", "hessian(cubes)(x)"):
        command = [sys.executable, "-c", code.replace("CALL", call)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout.split() == ["False", "True", "True"]


def a_deprecation_stays_silent_and_a_future_warning_does_not():
    """`script` gives a DeprecationWarning here and a FutureWarning in 2.15; Python shows that."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        torch.jit.script(torch.nn.functional.relu)
    assert DeprecationWarning in {warning.category for warning in caught}
    assert (
        "FutureWarning: `torch.jit.script` is deprecated"
        in _kept("snippets/functions.py")["output"]
    )
    code = "import warnings; [print(f[0], f[2].__name__, f[3]) for f in warnings.filters]"
    command = [sys.executable, "-I", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    filters = done.stdout.splitlines()
    assert filters.index("default DeprecationWarning __main__") < filters.index(
        "ignore DeprecationWarning None"
    )
    assert "FutureWarning" not in done.stdout


def the_products_differ_by_rounding_in_both():
    """The two products are apart by 2e-15 under 2.15 and by 3e-15 here: a few roundings."""
    for output, apart in (
        (_kept("snippets/functions.py")["output"], "2e-15"),
        (record("functions").output, "3e-15"),
    ):
        assert output.rstrip().endswith(f"largest difference of the products: {apart}")
    assert 20 * torch.finfo(torch.float64).eps > 3e-15


class _Batches(TorchDispatchMode):
    """Keeps the shapes of products that multiply a batch by one and the same matrix."""

    def __init__(self):
        super().__init__()
        self.shapes = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if func is torch.ops.aten.bmm.default and args[1].stride(0) == 0:
            self.shapes.append(tuple(tuple(matrix.shape) for matrix in args))
        return func(*args, **(kwargs or {}))


def the_hessian_is_a_batch_of_products():
    """Under 2.13 the Hessian multiplies 97 directions by the hidden values as a batch."""
    model = functions.make_model()
    x, y = functions.make_data()
    params = {name: param.detach() for name, param in model.named_parameters()}
    assert sum(param.numel() for param in params.values()) == 97
    with _Batches() as batches:
        hessian(lambda params: functions.loss_of(model)(params, x, y))(params)
    assert ((97, 1, 40), (97, 40, 32)) in batches.shapes


def the_third_function_becomes_two_graphs():
    """Under 2.13 only what stands before the loop is compiled; under 2.15 the loop is, too."""
    before = record("mistakes.faster_breaks").values["found"]
    after = _kept("snippets/mistakes/faster_breaks.py")["values"]["found"]
    assert before["draws"] == [["mul", "relu"]]
    assert after["draws"] == [["mul", "relu"], ["add", "add", "mul"]]
    assert {name for name in before if before[name] != after[name]} == {"draws"}
    assert "+draws: mul, relu | add, add, mul" in _report("2.14.1").splitlines()


@pytest.mark.thorough
def under_2_13_the_log_calls_the_break_one_that_cannot_be_resumed():
    """Under 2.13 the log cannot resume from the break, and takes it for a bug of its own."""
    said = faster._logged("graph_breaks", "snippets/mistakes/faster_breaks.py")
    assert "Encountered graph break that we cannot resume from" in said
    assert "This is likely to be a Dynamo bug" in said
