"""The gradients of one head of lesson 14, by the formulas of the derivation and by autograd."""

import torch

from snippets import language_model

seed = 0
dtype = torch.float64


def gradients():
    """Compare the first head of the first layer, for the loss of one window of the text.

    Returns:
        found (dict): For queries, keys and values the largest gradient, and the largest difference.
    """
    vocabulary, parts = language_model.load_texts()
    torch.manual_seed(seed)
    model = language_model.LanguageModel(len(vocabulary)).to(dtype)
    x, y = language_model.draw_windows(parts["training"])  # (N, T), (N, T)
    attention, kept = model.blocks[0].attention, {}
    attention.qkv.register_forward_hook(lambda module, given, made: keep(kept, "qkv", made))
    attention.out.register_forward_pre_hook(lambda module, given: keep(kept, "o", given[0]))
    language_model.loss_of(model, x[:1], y[:1]).backward()

    D_head = language_model.D // language_model.heads
    starts = [0, language_model.D, 2 * language_model.D]
    with torch.no_grad():
        q, k, v = (kept["qkv"][0, :, start : start + D_head] for start in starts)
        autograd = [kept["qkv"].grad[0, :, start : start + D_head] for start in starts]
        g = kept["o"].grad[0, :, :D_head]  # (T, D_head): gradient for the output
        # --8<-- [start:formulas]
        p = attention.p[0, 0]  # (T, T)
        grad_v = p.T @ g  # (T, D_head)
        b = g @ v.T  # (T, T): gradient for p
        grad_s = p * (b - (p * b).sum(dim=1, keepdim=True))  # (T, T)
        grad_q = grad_s @ k / D_head**0.5  # (T, D_head)
        grad_k = grad_s.T @ q / D_head**0.5  # (T, D_head)
        # --8<-- [end:formulas]
    pairs = zip("qkv", (grad_q, grad_k, grad_v), autograd, strict=True)
    return {
        name: [expected.abs().max().item(), (formula - expected).abs().max().item()]
        for name, formula, expected in pairs
    }


def keep(kept, name, tensor):
    """Keep a tensor inside the network under a name, and its gradient with it."""
    tensor.retain_grad()
    kept[name] = tensor


if __name__ == "__main__":
    found = gradients()
    for name, (largest, difference) in found.items():
        print(f"{name}: largest gradient {largest:.0e}, largest difference {difference:.0e}")
