/* Memory, texts, errors. */
#include "supply.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void tg_stop(const char *why) {
  tg_log(TG_LOG_ERROR, "%s", why);
  abort();
}

void *tg_alloc(size_t size) {
  void *block = calloc(1, size ? size : 1);
  if (!block) tg_stop("there is no memory left");
  return block;
}

void *tg_grow(void *list, size_t length, size_t size) {
  void *longer = realloc(list, (length + 1) * size);
  if (!longer) tg_stop("there is no memory left");
  memset((char *)longer + length * size, 0, size);
  return longer;
}

tg_text tg_of(const char *string) {
  tg_text text = {(uint8_t *)string, strlen(string)};
  return text;
}

tg_text tg_copy(tg_text text) {
  tg_text copy = {NULL, text.len};
  if (text.len) {
    copy.ptr = tg_alloc(text.len);
    memcpy(copy.ptr, text.ptr, text.len);
  }
  return copy;
}

bool tg_equal(tg_text a, tg_text b) { return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0); }

bool tg_starts_with(tg_text text, tg_text prefix) {
  return text.len >= prefix.len && (prefix.len == 0 || memcmp(text.ptr, prefix.ptr, prefix.len) == 0);
}

bool tg_fail(tg_error *error, const char *format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, arguments);
  free(error->text);
  error->text = tg_alloc((size_t)(length < 0 ? 0 : length) + 1);
  if (length > 0) vsnprintf(error->text, (size_t)length + 1, format, again);
  va_end(again);
  va_end(arguments);
  return false;
}
