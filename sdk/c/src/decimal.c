/* Decimals and dates. */
#include "../tidegate.h"

#include <string.h>

/* A magnitude of 256 bits as 32-bit words, lowest first. */
typedef struct {
  uint32_t words[8];
} magnitude;

static bool is_negative(const tg_decimal *decimal) { return decimal->unscaled[3] >> 63; }

static void negate(uint64_t words[4]) {
  uint64_t carry = 1;
  for (int i = 0; i < 4; i++) {
    words[i] = ~words[i] + carry;
    carry = carry && words[i] == 0;
  }
}

/* Divides by ten; returns the remainder. */
static uint32_t divide(magnitude *number) {
  uint64_t rest = 0;
  for (int i = 7; i >= 0; i--) {
    rest = rest << 32 | number->words[i];
    number->words[i] = (uint32_t)(rest / 10);
    rest %= 10;
  }
  return (uint32_t)rest;
}

static bool is_zero(const magnitude *number) {
  uint32_t any = 0;
  for (int i = 0; i < 8; i++) any |= number->words[i];
  return any == 0;
}

size_t tg_decimal_print(const tg_decimal *decimal, char text[TG_DECIMAL_SIZE]) {
  uint64_t words[4];
  memcpy(words, decimal->unscaled, sizeof words);
  if (is_negative(decimal)) negate(words);
  magnitude number;
  for (int i = 0; i < 8; i++) number.words[i] = (uint32_t)(words[i / 2] >> (i % 2 * 32));
  /* From the end: digits, the point among them, the sign. A DECIMAL's scale is at most 30. */
  char digits[TG_DECIMAL_SIZE];
  size_t at = sizeof digits, count = 0, scale = decimal->scale < 76 ? decimal->scale : 76;
  while (!is_zero(&number) || count <= scale) {
    if (count == scale && scale > 0) digits[--at] = '.';
    digits[--at] = (char)('0' + divide(&number));
    count++;
  }
  if (is_negative(decimal)) digits[--at] = '-';
  size_t length = sizeof digits - at;
  memcpy(text, digits + at, length);
  text[length] = 0;
  return length;
}

bool tg_decimal_parse(tg_text text, tg_decimal *decimal) {
  magnitude number = {{0}};
  size_t at = 0, digits = 0, scale = 0;
  bool negative = text.len > 0 && text.ptr[0] == '-', point = false;
  for (at = negative; at < text.len; at++) {
    uint8_t c = text.ptr[at];
    if (c == '.' && !point && digits > 0) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9' || ++digits > 76) return false;
    scale += point;
    uint64_t carry = c - '0';
    for (int i = 0; i < 8; i++) {
      carry += (uint64_t)number.words[i] * 10;
      number.words[i] = (uint32_t)carry;
      carry >>= 32;
    }
  }
  for (int i = 0; i < 4; i++) {
    decimal->unscaled[i] = (uint64_t)number.words[2 * i + 1] << 32 | number.words[2 * i];
  }
  if (negative) negate(decimal->unscaled);
  decimal->scale = (uint8_t)scale;
  return digits > 0 && !(point && scale == 0);
}

tg_calendar tg_calendar_unpack(uint64_t packed) {
  tg_calendar calendar = {
      .year = (uint16_t)(packed >> 46 & 0x3fff),
      .month = (uint8_t)(packed >> 42 & 15),
      .day = (uint8_t)(packed >> 37 & 31),
      .hour = (uint8_t)(packed >> 32 & 31),
      .minute = (uint8_t)(packed >> 26 & 63),
      .second = (uint8_t)(packed >> 20 & 63),
      .micros = (uint32_t)(packed & 0xfffff),
  };
  return calendar;
}

uint64_t tg_calendar_pack(tg_calendar calendar) {
  return (uint64_t)calendar.year << 46 | (uint64_t)calendar.month << 42 | (uint64_t)calendar.day << 37 |
         (uint64_t)calendar.hour << 32 | (uint64_t)calendar.minute << 26 | (uint64_t)calendar.second << 20 |
         calendar.micros;
}
