/* Settings. The host gives valid JSON that fits the filter's JSON Schema; what does not is an error all the same. */
#include "supply.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What is yet to be read. */
typedef struct {
  const uint8_t *at, *end;
} cursor;

static bool next_is(cursor *c, uint8_t wanted) {
  while (c->at < c->end && strchr(" \t\r\n", *c->at)) c->at++;
  if (c->at == c->end || *c->at != wanted) return false;
  c->at++;
  return true;
}

static bool read_hex(cursor *c, uint32_t *unit) {
  *unit = 0;
  for (int i = 0; i < 4; i++, c->at++) {
    const char *digits = "0123456789abcdef";
    const char *digit = c->at < c->end && *c->at ? strchr(digits, *c->at | 32) : NULL;
    if (!digit) return false;
    *unit = *unit << 4 | (uint32_t)(digit - digits);
  }
  return true;
}

static size_t encode(uint32_t point, uint8_t *out) {
  static const uint8_t first[] = {0, 0, 0xc0, 0xe0, 0xf0};
  size_t length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  for (size_t i = length; i-- > 1; point >>= 6) out[i] = (uint8_t)(0x80 | (point & 63));
  out[0] = (uint8_t)(first[length] | point);
  return length;
}

/* Reads what follows a backslash; returns how many bytes it is, 0 if it is nothing. */
static size_t read_escape(cursor *c, uint8_t *out) {
  static const char names[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
  if (c->at == c->end) return 0;
  uint8_t name = *c->at++;
  if (name == 'u') {
    uint32_t point, low;
    if (!read_hex(c, &point)) return 0;
    if (point >= 0xd800 && point < 0xdc00) {
      if (c->end - c->at < 6 || c->at[0] != '\\' || c->at[1] != 'u') return 0;
      c->at += 2;
      if (!read_hex(c, &low) || low < 0xdc00 || low > 0xdfff) return 0;
      point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
    }
    return encode(point, out);
  }
  const char *found = name ? strchr(names, name) : NULL;
  if (!found) return 0;
  out[0] = (uint8_t)meanings[found - names];
  return 1;
}

/* Reads a string into a new text. */
static bool read_string(cursor *c, tg_text *text) {
  if (!next_is(c, '"')) return false;
  text->ptr = tg_alloc((size_t)(c->end - c->at));
  text->len = 0;
  while (c->at < c->end && *c->at != '"') {
    if (*c->at != '\\') {
      text->ptr[text->len++] = *c->at++;
      continue;
    }
    c->at++;
    size_t length = read_escape(c, text->ptr + text->len);
    if (!length) break;
    text->len += length;
  }
  if (next_is(c, '"')) return true;
  free(text->ptr);
  return false;
}

static bool skip_string(cursor *c) {
  tg_text text;
  if (!read_string(c, &text)) return false;
  free(text.ptr);
  return true;
}

/* Skips a value: strings and brackets; whatever else there is ends before a comma or a bracket. */
static bool skip_value(cursor *c) {
  size_t depth = 0;
  do {
    if (next_is(c, '{') || next_is(c, '[')) {
      depth++;
    } else if (next_is(c, '}') || next_is(c, ']')) {
      if (depth-- == 0) return false;
    } else if (next_is(c, '"')) {
      c->at--;
      if (!skip_string(c)) return false;
    } else if (!(depth > 0 && (next_is(c, ',') || next_is(c, ':')))) {
      const uint8_t *from = c->at;
      while (c->at < c->end && !strchr(",:]} \t\r\n", *c->at)) c->at++;
      if (c->at == from) return false;
    }
  } while (depth > 0);
  return true;
}

/* Finds a key's value. */
static bool find(tg_settings settings, const char *key, cursor *c) {
  c->at = settings.ptr;
  c->end = settings.ptr + settings.len;
  if (!next_is(c, '{')) return false;
  tg_text name;
  while (read_string(c, &name)) {
    bool found = tg_equal(name, tg_of(key));
    free(name.ptr);
    if (!next_is(c, ':')) return false;
    if (found) return true;
    if (!skip_value(c) || !next_is(c, ',')) return false;
  }
  return false;
}

static bool missing(const char *key, const char *what, tg_error *error) {
  return tg_fail(error, "`%s` is missing, or not %s", key, what);
}

bool tg_settings_has(tg_settings settings, const char *key) {
  cursor c;
  return find(settings, key, &c);
}

bool tg_settings_text(tg_settings settings, const char *key, tg_text *value, tg_error *error) {
  cursor c;
  return (find(settings, key, &c) && read_string(&c, value)) || missing(key, "a text", error);
}

bool tg_settings_texts(tg_settings settings, const char *key, tg_text **values, size_t *count, tg_error *error) {
  cursor c;
  *values = NULL;
  *count = 0;
  if (!find(settings, key, &c) || !next_is(&c, '[')) return missing(key, "a list of texts", error);
  if (next_is(&c, ']')) return true;
  do {
    *values = tg_grow(*values, *count, sizeof(tg_text));
    if (!read_string(&c, *values + (*count)++)) return missing(key, "a list of texts", error);
  } while (next_is(&c, ','));
  return next_is(&c, ']') || missing(key, "a list of texts", error);
}

/* Copies a value that is no string, list or object. */
static bool read_word(tg_settings settings, const char *key, char word[32]) {
  cursor c, start;
  if (!find(settings, key, &c)) return false;
  while (c.at < c.end && strchr(" \t\r\n", *c.at)) c.at++;
  start = c;
  if (!skip_value(&c) || c.at - start.at > 31) return false;
  memcpy(word, start.at, (size_t)(c.at - start.at));
  word[c.at - start.at] = 0;
  return true;
}

bool tg_settings_integer(tg_settings settings, const char *key, int64_t *value, tg_error *error) {
  char word[32], *end;
  if (!read_word(settings, key, word)) return missing(key, "a whole number", error);
  errno = 0;
  *value = strtoll(word, &end, 10);
  return (end != word && *end == 0 && errno == 0) || missing(key, "a whole number", error);
}

bool tg_settings_flag(tg_settings settings, const char *key, bool *value, tg_error *error) {
  char word[32];
  if (!read_word(settings, key, word)) return missing(key, "true or false", error);
  *value = strcmp(word, "true") == 0;
  return *value || strcmp(word, "false") == 0 || missing(key, "true or false", error);
}
