/* Maps every column of every table to itself: whole, or by decoding each value and encoding it again. */
#include <tidegate.h>

static const char SETTINGS[] =
    "{\"type\": \"object\","
    " \"properties\": {\"through\": {\"enum\": [\"rows\", \"columns\"]}},"
    " \"required\": [\"through\"],"
    " \"additionalProperties\": false}";

static bool configure(tg_settings settings, void **self, tg_error *error) {
  tg_text *through = tg_alloc(sizeof *through);
  *self = through;
  return tg_settings_text(settings, "through", through, error);
}

static bool decide(const void *self, const tg_table *table, tg_plan *plan, void **memo, tg_error *error) {
  (void)self;
  (void)memo;
  (void)error;
  for (uint32_t column = 0; column < table->columns.len; column++) tg_plan_map(plan, table, column);
  return true;
}

static bool map(const void *self, const void *memo, tg_map_rows *rows, tg_error *error) {
  const tg_text *through = self;
  (void)memo;
  for (uint32_t index = 0; index < rows->mapped.len; index++) {
    tg_column column;
    tg_map_read(rows, index, &column);
    if (!column.present) continue;
    if (tg_equal(*through, tg_of("columns"))) {
      tg_map_same(rows, index, &column);
      continue;
    }
    tg_writer writer;
    tg_write_begin(&writer, tg_form_of(column.kind), rows->count);
    for (size_t row = 0; row < rows->count; row++) {
      tg_value value = tg_value_at(&column, row);
      if (!tg_write_value(&writer, column.kind, &value, error)) return false;
    }
    tg_map_set(rows, index, tg_write_end(&writer));
  }
  return true;
}

const tg_filter tg_this_filter = {
    .name = "echo",
    .version = "0.1.0",
    .summary = "maps every column to itself",
    .settings = SETTINGS,
    .configure = configure,
    .decide = decide,
    .map = map,
};
