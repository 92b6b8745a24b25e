/* Rows at hand. */
#include "supply.h"

#include <stdlib.h>
#include <string.h>

tg_rows tg_rows_begin(const tg_table *table, tg_operation operation, size_t count, const tg_supply *supply,
                      const void *made) {
  tg_rows rows = {.table = table, .operation = operation, .count = count, .held = {.supply = supply, .made = made}};
  if (operation != TG_INSERT) rows.images[rows.images_count++] = TG_BEFORE;
  if (operation != TG_DELETE) rows.images[rows.images_count++] = TG_AFTER;
  for (size_t i = 0; i < rows.images_count; i++) {
    rows.verdicts[rows.images[i]] = tg_alloc(count * sizeof(tg_verdict));
  }
  return rows;
}

static void end(tg_held *held) {
  for (size_t i = 0; i < held->cells_count; i++) {
    tg_cells_free(held->cells[i]);
    free(held->cells[i]);
  }
  free(held->cells);
  held->cells = NULL;
  held->cells_count = 0;
}

void tg_rows_end(tg_rows *rows) { end(&rows->held); }

tg_map_rows tg_map_begin(const tg_table *table, size_t count, size_t mapped, const tg_supply *supply,
                         const void *made) {
  tg_map_rows rows = {.table = table, .count = count, .held = {.supply = supply, .made = made}};
  rows.mapped.ptr = tg_alloc(mapped * sizeof *rows.mapped.ptr);
  rows.mapped.len = mapped;
  return rows;
}

void tg_map_end(tg_map_rows *rows) { end(&rows->held); }

/* Keeps cells until the rows end. */
static void hold(tg_held *held, const tg_table *table, uint32_t column, tg_cells cells, tg_column *values) {
  held->cells = tg_grow(held->cells, held->cells_count, sizeof(tg_cells *));
  values->present = true;
  values->kind = &table->columns.ptr[column].kind;
  values->cells = cells;
  values->held = held->cells_count;
  held->cells[held->cells_count] = tg_alloc(sizeof(tg_cells));
  *held->cells[held->cells_count++] = cells;
}

/* Gets a column, as text if `text`; `present` tells whether the image has it. */
static bool get(tg_held *held, const tg_table *table, tg_image image, uint32_t column, bool text, tg_column *values,
                tg_error *error) {
  memset(values, 0, sizeof *values);
  if (column >= table->columns.len) {
    return tg_fail(error, "column %u of a table that has %zu", (unsigned)column, table->columns.len);
  }
  tg_cells cells;
  bool present = false;
  if (!text) {
    present = held->supply->read(held->made, image, column, &cells);
  } else if (!held->supply->text(held->made, image, column, &present, &cells, error)) {
    return false;
  }
  if (present) hold(held, table, column, cells, values);
  return true;
}

static bool must(const tg_column *values, uint32_t column, tg_error *error) {
  return values->present || tg_fail(error, "column %u is not in this image of the rows", (unsigned)column);
}

bool tg_read(tg_rows *rows, tg_image image, uint32_t column, tg_column *values, tg_error *error) {
  return get(&rows->held, rows->table, image, column, false, values, error) && must(values, column, error);
}

bool tg_read_text(tg_rows *rows, tg_image image, uint32_t column, tg_column *values, tg_error *error) {
  return get(&rows->held, rows->table, image, column, true, values, error) && must(values, column, error);
}

tg_verdict tg_refuse(tg_rows *rows, const char *reason) {
  filter_plugin_list_string_t *reasons = &rows->held.reasons;
  size_t index = 0;
  while (index < reasons->len && !tg_equal(reasons->ptr[index], tg_of(reason))) index++;
  if (index == reasons->len) {
    reasons->ptr = tg_grow(reasons->ptr, reasons->len, sizeof(tg_text));
    reasons->ptr[reasons->len++] = tg_copy(tg_of(reason));
  }
  return 0x80000000u | (tg_verdict)index;
}

int64_t *tg_commit_times(tg_rows *rows) { return rows->held.supply->commit_times(rows->held.made); }
uint32_t *tg_server_ids(tg_rows *rows) { return rows->held.supply->server_ids(rows->held.made); }
uint32_t *tg_transactions(tg_rows *rows) { return rows->held.supply->transactions(rows->held.made); }
filter_plugin_list_string_t tg_gtids(tg_rows *rows) { return rows->held.supply->gtids(rows->held.made); }

void tg_map_read(tg_map_rows *rows, uint32_t column, tg_column *values) {
  /* Without a text there is no error but that of a column that the table does not have: it is not present. */
  tg_error none = {NULL};
  get(&rows->held, rows->table, TG_AFTER, column, false, values, &none);
  free(none.text);
}

bool tg_map_read_text(tg_map_rows *rows, uint32_t column, tg_column *values, tg_error *error) {
  return get(&rows->held, rows->table, TG_AFTER, column, true, values, error);
}

void tg_map_set(tg_map_rows *rows, uint32_t index, tg_cells cells) {
  if (index >= rows->mapped.len || rows->mapped.ptr[index].is_some) {
    tg_stop("tg_map_set: the plan maps no such column, or it is set already");
  }
  rows->mapped.ptr[index].is_some = true;
  rows->mapped.ptr[index].val = cells;
}

void tg_map_same(tg_map_rows *rows, uint32_t index, const tg_column *values) {
  tg_map_set(rows, index, values->cells);
  memset(rows->held.cells[values->held], 0, sizeof(tg_cells));
}
