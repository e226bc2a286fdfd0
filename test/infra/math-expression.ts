/** A value, or none, for each period. */
export type Series = readonly (number | undefined)[];

const TOKEN = /\s*([A-Za-z_]\w*|\d+(?:\.\d+)?|[-+*/(),])/y;

/**
 * Evaluates the part of CloudWatch's metric math used by the alarms: `+`, `-`, FILL and RUNNING_SUM.
 * @throws Error for anything else.
 */
export function evaluate(expression: string, metrics: ReadonlyMap<string, Series>, length: number): Series {
  const tokens = tokenize(expression);
  const constant = (value: number): Series => Array.from({ length }, () => value);

  const sum = (): Series => {
    let left = term();
    while (tokens[0] === "+" || tokens[0] === "-") {
      const sign = tokens.shift() === "+" ? 1 : -1;
      left = combine(left, term(), (a, b) => a + sign * b);
    }
    return left;
  };
  const term = (): Series => {
    const token = tokens.shift() ?? "";
    if (/^\d/.test(token)) return constant(Number(token));
    if (token === "FILL" || token === "RUNNING_SUM") return call(token);
    const series = metrics.get(token);
    if (series === undefined) throw new Error(`This evaluator does not know ${token} in ${expression}.`);
    return series;
  };
  const call = (name: string): Series => {
    expectToken(tokens, "(");
    const series = sum();
    if (name === "RUNNING_SUM") {
      expectToken(tokens, ")");
      return runningSum(series);
    }
    expectToken(tokens, ",");
    const filler = sum();
    expectToken(tokens, ")");
    return series.map((value, index) => value ?? filler[index]);
  };

  const result = sum();
  if (tokens.length > 0) throw new Error(`This evaluator does not understand ${expression}.`);
  return result;
}

function tokenize(expression: string): string[] {
  const tokens = [...expression.matchAll(new RegExp(TOKEN, "g"))].map(([, token = ""]) => token);
  if (tokens.join("") !== expression.replaceAll(" ", "")) throw new Error(`Unknown signs in ${expression}.`);
  return tokens;
}

function expectToken(tokens: string[], expected: string): void {
  const token = tokens.shift();
  if (token !== expected) throw new Error(`Expected ${expected} and found ${token}.`);
}

function combine(left: Series, right: Series, operation: (a: number, b: number) => number): Series {
  return left.map((a, index) => {
    const b = right[index];
    return a === undefined || b === undefined ? undefined : operation(a, b);
  });
}

function runningSum(series: Series): Series {
  let total = 0;
  return series.map((value) => {
    if (value === undefined) return undefined;
    total += value;
    return total;
  });
}
