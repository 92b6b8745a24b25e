/* Answers whatever the contract allows. What it answers depends on the number in the column `n`, a row's facts and names;
 * the host's test says what is expected. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tidegate.h>

typedef struct {
  uint32_t number;
} probed;

#define TEXT(text) (int)(text).len, (const char *)(text).ptr

static bool routes(const void *self, const tg_name *source, const tg_name *current, tg_routes *routes, tg_error *error) {
  (void)self;
  if (tg_equal(source->schema, tg_of("gone"))) {
    routes->nothing = true;
  } else if (tg_equal(source->table, tg_of("wrong"))) {
    return tg_fail(error, "no name for %.*s.%.*s", TEXT(source->schema), TEXT(source->table));
  } else if (source->table.len > 0) {
    tg_route_to(routes, tg_of("a"), current->table);
    tg_route_to(routes, tg_of("b"), current->table);
  }
  return true;
}

static bool decide(const void *self, const tg_table *table, tg_plan *plan, void **memo, tg_error *error) {
  probed *columns = tg_alloc(sizeof *columns);
  uint32_t secret;
  (void)self;
  *memo = columns;
  if (!tg_index(table, tg_of("n"), &columns->number) || !tg_index(table, tg_of("SECRET"), &secret)) {
    free(columns);
    return tg_fail(error, "no column `secret` in %.*s.%.*s", TEXT(table->source.schema), TEXT(table->source.table));
  }
  tg_plan_decide(plan, TG_PER_ROW);
  tg_plan_need(plan, columns->number);
  tg_plan_because(plan, "probed");
  tg_plan_because(plan, "twice");
  plan->facts = true;
  tg_column_info text = {.name = tg_of("text"), .nullable = true};
  text.kind.tag = TG_VARCHAR;
  text.kind.val.varchar.charset = tg_of("latin1");
  text.kind.val.varchar.length = 20;
  tg_plan_add(plan, table, &text);
  tg_plan_remove(plan, table, secret);
  return true;
}

static tg_verdict judge_number(tg_rows *rows, int64_t value) {
  if (value < 0) return tg_refuse(rows, "below 0");
  if (value == 0) return tg_refuse(rows, "nothing");
  return (tg_verdict)(value % 2);
}

static bool rows(const void *self, const void *memo, tg_rows *rows, tg_error *error) {
  const probed *columns = memo;
  int64_t *times = tg_commit_times(rows);
  uint32_t *ids = tg_server_ids(rows), *transactions = tg_transactions(rows);
  filter_plugin_list_string_t gtids = tg_gtids(rows);
  bool failure = false;
  (void)self;
  for (size_t i = 0; i < rows->images_count; i++) {
    tg_column numbers;
    if (!tg_read(rows, rows->images[i], columns->number, &numbers, error)) return false;
    tg_verdict *verdicts = rows->verdicts[rows->images[i]];
    for (size_t row = 0; row < rows->count; row++) {
      int64_t value;
      bool out = ids[row] == 13 || times[row] < 0 || gtids.ptr[transactions[row]].len > 0;
      if (out || !tg_int_at(&numbers, row, &value)) {
        verdicts[row] = TG_DROP;
        continue;
      }
      failure |= value == 777;
      verdicts[row] = judge_number(rows, value);
    }
  }
  free(times);
  free(ids);
  free(transactions);
  return !failure || tg_fail(error, "777 is too much");
}

static bool map(const void *self, const void *memo, tg_map_rows *rows, tg_error *error) {
  const probed *columns = memo;
  tg_column numbers;
  tg_writer writer;
  (void)self;
  (void)error;
  tg_map_read(rows, columns->number, &numbers);
  if (!numbers.present) return true;
  tg_write_begin(&writer, TG_UTF8, rows->count);
  for (size_t row = 0; row < rows->count; row++) {
    char text[32];
    int64_t value;
    if (tg_int_at(&numbers, row, &value)) {
      snprintf(text, sizeof text, "ä%" PRId64, value);
      tg_write_bytes(&writer, tg_of(text));
    } else {
      tg_write_null(&writer);
    }
  }
  tg_map_set(rows, 0, tg_write_end(&writer));
  return true;
}

static bool judge(const void *self, const tg_statement *statement, tg_judgement *judgement, tg_error *error) {
  (void)self;
  tg_log(TG_LOG_WARN, "a statement: %.*s", TEXT(statement->sql));
  for (size_t i = 0; i < statement->elements.len; i++) {
    const exports_tidegate_plugin_filter_element_t *element = &statement->elements.ptr[i];
    if (tg_equal(element->event, tg_of("truncate table"))) {
      const tg_name *name = &element->current.ptr[0];
      return tg_fail(error, "%.*s at %.*s of %.*s.%.*s", TEXT(element->sql), TEXT(statement->position),
                     TEXT(name->schema), TEXT(name->table));
    }
    if (tg_equal(element->event, tg_of("drop table"))) {
      judgement->rewritten.ptr = tg_alloc(statement->sql.len + 10);
      memcpy(judgement->rewritten.ptr, statement->sql.ptr, statement->sql.len);
      memcpy(judgement->rewritten.ptr + statement->sql.len, " /* äh */", 10);
      judgement->rewritten.len = statement->sql.len + 10;
    }
    bool bad = element->renamed_to.is_some && tg_equal(element->renamed_to.val.table, tg_of("bad"));
    judgement->passes[i] = !bad && !tg_equal(element->event, tg_of("drop column"));
  }
  return true;
}

static const char *const TABLES[] = {"shop.*", "gone.*", NULL};
static const char *const COLUMNS[] = {"n", NULL};

const tg_filter tg_this_filter = {
    .name = "probe",
    .version = "0.1.0",
    .summary = "answers whatever the contract allows",
    .settings = "{\"type\": \"object\", \"additionalProperties\": false}",
    .tables = TABLES,
    .columns = COLUMNS,
    .operations = TG_INSERTS | TG_UPDATES | TG_SCHEMA_CHANGES,
    .routes = routes,
    .decide = decide,
    .rows = rows,
    .map = map,
    .judge = judge,
    .forget = free,
};
