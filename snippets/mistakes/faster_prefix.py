"""Save the weights of a compiled model: their names have changed."""

import torch


def main():
    """Return the names in three state_dicts, and what loading the first said."""
    # --8<-- [start:names]
    model = torch.nn.Linear(64, 10)
    compiled = torch.compile(model, backend="eager")  # or a different one
    names = [*compiled.state_dict()], [*model.state_dict()]
    try:
        torch.nn.Linear(64, 10).load_state_dict(compiled.state_dict())
    except RuntimeError as error:
        message = str(error)
    # --8<-- [end:names]
    print("compiled:", *names[0])
    print("model:   ", *names[1])
    print(message)
    # --8<-- [start:in-place]
    model.forward = torch.compile(model.forward, backend="eager")
    # --8<-- [end:in-place]
    return *names, [*model.state_dict()]


if __name__ == "__main__":
    found = main()
