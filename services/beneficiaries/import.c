#include "import.h"

#include "import_field.h"
#include "money.h"
#include "person.h"

#include <stdio.h>
#include <string.h>

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

bool import_header_read(enum import_kind kind, char *const *fields, size_t count, struct import_header *ret_header)
{
    if (kind == IMPORT_PEOPLE)
        return import_field_header(import_people_columns, IMPORT_PEOPLE_COLUMNS, fields, count, ret_header);
    return import_field_header(import_enrolment_columns, IMPORT_ENROLMENT_COLUMNS, fields, count, ret_header);
}

const char *import_header_name(const struct import_header *header, int column)
{
    return column == IMPORT_WHOLE_LINE ? "" : header->name[column];
}

bool import_reaches(const struct import_reference *reference, int64_t division)
{
    for (size_t i = 0; i < reference->reach_count; i++)
        if (reference->reach[i] == division)
            return true;
    return !reference->limited;
}

void import_line_fault(struct import_line *line, int column, enum err code)
{
    if (line->fault_count < IMPORT_FAULTS_MAX)
        line->faults[line->fault_count++] = (struct import_fault){column, code};
    line->result = IMPORT_BAD;
}

static void import_read_household(const struct import_header *header, char *const *fields, struct import_person *person)
{
    struct import_line *line = &person->line;
    const char *household = import_field_text(header, fields, IMPORT_HOUSEHOLD);
    const char *relation = import_field_text(header, fields, IMPORT_RELATION);
    const char *income = import_field_text(header, fields, IMPORT_INCOME);
    bool has_relation = false;
    if (household[0] != '\0')
        import_field_ok(line, IMPORT_HOUSEHOLD, household_read_number(household, person->household));
    if (relation[0] != '\0' || household[0] != '\0')
        has_relation = import_field_ok(line, IMPORT_RELATION, household_read_relation(relation, person->relation));
    if (income[0] == '\0')
        return;
    if (!import_field_ok(line, IMPORT_INCOME, money_parse(income, &person->income_fen)))
        return;
    if (household[0] == '\0')
        import_line_fault(line, IMPORT_HOUSEHOLD, ERR_REQUIRED);
    else if (has_relation && !household_is_head(person->relation))
        import_line_fault(line, IMPORT_INCOME, ERR_BAD_VALUE);
}

static void import_read_account(const struct import_header *header, char *const *fields,
                                const struct import_reference *reference, struct import_person *person)
{
    static const struct import_account_columns columns = {IMPORT_ACCOUNT_KIND, IMPORT_BANK, IMPORT_ACCOUNT,
                                                          IMPORT_HOLDER};
    struct import_account account;
    if (!import_field_account(header, fields, &columns, reference->today, &person->line, &account))
        return;
    person->account_kind = account.kind;
    memcpy(person->bank, account.bank, sizeof(person->bank));
    memcpy(person->account, account.number, sizeof(person->account));
    memcpy(person->holder, account.holder, sizeof(person->holder));
}

void import_read_person(const struct import_header *header, char *const *fields, uint64_t line,
                        const struct import_reference *reference, struct import_person *ret_person)
{
    struct import_line *base = &ret_person->line;
    memset(ret_person, 0, sizeof(*ret_person));
    base->line = line;
    base->result = IMPORT_NEW;
    ret_person->income_fen = -1;
    import_field_ok(
        base, IMPORT_NAME,
        person_read_name(import_field_text(header, fields, IMPORT_NAME), ret_person->name, ret_person->name_folded));
    if (import_field_ok(base, IMPORT_ID_NUMBER,
                        import_field_id_number(import_field_text(header, fields, IMPORT_ID_NUMBER), reference->today,
                                               &ret_person->id)))
        snprintf(base->id_number, sizeof(base->id_number), "%s", ret_person->id.text);
    const char *phone = import_field_text(header, fields, IMPORT_PHONE);
    if (phone[0] != '\0')
        import_field_ok(base, IMPORT_PHONE, phone_normalise(phone, ret_person->phone));
    import_field_ok(
        base, IMPORT_DIVISION,
        import_field_division(import_field_text(header, fields, IMPORT_DIVISION), reference, &ret_person->division));
    import_read_household(header, fields, ret_person);
    const char *certificate = import_field_text(header, fields, IMPORT_CERTIFICATE);
    if (certificate[0] != '\0' && base->id_number[0] != '\0')
        import_field_ok(
            base, IMPORT_CERTIFICATE,
            certificate_number_check(certificate, base->id_number, reference->today, &ret_person->certificate));
    import_read_account(header, fields, reference, ret_person);
}

void import_read_enrolment(const struct import_header *header, char *const *fields, uint64_t line,
                           const struct import_reference *reference, struct import_enrolment *ret_enrolment)
{
    struct import_line *base = &ret_enrolment->line;
    struct id_number id;
    memset(ret_enrolment, 0, sizeof(*ret_enrolment));
    base->line = line;
    base->result = IMPORT_NEW;
    if (import_field_ok(
            base, IMPORT_ID_NUMBER,
            import_field_id_number(import_field_text(header, fields, IMPORT_ID_NUMBER), reference->today, &id)))
        snprintf(base->id_number, sizeof(base->id_number), "%s", id.text);
    if (import_field_ok(
            base, IMPORT_ITEM,
            import_field_item(import_field_text(header, fields, IMPORT_ITEM), reference, &ret_enrolment->item)))
        import_field_ok(base, IMPORT_TIER,
                        import_field_tier(import_field_text(header, fields, IMPORT_TIER), ret_enrolment->item,
                                          &ret_enrolment->tier));
    bool applied = import_field_ok(
        base, IMPORT_APPLIED,
        import_field_date(import_field_text(header, fields, IMPORT_APPLIED), &ret_enrolment->applied_on));
    applied = applied && import_field_ok(base, IMPORT_APPLIED,
                                         enrolment_check_applied(ret_enrolment->applied_on, reference->today));
    bool starts = import_field_ok(
        base, IMPORT_STARTS,
        import_field_month(import_field_text(header, fields, IMPORT_STARTS), &ret_enrolment->starts_on));
    if (!applied || !starts)
        return;
    enum err err = enrolment_check_start(ret_enrolment->applied_on, ret_enrolment->starts_on);
    if (err == ERR_NONE && date_compare(ret_enrolment->starts_on, reference->today) > 0)
        err = ERR_BEGINS_LATER; /* a list takes over cases that run already */
    import_field_ok(base, IMPORT_STARTS, err);
}
