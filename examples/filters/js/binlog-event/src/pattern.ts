/** A pattern of DM's rules: a name with `*` at its end, `?`, `[a-z]` and `[!a-z]`, whatever the case. */
export class Pattern {
  readonly #regex: RegExp;

  constructor(text: string) {
    if (text === "" || text.slice(0, -1).includes("*")) {
      throw new SyntaxError(`\`${text}\` is no pattern: a \`*\` may stand at its end only; \`*\` alone matches every name`);
    }
    const parts: string[] = text.toLowerCase().match(/\[[^\]]+\]|[^]/gu) ?? [];
    if (parts.includes("[")) {
      throw new SyntaxError(`\`${text}\` has a \`[\` that is not closed, or holds nothing`);
    }
    this.#regex = new RegExp(`^${parts.map(translated).join("")}$`, "su");
  }

  matches(name: string): boolean {
    return this.#regex.test(name.toLowerCase());
  }
}

/** Returns the regular expression that a part of a pattern is. */
function translated(part: string): string {
  if (part === "*") {
    return ".*";
  }
  if (part === "?") {
    return ".";
  }
  if (part.length === 1 || !part.startsWith("[")) {
    return escaped(part);
  }
  // `[!]` is the set of `!`.
  const [, negation, inside] = /^\[(!(?!\]))?([^]*)\]$/u.exec(part) ?? [];
  const ranges = inside?.match(/[^]-[^]|[^]/gu) ?? [];
  const set = ranges.map((range) => (range.length === 3 ? range.split("-").map(escaped).join("-") : escaped(range)));
  return `[${negation === undefined ? "" : "^"}${set.join("")}]`;
}

function escaped(text: string): string {
  return text.replace(/\W/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
