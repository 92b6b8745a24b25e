/* Masks personal data: of each text in the named columns only the first and the last character stay. */
#include <stdlib.h>
#include <string.h>
#include <tidegate.h>

static const char SETTINGS[] =
    "{\"type\": \"object\","
    " \"properties\": {\"columns\": {"
    "   \"description\": \"The columns to mask, by name, in every table that has them.\","
    "   \"type\": \"array\", \"items\": {\"type\": \"string\"}, \"minItems\": 1}},"
    " \"required\": [\"columns\"],"
    " \"additionalProperties\": false}";

typedef struct {
  tg_text *columns;
  size_t count;
} mask_pii;

/* Of a table: the columns that are masked, each at its index in the plan. */
typedef struct {
  size_t count;
  uint32_t columns[];
} masked;

static bool configure(tg_settings settings, void **self, tg_error *error) {
  mask_pii *filter = tg_alloc(sizeof *filter);
  *self = filter;
  return tg_settings_texts(settings, "columns", &filter->columns, &filter->count, error);
}

static bool decide(const void *self, const tg_table *table, tg_plan *plan, void **memo, tg_error *error) {
  const mask_pii *filter = self;
  masked *columns = tg_alloc(sizeof *columns + filter->count * sizeof *columns->columns);
  *memo = columns;
  (void)error;
  for (size_t i = 0; i < filter->count; i++) {
    uint32_t column;
    if (!tg_index(table, filter->columns[i], &column)) continue;
    columns->columns[tg_plan_map(plan, table, column)] = column;
    columns->count++;
  }
  if (columns->count > 0) tg_plan_because(plan, "columns are masked");
  return true;
}

/* Returns how many bytes the character that begins at `at` has. */
static size_t character(tg_text text, size_t at) {
  size_t end = at + 1;
  while (end < text.len && (text.ptr[end] & 0xc0) == 0x80) end++;
  return end - at;
}

static void mask(tg_writer *writer, tg_text text, tg_text *room) {
  if (text.len > room->len) {
    free(room->ptr);
    *room = (tg_text){tg_alloc(text.len), text.len};
  }
  tg_text result = {room->ptr, 0};
  for (size_t at = 0, length; at < text.len; at += length) {
    length = character(text, at);
    if (at == 0 || at + length == text.len) {
      memcpy(result.ptr + result.len, text.ptr + at, length);
      result.len += length;
    } else {
      result.ptr[result.len++] = '*';
    }
  }
  tg_write_bytes(writer, result);
}

static bool map(const void *self, const void *memo, tg_map_rows *rows, tg_error *error) {
  const masked *columns = memo;
  tg_text room = {NULL, 0};
  (void)self;
  for (uint32_t index = 0; index < columns->count; index++) {
    tg_column column;
    if (!tg_map_read_text(rows, columns->columns[index], &column, error)) return false;
    if (!column.present) continue;
    tg_writer writer;
    tg_write_begin(&writer, TG_UTF8, rows->count);
    for (size_t row = 0; row < rows->count; row++) {
      tg_text text;
      if (tg_bytes_at(&column, row, &text)) {
        mask(&writer, text, &room);
      } else {
        tg_write_null(&writer);
      }
    }
    tg_map_set(rows, index, tg_write_end(&writer));
  }
  free(room.ptr);
  return true;
}

const tg_filter tg_this_filter = {
    .name = "mask-pii",
    .version = "0.1.0",
    .summary = "masks texts in columns, but for the first and the last character",
    .settings = SETTINGS,
    .configure = configure,
    .decide = decide,
    .map = map,
    .forget = free,
};
