// Validates with ajv: the schema compiled once, the document parsed by JSON.parse.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(process.argv[4] + "/");
const Ajv = require("ajv/dist/2020");
const ajv = new Ajv.default({ strict: false, allErrors: true });
const validate = ajv.compile(JSON.parse(readFileSync(process.argv[2], "utf8")));
process.exit(validate(JSON.parse(readFileSync(process.argv[3], "utf8"))) ? 0 : 1);
