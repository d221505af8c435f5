// Runs Python for live.js, off the page's thread. It posts what the program prints and how it
// ended; each program gets a fresh namespace in the same Python.
// A program could start a worker from this address itself, which would be under no page's policy.
if (location.protocol !== "blob:") throw new Error("live.js starts this under the policy of a page");
const RUN = `
import linecache, sys, traceback, types

def run(source, name):
    program = types.ModuleType("__main__")
    program.__file__ = name
    sys.modules["__main__"] = program
    linecache.cache[name] = len(source), None, source.splitlines(True), name
    try:
        exec(compile(source, name, "exec"), program.__dict__)
    except SystemExit as error:
        if not isinstance(error.code, int | None):
            print(error.code, file=sys.stderr)
        return not error.code
    except BaseException as error:
        sys.stdout.flush()
        error.__traceback__ = error.__traceback__.tb_next  # the reader's lines only, as natively
        traceback.print_exception(error)
        return False
    finally:
        sys.stdout.flush()
    return True

run
`;
const BURST = 100; // messages that may go out at once, then per second
let run;
let printed = "";
let allowed = BURST;
let last = 0;

function send() {
  if (printed) postMessage({ text: printed });
  printed = "";
}

/** Send text as it comes; in a flood, let it wait for a later message, to spare the page. */
const writer = () => {
  const decoder = new TextDecoder();
  return (bytes) => {
    printed += decoder.decode(bytes, { stream: true });
    const now = performance.now();
    allowed = Math.min(BURST, allowed + ((now - last) * BURST) / 1000);
    last = now;
    if (allowed >= 1) {
      allowed -= 1;
      send();
    }
    return bytes.length;
  };
};

async function start({ assets, packages }) {
  const { loadPyodide } = await import(`${assets}pyodide.mjs`);
  const python = await loadPyodide({ indexURL: assets });
  const problems = [];
  await python.loadPackage(packages, {
    messageCallback: () => {},
    errorCallback: (text) => problems.push(text),
  });
  for (const name of packages) {
    try {
      python.pyimport(name); // loadPackage does not throw when it fails; this does
    } catch (error) {
      throw new Error([name, ...problems].join(": "), { cause: error });
    }
  }
  python.setStdin({ stdin: () => null }); // nobody can type: report the end of the file
  python.setStdout({ write: writer() });
  python.setStderr({ write: writer() });
  run = python.runPython(RUN);
}

onmessage = async ({ data }) => {
  try {
    if (!run) await start(data);
    postMessage({ running: true });
    const began = performance.now();
    const good = run(data.code, data.program);
    send();
    postMessage({ good, seconds: (performance.now() - began) / 1000 });
  } catch (error) {
    postMessage({ failed: String(error.message ?? error) }); // Python itself failed, not the program
  }
};
