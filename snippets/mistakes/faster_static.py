"""Export a model with an example, and use the program for another number of samples."""
# raises: AssertionError

import torch


def main():
    """Call an exported program with fewer pictures than it was exported with."""
    model = torch.nn.Linear(64, 10)
    program = torch.export.export(model, (torch.ones(32, 64),))
    run = program.module()
    print(tuple(run(torch.ones(32, 64)).shape))
    return run(torch.ones(5, 64))


if __name__ == "__main__":
    main()
