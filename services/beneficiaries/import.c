#include "import.h"

#include "money.h"
#include "person.h"
#include "text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

struct import_column {
    const char *zh;
    const char *en;
    bool required;
};

static const struct import_column import_people_columns[IMPORT_PEOPLE_COLUMNS] = {
    [IMPORT_NAME] = {"姓名", "name", true},
    [IMPORT_ID_NUMBER] = {"身份证号", "id_number", true},
    [IMPORT_PHONE] = {"手机号", "phone", false},
    [IMPORT_DIVISION] = {"街道代码", "division", true},
    [IMPORT_HOUSEHOLD] = {"户编号", "household", false},
    [IMPORT_RELATION] = {"与户主关系", "relation", false},
    [IMPORT_INCOME] = {"户年人均收入", "household_income", false},
    [IMPORT_CERTIFICATE] = {"残疾证号", "certificate", false},
    [IMPORT_ACCOUNT_KIND] = {"账户类型", "account_kind", false},
    [IMPORT_BANK] = {"开户行号", "bank_number", false},
    [IMPORT_ACCOUNT] = {"账号", "account", false},
    [IMPORT_HOLDER] = {"户名身份证号", "holder_id_number", false},
};

static const struct import_column import_enrolment_columns[IMPORT_ENROLMENT_COLUMNS] = {
    [IMPORT_ITEM] = {"项目", "item", true},         [IMPORT_ID_NUMBER] = {"身份证号", "id_number", true},
    [IMPORT_TIER] = {"档次", "tier", false},        [IMPORT_APPLIED] = {"申请日期", "applied_on", true},
    [IMPORT_STARTS] = {"起始月份", "starts", true},
};

/* Cuts blanks of every width and a byte order mark off both ends, into a buffer. False when it does not fit.
 */
static bool import_trim(const char *text, char *ret_text, size_t size)
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

static int import_column_find(const struct import_column *columns, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(columns[i].zh, name) == 0 || strcasecmp(columns[i].en, name) == 0)
            return i;
    return -1;
}

bool import_header_read(enum import_kind kind, char *const *fields, size_t count, struct import_header *ret_header)
{
    bool people = kind == IMPORT_PEOPLE;
    const struct import_column *columns = people ? import_people_columns : import_enrolment_columns;
    int column_count = people ? (int)IMPORT_PEOPLE_COLUMNS : (int)IMPORT_ENROLMENT_COLUMNS;
    memset(ret_header, 0, sizeof(*ret_header));
    ret_header->field_count = count;
    for (int i = 0; i < IMPORT_COLUMNS_MAX; i++)
        ret_header->field[i] = -1;
    for (size_t i = 0; i < count; i++) {
        char name[IMPORT_HEADER_SIZE];
        int column = import_trim(fields[i], name, sizeof(name)) ? import_column_find(columns, column_count, name) : -1;
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

const char *import_header_name(const struct import_header *header, int column)
{
    return column == IMPORT_WHOLE_LINE ? "" : header->name[column];
}

static bool import_listed(const int64_t *numbers, size_t count, int64_t number)
{
    for (size_t i = 0; i < count; i++)
        if (numbers[i] == number)
            return true;
    return false;
}

bool import_reaches(const struct import_reference *reference, int64_t division)
{
    return !reference->limited || import_listed(reference->reach, reference->reach_count, division);
}

void import_line_fault(struct import_line *line, int column, enum err code)
{
    if (line->fault_count < IMPORT_FAULTS_MAX)
        line->faults[line->fault_count++] = (struct import_fault){column, code};
    line->result = IMPORT_BAD;
}

/* Notes the fault, if there is one. */
static bool import_ok(struct import_line *line, int column, enum err code)
{
    if (code != ERR_NONE)
        import_line_fault(line, column, code);
    return code == ERR_NONE;
}

/* The text of a column; "" when the file has no such column or the field holds nothing but blanks. */
static const char *import_field(const struct import_header *header, char *const *fields, int column)
{
    char trimmed[2];
    if (header->field[column] < 0)
        return "";
    const char *text = fields[header->field[column]];
    return import_trim(text, trimmed, sizeof(trimmed)) && trimmed[0] == '\0' ? "" : text;
}

static enum err import_check_id(const char *text, struct date today, struct id_number *ret_number)
{
    return text[0] == '\0' ? ERR_REQUIRED : id_number_check(text, today, ret_number);
}

static enum err import_read_division(const char *text, const struct import_reference *reference, int64_t *ret_division)
{
    char folded[16];
    if (text[0] == '\0')
        return ERR_REQUIRED;
    if (!text_fold_code(text, folded, sizeof(folded)) || !text_to_int64(folded, 1, INT64_MAX, ret_division) ||
        !import_listed(reference->divisions, reference->division_count, *ret_division))
        return ERR_UNKNOWN_DIVISION;
    return import_reaches(reference, *ret_division) ? ERR_NONE : ERR_OTHER_DIVISION;
}

static void import_read_household(const struct import_header *header, char *const *fields, struct import_person *person)
{
    struct import_line *line = &person->line;
    const char *household = import_field(header, fields, IMPORT_HOUSEHOLD);
    const char *relation = import_field(header, fields, IMPORT_RELATION);
    const char *income = import_field(header, fields, IMPORT_INCOME);
    bool has_relation = false;
    if (household[0] != '\0')
        import_ok(line, IMPORT_HOUSEHOLD, household_read_number(household, person->household));
    if (relation[0] != '\0' || household[0] != '\0')
        has_relation = import_ok(line, IMPORT_RELATION, household_read_relation(relation, person->relation));
    if (income[0] == '\0')
        return;
    if (!import_ok(line, IMPORT_INCOME, money_parse(income, &person->income_fen)))
        return;
    if (household[0] == '\0')
        import_line_fault(line, IMPORT_HOUSEHOLD, ERR_REQUIRED);
    else if (has_relation && !household_is_head(person->relation))
        import_line_fault(line, IMPORT_INCOME, ERR_BAD_VALUE);
}

static enum err import_read_account_kind(const char *text, enum account_kind *ret_kind)
{
    static const char *const names[] = {
        [ACCOUNT_CARD] = "银行卡", [ACCOUNT_LEGACY_CARD] = "旧卡", [ACCOUNT_PASSBOOK] = "存折"};
    char trimmed[32];
    if (text[0] == '\0')
        return ERR_REQUIRED;
    if (!import_trim(text, trimmed, sizeof(trimmed)))
        return ERR_BAD_VALUE;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i], trimmed) == 0 || strcmp(account_kind_name((enum account_kind)i), trimmed) == 0) {
            *ret_kind = (enum account_kind)i;
            return ERR_NONE;
        }
    }
    return ERR_BAD_VALUE;
}

static void import_read_account(const struct import_header *header, char *const *fields,
                                const struct import_reference *reference, struct import_person *person)
{
    struct import_line *line = &person->line;
    struct id_number holder;
    const char *kind = import_field(header, fields, IMPORT_ACCOUNT_KIND);
    const char *bank = import_field(header, fields, IMPORT_BANK);
    const char *account = import_field(header, fields, IMPORT_ACCOUNT);
    const char *holder_text = import_field(header, fields, IMPORT_HOLDER);
    if (kind[0] == '\0' && bank[0] == '\0' && account[0] == '\0' && holder_text[0] == '\0')
        return;
    bool kind_ok = import_ok(line, IMPORT_ACCOUNT_KIND, import_read_account_kind(kind, &person->account_kind));
    import_ok(line, IMPORT_BANK, bank[0] == '\0' ? ERR_REQUIRED : bank_number_check(bank, person->bank));
    if (account[0] == '\0')
        import_line_fault(line, IMPORT_ACCOUNT, ERR_REQUIRED);
    else if (kind_ok && import_ok(line, IMPORT_ACCOUNT, account_number_check(person->account_kind, account)))
        import_ok(line, IMPORT_ACCOUNT,
                  account_number_normalise(account, person->account) ? ERR_NONE : ERR_ACCOUNT_LENGTH);
    if (holder_text[0] != '\0' &&
        import_ok(line, IMPORT_HOLDER, id_number_check(holder_text, reference->today, &holder)) &&
        strcmp(holder.text, line->id_number) != 0)
        snprintf(person->holder, sizeof(person->holder), "%s", holder.text);
}

void import_read_person(const struct import_header *header, char *const *fields, uint64_t line,
                        const struct import_reference *reference, struct import_person *ret_person)
{
    struct import_line *base = &ret_person->line;
    memset(ret_person, 0, sizeof(*ret_person));
    base->line = line;
    base->result = IMPORT_NEW;
    ret_person->income_fen = -1;
    import_ok(base, IMPORT_NAME,
              person_read_name(import_field(header, fields, IMPORT_NAME), ret_person->name, ret_person->name_folded));
    if (import_ok(base, IMPORT_ID_NUMBER,
                  import_check_id(import_field(header, fields, IMPORT_ID_NUMBER), reference->today, &ret_person->id)))
        snprintf(base->id_number, sizeof(base->id_number), "%s", ret_person->id.text);
    const char *phone = import_field(header, fields, IMPORT_PHONE);
    if (phone[0] != '\0')
        import_ok(base, IMPORT_PHONE, phone_normalise(phone, ret_person->phone));
    import_ok(base, IMPORT_DIVISION,
              import_read_division(import_field(header, fields, IMPORT_DIVISION), reference, &ret_person->division));
    import_read_household(header, fields, ret_person);
    const char *certificate = import_field(header, fields, IMPORT_CERTIFICATE);
    if (certificate[0] != '\0' && base->id_number[0] != '\0')
        import_ok(base, IMPORT_CERTIFICATE,
                  certificate_number_check(certificate, base->id_number, reference->today, &ret_person->certificate));
    import_read_account(header, fields, reference, ret_person);
}

/* Puts the leading zero back into one-digit parts of a date: spreadsheets write 2019/3/5 for 2019-03-05.
 * Other characters are kept, for the strict reader to refuse. */
static bool import_fold_date(const char *text, char *ret_text, size_t size)
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

static enum err import_read_date(const char *text, struct date *ret_date)
{
    char folded[32];
    if (text[0] == '\0')
        return ERR_REQUIRED;
    return import_fold_date(text, folded, sizeof(folded)) && date_parse(folded, ret_date) ? ERR_NONE : ERR_BAD_DATE;
}

static enum err import_read_month(const char *text, struct date *ret_date)
{
    char folded[32];
    if (text[0] == '\0')
        return ERR_REQUIRED;
    if (!import_fold_date(text, folded, sizeof(folded) - 3) || strlen(folded) != 7)
        return ERR_BAD_PERIOD;
    memcpy(folded + 7, "-01", 4);
    return date_parse(folded, ret_date) ? ERR_NONE : ERR_BAD_PERIOD;
}

static enum err import_read_item(const char *text, const struct import_reference *reference,
                                 const struct import_item **ret_item)
{
    char name[256];
    if (text[0] == '\0')
        return ERR_REQUIRED;
    for (size_t i = 0; import_trim(text, name, sizeof(name)) && i < reference->item_count; i++) {
        const struct import_item *item = &reference->items[i];
        if (strcmp(item->code, name) == 0 || strcmp(item->name_zh, name) == 0) {
            *ret_item = item;
            return ERR_NONE;
        }
    }
    return ERR_UNKNOWN_ITEM;
}

static enum err import_read_tier(const char *text, const struct import_item *item, const struct import_tier **ret_tier)
{
    char name[256];
    enum err err = enrolment_check_tier(item->tier_source, text);
    if (err != ERR_NONE || text[0] == '\0')
        return err;
    for (size_t i = 0; import_trim(text, name, sizeof(name)) && i < item->tier_count; i++) {
        if (strcmp(item->tiers[i].code, name) == 0 || strcmp(item->tiers[i].name_zh, name) == 0) {
            *ret_tier = &item->tiers[i];
            return ERR_NONE;
        }
    }
    return ERR_BAD_VALUE;
}

void import_read_enrolment(const struct import_header *header, char *const *fields, uint64_t line,
                           const struct import_reference *reference, struct import_enrolment *ret_enrolment)
{
    struct import_line *base = &ret_enrolment->line;
    struct id_number id;
    memset(ret_enrolment, 0, sizeof(*ret_enrolment));
    base->line = line;
    base->result = IMPORT_NEW;
    if (import_ok(base, IMPORT_ID_NUMBER,
                  import_check_id(import_field(header, fields, IMPORT_ID_NUMBER), reference->today, &id)))
        snprintf(base->id_number, sizeof(base->id_number), "%s", id.text);
    if (import_ok(base, IMPORT_ITEM,
                  import_read_item(import_field(header, fields, IMPORT_ITEM), reference, &ret_enrolment->item)))
        import_ok(
            base, IMPORT_TIER,
            import_read_tier(import_field(header, fields, IMPORT_TIER), ret_enrolment->item, &ret_enrolment->tier));
    bool applied =
        import_ok(base, IMPORT_APPLIED,
                  import_read_date(import_field(header, fields, IMPORT_APPLIED), &ret_enrolment->applied_on));
    applied = applied &&
              import_ok(base, IMPORT_APPLIED, enrolment_check_applied(ret_enrolment->applied_on, reference->today));
    bool starts = import_ok(base, IMPORT_STARTS,
                            import_read_month(import_field(header, fields, IMPORT_STARTS), &ret_enrolment->starts_on));
    if (applied && starts)
        import_ok(base, IMPORT_STARTS, enrolment_check_start(ret_enrolment->applied_on, ret_enrolment->starts_on));
}
