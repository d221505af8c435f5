"""The kernel of a lab, forked from the process that has imported what runs need: see `runner`.

It is as fresh as one that Jupyter starts, but need not import PyTorch.
"""

import os
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from loom import child, runner


class Manager(AsyncKernelManager):
    """Starts a kernel as a copy of the process that children are forked from."""

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.provisioner = _Provisioner(parent=self, kernel_spec=self.kernel_spec)


class _Provisioner(LocalProvisioner):
    """Starts the process, and ends it with all that it has started."""

    process: Any

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        """Fork where Jupyter would run the command `python -m ipykernel_launcher ...`."""
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        self.process = _Process(
            runner.fork(child.run_kernel, arguments, options["env"], options["cwd"])
        )
        self.pid = self.pgid = self.process.pid  # it leads a group
        return self.connection_info


class _Process:
    """A forked process, with the methods that Jupyter calls on a `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, process: Any) -> None:
        self.process, self.pid = process, process.pid

    def poll(self) -> int | None:
        """Return the exit status, or None while it runs."""
        with runner.PROCESS_LOCK:
            status: int | None = self.process.exitcode
            return status

    wait = poll  # Jupyter polls before it waits

    def send_signal(self, signum: int) -> None:
        """Send a signal to the process alone, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, signum)
