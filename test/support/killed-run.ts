import type { RunContext } from "../../src/rotation/dependencies.ts";

/** The context of a run that is killed: from then on it sends no request and gets no response. */
export function killed(context: RunContext, killedAt: number): RunContext {
  const alive = async <T>(call: () => Promise<T>): Promise<T> => {
    const isDead = () => context.clock.now() >= killedAt;
    const result = isDead() ? undefined : await call();
    return isDead() ? new Promise<never>(() => undefined) : (result as T);
  };
  const { secrets, connect } = context;
  return {
    ...context,
    secrets: {
      read: (...args) => alive(() => secrets.read(...args)),
      moveLabel: (...args) => alive(() => secrets.moveLabel(...args)),
      lastChangedAt: (...args) => alive(() => secrets.lastChangedAt(...args)),
    },
    connect: (...args) => {
      const api = connect(...args);
      return {
        list: (token) => alive(() => api.list(token)),
        get: (name) => alive(() => api.get(name)),
        put: (update) => alive(() => api.put(update)),
        statements: {
          list: (token) => alive(() => api.statements.list(token)),
          get: (name) => alive(() => api.statements.get(name)),
          create: (statement) => alive(() => api.statements.create(statement)),
          delete: (name) => alive(() => api.statements.delete(name)),
          setStopped: (name, stopped) => alive(() => api.statements.setStopped(name, stopped)),
        },
      };
    },
  };
}
