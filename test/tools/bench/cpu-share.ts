import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { WorkerOptions } from "./processes.ts";

/** Lambda schedules CPU time in periods of this length. */
const PERIOD_MS = 20;

/** Limits processes to a share of one CPU. */
export interface CpuShare extends Disposable {
  readonly means: string;
  readonly options: WorkerOptions;
  /** Limits a process until it ends, if the system does not. */
  readonly hold: (pid: number) => void;
}

/**
 * Uses a control group (version 2 or 1), which goes before other work on the machine up to its part, if it can create one, otherwise
 * stops and continues the process.
 */
export function cpuShare(share: number): CpuShare {
  return (
    controlGroup("/sys/fs/cgroup", { "cpu.max": quota(share).join(" "), "cpu.weight": "10000" }) ??
    controlGroup("/sys/fs/cgroup/cpu", {
      "cpu.cfs_period_us": String(quota(share)[1]),
      "cpu.cfs_quota_us": String(quota(share)[0]),
      "cpu.shares": "262144",
    }) ?? {
      means: "SIGSTOP and SIGCONT",
      options: {},
      hold: (pid) => void stopAndGo(pid, share),
      [Symbol.dispose]: () => undefined,
    }
  );
}

function quota(share: number): readonly [number, number] {
  return [Math.round(share * PERIOD_MS * 1_000), PERIOD_MS * 1_000];
}

function controlGroup(parent: string, settings: Readonly<Record<string, string>>): CpuShare | undefined {
  const folder = `${parent}/flink-connection-rotator-bench-${process.pid}`;
  try {
    mkdirSync(folder);
  } catch {
    return undefined;
  }
  const remove = () => rmdirSync(folder);
  if (!Object.keys(settings).every((name) => existsSync(`${folder}/${name}`))) {
    remove();
    return undefined;
  }
  for (const [name, value] of Object.entries(settings)) writeFileSync(`${folder}/${name}`, value);
  const prefix = ["sh", "-c", 'echo $$ > "$0" && exec "$@"', `${folder}/cgroup.procs`];
  return { means: "a control group", options: { prefix }, hold: () => undefined, [Symbol.dispose]: remove };
}

async function stopAndGo(pid: number, share: number): Promise<void> {
  try {
    for (;;) {
      process.kill(pid, "SIGSTOP");
      await sleep(PERIOD_MS * (1 - share));
      process.kill(pid, "SIGCONT");
      await sleep(PERIOD_MS * share);
    }
  } catch {
    // The process has ended.
  }
}
