#include "import_field.h"

#include "text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Cuts blanks of every width and a byte order mark off both ends, into a buffer. False when it does not fit.
 */
static bool field_trim(const char *text, char *ret_text, size_t size)
{
    static const char *const blanks[] = {" ", "\t", "\r", "\n", "\xe3\x80\x80", "\xc2\xa0", "\xef\xbb\xbf", "'"};
    size_t length = strlen(text);
    bool cut = true;
    while (cut) {
        cut = false;
        for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++) {
            size_t blank = strlen(blanks[i]);
            if (length >= blank && memcmp(text, blanks[i], blank) == 0) {
                text += blank;
                length -= blank;
                cut = true;
            } else if (length >= blank && memcmp(text + length - blank, blanks[i], blank) == 0) {
                length -= blank;
                cut = true;
            }
        }
    }
    if (length >= size)
        return false;
    memcpy(ret_text, text, length);
    ret_text[length] = '\0';
    return true;
}

static int field_column_find(const struct import_column *columns, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(columns[i].zh, name) == 0 || strcasecmp(columns[i].en, name) == 0)
            return i;
    return -1;
}

bool import_field_header(const struct import_column *columns, int column_count, char *const *fields, size_t count,
                         struct import_header *ret_header)
{
    memset(ret_header, 0, sizeof(*ret_header));
    ret_header->field_count = count;
    for (int i = 0; i < IMPORT_COLUMNS_MAX; i++)
        ret_header->field[i] = -1;
    for (size_t i = 0; i < count; i++) {
        char name[IMPORT_HEADER_SIZE];
        int column = field_trim(fields[i], name, sizeof(name)) ? field_column_find(columns, column_count, name) : -1;
        if (column < 0 || ret_header->field[column] >= 0)
            return false;
        ret_header->field[column] = (int)i;
        snprintf(ret_header->name[column], IMPORT_HEADER_SIZE, "%s", name);
    }
    for (int i = 0; i < column_count; i++)
        if (columns[i].required && ret_header->field[i] < 0)
            return false;
    return true;
}

static bool field_listed(const int64_t *numbers, size_t count, int64_t number)
{
    for (size_t i = 0; i < count; i++)
        if (numbers[i] == number)
            return true;
    return false;
}

bool import_field_ok(struct import_line *line, int column, enum err code)
{
    if (code != ERR_NONE)
        import_line_fault(line, column, code);
    return code == ERR_NONE;
}

const char *import_field_text(const struct import_header *header, char *const *fields, int column)
{
    char trimmed[2];
    if (header->field[column] < 0)
        return "";
    const char *text = fields[header->field[column]];
    return field_trim(text, trimmed, sizeof(trimmed)) && trimmed[0] == '\0' ? "" : text;
}

enum err import_field_id_number(const char *text, struct date today, struct id_number *ret_number)
{
    return text[0] == '\0' ? ERR_REQUIRED : id_number_check(text, today, ret_number);
}

enum err import_field_division(const char *text, const struct import_reference *reference, int64_t *ret_division)
{
    char folded[16];
    if (text[0] == '\0')
        return ERR_REQUIRED;
    if (!text_fold_code(text, folded, sizeof(folded)) || !text_to_int64(folded, 1, INT64_MAX, ret_division) ||
        !field_listed(reference->divisions, reference->division_count, *ret_division))
        return ERR_UNKNOWN_DIVISION;
    return import_reaches(reference, *ret_division) ? ERR_NONE : ERR_OTHER_DIVISION;
}

enum err import_field_word(const char *text, const struct import_words *words, size_t *ret_index)
{
    char trimmed[32];
    if (text[0] == '\0')
        return ERR_REQUIRED;
    for (size_t i = 0; field_trim(text, trimmed, sizeof(trimmed)) && i < words->count; i++) {
        if (strcmp(words->zh[i], trimmed) == 0 || strcasecmp(words->en[i], trimmed) == 0) {
            *ret_index = i;
            return ERR_NONE;
        }
    }
    return ERR_BAD_VALUE;
}

static const char *const field_account_kinds_zh[] = {
    [ACCOUNT_CARD] = "银行卡", [ACCOUNT_LEGACY_CARD] = "旧卡", [ACCOUNT_PASSBOOK] = "存折"};
static const char *const field_account_kinds_en[] = {
    [ACCOUNT_CARD] = "card", [ACCOUNT_LEGACY_CARD] = "legacy_card", [ACCOUNT_PASSBOOK] = "passbook"};
const struct import_words import_account_kinds = {field_account_kinds_zh, field_account_kinds_en,
                                                  sizeof(field_account_kinds_zh) / sizeof(field_account_kinds_zh[0])};

static enum err field_account_kind(const char *text, enum account_kind *ret_kind)
{
    size_t index;
    enum err err = import_field_word(text, &import_account_kinds, &index);
    if (err == ERR_NONE)
        *ret_kind = (enum account_kind)index;
    return err;
}

bool import_field_account(const struct import_header *header, char *const *fields,
                          const struct import_account_columns *columns, struct date today, struct import_line *line,
                          struct import_account *ret_account)
{
    struct id_number holder;
    const char *kind = import_field_text(header, fields, columns->kind);
    const char *bank = import_field_text(header, fields, columns->bank);
    const char *number = import_field_text(header, fields, columns->number);
    const char *holder_text = import_field_text(header, fields, columns->holder);
    memset(ret_account, 0, sizeof(*ret_account));
    if (kind[0] == '\0' && bank[0] == '\0' && number[0] == '\0' && holder_text[0] == '\0')
        return false;
    bool kind_ok = import_field_ok(line, columns->kind, field_account_kind(kind, &ret_account->kind));
    import_field_ok(line, columns->bank, bank[0] == '\0' ? ERR_REQUIRED : bank_number_check(bank, ret_account->bank));
    if (number[0] == '\0')
        import_line_fault(line, columns->number, ERR_REQUIRED);
    else if (kind_ok && import_field_ok(line, columns->number, account_number_check(ret_account->kind, number)))
        import_field_ok(line, columns->number,
                        account_number_normalise(number, ret_account->number) ? ERR_NONE : ERR_ACCOUNT_LENGTH);
    if (holder_text[0] != '\0' &&
        import_field_ok(line, columns->holder, id_number_check(holder_text, today, &holder)) &&
        strcmp(holder.text, line->id_number) != 0)
        snprintf(ret_account->holder, sizeof(ret_account->holder), "%s", holder.text);
    return true;
}

/* Puts the leading zero back into one-digit parts of a date: spreadsheets write 2019/3/5 for 2019-03-05.
 * Other characters are kept, for the strict reader to refuse. */
static bool field_fold_date(const char *text, char *ret_text, size_t size)
{
    char folded[32];
    size_t used = 0;
    if (!text_fold_code(text, folded, sizeof(folded)))
        return false;
    const char *part = folded;
    for (;;) {
        size_t length = strcspn(part, "-/");
        if (used + length + 3 > size)
            return false;
        if (length == 1)
            ret_text[used++] = '0';
        memcpy(ret_text + used, part, length);
        used += length;
        if (part[length] == '\0')
            break;
        ret_text[used++] = '-';
        part += length + 1;
    }
    ret_text[used] = '\0';
    return true;
}

enum err import_field_date(const char *text, struct date *ret_date)
{
    char folded[32];
    if (text[0] == '\0')
        return ERR_REQUIRED;
    return field_fold_date(text, folded, sizeof(folded)) && date_parse(folded, ret_date) ? ERR_NONE : ERR_BAD_DATE;
}

enum err import_field_month(const char *text, struct date *ret_date)
{
    char folded[32];
    if (text[0] == '\0')
        return ERR_REQUIRED;
    if (!field_fold_date(text, folded, sizeof(folded) - 3) || strlen(folded) != 7)
        return ERR_BAD_PERIOD;
    memcpy(folded + 7, "-01", 4);
    return date_parse(folded, ret_date) ? ERR_NONE : ERR_BAD_PERIOD;
}

enum err import_field_item(const char *text, const struct import_reference *reference,
                           const struct import_item **ret_item)
{
    char name[256];
    if (text[0] == '\0')
        return ERR_REQUIRED;
    for (size_t i = 0; field_trim(text, name, sizeof(name)) && i < reference->item_count; i++) {
        const struct import_item *item = &reference->items[i];
        if (strcmp(item->code, name) == 0 || strcmp(item->name_zh, name) == 0) {
            *ret_item = item;
            return ERR_NONE;
        }
    }
    return ERR_UNKNOWN_ITEM;
}

enum err import_field_tier(const char *text, const struct import_item *item, const struct import_tier **ret_tier)
{
    char name[256];
    enum err err = enrolment_check_tier(item->tier_source, text);
    if (err != ERR_NONE || text[0] == '\0')
        return err;
    for (size_t i = 0; field_trim(text, name, sizeof(name)) && i < item->tier_count; i++) {
        if (strcmp(item->tiers[i].code, name) == 0 || strcmp(item->tiers[i].name_zh, name) == 0) {
            *ret_tier = &item->tiers[i];
            return ERR_NONE;
        }
    }
    return ERR_BAD_VALUE;
}
