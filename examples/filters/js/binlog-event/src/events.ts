// The words of DM's binlog event filter.

const ROWS = ["insert", "update", "delete"];

/** What leaves old readers of a table working. */
const COMPATIBLE = [
  "create database",
  "alter database",
  "create table",
  "create index",
  "create view",
  "drop view",
  "alter table",
  "add table partition",
];

const INCOMPATIBLE = [
  "drop database",
  "drop table",
  "truncate table",
  "rename table",
  "drop index",
  "drop table partition",
  "truncate table partition",
  "value range decrease",
  "precision decrease",
  "modify column",
  "rename column",
  "rename index",
  "drop column",
  "drop primary key",
  "drop unique key",
  "modify default value",
  "modify constraint",
  "modify columns order",
  "modify charset",
  "modify collation",
  "remove auto increment",
  "modify storage engine",
  "reorganize table partition",
  "rebuild table partition",
  "coalesce table partition",
  "exchange table partition",
];

const ALIASES: Record<string, string> = {
  "create schema": "create database",
  "alter schema": "alter database",
  "drop schema": "drop database",
};

const isRows = (event: string) => ROWS.includes(event);

/** The names of several events: whether they speak of an event, and if so, whether they hit it. */
const GROUPS: Record<string, { speaks: (event: string) => boolean; hits: boolean }> = {
  all: { speaks: () => true, hits: true },
  "all dml": { speaks: isRows, hits: true },
  "all ddl": { speaks: (event) => !isRows(event), hits: true },
  "incompatible ddl changes": { speaks: (event) => INCOMPATIBLE.includes(event), hits: true },
  none: { speaks: () => true, hits: false },
  "none dml": { speaks: isRows, hits: false },
  "none ddl": { speaks: (event) => !isRows(event), hits: false },
};

const NAMES = [...ROWS, ...COMPATIBLE, ...INCOMPATIBLE];

/** Returns the name as events have it; it is an error if nothing is called so. */
export function eventName(text: string): string {
  const lowered = text.toLowerCase();
  const name = ALIASES[lowered] ?? lowered;
  if (!NAMES.includes(name) && !Object.hasOwn(GROUPS, name)) {
    const known = [...NAMES, ...Object.keys(GROUPS)].join(", ");
    throw new RangeError(`there is no event \`${text}\`; there are ${known}`);
  }
  return name;
}

/** Tells whether a rule's names hit an event: the first that speaks of it says so. */
export function hits(names: readonly string[], event: string): boolean {
  for (const name of names) {
    const group = GROUPS[name];
    if (group?.speaks(event)) {
      return group.hits;
    }
    if (name === event) {
      return true;
    }
  }
  return false;
}
