"""The search: what readers type, and the page that must come first."""

import re

import pytest
from playwright.sync_api import expect

FIRST = {
    "zh": {
        "学习率": "labs/learning-rates/",
        "梯度下降": "glossary/",
        "反向传播": "glossary/",
        "传播": "glossary/",
        "计算图": "glossary/",
        "广播": "glossary/",
        "张量": "lessons/tensors/",
        "自动求导": "lessons/autograd/",
        "权重共享": "lessons/weight-sharing/",
        "优化器": "lessons/optim/",
        "层归一化": "derivation/layer-norm/",
        "注意力": "derivation/attention/",
        "交叉熵": "derivation/softmax-cross-entropy/",
        "安装": "setup/",
        "zero_grad": "lessons/optim/",
        "reshape": "mapping/",
        "no_grad": "lessons/autograd/",
        "ModuleList": "lessons/custom-module/",
        "速查": "cheat-sheet/",
        "术语表": "glossary/",
    },
    "en": {
        "learning rate": "labs/learning-rates/",
        "gradient descent": "glossary/",
        "backpropagation": "glossary/",
        "computation graph": "glossary/",
        "broadcasting": "glossary/",
        "tensor": "lessons/tensors/",
        "autograd": "lessons/autograd/",
        "weight sharing": "lessons/weight-sharing/",
        "optimizer": "lessons/optim/",
        "layer normalisation": "derivation/layer-norm/",
        "attention": "derivation/attention/",
        "cross-entropy": "derivation/softmax-cross-entropy/",
        "install": "setup/",
        "zero_grad": "lessons/optim/",
        "reshape": "mapping/",
        "no_grad": "lessons/autograd/",
        "ModuleList": "lessons/custom-module/",
        "cheat sheet": "cheat-sheet/",
        "check gradients": "labs/checking-gradients/",
        "keepdims": "mapping/",
    },
}


@pytest.mark.parametrize("language", FIRST)
def test_the_page_that_a_reader_looks_for_comes_first(open_page, address, language):
    page = open_page(f"{language}/about/")
    box = page.locator(".md-search__input")
    first = page.locator(".md-search-result__item > a").first
    box.click()
    assert len(FIRST[language]) == 20
    for query, wanted in FIRST[language].items():
        box.fill(query)
        box.press("End")  # Material listens to keys, which a fill does not press
        found = re.compile(re.escape(f"{address}{language}/{wanted}") + r"([?#].*)?$")
        expect(first, query).to_have_attribute("href", found)
