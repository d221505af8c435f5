"""The prose: typography, spelling, the terms of the glossary, the style of Markdown."""

import functools
import itertools
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import autocorrect_py
import pytest

from loom.weave.glossary import read_terms

ROOT = Path(__file__).parent.parent
RIVALS = tomllib.loads((ROOT / "tests/rivals.toml").read_text(encoding="utf-8"))
GLOSSARY = {
    language: {term.id: term.name for term in read_terms(ROOT / f"docs/{language}/glossary.md")}
    for language in ("zh", "en")
}
PAGES = {
    language: [
        path.relative_to(ROOT).as_posix()
        for path in [*sorted((ROOT / "docs" / language).rglob("*.*")), ROOT / readme]
    ]
    for language, readme in (("zh", "README.zh.md"), ("en", "README.md"))
}
PROGRAMS = [  # their messages are in Chinese too
    path.relative_to(ROOT).as_posix()
    for folder in ("equations", "exercises", "loom")
    for path in sorted((ROOT / folder).rglob("*.py"))
]

FENCE = re.compile(r"^( *)(`{3,}).*?^\1\2`*$", re.MULTILINE | re.DOTALL)
EQUATION = re.compile(r"^ *\$\$$.*?^ *\$\$$", re.MULTILINE | re.DOTALL)
# Titles of boxes and text alternatives: the quotes are their syntax.
TITLE = re.compile(r'^( *(?:\?\?\?\+?|!!!) \w+ |%%(?: \w+=true)* alt=)"(.*)"$', re.MULTILINE)
ENGLISH_COMMENT = re.compile(r"^ *# .*$", re.MULTILINE)
CODE = re.compile(r"(`+)[^\n]+?\1|(?<!\$)\$[^$\n]+\$(?!\$)")
MARKUP = re.compile(r"\]\([^)\s]*\)| *\{[#.:][^}]*\}|<[^>]*>|!?\[|\*")


def markdown(page: str) -> str:
    """Return a page's Markdown; of a lab, the comments, which hold its Markdown cells."""
    text = (ROOT / page).read_text(encoding="utf-8")
    if "/labs/" in page:
        comments = (line[2:] if line.startswith("# ") else "" for line in text.splitlines())
        return "\n".join(comments)
    return text


def prose(text: str) -> str:
    """Drop what is not prose, line by line; inline code and formulas become an `x`."""
    for block in (FENCE, EQUATION):
        text = block.sub(lambda found: "\n" * found.group().count("\n"), text)
    text = re.sub("^description: ", "", text, flags=re.MULTILINE)  # in front matter
    return MARKUP.sub("", CODE.sub("x", TITLE.sub(r"\1\2", text)))


@functools.cache
def lines(page: str) -> list[str]:
    """Return the prose of a page or program."""
    return prose(markdown(page)).splitlines()


def find(pattern: str, page: str) -> list[str]:
    """Return each place where a pattern occurs in a page's prose."""
    return [
        f"{page}:{number}: ...{line[max(0, found.start() - 12) : found.end() + 12]}..."
        for number, line in enumerate(lines(page), 1)
        for found in re.finditer(pattern, line)
    ]


# Chinese: AutoCorrect finds most faults; these are the ones that it does not know.

HAN = r"[\u4e00-\u9fff]"
CHINESE_FAULTS = {  # with a sample of each
    "no space between Han and Latin or code": (rf"{HAN}[A-Za-z0-9]|[A-Za-z0-9]{HAN}", "用`x`写"),
    "half-width punctuation beside Han": (rf"{HAN}[,;:?!]|[,;:?!] ?{HAN}", "`x`, 损失"),
    "half-width brackets beside Han": (rf"{HAN}[()]|[()]{HAN}", "张量(tensor)"),
    "a space beside full-width punctuation": (r" [，。：；？、）”]|[，。：；？、（“] ", "`x` ，"),
    "straight quotes around Han": (rf'"{HAN}|{HAN}"', '写 "张量" 时'),
    "an exclamation mark": ("！", "好！"),
}


@pytest.mark.parametrize("fault", CHINESE_FAULTS)
def test_chinese_typography(fault):
    pattern, sample = CHINESE_FAULTS[fault]
    assert re.search(pattern, prose(sample)), "the sample is not caught"
    found = [place for page in PAGES["zh"] for place in find(pattern, page)]
    assert not found, f"{fault}:\n" + "\n".join(found)


def broken(text: str) -> list[int]:
    """Return the lines after which a Chinese paragraph is broken: browsers put a space there."""
    written = prose(re.sub("^ *<", "| <", text, flags=re.MULTILINE)).splitlines()
    return [
        number
        for number, (line, following) in enumerate(itertools.pairwise(written), 1)
        if re.search(rf"^(?! *(#|!!!|\?\?\?)).*({HAN}|[，。：；？、）”])$", line)
        and re.match(rf" *({HAN}|[“（])", following)
    ]


def test_no_chinese_paragraph_is_broken():
    assert broken("- 一句话。\n  第二句。\n\n下一段") == [1]
    assert broken("## 标题\n!!! note 标题\n    说明。\n<li>一项。</li>\n<li>二项。</li>") == []
    found = [f"{page}:{number}" for page in PAGES["zh"] for number in broken(markdown(page))]
    assert not found, f"join these lines with the next ones: {found}"


def corrections(text: str, kind: str) -> list[tuple[int, str]]:
    """Return the lines that AutoCorrect would write in another way, as it would write them."""
    if kind == "md":  # it takes what is indented in a box for code
        text = re.sub("^ +", "", text, flags=re.MULTILINE)
    autocorrect_py.load_config((ROOT / ".autocorrectrc").read_text(encoding="utf-8"))
    return [(line.line, line.new) for line in autocorrect_py.lint_for(text, kind).lines]


@pytest.mark.parametrize("page", [*PAGES["zh"], *PROGRAMS])
def test_autocorrect_has_nothing_to_correct(page):
    if page in PAGES["zh"]:
        found = corrections(markdown(page), "md")
    else:
        program = (ROOT / page).read_text(encoding="utf-8")
        found = corrections(ENGLISH_COMMENT.sub("", program), "py")
    assert not found, "\n".join(f"{page}:{line}: write: {new}" for line, new in found)


def test_autocorrect_looks_into_boxes_and_programs():
    assert corrections('!!! note "标题"\n    用numpy写\n', "md")
    assert corrections('"用numpy写"\n', "py")


# Terms: one word for one thing.


def pattern_of(rival: str) -> str:
    """Return the pattern of a rival: in English in any case, with hyphens too, and in plural."""
    if rival.isascii():
        return r"(?i)\b" + r"[\s-]+".join(map(re.escape, rival.split())) + r"(s|es)?\b"
    return re.escape(rival)


ALL_RIVALS = [
    (language, term, rival)
    for term, languages in RIVALS.items()
    for language, rivals in languages.items()
    for rival in rivals
]


@pytest.mark.parametrize(("language", "term", "rival"), ALL_RIVALS)
def test_terms_are_those_of_the_glossary(language, term, rival):
    name = GLOSSARY[language][term]
    assert re.search(
        pattern_of(rival), prose(f"一个{rival}。" if language == "zh" else f"A {rival}.")
    )
    assert not re.search(pattern_of(rival), name), f"{rival!r} would forbid the term itself"
    places = PAGES["en"] if language == "en" else PAGES["zh"] + PROGRAMS
    explained = f"docs/{language}/glossary.md"  # it may name a rival, in order to explain it
    found = [p for page in places if page != explained for p in find(pattern_of(rival), page)]
    assert not found, f"say {name!r} (docs/{language}/glossary.md#{term}):\n" + "\n".join(found)


def test_rivals_are_found_in_every_form():
    for text in ("Step sizes", "the step-size", "A Step\tSize."):
        assert re.search(pattern_of("step size"), text)
    assert not re.search(pattern_of("step size"), prose("`step size`, footstep sizes"))


# Spelling: `make test` runs cspell; here is the proof that its settings leave out code alone.


def test_cspell_knows_what_is_prose(tmp_path):
    shutil.copy(ROOT / "cspell.config.yaml", tmp_path)
    samples = {  # cspell:disable
        "docs/en/x.md": "A tensr `codee` $formulaa$ [a](targett.md) {#idd}\n\n```\nfencee\n```\n",
        "docs/en/labs/x.py": "# %% [markdown]\n# A gradiant.\n\n# %%\nvarr = 1\n",
        "loom/x.py": '"""A docstrng."""\nnamee = 1  # A coment.\nraise E("This mesage here.")\n'
        'data = """\nlinee\n"""\nlinee = 3\n\n\ndef f():\n    """Say whta it does."""\n',
        "theme/x.js": "// A scrpt.\nconst namee = 1;\n",
        "README.md": "Optimise colour, not color.\n",
    }
    wrong = "color coment docstrng gradiant mesage scrpt tensr whta"  # cspell:enable
    for path, text in samples.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    command = [ROOT / "node_modules/.bin/cspell", "--no-progress", "--no-summary", "--words-only"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert sorted(done.stdout.split()) == wrong.split(), done.stderr
