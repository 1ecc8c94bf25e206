// Runs beside @mdn/mdn-http-observatory: node observatory_verdicts.mjs PACKAGE < cases.json
// Gives its own analysers each case's head and page, as its retriever would, and prints verdicts.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const root = pathToFileURL(process.argv[2] + "/").href;
process.chdir(process.argv[2]);
const { emptyRequests, setHeader } = await import(root + "test/helpers.js");
const { parseHttpEquivHeaders } = await import(root + "src/retriever/utils.js");
const analyser = (name) => import(`${root}src/analyzer/tests/${name}.js`);
const tests = {
  csp: (await analyser("csp")).contentSecurityPolicyTest,
  framing: (await analyser("x-frame-options")).xFrameOptionsTest,
  sniffing: (await analyser("x-content-type-options")).xContentTypeOptionsTest,
  referrer: (await analyser("referrer-policy")).referrerPolicyTest,
  resource: (await analyser("cross-origin-resource-policy")).crossOriginResourcePolicyTest,
  integrity: (await analyser("subresource-integrity")).subresourceIntegrityTest,
};

const rows = {};
const began = process.cpuUsage();
for (const { name, lines, body } of JSON.parse(readFileSync(0, "utf8"))) {
  rows[name] = {};
  for (const [topic, test] of Object.entries(tests)) {
    try {
      const requests = emptyRequests();
      setHeader(requests.responses.auto, "Content-Type", "text/html");
      const fields = {};
      for (const line of lines) {
        const [field, value] = [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)];
        fields[field] = field in fields ? `${fields[field]}, ${value}` : value;
      }
      for (const [field, value] of Object.entries(fields)) {
        setHeader(requests.responses.auto, field, value);
      }
      requests.resources.path = body;
      requests.responses.auto.data = body;
      requests.responses.auto.httpEquiv = parseHttpEquivHeaders(body, "https://mozilla.org/");
      const said = test(requests);
      rows[name][topic] = { pass: said.pass, said: said.result };
    } catch (error) {
      rows[name][topic] = { pass: null, said: String(error).slice(0, 80) };
    }
  }
}
const used = process.cpuUsage(began);
console.log("\n" + JSON.stringify({ rows, cpu: (used.user + used.system) / 1e6 }));
