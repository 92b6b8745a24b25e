/* Unit tests without a host: rows that the test makes. */
#include "supply.h"

#include <string.h>

#ifndef __wasm__
void tg_log(tg_level level, const char *format, ...) {
  (void)level;
  (void)format;
}
#endif

tg_kind tg_test_int(void) {
  tg_kind kind = {.tag = TG_INT, .val.int_ = {64, false}};
  return kind;
}

tg_kind tg_test_varchar(void) {
  tg_kind kind = {.tag = TG_VARCHAR, .val.varchar = {tg_of("utf8mb4"), 255, 255}};
  return kind;
}

tg_table tg_test_table(const char *schema, const char *table, size_t columns, const char *const names[],
                       const tg_kind kinds[]) {
  tg_name name = {tg_of(schema), tg_of(table)};
  tg_table made = {.id = 1, .source = name, .current = name};
  made.columns.ptr = tg_alloc(columns * sizeof(tg_column_info));
  made.columns.len = columns;
  for (size_t i = 0; i < columns; i++) {
    tg_column_info column = {.name = tg_of(names[i]), .kind = kinds[i], .nullable = true};
    made.columns.ptr[i] = column;
  }
  made.primary_key.ptr = tg_alloc(sizeof(uint32_t));
  made.primary_key.len = 1;
  return made;
}

tg_cells tg_test_texts(size_t rows, const char *const texts[]) {
  tg_writer writer;
  tg_write_begin(&writer, TG_UTF8, rows);
  for (size_t row = 0; row < rows; row++) {
    if (texts[row]) {
      tg_write_bytes(&writer, tg_of(texts[row]));
    } else {
      tg_write_null(&writer);
    }
  }
  return tg_write_end(&writer);
}

tg_cells tg_test_ints(size_t rows, const int64_t numbers[]) {
  tg_writer writer;
  tg_write_begin(&writer, TG_S64S, rows);
  for (size_t row = 0; row < rows; row++) tg_write_s64(&writer, numbers[row]);
  return tg_write_end(&writer);
}

/* Rows give columns away, so that each is copied. */
static tg_cells copy(const tg_cells *cells) {
  tg_cells copied = *cells;
  filter_plugin_list_u8_t *validity = &copied.validity;
  tg_text bits = tg_copy((tg_text){validity->ptr, validity->len});
  validity->ptr = bits.ptr;
  tidegate_plugin_types_values_t *values = &copied.values;
  if (values->tag == TG_SPANS || values->tag == TG_UTF8) {
    tidegate_plugin_types_spans_t *spans = &values->val.spans;
    tg_text offsets = tg_copy((tg_text){(uint8_t *)spans->offsets.ptr, spans->offsets.len * sizeof(uint32_t)});
    tg_text data = tg_copy((tg_text){spans->data.ptr, spans->data.len});
    spans->offsets.ptr = (uint32_t *)(void *)offsets.ptr;
    spans->data.ptr = data.ptr;
  } else {
    filter_plugin_list_u64_t *numbers = &values->val.u64s;
    tg_text words = tg_copy((tg_text){(uint8_t *)numbers->ptr, numbers->len * sizeof(uint64_t)});
    numbers->ptr = (uint64_t *)(void *)words.ptr;
  }
  return copied;
}

static bool read(const void *made, tg_image image, uint32_t column, tg_cells *cells) {
  const tg_test_images *images = made;
  const tg_cells *columns = image == TG_BEFORE ? images->before : images->after;
  if (columns) *cells = copy(&columns[column]);
  return columns != NULL;
}

static bool text(const void *made, tg_image image, uint32_t column, bool *present, tg_cells *cells, tg_error *error) {
  (void)error;
  *present = read(made, image, column, cells);
  return true;
}

/* The rows of a test have no facts. */
static const tg_supply TEST = {.read = read, .text = text};

tg_rows tg_test_rows(const tg_table *table, tg_operation operation, size_t rows, const tg_test_images *images) {
  return tg_rows_begin(table, operation, rows, &TEST, images);
}

tg_map_rows tg_test_map_rows(const tg_table *table, size_t rows, const tg_test_images *images, size_t mapped) {
  return tg_map_begin(table, rows, mapped, &TEST, images);
}
