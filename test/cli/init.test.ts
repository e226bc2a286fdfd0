import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "jsonc-parser";
import { describe, expect, it } from "vitest";
import { type Operator, startOperator } from "../support/operator.ts";

const MANY = {
  connections: [
    { name: "support-openai", secret: "prod/openai" },
    { name: "orders-mongodb", secret: "prod/mongodb", type: "MONGODB" },
    { name: "tickets", secret: "prod/tickets", type: "REST" },
    { name: "agent", secret: "prod/agent", type: "A2A" },
  ],
};

async function startEmpty(): Promise<Operator & { readonly output: string }> {
  const operator = await startOperator(MANY);
  const { aws, folder } = operator;
  aws.putSecret("prod/openai", JSON.stringify({ OPENAI_API_KEY: "sk-never-shown" }));
  aws.putSecret("prod/mongodb", JSON.stringify({ user: "u", password: "pw-never-shown" }));
  aws.putSecret("prod/tickets", JSON.stringify({ clientId: "tickets", clientSecret: "cs-never-shown" }));
  aws.putSecret("prod/agent", "token-never-shown");
  return { ...operator, output: join(folder, "new.json") };
}

/** Answers each matching question, and all others with Enter. */
function answers(pairs: readonly (readonly [RegExp, string])[]) {
  const left = [...pairs];
  const asked: string[] = [];
  return {
    asked,
    answer: (question: string) => {
      asked.push(question);
      const at = left.findIndex(([pattern]) => pattern.test(question));
      return at < 0 ? "" : left.splice(at, 1)[0]?.[1];
    },
  };
}

describe("init", () => {
  it("leads from an empty folder to a dry run", async () => {
    const operator = await startEmpty();
    const { run, confluent, output } = operator;
    const { asked, answer } = answers([
      [/Organization/, ""],
      [/Organization/, "org-1"],
      [/Environment id/, "env-1"],
      [/Cloud/, confluent.url],
      [/Flink API key/, "confluent/kez"],
      [/Did you mean "confluent\/key"/, ""],
      [/Name of this environment/, "prod"],
      [/orders-mongodb.*secret/, "?"],
      [/which key.*username|is username/i, "user"],
      [/tickets.*secret/, ""],
      [/What does the secret hold.*token-endpoint/, ""],
      [/is token-endpoint/, "=https://login.example.com/token"],
      [/is scope/, "=tickets.read"],
      [/What does the secret hold.*api-key/, "token"],
    ]);
    const { code, err, out } = await run(["init", "--output", output], {
      isTTY: true,
      answer,
      env: { NO_COLOR: "1" },
    });
    expect(code, err).toBe(0);
    expect(asked.join("\n")).toContain("support-openai (OPENAI): secret [prod/openai]");
    expect(parse(readFileSync(output, "utf8")).connections).toMatchObject([
      { name: "support-openai", secret: "prod/openai", fields: { "api-key": "OPENAI_API_KEY" } },
      { name: "orders-mongodb", secret: "prod/mongodb", fields: { username: "user" } },
      {
        name: "tickets",
        values: { "token-endpoint": "https://login.example.com/token", scope: "tickets.read" },
      },
      { name: "agent", secret: "prod/agent", fields: "token" },
    ]);
    expect(`${asked}${err}${out}${readFileSync(output, "utf8")}`).not.toContain("never-shown");
    const steps = [...err.matchAll(/^ {2}flink-connection-rotator (.*?)(?: {3}.*)?$/gm)].map(
      ([, line = ""]) => line.split(" "),
    );
    expect(steps.map(([command]) => command)).toEqual(["check", "check", "rotate"]);
    // The endpoints in the test are not on this machine.
    const text = readFileSync(output, "utf8");
    writeFileSync(output, text.replace("{", '{ "verification": { "provider": false },'));
    for (const step of steps) expect(await run(step)).toMatchObject({ code: 0 });
    expect(confluent.requests.filter(({ method }) => method === "PUT")).toEqual([]);
  });

  it("asks no questions without a terminal and writes unknown values as comments", async () => {
    const { run, confluent, output } = await startEmpty();
    const ids = ["--organization", "org-1", "--environment", "env-1", "--api-key-secret", "confluent/key"];
    const use = ["--use", "support-openai=prod/openai", "--use", "agent=prod/agent"];
    const { code, err } = await run([
      "init",
      ...ids,
      "--rest-endpoint",
      confluent.url,
      ...use,
      "--output",
      output,
    ]);
    expect(err).toContain("To do: agent (A2A): Secret prod/agent is not a JSON object");
    expect(err).toContain("4 connections added: 2 complete, 2 as comments.\nTo do: name the secret of");
    expect(parse(readFileSync(output, "utf8")).connections).toHaveLength(2);
    expect(code).toBe(0);
  });

  it("asks for the names of secrets if it may not list them", async () => {
    const { run, aws, confluent, output } = await startEmpty();
    aws.fail({ operation: "ListSecrets", error: "AccessDeniedException", times: 9 });
    const ids = [
      "--organization",
      "org-1",
      "--environment",
      "env-1",
      "--api-key-secret",
      "confluent/key",
      "--name",
      "prod",
    ];
    const { asked, answer } = answers([[/support-openai/, "prod/openai"]]);
    const { code, err } = await run(["init", ...ids, "--rest-endpoint", confluent.url, "--output", output], {
      isTTY: true,
      answer,
    });
    expect(code, err).toBe(0);
    expect(asked).toHaveLength(4);
    expect(parse(readFileSync(output, "utf8")).connections).toMatchObject([{ name: "support-openai" }]);
  });

  it("prints a command with the answers if the environment cannot be read, so that they need not be typed again", async () => {
    const { run, confluent, output } = await startEmpty();
    confluent.setApiKeys("env-1", []);
    const { answer } = answers([
      [/Organization/, "org-1"],
      [/Environment id/, "env-1"],
      [/Cloud/, confluent.url],
      [/Flink API key/, "confluent/key"],
      [/Name of this environment/, "my prod"],
    ]);
    const { code, err } = await run(["init", "--output", output], { isTTY: true, answer });
    expect(code).toBe(1);
    const [, command = ""] = /same answers:\n {2}flink-connection-rotator (init .*)\n\n/.exec(err) ?? [];
    expect(command).toBe(
      `init --organization org-1 --environment env-1 --rest-endpoint ${confluent.url} --api-key-secret confluent/key --name 'my prod' --output ${output}`,
    );
  });

  it("never overwrites a file", async () => {
    const { run, output } = await startEmpty();
    writeFileSync(output, "precious");
    const { code, err } = await run(["init", "--output", output]);
    expect(err).toContain(
      `already exists.\nAdd connections to it with: flink-connection-rotator discover --merge ${output}`,
    );
    expect(readFileSync(output, "utf8")).toBe("precious");
    expect(code).toBe(2);
  });

  it.each([
    ["", " is a folder.\nGive the name of a file in it."],
    ["missing/new.json", " cannot be written (ENOENT).\nCreate the folder first, or choose another file."],
  ])("asks nothing if the file %j cannot be written", async (file, message) => {
    const { run, folder } = await startEmpty();
    const { asked, answer } = answers([]);
    const { code, err } = await run(["init", "--output", join(folder, file)], { isTTY: true, answer });
    expect(err).toContain(`${join(folder, file)}${message}`);
    expect({ code, asked }).toEqual({ code: 2, asked: [] });
  });

  it.each([
    [["--use", "support-openai"], '"support-openai" is not CONNECTION=SECRET.'],
    [
      ["--use", "nobody=prod/openai"],
      'No connection "nobody" was found.\nAvailable: support-openai, orders-mongodb',
    ],
    [
      ["--name", "prod"],
      "--organization, --environment, --api-key-secret, --cloud and --region must be given.",
    ],
  ])("ends with 2 for %j", async (args, message) => {
    const { run, confluent, output } = await startEmpty();
    const ids = `--organization org-1 --environment env-1 --api-key-secret confluent/key --rest-endpoint ${confluent.url}`;
    const { code, err } = await run([
      "init",
      ...(args.includes("--use") ? ids.split(" ") : []),
      ...args,
      "--output",
      output,
    ]);
    expect(err).toContain(message);
    expect(code).toBe(2);
  });
});
