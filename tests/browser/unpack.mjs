// Unpack Chromium beside this file, and write the program `chromium` that starts it with the
// libraries and fonts that came with it.
import { chmodSync, renameSync, writeFileSync } from "node:fs";
import chromium from "@sparticuz/chromium";

const folder = import.meta.dirname;
renameSync(await chromium.executablePath(), `${folder}/chromium.bin`);
writeFileSync(`${folder}/chromium`, `#!/bin/sh
export LD_LIBRARY_PATH="${folder}/al2023/lib:$LD_LIBRARY_PATH"
export FONTCONFIG_FILE="${folder}/fonts.conf"
exec "${folder}/chromium.bin" "$@"
`);
chmodSync(`${folder}/chromium`, 0o755);
