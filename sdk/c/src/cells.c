/* Columns, read and written. */
#include "supply.h"

#include <stdlib.h>
#include <string.h>

/* The digits of a DECIMAL that fit into 64 bits. */
#define NARROW_DIGITS 18

bool tg_is_null(const tg_column *column, size_t row) {
  const filter_plugin_list_u8_t *validity = &column->cells.validity;
  return validity->len > 0 && (validity->ptr[row / 8] >> (row % 8) & 1) == 0;
}

bool tg_int_at(const tg_column *column, size_t row, int64_t *value) {
  const tidegate_plugin_types_values_t *values = &column->cells.values;
  if (tg_is_null(column, row)) return false;
  if (values->tag == TG_S64S) {
    *value = values->val.s64s.ptr[row];
    return true;
  }
  if (values->tag != TG_U64S || values->val.u64s.ptr[row] > INT64_MAX) return false;
  *value = (int64_t)values->val.u64s.ptr[row];
  return true;
}

bool tg_bytes_at(const tg_column *column, size_t row, tg_text *value) {
  const tidegate_plugin_types_values_t *values = &column->cells.values;
  if (tg_is_null(column, row) || (values->tag != TG_SPANS && values->tag != TG_UTF8)) return false;
  const tidegate_plugin_types_spans_t *spans = &values->val.spans;
  uint32_t from = spans->offsets.ptr[row];
  value->ptr = spans->data.ptr + from;
  value->len = spans->offsets.ptr[row + 1] - from;
  return true;
}

static tg_value signed_value(const tg_kind *kind, int64_t number) {
  tg_value value = {.type = TG_VALUE_INT, .as.integer = number};
  if (kind->tag == TG_TIME) value.type = TG_VALUE_TIME;
  if (kind->tag == TG_DECIMAL) {
    uint64_t sign = number < 0 ? UINT64_MAX : 0;
    tg_decimal decimal = {{(uint64_t)number, sign, sign, sign}, kind->val.decimal.scale};
    value.type = TG_VALUE_DECIMAL;
    value.as.decimal = decimal;
  }
  return value;
}

static tg_value unsigned_value(const tg_kind *kind, uint64_t number) {
  tg_value value = {.type = TG_VALUE_UINT, .as.natural = number};
  if (kind->tag == TG_DATE || kind->tag == TG_DATETIME || kind->tag == TG_TIMESTAMP) {
    value.type = TG_VALUE_CALENDAR;
    value.as.calendar = tg_calendar_unpack(number);
  }
  return value;
}

tg_value tg_value_at(const tg_column *column, size_t row) {
  const tidegate_plugin_types_values_t *values = &column->cells.values;
  tg_value value = {.type = TG_VALUE_NULL};
  if (tg_is_null(column, row)) return value;
  switch (values->tag) {
    case TG_S64S:
      return signed_value(column->kind, values->val.s64s.ptr[row]);
    case TG_U64S:
      return unsigned_value(column->kind, values->val.u64s.ptr[row]);
    case TG_F64S:
      value.type = TG_VALUE_DOUBLE;
      value.as.real = values->val.f64s.ptr[row];
      return value;
    case TG_S256S:
      value.type = TG_VALUE_DECIMAL;
      memcpy(value.as.decimal.unscaled, values->val.s256s.ptr + 4 * row, sizeof value.as.decimal.unscaled);
      value.as.decimal.scale = column->kind->val.decimal.scale;
      return value;
    default:
      value.type = values->tag == TG_UTF8 ? TG_VALUE_TEXT : TG_VALUE_BYTES;
      tg_bytes_at(column, row, &value.as.bytes);
      return value;
  }
}

tg_form tg_form_of(const tg_kind *kind) {
  switch (kind->tag) {
    case TG_INT:
      return kind->val.int_.unsigned_ ? TG_U64S : TG_S64S;
    case TG_DECIMAL:
      return kind->val.decimal.precision <= NARROW_DIGITS ? TG_S64S : TG_S256S;
    case TG_TIME:
      return TG_S64S;
    case TG_FLOAT:
    case TG_DOUBLE:
      return TG_F64S;
    case TG_BIT:
    case TG_YEAR:
    case TG_DATE:
    case TG_DATETIME:
    case TG_TIMESTAMP:
    case TG_ENUM:
    case TG_SET:
      return TG_U64S;
    default:
      return TG_SPANS;
  }
}

void tg_write_begin(tg_writer *writer, tg_form form, size_t rows) {
  memset(writer, 0, sizeof *writer);
  tidegate_plugin_types_values_t *values = &writer->cells.values;
  writer->rows = rows;
  writer->cells.validity.ptr = tg_alloc((rows + 7) / 8);
  values->tag = (uint8_t)form;
  if (form == TG_SPANS || form == TG_UTF8) {
    values->val.spans.offsets.ptr = tg_alloc((rows + 1) * sizeof(uint32_t));
    values->val.spans.offsets.len = rows + 1;
    return;
  }
  /* All lists of numbers lie at the same place. */
  size_t count = form == TG_S256S ? 4 * rows : rows;
  values->val.u64s.ptr = tg_alloc(count * sizeof(uint64_t));
  values->val.u64s.len = count;
}

/* Begins the next row. */
static size_t next(tg_writer *writer, tg_form form) {
  if (writer->row >= writer->rows) tg_stop("a tg_writer gets more rows than it was begun with");
  if (writer->cells.values.tag != form) tg_stop("a tg_writer gets values of another form than it was begun with");
  size_t row = writer->row++;
  writer->cells.validity.ptr[row / 8] |= (uint8_t)(1 << (row % 8));
  return row;
}

void tg_write_null(tg_writer *writer) {
  tg_form form = (tg_form)writer->cells.values.tag;
  size_t row = next(writer, form);
  writer->cells.validity.ptr[row / 8] &= (uint8_t)~(1 << (row % 8));
  writer->nulls = true;
  if (form == TG_SPANS || form == TG_UTF8) {
    tidegate_plugin_types_spans_t *spans = &writer->cells.values.val.spans;
    spans->offsets.ptr[row + 1] = (uint32_t)spans->data.len;
  }
}

void tg_write_s64(tg_writer *writer, int64_t value) {
  size_t row = next(writer, TG_S64S);
  writer->cells.values.val.s64s.ptr[row] = value;
}

void tg_write_u64(tg_writer *writer, uint64_t value) {
  size_t row = next(writer, TG_U64S);
  writer->cells.values.val.u64s.ptr[row] = value;
}

void tg_write_f64(tg_writer *writer, double value) {
  size_t row = next(writer, TG_F64S);
  writer->cells.values.val.f64s.ptr[row] = value;
}

void tg_write_s256(tg_writer *writer, const uint64_t value[4]) {
  size_t row = next(writer, TG_S256S);
  memcpy(writer->cells.values.val.s256s.ptr + 4 * row, value, 4 * sizeof(uint64_t));
}

void tg_write_bytes(tg_writer *writer, tg_text value) {
  size_t row = next(writer, writer->cells.values.tag == TG_UTF8 ? TG_UTF8 : TG_SPANS);
  tidegate_plugin_types_spans_t *spans = &writer->cells.values.val.spans;
  size_t length = spans->data.len + value.len;
  if (length > writer->room) {
    writer->room = length + length / 2;
    spans->data.ptr = realloc(spans->data.ptr, writer->room);
    if (!spans->data.ptr) tg_stop("there is no memory left");
  }
  if (value.len) memcpy(spans->data.ptr + spans->data.len, value.ptr, value.len);
  spans->data.len = length;
  /* Columns end long before 4 GiB: the host refuses them. */
  spans->offsets.ptr[row + 1] = (uint32_t)length;
}

/* Writes a value that is not NULL; false if it is none of the kind. */
static bool write_value(tg_writer *writer, const tg_kind *kind, const tg_value *value) {
  tg_value_type type = value->type;
  switch ((tg_form)writer->cells.values.tag) {
    case TG_S64S:
      if (kind->tag == TG_DECIMAL) {
        const uint64_t *words = value->as.decimal.unscaled;
        uint64_t sign = (int64_t)words[0] < 0 ? UINT64_MAX : 0;
        if (type != TG_VALUE_DECIMAL || value->as.decimal.scale != kind->val.decimal.scale) return false;
        if (words[1] != sign || words[2] != sign || words[3] != sign) return false;
        tg_write_s64(writer, (int64_t)words[0]);
        return true;
      }
      if (type != TG_VALUE_INT && type != TG_VALUE_TIME) return false;
      tg_write_s64(writer, value->as.integer);
      return true;
    case TG_U64S:
      if (type != TG_VALUE_UINT && type != TG_VALUE_CALENDAR) return false;
      tg_write_u64(writer, type == TG_VALUE_UINT ? value->as.natural : tg_calendar_pack(value->as.calendar));
      return true;
    case TG_F64S:
      if (type != TG_VALUE_DOUBLE) return false;
      tg_write_f64(writer, value->as.real);
      return true;
    case TG_S256S:
      if (type != TG_VALUE_DECIMAL || value->as.decimal.scale != kind->val.decimal.scale) return false;
      tg_write_s256(writer, value->as.decimal.unscaled);
      return true;
    case TG_SPANS:
      if (type != TG_VALUE_BYTES) return false;
      break;
    case TG_UTF8:
      if (type != TG_VALUE_TEXT) return false;
      break;
  }
  tg_write_bytes(writer, value->as.bytes);
  return true;
}

bool tg_write_value(tg_writer *writer, const tg_kind *kind, const tg_value *value, tg_error *error) {
  if (value->type == TG_VALUE_NULL) {
    tg_write_null(writer);
    return true;
  }
  size_t row = writer->row;
  return write_value(writer, kind, value) ||
         tg_fail(error, "the value in row %zu is none of its column's type", row);
}

tg_cells tg_write_end(tg_writer *writer) {
  if (writer->row != writer->rows) tg_stop("a tg_writer gets fewer rows than it was begun with");
  tg_cells cells = writer->cells;
  if (writer->nulls) {
    cells.validity.len = (writer->rows + 7) / 8;
  } else {
    free(cells.validity.ptr);
    cells.validity.ptr = NULL;
  }
  return cells;
}

static void drop(void *list, size_t length) {
  /* The host gives empty lists addresses that are none. */
  if (length > 0) free(list);
}

void tg_cells_free(tg_cells *cells) {
  tidegate_plugin_types_values_t *values = &cells->values;
  drop(cells->validity.ptr, cells->validity.len);
  if (values->tag == TG_SPANS || values->tag == TG_UTF8) {
    drop(values->val.spans.offsets.ptr, values->val.spans.offsets.len);
    drop(values->val.spans.data.ptr, values->val.spans.data.len);
  } else {
    drop(values->val.u64s.ptr, values->val.u64s.len);
  }
  memset(cells, 0, sizeof *cells);
}
