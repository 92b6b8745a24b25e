/* Tables, plans and routes. */
#include "supply.h"

#include <stdlib.h>
#include <string.h>

typedef exports_tidegate_plugin_filter_output_column_t output_column;

static uint8_t lowered(uint8_t c) { return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c; }

bool tg_index(const tg_table *table, tg_text name, uint32_t *index) {
  for (uint32_t column = 0; column < table->columns.len; column++) {
    tg_text other = table->columns.ptr[column].name;
    size_t at = 0;
    while (at < name.len && at < other.len && lowered(name.ptr[at]) == lowered(other.ptr[at])) at++;
    if (at == name.len && at == other.len) {
      *index = column;
      return true;
    }
  }
  return false;
}

static filter_plugin_list_string_t copy_list(filter_plugin_list_string_t list) {
  filter_plugin_list_string_t copy = {NULL, list.len};
  if (list.len) copy.ptr = tg_alloc(list.len * sizeof(tg_text));
  for (size_t i = 0; i < list.len; i++) copy.ptr[i] = tg_copy(list.ptr[i]);
  return copy;
}

tg_column_info tg_column_info_copy(const tg_column_info *column) {
  tg_column_info copy = *column;
  copy.name = tg_copy(column->name);
  switch (column->kind.tag) {
    case TG_CHAR:
    case TG_VARCHAR:
      copy.kind.val.varchar.charset = tg_copy(column->kind.val.varchar.charset);
      break;
    case TG_TEXT:
      copy.kind.val.text.charset = tg_copy(column->kind.val.text.charset);
      break;
    case TG_ENUM:
    case TG_SET:
      copy.kind.val.set.members = copy_list(column->kind.val.set.members);
      copy.kind.val.set.charset = tg_copy(column->kind.val.set.charset);
      break;
    default:
      break;
  }
  return copy;
}

void tg_plan_decide(tg_plan *plan, tg_decision decision) {
  plan->insert = plan->update = plan->delete_ = (uint8_t)decision;
}

void tg_plan_need(tg_plan *plan, uint32_t column) {
  plan->needs.ptr = tg_grow(plan->needs.ptr, plan->needs.len, sizeof(uint32_t));
  plan->needs.ptr[plan->needs.len++] = column;
}

/* Adds a column behind the filter. */
static output_column *append(tg_plan *plan, const tg_column_info *column) {
  exports_tidegate_plugin_filter_list_output_column_t *columns = &plan->columns.val;
  columns->ptr = tg_grow(columns->ptr, columns->len, sizeof(output_column));
  output_column *output = &columns->ptr[columns->len++];
  output->column = tg_column_info_copy(column);
  return output;
}

/* Begins with the table's own columns. */
static void begin(tg_plan *plan, const tg_table *table) {
  if (plan->columns.is_some) return;
  plan->columns.is_some = true;
  for (uint32_t index = 0; index < table->columns.len; index++) {
    output_column *output = append(plan, &table->columns.ptr[index]);
    output->produced.tag = EXPORTS_TIDEGATE_PLUGIN_FILTER_PRODUCED_INPUT;
    output->produced.val.input = index;
  }
}

/* Returns how many columns are mapped so far. */
static uint32_t mapped(const tg_plan *plan) {
  uint32_t count = 0;
  for (size_t i = 0; i < plan->columns.val.len; i++) {
    count += plan->columns.val.ptr[i].produced.tag == EXPORTS_TIDEGATE_PLUGIN_FILTER_PRODUCED_MAPPED;
  }
  return count;
}

uint32_t tg_plan_map(tg_plan *plan, const tg_table *table, uint32_t column) {
  begin(plan, table);
  uint32_t index = mapped(plan);
  for (size_t i = 0; i < plan->columns.val.len; i++) {
    output_column *output = &plan->columns.val.ptr[i];
    bool input = output->produced.tag == EXPORTS_TIDEGATE_PLUGIN_FILTER_PRODUCED_INPUT;
    if (input && output->produced.val.input == column) {
      output->produced.tag = EXPORTS_TIDEGATE_PLUGIN_FILTER_PRODUCED_MAPPED;
      output->produced.val.mapped = index;
      tg_plan_need(plan, column);
      return index;
    }
  }
  tg_stop("tg_plan_map: the column is mapped already, or removed");
}

uint32_t tg_plan_add(tg_plan *plan, const tg_table *table, const tg_column_info *column) {
  begin(plan, table);
  uint32_t index = mapped(plan);
  output_column *output = append(plan, column);
  output->produced.tag = EXPORTS_TIDEGATE_PLUGIN_FILTER_PRODUCED_MAPPED;
  output->produced.val.mapped = index;
  return index;
}

void tg_plan_remove(tg_plan *plan, const tg_table *table, uint32_t column) {
  begin(plan, table);
  exports_tidegate_plugin_filter_list_output_column_t *columns = &plan->columns.val;
  for (size_t i = 0; i < columns->len; i++) {
    const output_column *output = &columns->ptr[i];
    bool input = output->produced.tag == EXPORTS_TIDEGATE_PLUGIN_FILTER_PRODUCED_INPUT;
    if (input && output->produced.val.input == column) {
      columns->len--;
      memmove(&columns->ptr[i], &columns->ptr[i + 1], (columns->len - i) * sizeof(output_column));
      return;
    }
  }
}

void tg_plan_because(tg_plan *plan, const char *reason) {
  plan->because.ptr = tg_grow(plan->because.ptr, plan->because.len, sizeof(tg_text));
  plan->because.ptr[plan->because.len++] = tg_copy(tg_of(reason));
}

void tg_route_to(tg_routes *routes, tg_text schema, tg_text table) {
  tg_name name = {tg_copy(schema), tg_copy(table)};
  routes->names.ptr = tg_grow(routes->names.ptr, routes->names.len, sizeof(tg_name));
  routes->names.ptr[routes->names.len++] = name;
}
