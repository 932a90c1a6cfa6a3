// A real identity provider on a free port of this machine: node provider.mjs MODULES PEOPLE BACK
// MODULES holds node_modules, PEOPLE is a JSON file of what is said of each person, read again each
// time, BACK the address to which a browser returns. Prints its own address once it answers.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const [modules, people, back] = process.argv.slice(2);
const entry = `${modules}/node_modules/oidc-provider/lib/index.js`;
const { default: Provider } = await import(pathToFileURL(entry).href);

const client = {
  client_secret: "a secret of the tests",
  redirect_uris: [back],
  grant_types: ["authorization_code"],
  response_types: ["code"],
};
const configuration = {
  clients: [
    { ...client, client_id: "sourcier" },
    { ...client, client_id: "signed", userinfo_signed_response_alg: "RS256" },
  ],
  scopes: ["openid", "profile", "email", "sourcier"],
  claims: { openid: ["sub"], profile: ["name"], email: ["email"], sourcier: ["realm", "groups"] },
  features: { jwtUserinfo: { enabled: true } },
  pkce: { required: () => true },
  cookies: { keys: ["a key of the tests"] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, ...JSON.parse(readFileSync(people, "utf8"))[id] }),
  }),
};

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  server.on("request", new Provider(issuer, configuration).callback());
  console.log(issuer);
});
